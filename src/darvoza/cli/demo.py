"""``darvoza demo``: the whole thread on a simulated year, with the very commands a user would give."""

import importlib
import shutil
from argparse import Namespace
from importlib.metadata import entry_points
from pathlib import Path

import polars as pl

from darvoza.cli.arguments import build_parser
from darvoza.cli.doors import GROUP
from darvoza.cli.reference_data import PRACTICE_FACTS, shipped
from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError, SettingsError

MARK = "THIS-IS-A-DEMO"
MAPPING, PROFILES = Path("mappings/own.yaml"), Path("profiles")
MONTHS, PER_MONTH = 12, 3000
LAST_MONTH = "2026-12-01"


def run(options: Namespace) -> int:
    """Simulate, learn, assess, examine, evaluate, verify, and say where to look."""
    for path in (MAPPING, PROFILES):
        if not path.exists():
            raise SettingsError(
                field="demo", expected=f"{path} here", got=str(Path.cwd()), hint="run it from the project"
            )
    out: Path = options.out
    _make_room(out)
    (out / MARK).write_text("Everything here is simulated and may be removed.\n", encoding="utf-8")
    last = _practise(out, options)
    _decide(out, last, options)
    _examine(out)
    failed = _step(
        "8 of 9  recompute every draw, as an auditor would",
        ["verify", str(out / "run"), *_words(key_file=out / "key.json")],
    )
    _open_office(out, last)
    _invite(out)
    return failed


def _practise(out: Path, options: Namespace) -> str:
    """Make a practice year, learn from it, and give the file of its last month."""
    world = out / "world"
    _step(
        f"1 of 9  a practice year: {MONTHS} months of trade with planted offences, pests and two outbreaks",
        ["simulate", "--health", *_words(months=MONTHS, per_month=PER_MONTH, out=world)],
    )
    *past, last = sorted(map(str, (world / "declarations").glob("*.csv")))
    learn = _words(mapping=MAPPING, workers=options.workers, facts=shipped(PRACTICE_FACTS), out=out / "model")
    _step("2 of 9  learn from the examinations of the first eleven months", ["learn", *past, *learn])
    _step(
        "3 of 9  learn from what the health services found in them",
        ["sps", "hazards", str(world / "health" / "results.csv"), *_words(day=LAST_MONTH, out=out / "hazards")],
    )
    return last


def _decide(out: Path, last: str, options: Namespace) -> None:
    """Make a key, and assess the last month for four services."""
    key = out / "key.json"
    _step(
        "4 of 9  make the key of the draw and commit to it",
        ["key", "new", "--agency", "customs", *_words(agency="phytosanitary", out=key)],
    )
    capacity = out / "world" / "health" / "capacity.yaml"
    decide = _words(mapping=MAPPING, workers=options.workers, profiles=PROFILES, capacity=capacity, model=out / "model")
    _step(
        "5 of 9  assess the last month for all services at once: one draw for all",
        ["assess", last, *decide, *_words(hazards=out / "hazards", key_file=key, out=out / "run")],
    )


def _examine(out: Path) -> None:
    """Let the health services work, and tell how well they do."""
    run_directory, results = out / "run", out / "results.csv"
    _step(
        "6 of 9  let the health services carry out what was selected",
        ["sps", "play", str(run_directory), *_words(world=out / "world", out=results)],
    )
    _step(
        "7 of 9  tell how well their control works",
        [
            "sps",
            "evaluate",
            str(run_directory),
            *_words(results=results, hazards=out / "hazards", out=out / "evaluation"),
        ],
    )


def _open_office(out: Path, declarations: str) -> None:
    """Fill an office with the run, where the door of the office is installed."""
    if not any(door.name == "office" for door in entry_points(group=GROUP)):
        print("\nthe office is not installed here; make sets it up")
        return
    words = ["office", "demo", str(out / "run"), "--declarations", declarations]
    _step(
        "9 of 9  fill an office with it, one person per role", [*words, *_words(mapping=MAPPING, home=out / "office")]
    )


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
    if len(files) <= 2:
        return words
    start = words.index(files[0])
    return [*words[:start], files[0], "…", files[-1], *words[start + len(files) :]]


def _invite(out: Path) -> None:
    """Say what to look at and what to try."""
    decisions = read_decisions(out / "run").filter("selected")
    shown = decisions.sort(pl.col("floors").list.len(), descending=True).get_column("decision_id").to_list()[0]
    print(f"""
Look at  {out / "run" / "report.html"}
         {out / "evaluation" / "evaluation.html"}

Try next
  .venv/bin/darvoza explain {shown} --in {out / "run"}
  .venv/bin/darvoza practice --months 12 --capacity 0.10 --policy darvoza --seed 7
  .venv/bin/darvoza profile check {PROFILES}""")
