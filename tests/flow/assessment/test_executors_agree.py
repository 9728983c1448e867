"""One meaning, three executors: what the reference interpreter says, the fast ones say."""

from datetime import date

import numpy as np
from hypothesis import HealthCheck, given, settings

from conditions import LISTS, LODGED, a_profile, declarations, framed, whole_language
from darvoza.domain.expression import Expression
from darvoza.domain.profile import Match, UnknownPolicy, Validity
from darvoza.domain.wording import render
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sentence import parse

POLICIES = (UnknownPolicy.NO_MATCH, UnknownPolicy.MATCH)
Declared = list[list[dict[str, object]]]
thorough = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


@given(condition=whole_language)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_condition_written_out_reads_back_as_the_same_condition(condition: Expression) -> None:
    assert parse(render(condition), LISTS, approved=True) == condition, "codes that never occur have a meaning, too"


@given(condition=whole_language, declared=declarations())
@thorough
def test_columns_say_what_the_reference_says(condition: Expression, declared: Declared) -> None:
    truths = [evaluate(condition, items, index) for items in declared for index in range(len(items))]
    executor = ColumnsExecutor([a_profile(condition, code=policy, unknown=policy) for policy in POLICIES])
    matches = executor.match(framed(declared))
    for place, policy in enumerate(POLICIES):
        expected = [row for row, truth in enumerate(truths) if policy.decides(truth)]
        assert np.array_equal(matches.rows[matches.profiles == place], expected), render(condition)


@given(condition=whole_language, declared=declarations())
@thorough
def test_one_declaration_at_a_time_says_what_the_reference_says(condition: Expression, declared: Declared) -> None:
    executor = RecordExecutor([a_profile(condition, code=policy, unknown=policy) for policy in POLICIES])
    for items in declared:
        truths = [evaluate(condition, items, index) for index in range(len(items))]
        expected = []
        for policy in POLICIES:
            numbers = tuple(number for number, truth in enumerate(truths, 1) if policy.decides(truth))
            expected += [Match(policy, numbers)] if numbers else []
        assert executor.match(items, LODGED) == tuple(expected), render(condition)


@given(declared=declarations())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_profile_speaks_only_of_the_days_on_which_it_is_valid(declared: Declared) -> None:
    valid = Validity(date(2026, 1, 3), date(2026, 1, 6))
    profiles = [a_profile(parse("origin is known or origin is missing"), valid=valid)]
    frame = framed(declared)
    rows = ColumnsExecutor(profiles).match(frame).rows
    assert list(rows) == [row for row, day in enumerate(frame["lodged_on"]) if day in valid]
    for items in declared:
        day = items[0]["lodged_on"]
        assert isinstance(day, date)
        assert bool(RecordExecutor(profiles).match(items, day)) is (day in valid)
