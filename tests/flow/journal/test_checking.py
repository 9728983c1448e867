"""Whatever is done to a journal is found, and found where it was done."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from benchmarks.journal_mutations import MUTATIONS, Journal, a_journal, is_located

from darvoza.darvoza_verify import check
from darvoza.domain.journal import ERASABLE, EntryKind, JournalEntry, JournalEvent
from darvoza.flow.journal.checking import verify, verify_tail
from darvoza.flow.journal.entries import erasure, link_of, next_entry, without_body
from darvoza.methods.draw import commitment
from darvoza.methods.sealing.hash_chain import START, Link
from darvoza.methods.sealing.merkle_tree import root


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Sixty entries, of which some were erased."""
    return a_journal(60, Random(7), erasures=5)


def test_a_journal_that_nobody_touched_is_intact(journal: Journal) -> None:
    verdict = verify(journal.entries, journal.heads)
    assert verdict.faults == ()
    assert verdict.entries == 60
    assert verdict.erased == sum(entry.body is None for entry in journal.entries) > 0
    assert verdict.heads == len(journal.heads) > 3


def test_the_root_is_the_one_that_the_writer_computes(journal: Journal) -> None:
    assert verify(journal.entries).root == root(bytes.fromhex(entry.head) for entry in journal.entries).hex()


def test_an_empty_journal_is_intact() -> None:
    assert verify([]).faults == ()


@pytest.mark.parametrize("kind", MUTATIONS)
def test_every_mutation_is_found_and_located(kind: str) -> None:
    rng = Random(kind)
    for _ in range(8):
        journal = a_journal(rng.randint(8, 60), rng, erasures=rng.randint(0, 3))
        assert check(journal.lines(), journal.heads).faults == ()
        for _ in range(12):
            mutation = MUTATIONS[kind](journal, rng)
            faults = check(mutation.lines, journal.heads).faults
            assert faults, kind
            assert is_located(mutation, faults[0]), (faults, mutation.first, mutation.last)
            assert kind in {"rewrite", "insert"} or mutation.first == faults[0].first


def test_without_a_head_a_journal_written_anew_looks_intact(journal: Journal) -> None:
    mutation = MUTATIONS["rewrite"](journal, Random(1))
    assert check(mutation.lines).faults == ()
    assert check(mutation.lines, journal.heads).faults != ()


def test_a_body_that_is_still_there_though_an_entry_says_it_was_erased_is_a_fault(journal: Journal) -> None:
    last = journal.entries[-1]
    one = next(each.sequence for each in journal.entries if each.kind in ERASABLE and each.body is not None)
    event = erasure([one], actor="retention", at=last.at, basis="time is over")
    entry = next_entry(link_of(last), event, salt=bytes(16))
    assert str(verify([*journal.entries, entry]).faults[0]).startswith(f"entry {one}: it still has its body")
    gone = [without_body(each) if each.sequence == one else each for each in journal.entries]
    assert verify([*gone, entry]).faults == ()


def test_the_body_of_an_erasure_cannot_be_erased(journal: Journal) -> None:
    at = next(n for n, entry in enumerate(journal.entries) if entry.kind is EntryKind.ERASURE)
    entries = [*journal.entries]
    entries[at] = replace(entries[at], body=None, salt=None)
    assert "erasure is gone" in verify(entries).faults[0].what


def test_an_entry_that_no_journal_could_hold_is_a_fault_and_not_the_end(journal: Journal) -> None:
    entries = [*journal.entries]
    entries[4] = replace(entries[4], body={"pi": 0.5})
    assert verify(entries).faults[0].first == 5
    entries[4] = replace(journal.entries[4], at=journal.entries[4].at.replace(tzinfo=None))
    assert verify(entries).faults[0].first == 5


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"\n", "canonical JSON"),
        (b"[]\n", "not an entry"),
        (b'{"body":1.5}\n', "canonical JSON"),
        (b'{"body":null,"head":"","header":{},"salt":null}\n', "has not the fields"),
        (b'{"body":null,"head":"","header":[],"salt":null}\n', "has not the fields"),
        (b"\xff\n", "canonical JSON"),
        (b"[" * 100_000 + b"\n", "canonical JSON"),
        (b"1" * 10_000 + b"\n", "canonical JSON"),
        (b"{}", "cut short"),
    ],
)
def test_a_line_of_nonsense_is_a_fault_and_not_the_end(line: bytes, what: str) -> None:
    assert what in check([line]).faults[0].what


KEY = bytes(range(32))
COMMITTED, REVEALED = {"commitment": commitment(KEY)}, {"commitment": commitment(KEY), "key": KEY.hex()}


def of_keys(told: list[tuple[str, int, dict[str, str]]]) -> list[JournalEntry]:
    """Entries about keys, each written on a day of March."""
    entries, after = [], START
    for kind, day, body in told:
        subject = f"key of {body['day']}" if "day" in body else "roster of customs"
        event = JournalEvent(EntryKind(kind), "service draw", subject, datetime(2026, 3, day, tzinfo=UTC), body)
        entries.append(next_entry(after, event, salt=bytes(16)))
        after = link_of(entries[-1])
    return entries


@pytest.mark.parametrize(
    ("told", "faults"),
    [
        ([("key-commitment", COMMITTED), ("key-reveal", REVEALED)], []),
        ([("key-commitment", COMMITTED)], []),
        ([("key-reveal", REVEALED)], ["entry 1: no earlier entry commits to the key that it reveals"]),
        (
            [("key-reveal", REVEALED), ("key-commitment", COMMITTED)],
            ["entry 1: no earlier entry commits to the key that it reveals"],
        ),
        (
            [("key-commitment", COMMITTED), ("key-reveal", REVEALED | {"key": bytes(32).hex()})],
            ["entry 2: the key that it reveals is not that of its commitment"],
        ),
        (
            [
                ("key-commitment", COMMITTED),
                ("key-reveal", {"commitment": commitment(bytes(32)), "key": bytes(32).hex()}),
            ],
            ["entry 2: no earlier entry commits to the key that it reveals"],
        ),
    ],
)
def test_a_key_that_is_revealed_must_be_one_that_was_committed_to_before(
    told: list[tuple[str, dict[str, str]]], faults: list[str]
) -> None:
    entries = of_keys([(kind, 1, body) for kind, body in told])
    assert [str(fault) for fault in verify(entries).faults] == faults
    ends = verify_tail(entries[-1:], Link(len(entries) - 1, entries[-1].previous))
    assert [str(fault) for fault in ends] == [fault for fault in faults if "is not that of" in fault]


OTHER = {"commitment": commitment(bytes(32)), "day": "2026-03-05"}
FIFTH = COMMITTED | {"day": "2026-03-05"}
AFTER = REVEALED | {"day": "2026-03-05"}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ([("key-commitment", 4, FIFTH), ("key-reveal", 6, AFTER)], None),
        ([("key-commitment", 3, OTHER), ("key-commitment", 4, FIFTH | {"replaces": OTHER["commitment"]})], None),
        ([("key-commitment", 5, FIFTH)], "entry 1: it commits to the key of 2026-03-05, which had begun"),
        (
            [("key-commitment", 4, OTHER), ("key-commitment", 5, FIFTH | {"replaces": OTHER["commitment"]})],
            "entry 2: it commits to the key of 2026-03-05, which had begun",
        ),
        (
            [("key-commitment", 3, OTHER), ("key-commitment", 4, FIFTH)],
            f"entry 2: it says that it replaces None, but key of 2026-03-05 was {OTHER['commitment']}",
        ),
        (
            [("key-commitment", 3, FIFTH | {"replaces": OTHER["commitment"]})],
            f"entry 1: it says that it replaces {OTHER['commitment']}, but key of 2026-03-05 was None",
        ),
        (
            [("key-commitment", 4, FIFTH), ("key-reveal", 5, AFTER)],
            "entry 2: it reveals the key of 2026-03-05, which is not over",
        ),
        ([("key-commitment", 9, FIFTH | {"run": "d1"}), ("key-reveal", 9, AFTER)], None),
        (
            [("key-commitment", 3, OTHER), ("key-reveal", 6, AFTER)],
            "entry 2: no earlier entry commits to the key that it reveals",
        ),
    ],
)
def test_a_day_is_committed_to_before_it_begins_and_its_key_revealed_when_it_is_over(
    told: list[tuple[str, int, dict[str, str]]], fault: str | None
) -> None:
    assert [str(each) for each in verify(of_keys(told)).faults] == ([] if fault is None else [fault])
