"""Profiles that share an index, parts of a frame and encoded columns say what each would say alone."""

from itertools import pairwise
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conditions import LODGED, a_profile, declarations, framed, whole_language
from darvoza.domain.expression import Expression
from darvoza.domain.profile import UnknownPolicy
from darvoza.domain.wording import render
from darvoza.errors import InvalidValue
from darvoza.flow.assessment import columns as executor
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.costs import cheapest_first
from darvoza.flow.assessment.encoding import Encoded, declaration_starts, stretches, united
from darvoza.flow.assessment.index import Arrangement
from darvoza.flow.assessment.interpreter import evaluate
from darvoza.flow.assessment.sentence import parse

Declared = list[list[dict[str, object]]]
numbers = st.sets(st.integers(0, 12))


def spelt_out(ranges: tuple[tuple[int, int], ...]) -> list[int]:
    return [number for first, after in ranges for number in range(first, after)]


@given(
    conditions=st.lists(whole_language, min_size=1, max_size=6),
    declared=declarations(),
    policy=st.sampled_from(UnknownPolicy),
    part=st.sampled_from([2, 5, 10**6]),
    worth=st.sampled_from([0.3, 1.0]),
)
@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
def test_profiles_decided_together_and_in_parts_say_what_the_reference_says_of_each(
    conditions: list[Expression], declared: Declared, policy: UnknownPolicy, part: int, worth: float
) -> None:
    twice = [*conditions, *conditions]  # the second of a pair finds everything read, and the columns copied
    profiles = [a_profile(condition, code=str(n), unknown=policy) for n, condition in enumerate(twice)]
    with patch.object(executor, "PART", part), patch.object(executor, "WORTH", worth):
        matches = ColumnsExecutor(profiles).match(framed(declared))
    for place, condition in enumerate(twice):
        truths = [evaluate(condition, items, index) for items in declared for index in range(len(items))]
        expected = [row for row, truth in enumerate(truths) if policy.decides(truth)]
        assert np.array_equal(matches.rows[matches.profiles == place], expected), render(condition)


@given(condition=whole_language, declared=declarations())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_order_in_which_terms_are_asked_changes_no_answer(condition: Expression, declared: Declared) -> None:
    for items in declared:
        for index in range(len(items)):
            assert evaluate(cheapest_first(condition), items, index) is evaluate(condition, items, index)


@given(parts=st.lists(numbers, min_size=1, max_size=4))
def test_stretches_hold_exactly_the_numbers_they_were_made_of(parts: list[set[int]]) -> None:
    made = united(*map(stretches, parts))
    assert spelt_out(made) == sorted(set().union(*parts))
    assert all(earlier[1] < later[0] for earlier, later in pairwise(made)), "apart"


@pytest.mark.parametrize(("n_words", "kind"), [(255, "uint8"), (256, "uint16"), (65_536, "int32")])
def test_the_places_of_texts_are_as_narrow_as_their_number_allows(n_words: int, kind: str) -> None:
    words = [f"{n:06d}" for n in range(n_words)]
    frame = pl.DataFrame({"declaration_id": range(n_words + 1), "hs": [*reversed(words), None]})
    coded = Encoded(frame).coded("hs")
    assert (coded.words, coded.places.dtype.name) == (words, kind)
    assert coded.places.tolist() == [*range(n_words, 0, -1), 0]
    assert coded.order.tolist() == [n_words, *range(n_words - 1, -1, -1)]


def test_a_column_is_copied_into_the_order_of_a_code_once_that_pays() -> None:
    frame = pl.DataFrame({"declaration_id": range(6), "hs": list("bacbab"), "price": [1.0, 2.0, 3.0, 4.0, 5.0, None]})
    arrangement = Arrangement(Encoded(frame), "hs")
    for _ in range(4):  # two rows, four, six: from the third time on out of the copy
        behind = arrangement.behind(((1, 2), (3, 4)))
        assert behind.rows.tolist() == [1, 4, 2]
        assert behind.read("price").tolist() == [2.0, 5.0, 3.0]
        assert behind.only(np.array([2])).read("price").tolist() == [3.0]
    assert arrangement.behind(()).read("price").tolist() == []


def test_declarations_need_not_be_in_order_but_together() -> None:
    identifiers = {"together": ["B", "B", "A"], "apart": ["B", "A", "B"], "unknown": [None, None, "A"]}
    frames = {name: pl.DataFrame({"declaration_id": ids}) for name, ids in identifiers.items()}
    assert declaration_starts(frames["together"]).tolist() == [0, 2]
    for name in ("apart", "unknown"):
        with pytest.raises(InvalidValue, match="together"):
            declaration_starts(frames[name])


def test_a_declaration_that_lies_in_two_parts_of_a_frame_is_found_out() -> None:
    frame = pl.DataFrame({"declaration_id": ["A", "B", "C", "D", "A"], "lodged_on": [LODGED] * 5})
    with patch.object(executor, "PART", 2), pytest.raises(InvalidValue, match="together"):
        ColumnsExecutor([a_profile(parse("price > 5"))]).match(frame)


def test_progress_counts_every_part() -> None:
    frame = pl.DataFrame({"declaration_id": range(4), "lodged_on": [LODGED] * 4, "price": [1, 9, 1, 9]})
    told: list[tuple[int, int]] = []
    with patch.object(executor, "PART", 2):
        one = ColumnsExecutor([a_profile(parse("price > 5"))])
        matches = one.match(frame, on_progress=lambda done, total: told.append((done, total)))
        assert one.grounds(frame, matches)["row"].to_list() == matches.rows.tolist() == [1, 3]
    assert told == [(1, 2), (2, 2)]
