"""The conformance corpus in SQL, executed: DuckDB, PostgreSQL and Spark say what is stated, or refuse."""

import sys
from typing import Any

import pytest

from conditions import framed
from conformance.corpus import Items, corpus
from sql_tables import Said, in_duckdb, in_postgres, in_spark, tabled

SENTENCES = corpus()
CONDITIONS = [sentence.condition for sentence in SENTENCES]
DECLARED: list[Items] = [items for sentence in SENTENCES for items, _ in sentence.cases]
FRAME = tabled(framed(DECLARED), CONDITIONS)
MOST_REFUSED = 0.01
MOST_DOUBTFUL = 0.03


def disagreements(said: Said, ask: Any, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Ask of every case, and report what was asked, doubted and refused, where it is seen even when all is well."""
    answers = said.answers(ask)
    made, doubtful, asked, declaration = [], 0, 0, -1
    for place, sentence in enumerate(SENTENCES):
        for _, truth in sentence.cases:
            declaration += 1
            if place not in answers:
                continue
            found, doubt = answers[place][f"D{declaration}", 1]
            asked += 1
            doubtful += bool(doubt)
            if found is not truth and not doubt:
                made.append(f"{sentence.text} / case {declaration}: stated {truth}, SQL {found}")
    refused = [f"{SENTENCES[place].text}: {problem}" for place, problem in sorted(said.refused.items())]
    head = f"{said.dialect}: {asked} cases executed, {doubtful} of them in doubt, {len(refused)} sentences refused"
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join([head, *refused]) + "\n")
    assert len(refused) <= MOST_REFUSED * len(SENTENCES), refused
    assert doubtful <= MOST_DOUBTFUL * asked, "doubt must be the exception, not a way out"
    return made


def test_duckdb_says_what_the_corpus_states(capsys: pytest.CaptureFixture[str]) -> None:
    with in_duckdb(FRAME) as ask:
        assert disagreements(Said(CONDITIONS, "duckdb", FRAME), ask, capsys) == []


def test_postgresql_says_what_the_corpus_states(capsys: pytest.CaptureFixture[str]) -> None:
    with in_postgres(FRAME) as ask:
        assert disagreements(Said(CONDITIONS, "postgres", FRAME), ask, capsys) == []


@pytest.mark.filterwarnings("ignore")
def test_spark_says_what_the_corpus_states(spark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with in_spark(FRAME, spark, compiled=False) as ask:
        assert disagreements(Said(CONDITIONS, "spark", FRAME), ask, capsys) == []


@pytest.mark.parametrize("dialect", ["clickhouse", "trino", "databricks"])
def test_a_dialect_that_is_not_executed_is_at_least_written(dialect: str) -> None:
    said = Said(CONDITIONS, dialect, FRAME)
    unsaid = {str(problem).split(" cannot")[0] for problem in said.refused.values()}
    sets = {"when: include", "when: is empty", "when: is known, of a set"}
    assert unsaid == (sets if dialect == "clickhouse" else set())
