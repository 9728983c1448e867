"""``darvoza demo``: the whole thread on a simulated year, with the very commands a user would give."""

import importlib
import json
import shutil
from argparse import Namespace
from datetime import UTC, date, datetime
from importlib.metadata import entry_points
from pathlib import Path

import polars as pl

from darvoza.cli.arguments import build_parser
from darvoza.cli.doors import GROUP
from darvoza.cli.reference_data import COMPETENCE, POSTS, PRACTICE_FACTS, shipped, shipped_data
from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError

MARK = "THIS-IS-A-DEMO"
PROGRAM = Path(".venv/bin/darvoza")
"""The program within the source tree."""
MONTHS, PER_MONTH = 12, 3000
ASSESSED = 2
"""Months that the run assesses: the last one, which ends at the moment of the demo, and the one before."""
STEPS = 14
RESULTS = ("results.csv", "results_more.csv")
"""Results of the health services in lots, and of everybody else."""


def run(options: Namespace) -> int:
    """Simulate, learn, assess, examine, evaluate, verify, and say where to look."""
    out: Path = options.out
    _make_room(out)
    (out / MARK).write_text("Everything here is simulated and may be removed.\n", encoding="utf-8")
    until = options.until or datetime.now(UTC).replace(microsecond=0)
    recent = _practise(out, until, options)
    _decide(out, recent, options)
    _examine(out, recent)
    failed = _step(
        f"11 of {STEPS}  recompute every draw, as an auditor would",
        ["verify", str(out / "run"), *_words(key_file=out / "key.json")],
    )
    _open_office(out, recent, until)
    _open_gate(out)
    _invite(out)
    return failed


def first_month(until: datetime) -> date:
    """Give the first day of the year of months whose last is that of a moment.

    Examples
    --------
    >>> first_month(datetime(2026, 11, 25, tzinfo=UTC)), first_month(datetime(2026, 12, 1, tzinfo=UTC))
    (datetime.date(2025, 12, 1), datetime.date(2026, 1, 1))
    """
    years, month = divmod(until.year * 12 + until.month - MONTHS, 12)
    return date(years, month + 1, 1)


def _practise(out: Path, until: datetime, options: Namespace) -> list[str]:
    """Make a practice year, learn from it, and give the files of its last months."""
    world = out / "world"
    _step(
        f"1 of {STEPS}  a practice year: {MONTHS} months of trade with planted offences, pests and two outbreaks",
        [
            "simulate",
            "--health",
            *_words(months=MONTHS, per_month=PER_MONTH, start=first_month(until), until=until.isoformat(), out=world),
        ],
    )
    files = sorted(map(str, (world / "declarations").glob("*.csv")))
    past, recent = files[:-ASSESSED], files[-ASSESSED:]
    learn = _words(mapping=_mapping(), workers=options.workers, facts=shipped(PRACTICE_FACTS), out=out / "model")
    _step(f"2 of {STEPS}  learn from the examinations of the first ten months", ["learn", *past, *learn])
    first_day = f"{Path(recent[0]).stem}-01"
    _step(
        f"3 of {STEPS}  learn from what the health services found in them",
        ["sps", "hazards", str(world / "health" / "results.csv"), *_words(day=first_day, out=out / "hazards")],
    )
    return recent


def _decide(out: Path, recent: list[str], options: Namespace) -> None:
    """Make a key, and assess the last months for four services."""
    key = out / "key.json"
    _step(
        f"4 of {STEPS}  make the key of the draw and commit to it",
        ["key", "new", "--agency", "customs", *_words(agency="phytosanitary", out=key)],
    )
    capacity = out / "world" / "health" / "capacity.yaml"
    decide = _words(
        mapping=_mapping(), workers=options.workers, profiles=_profiles(), capacity=capacity, model=out / "model"
    )
    _step(
        f"5 of {STEPS}  assess the last two months for all services at once: one draw for all",
        ["assess", *recent, *decide, *_words(hazards=out / "hazards", key_file=key, out=out / "run")],
    )


def _examine(out: Path, recent: list[str]) -> None:
    """Let officers work, and tell how well the health services do."""
    run_directory, world = out / "run", out / "world"
    _step(
        f"6 of {STEPS}  let the health services carry out what was selected",
        ["sps", "play", str(run_directory), *_words(world=world, out=out / RESULTS[0])],
    )
    _step(
        f"7 of {STEPS}  let the other officers carry out the rest, and what customs suspects itself",
        ["play", str(run_directory), *_words(world=world, done=out / RESULTS[0], out=out / RESULTS[1])],
    )
    _step(
        f"8 of {STEPS}  tell how well the control of animals, plants and food works",
        [
            "sps",
            "evaluate",
            str(run_directory),
            *_words(results=out / RESULTS[0], hazards=out / "hazards", out=out / "evaluation"),
        ],
    )
    known = ["--results", *recent, str(out / RESULTS[1])]
    _step(
        f"9 of {STEPS}  draw the frontier: what share of the harm is detected for each share examined",
        ["frontier", str(run_directory), *known, *_words(mapping=_mapping(), out=out / "frontier")],
    )
    _step(
        f"10 of {STEPS}  watch for drift: does the score still say what is true?",
        ["drift", str(run_directory), *known, *_words(mapping=_mapping(), out=out / "drift")],
    )


def _open_office(out: Path, recent: list[str], until: datetime) -> None:
    """Fill an office with the run and the results known by the moment, where the door of the office is installed."""
    if not any(door.name == "office" for door in entry_points(group=GROUP)):
        print("\nthe office is not installed here; make sets it up")
        return
    results = [str(out / name) for name in RESULTS]
    reports = ["--reports", *(str(out / name) for name in ("model", "frontier", "drift")), str(shipped(POSTS))]
    words = ["office", "demo", str(out / "run"), "--declarations", *recent, "--results", *results]
    _step(
        f"12 of {STEPS}  fill an office with it, one person per role",
        [
            *words,
            *_words(until=until.isoformat(), mapping=_mapping(), profiles=_profiles(), home=out / "office"),
            *reports,
        ],
    )
    files = sorted(map(str, (out / "world" / "declarations").glob("*.csv")))
    keep = _words(mapping=_mapping(), facts=shipped(PRACTICE_FACTS), out=out / "office" / "history")
    _step(f"13 of {STEPS}  keep the year with the facts of its day, to try profiles on", ["history", *files, *keep])
    figures = ["office", "profiles", "--figures", *_words(home=out / "office")]
    _step(f"14 of {STEPS}  try the profiles in force on it", figures)


def _open_gate(out: Path) -> None:
    """Name everything by which the office decides what is lodged by the API: what the run was decided by."""
    fields = {
        "profiles": _profiles().resolve(),
        "key_file": "../key.json",
        "capacity": "../world/health/capacity.yaml",
        "model": "../model",
        "hazards": "../hazards",
        "competence": shipped(COMPETENCE).resolve(),
    }
    if (out / "office").is_dir():
        text = "".join(f"{name}: {json.dumps(str(path))}\n" for name, path in fields.items())
        (out / "office" / "gate.yaml").write_text(text, encoding="utf-8")


def _mapping() -> Path:
    return _from_here(shipped_data("mappings/own.yaml"))


def _profiles() -> Path:
    return _from_here(shipped_data("profiles"))


def _from_here(path: Path) -> Path:
    """Give a path as it is typed from here, where it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _words(**options: object) -> list[str]:
    """Write options as they are typed."""
    return [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def _make_room(out: Path) -> None:
    """Remove an earlier demo; refuse to touch anything else."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise OutputError(
                field="out", expected="an empty directory or an earlier demo", got=str(out), hint="choose another name"
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def _step(title: str, words: list[str]) -> int:
    """Run one command as it would be typed, and show it."""
    print(f"\n{title}\n$ darvoza {' '.join(_shortened(words))}", flush=True)
    options = build_parser().parse_args(words)
    return int(importlib.import_module(options.command_module).run(options))


def _shortened(words: list[str]) -> list[str]:
    """Show only the first and the last of many files."""
    files = [word for word in words if word.endswith(".csv")]
    if len(files) < ASSESSED + 3:
        return words
    start = words.index(files[0])
    return [*words[:start], files[0], "…", files[-1], *words[start + len(files) :]]


def _invite(out: Path) -> None:
    """Say what to look at and what to try."""
    decisions = read_decisions(out / "run").filter("selected")
    shown = decisions.sort(pl.col("floors").list.len(), descending=True).get_column("decision_id").to_list()[0]
    program, profiles = PROGRAM if PROGRAM.is_file() else PROGRAM.name, _profiles()
    print(f"""
Look at  {out / "run" / "report.html"}
         {out / "evaluation" / "evaluation.html"}
         {out / "frontier" / "frontier.html"}
         {out / "drift" / "drift.html"}

Try next
  {program} explain {shown} --in {out / "run"}
  {program} practice --months 12 --capacity 0.10 --policy darvoza --seed 7 --profiles {profiles}
  {program} profile check {profiles}""")
