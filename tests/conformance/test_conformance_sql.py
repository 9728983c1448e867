"""The conformance corpus in SQL, executed: DuckDB, PostgreSQL and Spark say what the interpreter says, or refuse."""

import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from conditions import LISTS, LODGED, conditions, declarations, framed
from darvoza.domain.expression import Expression
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.profile_files import read_facts
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import Fields, read_yaml
from sql_tables import Said, absent, in_duckdb, in_postgres, in_spark, tabled

TRUTHS = {"true": True, "false": False, "unknown": None}
FEWEST_PAIRS = 2_000
PAIRS = int(os.environ.get("DARVOZA_SQL_PAIRS", "2400"))
MOST_REFUSED = 0.05
Items = list[dict[str, object]]


def corpus() -> tuple[list[Expression], list[str], list[list[tuple[int, bool | None]]], pl.DataFrame]:
    """Conditions, sentences, the cases of each (number of its declaration, truth), and all cases as one frame."""
    path = Path(__file__).parent / "corpus.yaml"
    groups: Any = read_yaml(path, path.name)["conformance"]
    declared: list[Items] = []
    cases: list[list[tuple[int, bool | None]]] = []
    for group in groups:
        cases.append([])
        for facts, truth in group["cases"]:
            items = facts if isinstance(facts, list) else [facts]
            cases[-1].append((len(declared), TRUTHS[truth]))
            declared.append([{"lodged_on": LODGED, **read_facts(Fields(item, path.name))} for item in items])
    sentences = [group["when"] for group in groups]
    parsed = [parse(sentence, LISTS) for sentence in sentences]
    return parsed, sentences, cases, tabled(framed(declared), parsed)


CONDITIONS, SENTENCES, CASES, FRAME = corpus()


def disagreements(said: Said, ask: Any) -> list[str]:
    answers = said.answers(ask)
    made = []
    for place, cases in enumerate(CASES):
        if place not in answers:
            continue
        for declaration, truth in cases:
            found, doubt = answers[place][f"D{declaration}", 1]
            if found is not truth and not doubt:
                made.append(f"{SENTENCES[place]} / case {declaration}: stated {truth}, SQL {found}")
    return made


def report(said: Said, dialect: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Count and list what was refused, where it is seen even when all is well."""
    refused = [f"{dialect}: {SENTENCES[place]}: {problem}" for place, problem in sorted(said.refused.items())]
    asked = sum(len(CASES[place]) for place in said.parts)
    lines = [f"{dialect}: {asked} cases executed, {len(refused)} sentences refused", *refused]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert len(refused) <= MOST_REFUSED * len(SENTENCES), lines


def test_duckdb_says_what_the_corpus_states(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(CONDITIONS, "duckdb", FRAME)
    with in_duckdb(FRAME) as ask:
        assert disagreements(said, ask) == []
    report(said, "duckdb", capsys)


def test_postgresql_says_what_the_corpus_states(capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(CONDITIONS, "postgres", FRAME)
    with in_postgres(FRAME) as ask:
        assert disagreements(said, ask) == []
    report(said, "postgres", capsys)


def test_spark_says_what_the_corpus_states(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark's own libraries warn about each other
        try:
            from darvoza.warehouse.session import local_session

            session = local_session("local[2]")
        except Exception as problem:
            absent("Spark", problem)
            raise
        said = Said(CONDITIONS, "spark", FRAME)
        with in_spark(FRAME, session) as ask:
            assert disagreements(said, ask) == []
    report(said, "spark", capsys)


@pytest.mark.parametrize("dialect", ["clickhouse", "trino", "databricks"])
def test_a_dialect_that_is_not_executed_is_at_least_written(dialect: str) -> None:
    said = Said(CONDITIONS, dialect, FRAME)
    unsaid = {str(problem).split(" cannot")[0] for problem in said.refused.values()}
    assert unsaid <= ({"when: include", "when: is known, of a set"} if dialect == "clickhouse" else set())


def wrong(
    conditions: Sequence[Expression], declared: list[Items], ask_in: Any, dialect: str
) -> tuple[int, int, list[str]]:
    """Compare SQL with the interpreter on every pair; give pairs asked, pairs in doubt, and what is wrong."""
    frame = tabled(framed(declared), conditions)
    said = Said(conditions, dialect, frame)
    with ask_in(frame) as ask:
        answers = said.answers(ask)
    asked = doubtful = 0
    made = []
    for place, answer in answers.items():
        for declaration, items in enumerate(declared):
            for index in range(len(items)):
                found, doubt = answer[f"D{declaration}", index + 1]
                truth = evaluate(conditions[place], items, index)
                asked += 1
                doubtful += bool(doubt)
                if found is not truth and not doubt:
                    made.append(f"{conditions[place]!r} on {items!r}[{index}]: interpreter {truth}, SQL {found}")
    return asked, doubtful, made


TALLY = {"asked": 0, "doubtful": 0}


@settings(
    max_examples=max(1, PAIRS // 40),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a failing pair is printed whole; shrinking would start a database each time
    database=None,
)
@given(
    asked=st.lists(conditions, min_size=6, max_size=10),
    declared=st.lists(declarations(), min_size=2, max_size=4).map(
        lambda parts: [one for part in parts for one in part]
    ),
)
def ask_generated_pairs(asked: list[Expression], declared: list[Items]) -> None:
    pairs, doubtful, problems = wrong(asked, declared, in_duckdb, "duckdb")
    TALLY["asked"] += pairs
    TALLY["doubtful"] += doubtful
    assert problems == []


def test_duckdb_says_what_the_interpreter_says_on_generated_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    TALLY.update(asked=0, doubtful=0)
    ask_generated_pairs()
    with capsys.disabled():
        sys.stdout.write(f"\nduckdb: {TALLY['asked']} generated pairs, {TALLY['doubtful']} of them in doubt\n")
    assert TALLY["asked"] >= FEWEST_PAIRS
    assert TALLY["doubtful"] <= 0.2 * TALLY["asked"], "doubt must be the exception, not a way out"
