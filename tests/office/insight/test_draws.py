"""What an auditor recomputes: everything agrees while nothing was touched, and whatever was touched is found."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import F

from darvoza.domain.journal import EntryKind
from darvoza.flow.selectivity.keys import day_keys_text, key_file_text, new_key_ring
from darvoza.office.insight import audit
from darvoza.office.insight.queries import draws
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import key_subject
from darvoza.office.journal.services import record
from darvoza.office.registry.models import Decision
from office.insight.world import DECLARATIONS, RING, START, references
from people import Cast

DAY = START.date()
ONE = references()[0]
ADDRESS, REPLAY = "/figures/draws/verified/", f"/figures/draws/{ONE}/"


def key_of(*days: date) -> str:
    """The keys of some days, as they are revealed."""
    return day_keys_text(RING, days)


def test_the_days_are_listed_with_their_commitments(world: Cast) -> None:
    answer = world.browser("umar").get("/figures/draws/")
    listed = answer.context["days"]
    assert sum(one.decisions for one in listed) == DECLARATIONS
    assert listed[-1].day == DAY.isoformat()
    assert RING.commitment(DAY) in answer.text


def test_days_of_a_run_are_not_said_to_have_been_committed_to_before(world: Cast) -> None:
    browser = world.browser("umar")
    first = browser.get("/figures/draws/").context["days"]
    assert {one.before for one in first} == {False}
    day = date.fromisoformat(first[0].day)
    with transaction.atomic():
        body = {"what": "day key", "day": day, "commitment": RING.commitment(day)}
        record(EntryKind.KEY_COMMITMENT, key_subject(day), body, by="system", now=START - timedelta(days=1))
    answer = browser.get("/figures/draws/")
    assert [one.day for one in answer.context["days"] if one.before] == [day.isoformat()]
    assert answer.text.count("Not committed to before the day.") == len(first) - 1
    assert "До этого дня обязательства не было." in world.browser("umar", language="ru").get("/figures/draws/").text


def test_days_of_a_run_are_marked_on_the_page_of_data_too(world: Cast) -> None:
    """What an administrator reads of a commitment is what an auditor reads: when it came, and not only that it is there."""
    browser = world.browser("oraz")
    days = browser.get("/administration/data/").context["days"]
    eve = (days[0], days[0].day - timedelta(days=1))
    with transaction.atomic():
        for one, told in [*((each, each.day) for each in days), eve]:
            body = {"what": "day key", "day": one.day, "commitment": one.commitment}
            at = datetime.combine(told, time(8), UTC)
            record(EntryKind.KEY_COMMITMENT, key_subject(one.day), body, by="system", now=at)
    answer = browser.get("/administration/data/")
    assert all(one.committed for one in answer.context["days"])
    assert [one.day for one in answer.context["days"] if one.before] == [days[0].day]
    assert answer.text.count("Not committed to before the day.") == len(days) - 1 > 0
    assert (
        "До этого дня обязательства не было." in world.browser("oraz", language="ru").get("/administration/data/").text
    )


def test_every_draw_of_a_day_agrees_with_its_key(world: Cast) -> None:
    answer = world.browser("umar").post(ADDRESS, {"keys": key_of(DAY)})
    count = Decision.objects.filter(key_day=DAY).count()
    assert [(one.day, one.decisions, one.agreed) for one in answer.context["found"]] == [(DAY, count, count)]
    assert "Everything agrees" in answer.text


def test_a_whole_ring_recomputes_every_day_from_a_file(world: Cast) -> None:
    file = SimpleUploadedFile("key.json", key_file_text(RING).encode())
    answer = world.browser("umar").post(ADDRESS, {"file": file})
    assert sum(one.agreed for one in answer.context["found"]) == DECLARATIONS


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"u": F("u") / 2}, "u"),
        ({"selected": True, "probability": 0.9999}, "probability"),
        ({"commitment": "ab" * 32}, "commitment"),
        ({"basis": "law"}, "basis"),
        ({"channel": "blue"}, "channel"),
        ({"fingerprint": "00" * 32}, "u"),
    ],
)
def test_whatever_was_touched_is_found_in_the_day_and_in_the_replay(
    world: Cast, change: dict[str, object], check: str
) -> None:
    Decision.objects.filter(declaration__declaration_id=ONE).update(**change)
    browser = world.browser("umar")
    day = browser.post(ADDRESS, {"keys": key_of(DAY)})
    assert check in dict(day.context["found"][0].disagreed)
    assert f"{ONE}:customs:physical" in day.text
    assert "does not agree" in day.text
    again = browser.post(REPLAY, {"keys": key_of(DAY)})
    assert check in again.context["found"][0].disagreed


def test_another_key_is_told_from_a_changed_row(world: Cast) -> None:
    other = new_key_ring(["customs"], bytes)
    answer = world.browser("umar").post(ADDRESS, {"keys": key_file_text(other)})
    assert "not the key that was committed to" in answer.text
    assert "Everything agrees" not in answer.text


def test_without_the_key_a_decision_is_replayed_from_u_as_it_was_written(world: Cast) -> None:
    found = world.browser("umar").get(REPLAY).context["found"]
    assert [one.disagreed for one in found] == [()]
    states = {check: state for check, _, _, state in found[0].lines}
    assert states == {
        "commitment": "unknown", "u": "unknown", "probability": "agrees", "selected": "agrees", "basis": "agrees",
        "channel": "agrees",
    }  # fmt: skip


@pytest.mark.parametrize(
    "keys", ["", "   ", "nonsense", "[]", "{}", json.dumps({"darvoza_day_keys": 1, "keys": []}), "x" * 300_000,
             json.dumps({"darvoza_day_keys": 1, "keys": {"2026-03-01": "zz"}}), key_of(date(2020, 1, 1)),
             json.dumps(json.loads(key_file_text(RING)) | {"commitment": "ab" * 32})],
)  # fmt: skip
def test_what_is_no_key_is_told_and_recomputes_nothing(world: Cast, keys: str) -> None:
    browser = world.browser("umar")
    for address in (ADDRESS, REPLAY):
        answer = browser.post(address, {"keys": keys})
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "needs the key" in answer.text or address == ADDRESS


def test_too_many_decisions_are_left_to_the_command_line(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draws, "MOST", 3)
    answer = world.browser("umar").post(ADDRESS, {"keys": key_of(DAY)})
    assert (answer.status_code, "too many decisions" in answer.text) == (422, True)


def test_an_auditor_changes_nothing_by_recomputing(world: Cast) -> None:
    browser = world.browser("umar")
    before = Entry.objects.count(), list(Decision.objects.values_list())
    browser.post(ADDRESS, {"keys": key_file_text(RING)})
    browser.post(REPLAY, {"keys": key_of(DAY)})
    assert (Entry.objects.count(), list(Decision.objects.values_list())) == before


def test_a_declaration_that_is_not_there_is_not_replayed(world: Cast) -> None:
    assert world.browser("umar").get("/figures/draws/KG-AKT-999999/").status_code == 404


def test_the_way_to_the_replay_stands_at_the_declaration_for_the_auditor_alone(world: Cast) -> None:
    for name, there in (("umar", True), ("jamila", False), ("timur", False)):
        assert (REPLAY in world.browser(name).get(f"/declarations/{ONE}/").text) is there


def test_an_auditor_reads_it_in_russian(world: Cast) -> None:
    page = world.browser("umar", language="ru").post(REPLAY, {"keys": key_of(DAY)}).text
    assert "совпадает" in page
    assert "Recomputed" not in page


def test_the_keys_of_a_year_fit_into_what_may_be_sent() -> None:
    assert len(day_keys_text(RING, [date.fromordinal(DAY.toordinal() + n) for n in range(366)])) < audit.LONGEST
