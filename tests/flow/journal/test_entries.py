"""What happened becomes an entry that holds for ever; what cannot is refused with its place."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.errors import BrokenJournal, InvalidEntry
from darvoza.flow.journal.checking import verify
from darvoza.flow.journal.entries import erasure, link_of, next_entry, time_of, time_text, without_body
from darvoza.flow.journal.export import entry_line, read_entries
from darvoza.methods.sealing.hash_chain import NOTHING_BEFORE, START

AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
TEXTS = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=30)
KEPT = st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"]), max_size=9)
EVENTS = st.builds(
    JournalEvent,
    kind=st.sampled_from([kind for kind in EntryKind if kind is not EntryKind.ERASURE]),
    actor=TEXTS,
    subject=TEXTS,
    at=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=6))])),
    body=st.dictionaries(st.text("abc", max_size=3), KEPT | st.integers(0, 9) | st.none(), max_size=3),
)


def a_sign_in(**changes: object) -> JournalEvent:
    given: dict[str, object] = {"kind": EntryKind.SIGN_IN, "actor": "person 7", "subject": "person 7", "at": AT}
    return JournalEvent(**(given | changes))  # type: ignore[arg-type]


@given(st.lists(st.tuples(EVENTS, st.binary(min_size=16, max_size=16)), max_size=5))
def test_what_is_written_holds_and_is_read_back_as_it_was(happened: list[tuple[JournalEvent, bytes]]) -> None:
    entries, after = [], START
    for event, salt in happened:
        entries.append(next_entry(after, event, salt=salt))
        after = link_of(entries[-1])
    assert verify(entries).faults == ()
    assert list(read_entries(map(entry_line, entries))) == entries


def test_the_first_entry_follows_nothing() -> None:
    assert next_entry(START, a_sign_in(), salt=bytes(16)).previous == NOTHING_BEFORE


def test_an_entry_commits_to_every_word_of_the_event() -> None:
    changes: list[dict[str, object]] = [
        {},
        {"kind": EntryKind.SIGN_OUT},
        {"actor": "person 8"},
        {"subject": "person 8"},
        {"at": AT + timedelta(microseconds=1)},
        {"body": {"why": ""}},
    ]
    heads = {next_entry(START, a_sign_in(**change), salt=bytes(16)).head for change in changes}
    assert len(heads) == len(changes)


def test_one_moment_in_two_time_zones_is_one_time() -> None:
    elsewhere = AT.astimezone(timezone(timedelta(hours=6)))
    assert next_entry(START, a_sign_in(at=elsewhere), salt=bytes(16)) == next_entry(START, a_sign_in(), salt=bytes(16))


def test_equal_bodies_cannot_be_told_by_their_digests() -> None:
    one, other = (next_entry(START, a_sign_in(), salt=bytes([n]) * 16).body_digest for n in (1, 2))
    assert one != other


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"actor": ""}, "actor"),
        ({"subject": "two\nlines"}, "subject"),
        ({"subject": "x" * 201}, "subject"),
        ({"at": datetime(2026, 3, 1, 8)}, "at"),  # noqa: DTZ001
        ({"body": {"pi": 0.25}}, "body"),
        ({"body": {"why": "\ud800"}}, "body"),
        ({"body": {"why": "\0"}}, "body"),
    ],
)
def test_what_cannot_be_written_for_ever_is_refused_with_its_place(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidEntry) as refused:
        next_entry(START, a_sign_in(**changes), salt=bytes(16))
    assert refused.value.field == field


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(InvalidEntry, match="16 random bytes"):
        next_entry(START, a_sign_in(), salt=b"salt")


def test_an_erasure_names_what_it_erases_and_is_not_erased_itself() -> None:
    event = erasure([9, 2, 9], actor="retention", at=AT, basis="five years are over")
    assert event.body == {"erased": [2, 9], "basis": "five years are over"}
    with pytest.raises(InvalidEntry, match="not erased itself"):
        without_body(next_entry(START, event, salt=bytes(16)))
    with pytest.raises(InvalidEntry, match="numbers of entries"):
        erasure([], actor="retention", at=AT, basis="none")


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_are_read_as_they_were_written(at: datetime) -> None:
    assert time_of(time_text(at)) == at


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"header":{},"head":"","body":null,"salt":null}', b"\xff"])
def test_a_line_that_is_no_entry_is_refused_with_its_number(line: bytes) -> None:
    with pytest.raises(BrokenJournal, match="line 1"):
        list(read_entries([line]))
