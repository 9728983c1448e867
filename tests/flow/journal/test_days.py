"""Whatever the files say of days must fit together: keys under the day they are of, heads over what was there, erasures."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from darvoza.darvoza_verify import ERASABLE as CHECKED
from darvoza.darvoza_verify import Check, Head, check, root_of
from darvoza.domain.journal import ERASABLE, EntryKind, JournalEntry, JournalEvent
from darvoza.errors import InvalidHead
from darvoza.flow.journal.checking import verify
from darvoza.flow.journal.entries import erasure, link_of, next_entry, without_body
from darvoza.flow.journal.export import entry_line
from darvoza.flow.journal.heads import next_head
from darvoza.methods.draw import commitment
from darvoza.methods.sealing.hash_chain import START
from darvoza.methods.sealing.signed_note import private_key

Told = tuple[str, str, int, Mapping[str, object]]
"""Kind, subject, day of October, body."""

REAL, CHOSEN = bytes(range(32)), bytes(32)
DAY, OF_DAY = "2026-10-18", "key of 2026-10-18"
PUBLISHED: Told = ("key-commitment", OF_DAY, 1, {"day": DAY, "commitment": commitment(REAL)})
CHOICE = {"commitment": commitment(CHOSEN)}
OTHER = "the key that it reveals is not that of its commitment"


def journal(told: Sequence[Told]) -> list[JournalEntry]:
    """Entries, each written on a day of October."""
    entries, after = [], START
    for kind, subject, day, body in told:
        at = datetime(2026, 10, 1, 8, tzinfo=UTC) + timedelta(days=day - 1)
        entries.append(
            next_entry(after, JournalEvent(EntryKind(kind), "service draw", subject, at, body), salt=bytes(16))
        )
        after = link_of(entries[-1])
    return entries


def reveal(key: object, subject: str = OF_DAY, **more: object) -> Told:
    body = {"commitment": commitment(key if isinstance(key, bytes) else CHOSEN), **more}
    return ("key-reveal", subject, 20, {**body, "key": key.hex() if isinstance(key, bytes) else key})


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ([("key-commitment", OF_DAY, 19, {"day": "2099-01-01", **CHOICE})], "it stands under key of 2026-10-18, but"),
        ([("key-commitment", OF_DAY, 19, {"day": DAY, "run": "r", **CHOICE})], "it is of a run, but key of 2026-10-18"),
        (
            [("key-commitment", OF_DAY, 19, {"day": DAY, "run": "r", "replaces": commitment(REAL), **CHOICE})],
            "it is of a run, but key of 2026-10-18",
        ),
        ([("key-commitment", OF_DAY, 19, CHOICE)], "tells of the key of no day"),
        ([("key-commitment", "roster", 19, CHOICE), reveal(CHOSEN)], "tells of the key of no day"),
        ([("key-commitment", "of no day", 19, {"day": DAY, **CHOICE})], "it stands under of no day"),
        (
            [("key-commitment", "key of 2026-W42-7", 19, {"day": "2026-W42-7", **CHOICE})],
            "it stands under key of 2026-W42-7",
        ),
        ([("key-commitment", OF_DAY, 19, {"day": DAY, **CHOICE})], "which had begun"),
        ([reveal([REAL.hex()], day=DAY)], OTHER),
        ([reveal(None, day=DAY)], OTHER),
        ([reveal("not hexadecimal", day=DAY)], OTHER),
        ([("key-reveal", OF_DAY, 20, {"day": DAY, "commitment": commitment(REAL)})], OTHER),
        ([reveal(REAL, day="2026-10-17")], "it stands under key of 2026-10-18, but tells of the key of 2026-10-17"),
        ([reveal(REAL, "key of 2026-10-17", day="2026-10-17")], "no earlier entry commits"),
    ],
)
def test_the_key_of_a_day_cannot_be_chosen_after_it(told: list[Told], what: str) -> None:
    first = verify(journal([PUBLISHED, *told])).faults[0]
    assert what in str(first)
    assert first.first > 1


@pytest.mark.parametrize(
    "told",
    [
        [reveal(REAL, day=DAY)],
        [("key-commitment", f"run r: {OF_DAY}", 19, {"day": DAY, "run": "r", "instead of": "ab", **CHOICE})],
        [("key-commitment", "key of 2026-10-17", 19, {"day": "2026-10-17", "run": "r", **CHOICE})],
        [
            ("key-commitment", OF_DAY, 2, {"day": DAY, "replaces": commitment(REAL), "reason": "x", **CHOICE}),
            reveal(CHOSEN, day=DAY),
        ],
        [("key-commitment", "roster KG", 19, CHOICE), reveal(CHOSEN, "roster KG")],
    ],
)
def test_what_an_honest_office_writes_of_keys_holds(told: list[Told]) -> None:
    assert verify(journal([PUBLISHED, *told])).faults == ()


def head_of(entries: list[JournalEntry], day: str) -> Head:
    reading = Check()
    for entry in entries:
        reading.take(entry_line(entry))
    return Head("office", reading.size, root_of(reading.peaks), day, b"", ())


@pytest.mark.parametrize(("day", "holds"), [("2026-10-25", True), ("2026-10-24", True), ("2026-10-23", False)])
def test_a_head_is_of_the_day_on_which_its_last_entry_was_written_or_the_day_before(day: str, holds: bool) -> None:
    entries = journal([("sign-in", "asel", 1, {}), ("sign-in", "asel", 25, {})])
    faults = [str(each) for each in verify(entries, [head_of(entries, day)]).faults]
    assert faults == ([] if holds else [f"entry 2: it is of 2026-10-25, after the head of {day} over it"])
    key, now = private_key("office", bytes(32)), datetime(2026, 10, 26, tzinfo=UTC)
    lines = list(map(entry_line, entries))
    if holds:
        assert next_head(lines, "", day=date.fromisoformat(day), key=key, now=now)
        return
    with pytest.raises(InvalidHead, match="day: expected 2026-10-24 at the earliest: the last entry was written on"):
        next_head(lines, "", day=date.fromisoformat(day), key=key, now=now)


@pytest.mark.parametrize(("day", "holds"), [(17, False), (25, False), (26, True), (27, True)])
def test_a_commitment_that_claims_to_be_older_than_a_head_before_it_is_told(day: int, holds: bool) -> None:
    body = {"day": "2026-11-20", "commitment": commitment(REAL)}
    entries = journal([("sign-in", "asel", 27, {}), ("key-commitment", "key of 2026-11-20", day, body)])
    verdict = verify(entries, [head_of(entries[:1], "2026-10-27")])
    said = f"entry 2: it says 2026-10-{day}, but stands behind the head of 2026-10-27"
    assert [str(each) for each in verdict.faults] == ([] if holds else [said])


def test_a_clock_that_went_back_is_told_and_no_fault() -> None:
    entries = journal([("sign-in", "asel", day, {}) for day in (27, 19, 19, 27)])
    verdict = verify(entries)
    assert verdict.faults == ()
    assert verdict.notes == ("entry 2 says that it was written more than a day before an earlier one",)
    assert verify(entries[:1] + journal([("sign-in", "asel", 27, {}), ("sign-in", "asel", 26, {})])[1:]).notes == ()


def test_bodies_that_stay_for_ever_are_missed_though_an_erasure_names_them() -> None:
    entries = [*journal([PUBLISHED, ("sign-in", "asel", 2, {})])]
    event = erasure([1, 2], actor="retention", at=datetime(2026, 10, 9, 8, tzinfo=UTC), basis="x")
    gone = [replace(each, body=None, salt=None) for each in entries]
    verdict = verify([*gone, next_entry(link_of(entries[-1]), event, salt=bytes(16))])
    said = "entry 1: the body of this key-commitment is gone, and such a body stays for ever"
    assert [str(each) for each in verdict.faults] == [said]


def test_what_was_erased_is_told_by_kind_age_and_basis_the_youngest_first() -> None:
    entries = journal([("sign-in", "asel", 1, {}), *[("decision", f"KG-{day}", day, {}) for day in (5, 6, 7)]])
    after = link_of(entries[-1])
    for day, numbers, basis in ((400, [1], "one year"), (8, [2, 3], "x"), (8, [3, 4], "x")):
        at = datetime(2026, 10, 1, 8, tzinfo=UTC) + timedelta(days=day - 1)
        event = erasure(numbers, actor="retention", at=at, basis=basis)
        entries.append(next_entry(after, event, salt=bytes(16)))
        after = link_of(entries[-1])
    gone = [without_body(each) if each.kind in ERASABLE else each for each in entries]
    verdict = verify(gone)
    assert verdict.faults == ()
    assert verdict.notes[:2] == (
        'erased, 1 to 3 days old: 3 decision: {"basis":"x"}',
        'erased, 399 to 399 days old: 1 sign-in: {"basis":"one year"}',
    )


@pytest.mark.parametrize("kind", [kind for kind in EntryKind if kind not in ERASABLE])
def test_every_other_kind_keeps_its_body(kind: EntryKind) -> None:
    [entry] = journal([(kind.value, "x", 1, {"erased": []})])
    assert "is gone" in verify([replace(entry, body=None, salt=None)]).faults[0].what


def test_the_checker_and_the_house_erase_the_same_kinds() -> None:
    assert {kind.value for kind in ERASABLE} == CHECKED


def test_a_day_that_is_none_is_a_fault_and_not_the_end() -> None:
    line = entry_line(journal([("sign-in", "asel", 1, {})])[0]).replace(b"2026-10-01T", b"2026-13-01T")
    assert check([line]).faults
