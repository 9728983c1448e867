"""Whoever holds the exported journal and two files recomputes every draw, and finds what the library finds."""

import importlib
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from architecture.house import ROOT, SOURCE
from builders import a_profile, trade
from darvoza import darvoza_redraw, darvoza_verify
from darvoza.darvoza_redraw import CHANNEL_OF_ACT, CHANNELS, Found, number_of, redraw
from darvoza.domain import codes
from darvoza.domain.codes import Act, Agency, Channel
from darvoza.domain.journal import EntryKind, JournalEntry, JournalEvent
from darvoza.domain.profile import ProfileSet
from darvoza.flow.gate.records import decisions_of, plain_rows
from darvoza.flow.journal.entries import erasure, link_of, next_entry, without_body
from darvoza.flow.journal.export import entry_line
from darvoza.flow.oversight.verification import verify
from darvoza.flow.pipeline import Policy, assess
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.draw import commitment, permanent_random_number
from darvoza.methods.sealing.hash_chain import START
from darvoza.office.registry.attested import told_of

SHARES = {"customs": bytes(range(32)), "veterinary": bytes(32)}
RING = KeyRing(tuple(sorted(SHARES.items())))
PROFILES = ProfileSet(
    (
        a_profile("origin is CN", code="A", share="0.5", agency=Agency.VETERINARY, act=Act.DOCUMENTARY),
        a_profile("origin is GE", code="B", share="0.3"),
    )
)
Change = Callable[[list[dict[str, Any]]], None]


@lru_cache(maxsize=1)
def a_run() -> pl.DataFrame:
    """Decisions on some declarations."""
    return assess(trade(60, 1), Policy(PROFILES, Budget(0.3), RING)).sort("declaration_id", maintain_order=True)


def days() -> list[date]:
    return sorted(a_run().get_column("key_day").unique().to_list())


def at(day: date, after: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(days=after)


def key_told(kind: EntryKind, day: date, when: datetime, ring: KeyRing = RING, **more: object) -> JournalEvent:
    """The commitment to the key of a day, or its reveal."""
    key = {"key": ring.key(day).hex()} if kind is EntryKind.KEY_REVEAL else {}
    body = {"day": day.isoformat(), "commitment": ring.commitment(day), **key, **more}
    return JournalEvent(kind, "system", f"key of {day}", when, body)


def decided(rows: Iterable[Mapping[str, Any]], **more: object) -> Iterator[JournalEvent]:
    """What the journal keeps of decisions in plain values, declaration by declaration."""
    for name, group in groupby(rows, key=lambda row: row["declaration_id"]):
        of_one = list(group)
        body = {"what": "lodged", "channel": of_one[0]["channel"], **told_of(of_one), **more}
        yield JournalEvent(EntryKind.DECISION, "gate", name, at(days()[-1]), body)


def journal(events: Iterable[JournalEvent]) -> list[JournalEntry]:
    entries, after = [], START
    for event in events:
        entries.append(next_entry(after, event, salt=bytes(16)))
        after = link_of(entries[-1])
    return entries


def written(place: Path, entries: Iterable[JournalEntry]) -> Path:
    path = place / "journal.ndjson"
    path.write_bytes(b"".join(map(entry_line, entries)))
    return path


def plain() -> list[dict[str, Any]]:
    return [dict(row) for row in plain_rows(a_run())]


def whole(rows: list[dict[str, Any]], revealed: Iterable[date] | None = None) -> list[JournalEntry]:
    """Commitments before the first day, what was decided, the keys that were revealed."""
    told = days() if revealed is None else revealed
    events = [
        *(key_told(EntryKind.KEY_COMMITMENT, day, at(days()[0], -1)) for day in days()),
        *decided(rows),
        *(key_told(EntryKind.KEY_REVEAL, day, at(days()[-1], 1)) for day in told),
    ]
    return journal(events)


def redrawn(place: Path, entries: Iterable[JournalEntry]) -> Found:
    path = written(place, entries)
    assert darvoza_verify.check(darvoza_verify.lines_of(path)).faults == ()
    return redraw(path)


def test_what_nobody_touched_agrees_here_and_in_the_library(tmp_path: Path) -> None:
    found, library = redrawn(tmp_path, whole(plain())), verify(a_run(), SHARES)
    assert found.faults == []
    assert (found.acts, len(found.draws)) == (library.agreed, library.draws)
    assert found.agreed == found.decisions == a_run()["declaration_id"].n_unique()
    assert found.not_yet == found.unbound == found.of_runs == {}


def changed(name: str, change: Callable[[Any], Any], *, selected: bool | None = None) -> Change:
    """Change a value of all acts of one declaration, or of one that was selected or not."""

    def touch(rows: list[dict[str, Any]]) -> None:
        one = next(row for row in rows[9:] if selected is None or row["selected"] is selected)
        for row in rows if name in {"fingerprint", "channel", "commitment"} else [one]:
            if row["declaration_id"] == one["declaration_id"]:
                row[name] = change(row.get(name))

    return touch


def lower_a_floor(floors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    most = max(floor["probability"] for floor in floors)
    return [{**each, "probability": 0.0 if each["probability"] == most else each["probability"]} for each in floors]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (changed("u", lambda _: 0.999, selected=True), "u is 0.999, and the draw gives"),
        (changed("u", lambda u: u / 2), "and the draw gives"),
        (changed("probability", lambda _: 1e-7), "its probability is 1e-07, and the largest of its floors"),
        (changed("floors", lower_a_floor), "and the largest of its floors"),
        (changed("selected", lambda _: False, selected=True), "it is not selected, with u"),
        (changed("selected", lambda _: True, selected=False), "it is selected, with u"),
        (changed("basis", lambda _: "law", selected=False), "its basis is law"),
        (changed("channel", lambda each: "red" if each != "red" else "green"), "its channel is"),
        (changed("fingerprint", lambda _: "ab" * 32), "and the draw gives"),
        (changed("commitment", lambda _: "ab" * 32), "it was drawn with the key abababab"),
        (changed("u", lambda _: "much"), "its draw is not in the form of one"),
        (changed("u", lambda _: "nan"), "its draw is not in the form of one"),
        (changed("probability", lambda _: 2), "its draw is not in the form of one"),
        (changed("selected", lambda _: 1, selected=True), "its draw is not in the form of one"),
        (changed("floors", lambda _: []), "its draw is not in the form of one"),
        (changed("act", lambda _: "dance"), "its draw is not in the form of one"),
        (changed("channel", lambda _: "pink"), "its draw is not in the form of one"),
        (changed("fingerprint", lambda _: "KG-1"), "its draw is not in the form of one"),
    ],
)
def test_whatever_was_touched_is_found_as_the_library_finds_it(tmp_path: Path, change: Change, what: str) -> None:
    rows = plain()
    change(rows)
    found = redrawn(tmp_path, whole(rows))
    assert len(found.faults) == 1
    assert what in found.faults[0]
    if "not in the form" not in what:
        touched = decisions_of(rows)
        assert verify(touched, SHARES).agreed < touched.height


def test_decisions_of_days_whose_keys_are_not_revealed_count_as_not_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *_, last = days()
    rows = plain()
    found = redrawn(tmp_path, whole(rows, [first]))
    assert found.faults == []
    assert found.agreed + sum(found.not_yet.values()) == found.decisions
    assert first.isoformat() not in found.not_yet
    assert darvoza_redraw.main([str(tmp_path / "journal.ndjson")]) == 0
    said = capsys.readouterr().out
    assert "not yet, for the key is not revealed: " in said
    assert f" to {last}; the journal goes to " in said
    assert said.endswith("agrees, as far as keys are revealed\n")
    changed("selected", lambda _: False, selected=True)(rows)
    assert len(redrawn(tmp_path, whole(rows, [])).faults) == 1


def test_a_key_that_nobody_had_committed_to_before_is_told(tmp_path: Path) -> None:
    found = redrawn(tmp_path, journal(decided(plain())))
    assert (found.faults, sum(found.unbound.values())) == ([], found.decisions)
    late = [key_told(EntryKind.KEY_COMMITMENT, day, at(days()[-1], 1), run="r1") for day in days()]
    found = redrawn(tmp_path, journal([*decided(plain()), *late]))
    assert (found.faults, sum(found.unbound.values())) == ([], found.decisions)
    found = redrawn(tmp_path, journal([*late, *decided(plain(), run="r1")]))
    assert (found.faults, sum(found.of_runs.values()), found.unbound) == ([], found.decisions, {})


def test_a_run_that_drew_with_another_key_than_the_office_stands_beside_it(tmp_path: Path) -> None:
    other = KeyRing((("customs", bytes([7]) * 32),))
    events = [key_told(EntryKind.KEY_COMMITMENT, day, at(days()[0], -1), other) for day in days()]
    assert len(redrawn(tmp_path, journal([*events, *decided(plain())])).faults) == a_run()["declaration_id"].n_unique()
    beside = [key_told(EntryKind.KEY_COMMITMENT, day, at(days()[-1], 1), run="r1") for day in days()]
    beside = [JournalEvent(each.kind, each.actor, f"run r1: {each.subject}", each.at, each.body) for each in beside]
    found = redrawn(tmp_path, journal([*events, *beside, *decided(plain(), run="r1")]))
    assert (found.faults, sum(found.of_runs.values())) == ([], found.decisions)


def test_a_key_in_the_place_of_another_draws_from_then_on(tmp_path: Path) -> None:
    other = KeyRing((("customs", bytes([7]) * 32),))
    old = [key_told(EntryKind.KEY_COMMITMENT, day, at(days()[0], -2), other) for day in days()]
    new = [
        key_told(EntryKind.KEY_COMMITMENT, day, at(days()[0], -1), replaces=other.commitment(day), reason="M. left")
        for day in days()
    ]
    reveals = [key_told(EntryKind.KEY_REVEAL, day, at(days()[-1], 1)) for day in days()]
    found = redrawn(tmp_path, journal([*old, *new, *decided(plain()), *reveals]))
    assert (found.faults, found.agreed) == ([], found.decisions)


def test_several_keys_for_a_day_that_nobody_committed_to_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = plain()
    changed("commitment", lambda _: "ab" * 32)(rows)
    path = written(tmp_path, journal(decided(rows)))
    assert darvoza_redraw.main([str(path)]) == 0
    assert "of these days several keys drew for: 20" in capsys.readouterr().out


def test_what_a_post_brought_back_may_be_asked_for_more_strictly_and_not_less(tmp_path: Path) -> None:
    rows = [row for row in plain() if row["channel"] == "yellow"]
    for channel, holds in (("red", True), ("yellow", True), ("green", False)):
        events = decided([{**row, "channel": channel} for row in rows], what="returned")
        assert (redrawn(tmp_path, journal(events)).faults == []) is holds


def test_entries_that_say_nothing_of_a_draw_and_erased_ones_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = whole(plain())
    at_last, number = entries[-1].at, next(each.sequence for each in entries if each.kind is EntryKind.DECISION)
    more = [
        JournalEvent(EntryKind.DECISION, "oraz", "run d1", at_last, {"what": "taken in", "each": True}),
        erasure([number], actor="retention", at=at_last, basis="x"),
    ]
    for event in more:
        entries.append(next_entry(link_of(entries[-1]), event, salt=bytes(16)))
    gone = [without_body(each) if each.sequence == number else each for each in entries]
    assert redrawn(tmp_path, gone).faults == []
    assert darvoza_redraw.main([str(tmp_path / "journal.ndjson")]) == 0
    assert "say nothing of a draw: 1, erased: 1\nagrees\n" in capsys.readouterr().out


def test_a_key_that_is_not_the_one_committed_to_is_told(tmp_path: Path) -> None:
    told = key_told(EntryKind.KEY_REVEAL, days()[0], at(days()[-1], 1), key=bytes(32).hex())
    path = written(tmp_path, journal([*decided(plain()), told]))
    assert "the key that it reveals is not that of its commitment" in redraw(path).faults[0]


def test_a_journal_does_not_write_on_the_screen_of_who_checks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = plain()
    changed("selected", lambda _: False, selected=True)(rows)
    sly = [
        replace(each, subject=f"x\nagrees\x1b[2J {number}") if each.kind is EntryKind.DECISION else each
        for number, each in enumerate(whole(rows))
    ]
    path = tmp_path / "journal.ndjson"
    path.write_bytes(b"".join(map(entry_line, sly)))
    assert darvoza_redraw.main([str(path)]) == 1
    said = capsys.readouterr().out
    assert ", xagrees[2J " in said
    assert "\x1b" not in said
    assert darvoza_verify.main([str(path)]) == 1
    late = key_told(EntryKind.KEY_COMMITMENT, days()[0], at(days()[-1]))
    path = written(tmp_path, journal([replace(late, body={**late.body, "day": "\nintact\x1b[2J"})]))
    capsys.readouterr()
    assert darvoza_verify.main([str(path)]) == 1
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "broken"
    assert "intact[2J\n" in said
    assert "\x1b" not in said


def test_the_one_file_runs_alone_and_says_what_it_cannot_read(tmp_path: Path) -> None:
    shutil.copy(SOURCE / "darvoza_redraw.py", tmp_path)
    rows = plain()
    changed("selected", lambda _: False, selected=True)(rows)

    def alone(name: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", "-W", "error", "darvoza_redraw.py", name]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    written(tmp_path, whole(plain()))
    done = alone("journal.ndjson")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("agrees\n")
    written(tmp_path, whole(rows))
    done = alone("journal.ndjson")
    assert done.returncode == 1
    assert done.stdout.startswith("entry ")
    assert done.stdout.endswith("does not agree\n")
    for name, content, said in (
        ("nonsense", b"\xff\n", "line 1 is no entry"),
        ("deep", b"[" * 100_000, "line 1 is no entry"),
        ("empty", b"", "no decision in it says how it was drawn"),
        ("cut", b"".join(map(entry_line, whole(plain())[1:])), "line 1 is not entry 1"),
    ):
        (tmp_path / name).write_bytes(content)
        done = alone(name)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert said in done.stderr
    assert alone("nowhere").returncode == 2


def test_the_one_file_draws_and_leads_to_channels_as_the_library_does() -> None:
    for number in range(50):
        key, mark = bytes([number]) * 32, bytes([number, 255 - number]) * 16
        assert number_of(key, mark) == permanent_random_number(key, mark)
        assert darvoza_redraw.commitment_of(key) == commitment(key)
    assert {act.value: channel.value for act, channel in codes.CHANNEL_OF_ACT.items()} == CHANNEL_OF_ACT
    assert [channel.value for channel in Channel] == list(CHANNELS)


def test_it_is_a_command_of_its_own_where_the_package_is_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    module, _, function = scripts["darvoza-redraw"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))
