"""The conformance corpus: stated truths, asked of every executor."""

from pathlib import Path
from typing import Any

import pytest

from conditions import LISTS, LODGED, a_profile, framed
from darvoza.domain.profile import UnknownPolicy
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.profile_files import read_facts
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import Fields, read_yaml

TRUTHS = {"true": True, "false": False, "unknown": None}
Case = tuple[str, list[dict[str, object]], bool | None]


def corpus() -> list[Case]:
    path = Path(__file__).parent / "corpus.yaml"
    parts: Any = read_yaml(path, path.name)
    made: list[Case] = []
    for group in [*parts["conformance"], *parts["beyond_sql"]]:
        for given, truth in group["cases"]:
            items = given if isinstance(given, list) else [given]
            made.append((group["when"], [read(item) for item in items], TRUTHS[truth]))
    return made


def read(given: dict[str, object]) -> dict[str, object]:
    fields = Fields(given, "corpus.yaml")
    facts = {"lodged_on": LODGED, **read_facts(fields)}
    fields.finish()
    return facts


CASES = corpus()


def test_the_corpus_is_large_enough_to_hold_the_language_still() -> None:
    assert len(CASES) >= 300
    assert {truth for _, _, truth in CASES} == {True, False, None}


@pytest.mark.parametrize(("sentence", "items", "truth"), CASES)
def test_every_executor_gives_the_stated_truth(
    sentence: str, items: list[dict[str, object]], truth: bool | None
) -> None:
    condition = parse(sentence, LISTS)
    profiles = [a_profile(condition, code=policy, unknown=policy) for policy in UnknownPolicy]
    expected = {policy for policy in UnknownPolicy if policy.decides(truth)}
    day: Any = items[0]["lodged_on"]
    assert evaluate(condition, items, 0) is truth
    assert {match.profile for match in RecordExecutor(profiles).match(items, day) if 1 in match.items} == expected
    found = ColumnsExecutor(profiles).match(framed([items]))
    assert {profiles[place].code for place, row in zip(found.profiles, found.rows, strict=True) if row == 0} == expected
