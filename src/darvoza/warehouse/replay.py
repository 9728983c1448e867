"""``darvoza replay``: matches and floors, a back-test, or facts, over a whole history, on this machine or on Spark."""

import json
import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from darvoza import __version__
from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.profile import ProfileSet
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.assessment.profile_files import load, load_profiles
from darvoza.flow.backtest import Trial, as_text, backtest
from darvoza.flow.chronicle import Amended, ItemsKept, keep_month
from darvoza.flow.enrichment.enrich import NO_REGISTERS, Registers, Sources
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.fact_settings import read_fact_settings
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.sps_registers import read_sps_registers
from darvoza.flow.learning.history_store import COMPETENCE, GOODS, History, open_history, write_manifest
from darvoza.flow.matching import match_here
from darvoza.json_text import read_json
from darvoza.warehouse.floors import write_floors
from darvoza.warehouse.histories import months_of
from darvoza.warehouse.local import replay_here
from darvoza.warehouse.matching import MATCHES, summarised
from darvoza.warehouse.table import write_table

MATCHES_FOLDER, FLOORS_FOLDER = "matches", "floors"
SUMMARY, ANSWER, MANIFEST = "summary.parquet", "backtest.json", "manifest.json"
WITH_PROFILES = ("matches", "backtest")
CAPACITY = 0.10
"""Examinations per declaration at each post, as `darvoza backtest` takes them where none are given."""

USED_BY = {
    "profiles": WITH_PROFILES,
    "start": ("backtest",),
    "end": ("backtest",),
    "against": ("backtest",),
    "capacity": ("backtest",),
    "replace": ("backtest",),
    "competence": ("facts",),
    "registers": ("facts",),
    "master": ("spark",),
    "partitions": ("matches on spark", "backtest on spark"),
}
"""By what each option is used: a kind of replay, an engine, or both together."""

TYPED = {"start": "from", "end": "to"}
"""Options that are typed otherwise than they are called here."""


def run(options: Namespace) -> int:
    """Replay; nothing half-written keeps the name that was asked for.

    Raises
    ------
    SettingsError
        Profiles are missing, or Spark is, or an option is given that this kind of replay does not use.
    """
    _refuse_unused(options)
    if options.what in WITH_PROFILES and options.profiles is None:
        raise SettingsError(field="profiles", expected="a directory of profiles", got="none", hint="give --profiles")
    work = {"matches": _matches, "backtest": _backtest, "facts": _facts, "table": _table}[options.what]
    with _fresh(options.out) as part:
        said = work(options, part)
    sys.stdout.write("\n".join(said) + "\n")
    return 0


def _refuse_unused(options: Namespace) -> None:
    """Refuse what would be passed over: a result that does not heed an option looks like one that does."""
    here = {options.what, options.engine, f"{options.what} on {options.engine}"}
    for name, users in USED_BY.items():
        given = getattr(options, name, None)
        if given and here.isdisjoint(users):
            typed = TYPED.get(name, name)
            expected = f"nothing, for it is used only by {' and '.join(users)}"
            hint = f"leave out --{typed}, or ask for {' or '.join(users)}"
            raise SettingsError(field=typed, expected=expected, got=str(given), hint=hint)


def _matches(options: Namespace, part: Path) -> list[str]:
    """Decide every profile, and write matches, floors and their sums."""
    profiles = load_profiles(options.profiles, approved=True)
    months = months_of(options.history.resolve())
    matches = part / MATCHES_FOLDER
    matches.mkdir()
    if options.engine == "spark":
        session, spark = _spark(options)
        spark.replay_on_spark(session, profiles, options.history.resolve(), matches, partitions=options.partitions)
    else:
        replay_here(profiles, options.history.resolve(), matches)
    write_floors(matches, part / FLOORS_FOLDER, profiles)
    summary = summarised(read_matches(part), profiles)
    summary.write_parquet(part / SUMMARY)
    _tell(part, options, {"profiles": profiles.digest, "months": list(months)})
    decided = f"{len(profiles)} profiles over {len(months)} months on {options.engine}"
    return [
        f"{decided}: {summary['items'].sum():,} matching items, profiles {profiles.digest}",
        f"matches: {options.out / MATCHES_FOLDER}",
        f"floors: {options.out / FLOORS_FOLDER}",
        f"summary: {options.out / SUMMARY}",
    ]


def _backtest(options: Namespace, part: Path) -> list[str]:
    """Try profiles, and write the answer that `darvoza backtest` gives."""
    trial = Trial(
        profiles=load(options.profiles),
        history=open_history(options.history.resolve()),
        force=load_profiles(options.against, approved=True) if options.against else ProfileSet(()),
        start=options.start,
        end=options.end,
        capacity=options.capacity or CAPACITY,
        replaces=options.replace,
    )
    matching = match_here
    if options.engine == "spark":
        session, spark = _spark(options)
        matching = partial(spark.match_on_spark, session=session, partitions=options.partitions)
    test = backtest(trial, matching=matching)
    (part / ANSWER).write_text(as_text(test), encoding="utf-8")
    _tell(part, options, {"profiles": trial.profiles.digest, "against": trial.force.digest})
    return [
        f"{len(test.tried)} profiles tried on {test.items:,} items on {options.engine}",
        *(
            f"{one.code}: {one.effect.declarations:,} declarations, {one.effect.findings:,} findings"
            for one in test.tried
        ),
        f"answer: {options.out / ANSWER}",
    ]


def _registers(directory: Path | None) -> Registers:
    """Read the registers of the health services that were then used."""
    if directory is None:
        return NO_REGISTERS
    read = read_sps_registers(directory)
    return Registers.of(read.zones, read.establishments)


def _facts(options: Namespace, part: Path) -> list[str]:
    """Work out every fact anew, as it was known then, and write a history of the same form."""
    history = open_history(options.history.resolve())
    items = ItemsKept.of(history)
    register = options.competence or options.history / GOODS / COMPETENCE
    competence = CompetenceRegister.of(read_competence(register)) if register.is_file() else None
    sources = Sources(_settings_of(history), competence, _registers(options.registers))
    if options.engine == "spark":
        session, spark = _spark(options)
        kept = spark.keep_on_spark(session, items, part, sources)
    else:
        kept = tuple(keep_month(items, month, directory=part, sources=sources) for month in items.months)
    if register.is_file():
        shutil.copyfile(register, part / GOODS / COMPETENCE)
    write_manifest(part, kept, _came_from(history))
    return [
        f"{sum(one.items for one in kept):,} items of {len(kept)} months on {options.engine}",
        f"history: {options.out}",
    ]


def _table(options: Namespace, part: Path) -> list[str]:
    """Write the history as a table for SQL."""
    months = months_of(options.history.resolve())
    write = partial(write_table, amended=Amended.of(options.history.resolve()), out=part)
    if options.engine == "spark":
        session, spark = _spark(options)
        counts = spark.for_each(session, list(months.items()), write)
    else:
        counts = [write(month) for month in months.items()]
    return [f"{sum(counts):,} items of {len(months)} months on {options.engine}", f"table: {options.out}"]


def _settings_of(history: History) -> FactSettings:
    """Give the settings of facts that the history was written with."""
    told = read_json((history.directory / MANIFEST).read_bytes()).get("fact_settings")
    return DEFAULT if told is None else read_fact_settings(told, str(history.directory / MANIFEST))


def _came_from(history: History) -> dict[str, object]:
    """Tell what went into the history, and that its facts have been worked out anew."""
    before = read_json((history.directory / MANIFEST).read_bytes())
    own = {"history", "facts", "months", "darvoza"}
    told = {name: value for name, value in before.items() if name not in own}
    return {**told, "darvoza": __version__, "facts_of": history.digest}


def _tell(part: Path, options: Namespace, came_from: dict[str, object]) -> None:
    """Write down what a result rests on."""
    told = {"darvoza": __version__, "engine": options.engine, "history": str(options.history), **came_from}
    text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
    (part / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _spark(options: Namespace) -> tuple[Any, Any]:
    """Start Spark only when it is asked for: an installation without it replays on this machine."""
    try:
        from darvoza.warehouse import spark  # noqa: PLC0415
        from darvoza.warehouse.session import local_session  # noqa: PLC0415
    except ModuleNotFoundError as problem:
        raise SettingsError(
            field="engine", expected="pyspark and pyarrow", got="neither or one", hint="pip install pyspark pyarrow"
        ) from problem
    return local_session(options.master), spark


@contextmanager
def _fresh(out: Path) -> Iterator[Path]:
    """Give a directory that takes its name only when everything in it is written."""
    if out.exists():
        raise OutputError(
            field="out", expected="a directory that does not exist yet", got=str(out), hint="choose another name"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)).resolve()
    try:
        part.chmod(0o755)
        yield part
        part.rename(out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def read_matches(out: Path) -> pl.LazyFrame:
    """Read the matches of a replay, lazily, whichever engine wrote them."""
    found = sorted((out / MATCHES_FOLDER if (out / MATCHES_FOLDER).is_dir() else out).rglob("*.parquet"))
    if not found:
        return pl.LazyFrame(schema=MATCHES)
    return pl.scan_parquet(found, hive_partitioning=False).select(list(MATCHES))
