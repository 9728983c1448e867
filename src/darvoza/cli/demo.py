"""``darvoza demo``: the whole thread on a simulated year, with the very commands a user would give."""

import importlib
import shutil
from argparse import Namespace
from pathlib import Path

import polars as pl

from darvoza.cli.arguments import build_parser
from darvoza.cli.results import read_decisions
from darvoza.errors import OutputError, SettingsError

MARK = "THIS-IS-A-DEMO"
MAPPING, PROFILES = Path("mappings/own.yaml"), Path("profiles")
MONTHS, PER_MONTH = 12, 3000


def run(options: Namespace) -> int:
    """Simulate, learn, assess, verify, explain one decision, and say where to look."""
    for path in (MAPPING, PROFILES):
        if not path.exists():
            raise SettingsError(
                field="demo", expected=f"{path} here", got=str(Path.cwd()), hint="run it from the project"
            )
    out: Path = options.out
    _make_room(out)
    (out / MARK).write_text("Everything here is simulated and may be removed.\n", encoding="utf-8")
    workers = ["--workers", str(options.workers)]
    _step(
        f"1 of 5  a practice year: {MONTHS} months of trade with planted offences",
        ["simulate", "--months", str(MONTHS), "--per-month", str(PER_MONTH), "--out", str(out / "world")],
    )
    months = sorted((out / "world" / "declarations").glob("*.csv"))
    common = ["--mapping", str(MAPPING), *workers]
    _step(
        "2 of 5  learn from the examinations of the first eleven months",
        ["learn", *map(str, months[:-1]), *common, "--out", str(out / "model")],
    )
    key = out / "key.json"
    _step(
        "3 of 5  make the key of the draw and commit to it",
        ["key", "new", "--agency", "customs", "--agency", "phytosanitary", "--out", str(key)],
    )
    _step(
        "4 of 5  assess the last month",
        [
            "assess",
            str(months[-1]),
            *common,
            "--profiles",
            str(PROFILES),
            "--capacity",
            "0.10",
            "--model",
            str(out / "model"),
            "--key-file",
            str(key),
            "--out",
            str(out / "run"),
        ],
    )
    failed = _step(
        "5 of 5  recompute every draw, as an auditor would", ["verify", str(out / "run"), "--key-file", str(key)]
    )
    _invite(out)
    return failed


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
    shown = decisions.sort(pl.col("floors").list.len(), descending=True).get_column("decision_id").first()
    print(f"""
Look at  {out / "run" / "report.html"}

Try next
  .venv/bin/darvoza explain {shown} --in {out / "run"}
  .venv/bin/darvoza practice --months 12 --capacity 0.10 --policy darvoza --seed 7
  .venv/bin/darvoza profile check {PROFILES}""")
