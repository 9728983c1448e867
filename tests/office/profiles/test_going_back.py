"""Nobody lowers alone by going back: not what is in force, not what is planned; and what is planned can be called off."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from darvoza.domain.codes import Agency
from darvoza.domain.profile_version import ProfileState
from darvoza.errors import ProfileRefused
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.services.people import NewPerson, enter
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.profiles.models import Force, Version
from darvoza.office.profiles.queries import digests_of, in_force, lists, profile_of
from darvoza.office.profiles.services import versions
from darvoza.office.profiles.services.returns import call_off, roll_back
from darvoza.office.profiles.services.versions import Answer
from office.profiles_sample import CARS, LATER, PLANTS, WHY, a_draft, fields, take_in_sample
from office.sample import NOW
from people import Cast

LIFE = f"/profiles/of/{CARS}/"
NARROW, WIDE = "hs starts with 8703 and unit_value < 1", "hs starts with 8703 and unit_value < 3"
THEN, DAY = LATER + timedelta(minutes=5), timedelta(days=1)


@pytest.fixture(autouse=True)
def _profiles(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    take_in_sample()


@pytest.fixture
def davron(cast: Cast) -> Person:  # noqa: ARG001 - names are entered once
    """A second approver."""
    return enter(NewPerson("davron", "Davron, approver", (Role.APPROVER,), Agency.CUSTOMS), "bafidogu-hajekilo")


def answered(person: Person, row: Version, *, at: datetime | None = None, now: datetime = LATER) -> None:
    """Approve a version, from now or a moment on."""
    row.refresh_from_db()
    held = next((each.number for each in in_force(now) if each.code == row.code), None)
    digests = digests_of(profile_of(row, lists(now)))
    versions.answer(person, row, Answer(True, "well founded indeed", at, held, digests), now=now)


def in_use(cast: Cast, when: str, *, at: datetime | None = None, **changes: Any) -> Version:
    """Put a version of the cars in force, or plan one."""
    row = a_draft(cast, when=when, **changes)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    answered(cast["zarina"], row, at=at)
    return row


def numbers(moment: datetime) -> dict[str, int]:
    """Which version of which profile is in force."""
    return {row.code: row.number for row in in_force(moment)}


def test_going_back_to_what_asks_for_more_is_one_step_with_its_reason_in_the_journal(cast: Cast) -> None:
    in_use(cast, NARROW, cases=[{"title": "A", "given": {"hs": "870323", "unit_value": "0.5"}, "expect": "match"}])
    with pytest.raises(ProfileRefused, match="reason"):
        roll_back(cast["zarina"], CARS, 1, reason="no", now=THEN)
    with pytest.raises(ProfileRefused, match="before"):
        roll_back(cast["zarina"], CARS, 2, reason=WHY, now=THEN)
    assert roll_back(cast["zarina"], CARS, 1, reason="it misses half of them", now=THEN) is None
    assert numbers(THEN)[CARS] == 1
    assert numbers(THEN - timedelta(seconds=1))[CARS] == 2, "what was in force then stays so"
    assert (entries_on(f"{CARS} 1")[-1].body or {})["reason"] == "it misses half of them"
    for number in (1, 2):  # what was gone back from takes two
        with pytest.raises(ProfileRefused, match="before"):
            roll_back(cast["oraz"], CARS, number, reason=WHY, now=THEN + timedelta(minutes=5))


@pytest.mark.parametrize(
    "changes",
    [
        {"when": WIDE},
        {"when": "hs starts with 8703 and origin is CN", "justification": "found by the audit of 2025"},
        {"treatment": {"act": "physical", "share": "0.9"}},
        {"treatment": {"act": "scan", "share": "0.5"}},
        {"unknown": "match"},
        {"floor": "law"},
        {"valid": {"from": "2026-01-01", "to": "2028-12-31"}},
    ],
)
def test_going_back_to_what_may_ask_for_less_waits_for_a_second_person(
    cast: Cast, davron: Person, changes: dict[str, Any]
) -> None:
    cases = [{"title": "A", "given": {"hs": "870323", "unit_value": "1.5", "origin": "CN"}, "expect": "match"}]
    in_use(cast, **{"when": fields()["when"], "cases": cases, **changes})
    waits = roll_back(cast["zarina"], CARS, 1, reason="it stops every car", now=THEN)
    assert waits is not None
    assert (waits.number, waits.author, waits.state) == (3, "zarina", ProfileState.SUBMITTED)
    assert numbers(THEN)[CARS] == 2
    with pytest.raises(ProfileRefused, match="wait"):
        roll_back(davron, CARS, 1, reason="it stops every car", now=THEN)
    with pytest.raises(ProfileRefused, match="somebody else"):
        answered(cast["zarina"], waits, now=THEN)
    answered(davron, waits, now=THEN)
    assert numbers(THEN)[CARS] == 3
    assert {field: value for field, value in versions.fields_of(waits).items() if field == "when"} == {
        "when": fields()["when"]
    }
    for person, number in ((davron, 2), (cast["zarina"], 1)):  # two went back from it; one alone does not undo that
        with pytest.raises(ProfileRefused, match="before"):
            roll_back(person, CARS, number, reason=WHY, now=THEN + DAY)


def test_a_stricter_version_that_is_planned_does_not_fall_by_one_person(cast: Cast, davron: Person) -> None:
    near = [{"title": "A", "given": {"hs": "870323", "unit_value": "0.5"}, "expect": "match"}]
    in_use(cast, NARROW, cases=near)
    in_use(cast, WIDE, at=LATER + DAY)
    waits = roll_back(cast["zarina"], CARS, 1, reason="it misses half of them", now=THEN)
    assert waits is not None
    assert (numbers(THEN)[CARS], numbers(LATER + DAY)[CARS]) == (2, 3)
    answered(davron, waits, now=THEN)
    assert (numbers(THEN)[CARS], numbers(LATER + DAY)[CARS]) == (4, 4)
    told = entries_on(f"{CARS} 4")[-1].body or {}
    assert told["falls"] == [{"version": 3, "in force from": (LATER + DAY).isoformat()}]
    assert verify().faults == ()


def test_what_is_planned_is_called_off_by_one_where_nothing_less_is_asked_for(cast: Cast) -> None:
    near = [{"title": "A", "given": {"hs": "870323", "unit_value": "0.5"}, "expect": "match"}]
    in_use(cast, NARROW, at=LATER + DAY, cases=near)
    assert call_off(cast["zarina"], CARS, reason="it would miss half of them", now=THEN) is None
    assert (numbers(THEN)[CARS], numbers(LATER + DAY)[CARS]) == (1, 1)
    told = entries_on(f"{CARS} 1")[-1].body or {}
    assert told["what"] == "called off"
    assert told["falls"] == [{"version": 2, "in force from": (LATER + DAY).isoformat()}]
    with pytest.raises(ProfileRefused, match="planned"):
        call_off(cast["zarina"], CARS, reason="it would miss half of them", now=THEN)


def test_a_stricter_version_that_is_planned_is_called_off_by_two(cast: Cast, davron: Person) -> None:
    in_use(cast, WIDE, at=LATER + DAY)
    waits = call_off(cast["zarina"], CARS, reason="it would stop every car", now=THEN)
    assert waits is not None
    assert numbers(LATER + DAY)[CARS] == 2
    answered(davron, waits, now=THEN)
    assert (numbers(THEN)[CARS], numbers(LATER + DAY)[CARS]) == (3, 3)


def test_a_first_version_that_is_planned_is_called_off_by_two(cast: Cast, davron: Person) -> None:
    row = versions.begin(cast["timur"], fields("CUS-VAL-901"), now=LATER)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    answered(cast["zarina"], row, at=LATER + DAY)
    waits = call_off(cast["zarina"], "CUS-VAL-901", reason="it would stop every car", now=THEN)
    assert waits is not None
    assert waits.ends
    answered(davron, waits, now=THEN)
    assert "CUS-VAL-901" not in numbers(LATER + DAY)


def test_an_end_that_is_planned_is_called_off_by_one(cast: Cast) -> None:
    row = versions.begin(cast["timur"], fields(), now=LATER, ends=True)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    answered(cast["zarina"], row, at=LATER + DAY)
    assert CARS not in numbers(LATER + DAY)
    assert call_off(cast["zarina"], CARS, reason="prices fell again since", now=THEN) is None
    assert numbers(LATER + DAY)[CARS] == 1


def test_only_the_words_changed_is_gone_back_from_by_one(cast: Cast) -> None:
    in_use(cast, str(fields()["when"]), instructions={"en": "Ask.", "ru": "Спросить."})
    assert roll_back(cast["zarina"], CARS, 1, reason="the words were better", now=THEN) is None
    assert numbers(THEN)[CARS] == 1


def test_nobody_ends_a_profile_alone_by_going_back(cast: Cast) -> None:
    browser = cast.browser("zarina")
    assert "Roll back" not in browser.get(LIFE).text
    for to in ("", "0", "1"):
        browser.post(f"{LIFE}roll-back/", {"to": to, "reason": "it stops every car"})
    browser.post(f"{LIFE}call-off/", {"reason": "it stops every car"})
    assert numbers(LATER) == numbers(timezone.now()) == {CARS: 1, PLANTS: 1}
    assert Force.objects.filter(code=CARS).count() == 1


def test_another_agency_calls_nothing_off(cast: Cast) -> None:
    in_use(cast, WIDE, at=LATER + DAY)
    Person.objects.filter(username="zarina").update(agency=Agency.VETERINARY)
    with pytest.raises(ProfileRefused):
        call_off(Person.objects.get(username="zarina"), CARS, reason="it stops every car", now=THEN)


def test_the_page_of_a_profile_calls_off_what_is_planned(cast: Cast) -> None:
    soon = timezone.now() + DAY
    row = a_draft(cast)
    versions.submit(cast["timur"], row, reason=WHY, now=NOW)
    answered(cast["zarina"], row, at=soon, now=timezone.now())
    browser = cast.browser("zarina")
    page = browser.get(LIFE).text
    assert "version 1 stays in force" in page
    assert "Ask a second approver" in page
    assert f"{LIFE}call-off/" not in cast.browser("timur").get(LIFE).text
    assert "Call off" in browser.get(f"{LIFE}2/").text
    done = browser.post(f"{LIFE}call-off/", {"reason": "it would stop every car"}, follow=True)
    assert "a second approver answers" in done.text
    assert "It falls when you approve" not in done.text, "nobody answers his own"


def test_the_journal_tells_what_an_approval_lets_fall(cast: Cast) -> None:
    in_use(cast, WIDE, at=LATER + DAY)
    in_use(cast, NARROW.replace("< 1", "< 2.5"))
    told = entries_on(f"{CARS} 3")[-1].body or {}
    assert told["falls"] == [{"version": 2, "in force from": (LATER + DAY).isoformat()}]
