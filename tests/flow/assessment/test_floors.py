"""Floors: each match asks for its act with its share; chance and score lie under every examination."""

from decimal import Decimal

import numpy as np
import polars as pl

from builders import a_profile
from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import FloorKind
from darvoza.flow.assessment.floors import floor_for_all, profile_floors

COLUMNS = ["declaration", "agency", "act", "kind", "source", "probability", "items"]


def ints(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def test_a_profile_asks_once_for_a_declaration_however_many_items_match() -> None:
    profiles = ProfileSet(
        (
            a_profile("origin is CN", code="B", share=Decimal("0.3"), act=Act.SCAN),
            a_profile("origin is GE", code="A", agency=Agency.VETERINARY, floor=FloorKind.LAW, act=Act.SAMPLING),
        )
    )
    floors = profile_floors(profiles, matched=ints(0, 1, 1, 1), declarations=ints(5, 2, 2, 5), items=ints(1, 1, 3, 2))
    assert floors.columns == COLUMNS
    assert floors.rows() == [
        (5, "veterinary", "sampling", "law", "A", 1.0, [1]),
        (2, "customs", "scan", "profile", "B", 0.3, [1, 3]),
        (5, "customs", "scan", "profile", "B", 0.3, [2]),
    ]


def test_without_matches_or_profiles_there_are_no_floors_but_their_columns() -> None:
    for profiles in (ProfileSet(()), ProfileSet((a_profile("origin is CN"),))):
        floors = profile_floors(profiles, matched=ints(), declarations=ints(), items=ints())
        assert (floors.height, floors.columns) == (0, COLUMNS)
        assert pl.concat([floors, floor_for_all(FloorKind.RANDOM, np.full(2, 0.1))]).height == 2


def test_a_floor_for_all_is_an_examination_by_customs_and_zero_is_none() -> None:
    floors = floor_for_all(FloorKind.SCORE, np.array([0.5, 0.0, 1.0]))
    assert floors.columns == COLUMNS
    assert floors.rows() == [
        (0, "customs", "physical", "score", "score", 0.5, []),
        (2, "customs", "physical", "score", "score", 1.0, []),
    ]
