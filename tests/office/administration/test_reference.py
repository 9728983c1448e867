"""Reference data: a new version is tried, a second administrator puts it in force from a moment on, one step leads back."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet
from darvoza.errors import DataRefused
from darvoza.flow.assessment.profile_files import parse_profile
from darvoza.flow.fields import parse_yaml
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.intake.measures import expired
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_differences import difference
from darvoza.office.administration.data_life import DataKind, DataMove, DataState
from darvoza.office.administration.models import DataVersion
from darvoza.office.administration.queries.reference import file_lines, life_of, list_lines
from darvoza.office.administration.services.reference import (
    DataAnswer,
    GoingBack,
    Place,
    act,
    answer,
    carry_out,
    offer_file,
    offer_list,
    roll_back,
)
from darvoza.office.administration.state_files import Slot, put_files, slots, with_file
from darvoza.office.api.services.batch import _profiles_told
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.reading import newest
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.profiles.queries import lists, set_in_force
from darvoza.office.profiles.services.files import take_in
from office.profiles_sample import fields
from office.reference_sample import (
    HEADER,
    LAST,
    LATER,
    MEASURE,
    WHY,
    approved,
    as_,
    codes,
    digest_of,
    use_list,
)
from office.sample import NOW
from people import Cast

CHANGES = ("added", "removed", "codes added", "codes removed")


def test_a_list_is_in_force_from_its_moment_on_and_not_before(
    cast: Cast, merdan: Person, debtors: NamedList, place: Place
) -> None:
    row = offer_list(cast["oraz"], HEADER, b"code,remark\nB-2,\nC-3,since May\n", now=NOW)
    approved(cast, merdan, row, place, held="A-1\nB-2", at=LATER)
    assert codes(lists(NOW)) == {"debtors": ("A-1", "B-2")}
    assert codes(lists(LATER)) == {"debtors": ("B-2", "C-3")}
    assert [named.values for named in set_in_force(LATER).lists] == [("B-2", "C-3")]
    assert set_in_force(NOW).digest != set_in_force(LATER).digest
    (line,) = list_lines(NOW)
    assert (line.spoken, [each.version for each in line.planned], line.over) == (1, ["2026-07"], False)
    assert list_lines(LATER + timedelta(days=400))[0].over
    assert debtors.values == ("A-1", "B-2")


def test_nobody_puts_a_list_in_force_alone(cast: Cast, merdan: Person, debtors: NamedList, place: Place) -> None:
    row = offer_list(cast["oraz"], HEADER, b"code\nC-3\n", now=NOW)
    said = DataAnswer(True, "looked at the difference", None, digest_of("A-1\nB-2"))
    with pytest.raises(DataRefused, match="state"):
        answer(merdan, row, said, at=place, now=NOW)  # nobody asked yet
    act(cast["oraz"], row, DataMove.SUBMIT, WHY, now=NOW)
    with pytest.raises(DataRefused, match="approver"):
        answer(cast["oraz"], row, said, at=place, now=NOW)
    with pytest.raises(DataRefused, match="seen"):
        answer(merdan, row, said._replace(seen=digest_of("A-1")), at=place, now=NOW)
    with pytest.raises(DataRefused, match="at"):
        answer(merdan, row, said._replace(at=NOW - timedelta(seconds=1)), at=place, now=NOW)
    with pytest.raises(DataRefused, match="reason"):
        answer(merdan, row, said._replace(reason="ok"), at=place, now=NOW)
    assert codes(lists(LATER)) == {"debtors": debtors.values}
    stale = DataVersion.objects.get(pk=row.pk)
    answer(merdan, row, said, at=place, now=NOW)
    with pytest.raises(DataRefused, match="state"):
        act(cast["oraz"], stale, DataMove.DISCARD, "", now=NOW)
    assert codes(lists(NOW)) == {"debtors": ("C-3",)}


def test_one_step_leads_back_and_what_was_planned_falls(
    cast: Cast, merdan: Person, debtors: NamedList, place: Place
) -> None:
    first = offer_list(cast["oraz"], HEADER, b"code\nA-1\n", now=NOW)
    approved(cast, merdan, first, place, held="A-1\nB-2", at=NOW + timedelta(hours=1))
    planned = offer_list(cast["oraz"], {**HEADER, "version": "2026-08"}, b"code\nB-2\n", now=NOW)
    approved(cast, merdan, planned, place, held="A-1\nB-2", at=LAST)
    told = life_of(DataKind.LIST, "debtors", LATER)
    assert told is not None
    assert [row.when for row in told.states] == ["planned", "current", "before"]
    wish = GoingBack(DataKind.LIST, "debtors", told.current or 0, "it named the wrong traders")
    roll_back(merdan, wish, now=LATER)
    with pytest.raises(DataRefused):
        roll_back(merdan, wish, now=LATER)
    assert codes(lists(LATER)) == codes(lists(LAST)) == {"debtors": debtors.values}
    after = life_of(DataKind.LIST, "debtors", LATER)
    assert after is not None
    assert [row.when for row in after.states] == ["current", "never", "before", "before"]
    assert not after.goes_back, "what one person took out of use, one person does not put in again"
    with pytest.raises(DataRefused):
        roll_back(cast["oraz"], wish._replace(seen=after.current or 0), now=LAST)
    assert codes(lists(LAST)) == {"debtors": debtors.values}
    assert verify().faults == ()
    (told_back,) = [entry.body for entry in entries_on("list debtors") if (entry.body or {})["what"] == "rolled back"]
    assert told_back is not None
    assert {name: told_back[name] for name in CHANGES} == {
        "added": 1, "removed": 0, "codes added": ["B-2"], "codes removed": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "before", "after", "lost"),
    [
        ('importer in list "debtors"', ("A-1",), "A-1\nB-2", ("B-2",)),
        ('importer not in list "debtors"', ("A-1", "B-2"), "A-1", ()),
    ],
)
def test_nobody_goes_back_alone_where_less_would_be_controlled(
    cast: Cast, merdan: Person, place: Place, sentence: str, before: tuple[str, ...], after: str, lost: tuple[str, ...]
) -> None:
    use_list(NamedList("debtors", before, "Debt unit", None, None, "2026-06"), sentence, NOW)
    row = offer_list(cast["oraz"], HEADER, f"code\n{after}\n".encode(), now=NOW)
    approved(cast, merdan, row, place, held="\n".join(before), at=NOW + timedelta(hours=1))
    told = life_of(DataKind.LIST, "debtors", LATER)
    assert told is not None
    assert told.two
    wish = GoingBack(DataKind.LIST, "debtors", told.current or 0, "it named the wrong traders")
    waiting = roll_back(merdan, wish, now=LATER)
    assert waiting is not None
    assert codes(lists(LATER)) == {"debtors": tuple(after.split("\n"))}, (
        "nothing changes before a second person says so"
    )
    with pytest.raises(DataRefused, match="waits"):
        roll_back(cast["oraz"], wish, now=LATER)
    said = DataAnswer(True, "looked at the difference", None, digest_of(after))
    with pytest.raises(DataRefused, match="approver"):
        answer(merdan, waiting, said, at=place, now=LATER)
    answer(cast["oraz"], waiting, said, at=place, now=LATER)
    assert codes(lists(LATER)) == {"debtors": before}
    bodies = [entry.body or {} for entry in entries_on("list debtors")]
    gone = [
        (body["what"], body["codes removed"])
        for body in bodies
        if body.get("number") == waiting.pk and "removed" in body
    ]
    assert sorted(gone) == [("approve", list(lost)), ("submit", list(lost))]


@pytest.mark.usefixtures("place")
def test_the_page_says_that_a_return_waits_and_leads_to_it(cast: Cast, merdan: Person, debtors: NamedList) -> None:
    row = offer_list(cast["oraz"], HEADER, b"code\nC-3\n", now=NOW)
    act(cast["oraz"], row, DataMove.SUBMIT, WHY, now=NOW)
    said = {"reason": "as the register says", "approved": "1", "seen": digest_of("A-1\nB-2")}
    as_(merdan).post(f"/administration/reference/{row.pk}/answer/", said)
    life = as_(merdan).get("/administration/reference/of/list/debtors/").text
    assert "a second administrator has to approve it" in life
    seen = life_of(DataKind.LIST, "debtors", timezone.now())
    assert seen is not None
    wish = {"reason": "it named the wrong traders", "seen": str(seen.current)}
    back = as_(merdan).post("/administration/reference/back/list/debtors/", wish, follow=True)
    assert "Submitted: a second administrator answers." in back.text
    assert "Added 2, removed 1, changed 0; 0 stay." in back.text
    assert codes(lists(timezone.now()))["debtors"] == ("C-3",)
    assert debtors.values == ("A-1", "B-2")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"code\nA-1\nA-1\n", "Row 3: Expected a code that stands here once"),
        (b"code\nA-1\n\nB-2\n", "Row 3"),
        (b"kode\nA-1\n", "code"),
        (b"code\n\xff\n", "UTF-8"),
        (b"code\n", "Expected one or more codes"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_by_its_row_and_nothing_is_kept(
    cast: Cast, debtors: NamedList, content: bytes, told: str
) -> None:
    sent = {**HEADER, "kind": "code", "file": SimpleUploadedFile("x.csv", content)}
    page = cast.browser("oraz").post("/administration/reference/offer/list/", sent)
    assert page.status_code == 422
    assert told in page.text
    assert not DataVersion.objects.exists()
    assert codes(lists(LATER)) == {"debtors": debtors.values}


def test_a_list_with_which_profiles_could_not_be_read_is_refused(cast: Cast) -> None:
    named = NamedList("watched", ("0302",))
    listed = fields(when='hs in list "watched"', cases=[{"title": "Fish", "given": {"hs": "0302"}, "expect": "match"}])
    take_in(ProfileSet((parse_profile(listed, "sample", lists=(named,)),)), by="system", now=NOW)
    with pytest.raises(DataRefused, match="profiles"):
        offer_list(cast["oraz"], {**HEADER, "name": "watched"}, b"code\nfish\n", now=NOW)


@pytest.mark.usefixtures("debtors")
def test_two_administrators_do_it_on_the_pages_and_read_no_profile(cast: Cast, merdan: Person) -> None:
    sent = {**HEADER, "kind": "code", "file": SimpleUploadedFile("debtors.csv", b"code\nB-2\nC-3\n")}
    tried = as_(cast["oraz"]).post("/administration/reference/offer/list/", sent, follow=True)
    assert "Added 1, removed 1, changed 0; 1 stay." in tried.text
    number = DataVersion.objects.get().pk
    page = f"/administration/reference/{number}/"
    submitted = as_(cast["oraz"]).post(f"{page}act/", {"reason": WHY}, follow=True).text
    assert "another administrator answers" in submitted
    seen = digest_of("A-1\nB-2")
    assert seen in as_(merdan).get(page).text
    done = as_(merdan).post(
        f"{page}answer/", {"reason": "as the register says", "approved": "1", "seen": seen}, follow=True
    )
    assert "Approved." in done.text
    overview = as_(merdan).get("/administration/reference/").text
    life = as_(merdan).get("/administration/reference/of/list/debtors/").text
    assert "2026-07" in overview
    assert "Roll back" in life
    for text in (tried.text, submitted, done.text, overview, life):
        assert "importer in list" not in text
        assert "CUS-DEB-900" not in text
    assert "New version" not in cast.browser("umar").get("/administration/reference/").text


def test_what_is_made_of_measures_is_marked_as_no_profile_of_the_library(place: Place) -> None:
    state = read_state(place.state)
    told, made = _profiles_told(state), {profile.code for profile in state.beside}
    assert made
    assert {code for code, each in told.items() if each["beside"]} == made
    assert made <= told.keys()


def test_measures_to_be_reviewed_are_counted_as_the_command_counts_them(
    cast: Cast, merdan: Person, place: Place
) -> None:
    text = MEASURE % 3
    row = offer_file(cast["oraz"], DataKind.MEASURES, "first.yaml", text.encode(), at=place, now=NOW)
    approved(cast, merdan, row, place, held=MEASURE % 1, at=LATER)
    carry_out(place, now=LATER)
    for moment, late in ((datetime(2026, 12, 31, 8, tzinfo=UTC), 0), (datetime(2027, 1, 1, 8, tzinfo=UTC), 0), (datetime(2027, 1, 2, 8, tzinfo=UTC), 1)):  # fmt: skip
        (holds,) = (line.holds for line in file_lines(place.state, moment) if line.slot.name == "first.yaml")
        assert holds is not None
        assert holds.review == late == len(expired(read_state(place.state).measures, moment.date())) // 2
    again = text.replace("2027-01-01", "2027-01-01, terminated_on: 2026-12-01, termination: repealed")
    (place.state.parent / next(s.path for s in slots(place.state) if s.name == "first.yaml")).write_text(
        again, encoding="utf-8"
    )
    (holds,) = (
        line.holds
        for line in file_lines(place.state, datetime(2027, 1, 2, 8, tzinfo=UTC))
        if line.slot.name == "first.yaml"
    )
    assert holds is not None
    assert (holds.ended, holds.review) == (1, 0), "what was ended is not to be reviewed"


def test_measures_are_put_where_the_gate_reads_them_when_their_moment_comes(
    cast: Cast, merdan: Person, place: Place
) -> None:
    before = read_state(place.state)
    row = offer_file(cast["oraz"], DataKind.MEASURES, "first.yaml", (MEASURE % 3).encode(), at=place, now=NOW)
    assert difference(DataKind.MEASURES, MEASURE % 1, row.text)[:3] == (["MEAT-3"], ["MEAT-1"], [])
    approved(cast, merdan, row, place, held=MEASURE % 1, at=LATER)
    assert carry_out(place, now=NOW) == 1, "what was found is kept, and named"
    assert {each.code for each in read_state(place.state).measures} == {each.code for each in before.measures}
    assert carry_out(place, now=LATER) == 1
    assert carry_out(place, now=LATER) == 0
    assert {each.code for each in read_state(place.state).measures} == {"MEAT-3", "MEAT-2"}
    assert "# ours" in place.state.read_text(encoding="utf-8")
    assert float(read_state(place.state).policy.budget.random_floor) == 0.02
    told = life_of(DataKind.MEASURES, "first.yaml", LATER)
    assert told is not None
    assert told.two, "a measure would be gone"
    wish = GoingBack(DataKind.MEASURES, "first.yaml", told.current or 0, "the order was repealed")
    waiting = roll_back(merdan, wish, now=LATER)
    assert waiting is not None
    assert carry_out(place, now=LATER) == 0, "nothing changes before a second person says so"
    with pytest.raises(DataRefused, match="waits"):
        roll_back(merdan, wish, now=LATER)
    said = DataAnswer(True, "the order was repealed indeed", None, digest_of(MEASURE % 3))
    answer(cast["oraz"], waiting, said, at=place, now=LATER)
    carry_out(place, now=LATER)
    assert {each.code for each in read_state(place.state).measures} == {each.code for each in before.measures}
    assert {line.slot.name: line.late for line in file_lines(place.state, LATER)} == {
        "first.yaml": False,
        "second.yaml": False,
    }
    assert verify().faults == ()


def test_an_open_gate_takes_a_list_over_when_its_moment_comes(
    cast: Cast, merdan: Person, debtors: NamedList, place: Place
) -> None:
    os.utime(place.state, (NOW.timestamp(), NOW.timestamp()))
    gate = OpenGate.open(place.state, now=NOW)
    row = offer_list(cast["oraz"], HEADER, b"code\nC-3\n", now=NOW)
    approved(cast, merdan, row, place, held="A-1\nB-2", at=LATER)
    for moment, other, held in ((NOW, False, debtors.values), (LATER, True, ("C-3",)), (LAST, False, ("C-3",))):
        carry_out(place, now=moment)
        assert gate.swap_if_changed(newest(moment), moment) is other
        assert codes(gate.gate.policy.profiles.lists)["debtors"] == held


@pytest.mark.usefixtures("place")
def test_a_file_that_the_gate_could_not_read_is_refused_with_what_is_wrong(cast: Cast) -> None:
    browser = cast.browser("oraz")
    wrong = (MEASURE % 1).replace("agency: veterinary", "agency: navy")
    sent = {"name": "first.yaml", "file": SimpleUploadedFile("first.yaml", wrong.encode())}
    page = browser.post("/administration/reference/offer/measures/", sent)
    assert page.status_code == 422
    assert "measures.1.agency: " in page.text
    assert "navy" in page.text
    twice = {"name": "first.yaml", "file": SimpleUploadedFile("first.yaml", (MEASURE % 2).encode())}
    assert "MEAT-2" in browser.post("/administration/reference/offer/measures/", twice).text, "a code of another file"
    for name in ("../gate.yaml", "key.json"):
        strange = {"name": name, "file": SimpleUploadedFile("x", b"{}")}
        assert browser.post("/administration/reference/offer/facts/", strange).status_code == 422
    assert not DataVersion.objects.exists()
    overview = browser.get("/administration/reference/").text
    assert "first.yaml" in overview
    assert "key.json" not in overview


@given(st.sets(st.text("ABC", min_size=1, max_size=2)), st.sets(st.text("ABC", min_size=1, max_size=2)))
def test_what_is_added_removed_and_kept_makes_up_both(old: set[str], new: set[str]) -> None:
    made = difference(DataKind.LIST, "\n".join(sorted(old)), "\n".join(sorted(new)))
    assert (set(made.added), set(made.removed), made.same) == (new - old, old - new, len(old & new))


@pytest.mark.parametrize(
    ("text", "kind", "wanted"),
    [
        ("profiles: p\nmeasures: [a.yaml, b.yaml]\ndial: '0.1'\n", DataKind.MEASURES, ["/x/a.yaml", "b.yaml"]),
        ("measures:\n- a.yaml\n- c.yaml\nprofiles: p\n", DataKind.MEASURES, ["/x/a.yaml", "c.yaml"]),
        ("profiles: p\n", DataKind.MEASURES, ["/x/a.yaml"]),
        ("facts: a.yaml # old\nprofiles: p", DataKind.FACTS, "/x/a.yaml"),
    ],
)
def test_only_the_place_that_is_meant_changes_in_a_state(
    tmp_path: Path, text: str, kind: DataKind, wanted: object
) -> None:
    state = tmp_path / "gate.yaml"
    state.write_text(text, encoding="utf-8")
    after = dict(parse_yaml(with_file(state, Slot(kind, "a.yaml", Path("/x/a.yaml"))), "x"))
    assert after.pop(kind) == wanted
    assert after == {name: value for name, value in parse_yaml(text, "x").items() if name != kind}


def test_a_file_put_in_force_is_named_from_where_the_state_lies(tmp_path: Path) -> None:
    """A backup that is restored into another directory reads its own file, and not that of the office it was made of."""
    home, elsewhere = tmp_path / "home", tmp_path / "restored"
    home.mkdir()
    state = home / "gate.yaml"
    state.write_text("profiles: profiles\ncapacity: capacity.yaml\nmeasures: [a.yaml]\n", encoding="utf-8")
    wanted = [
        (Slot(DataKind.CAPACITY, "capacity.yaml", home / "reference" / "0f" / "capacity.yaml"), "title: new\n"),
        (Slot(DataKind.MEASURES, "a.yaml", home / "reference" / "1e" / "a.yaml"), "measures: []\n"),
    ]
    assert put_files(state, wanted) == 2
    said = parse_yaml(state.read_text(encoding="utf-8"), "x")
    assert (said["capacity"], said["measures"]) == ("reference/0f/capacity.yaml", ["reference/1e/a.yaml"])
    assert put_files(state, wanted) == 0, "what it names already is not put in force again"
    home.rename(elsewhere)
    assert {slot.path for slot in slots(elsewhere / "gate.yaml")} == {
        elsewhere / "reference" / "0f" / "capacity.yaml",
        elsewhere / "reference" / "1e" / "a.yaml",
    }


def test_every_state_can_be_told(cast: Cast, merdan: Person, debtors: NamedList, place: Place) -> None:
    rows = [offer_list(cast["oraz"], HEADER, b"code\nC-3\n", now=NOW) for _ in range(4)]
    act(cast["oraz"], rows[0], DataMove.DISCARD, "", now=NOW)
    for row in rows[1:]:
        act(cast["oraz"], row, DataMove.SUBMIT, WHY, now=NOW)
    answer(merdan, rows[1], DataAnswer(False, "the source is not named", None, ""), at=place, now=NOW)
    answer(merdan, rows[2], DataAnswer(True, "as the register says", None, digest_of("A-1\nB-2")), at=place, now=NOW)
    states = [DataState(row.state) for row in rows]
    assert states == [DataState.DISCARDED, DataState.RETURNED, DataState.APPROVED, DataState.SUBMITTED]
    for row in rows:
        assert cast.browser("umar").get(f"/administration/reference/{row.pk}/").status_code == 200
    assert debtors.name == "debtors"
