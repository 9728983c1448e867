"""The conformance corpus: stated truths, asked of every executor on one machine."""

from collections import Counter
from typing import Any, get_args

import pytest

from conditions import a_profile, framed
from conformance.corpus import FILES, Items, Sentence, corpus
from darvoza.domain.expression import Node, nodes
from darvoza.domain.profile import UnknownPolicy, Validity
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.record import RecordExecutor

CASES = [(sentence, items, truth) for sentence in corpus() for items, truth in sentence.cases]
FEWEST = 500


def test_the_corpus_is_large_enough_to_hold_the_language_still() -> None:
    assert len(CASES) >= FEWEST
    assert Counter(truth for _, _, truth in CASES).keys() == {True, False, None}


def test_every_kind_of_node_stands_in_the_corpus() -> None:
    held = {type(node) for sentence in corpus() for node in nodes(sentence.condition)}
    assert set(get_args(Node)) - held == set()


def test_every_subject_has_cases_of_each_truth_it_can_have() -> None:
    reached = {path.stem: {truth for each, _, truth in CASES if each.subject == path.stem} for path in FILES}
    never = {"known": {None}}
    assert {subject: {True, False, None} - never.get(subject, set()) for subject in reached} == reached


def test_no_case_stands_twice() -> None:
    counted = Counter(f"{sentence.text} / {items}" for sentence, items, _ in CASES)
    assert [case for case, count in counted.items() if count > 1] == []


@pytest.mark.parametrize(("sentence", "items", "truth"), CASES, ids=[sentence.text for sentence, _, _ in CASES])
def test_every_executor_gives_the_stated_truth(sentence: Sentence, items: Items, truth: bool | None) -> None:
    profiles = [
        a_profile(sentence.condition, code=policy, unknown=policy, valid=Validity()) for policy in UnknownPolicy
    ]
    expected = {policy for policy in UnknownPolicy if policy.decides(truth)}
    day: Any = items[0]["lodged_on"]
    assert evaluate(sentence.condition, items, 0) is truth
    assert {match.profile for match in RecordExecutor(profiles).match(items, day) if 1 in match.items} == expected
    found = ColumnsExecutor(profiles).match(framed([items]))
    assert {profiles[place].code for place, row in zip(found.profiles, found.rows, strict=True) if row == 0} == expected
