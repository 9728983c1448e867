"""Floors: each match asks for its act with its share."""

from decimal import Decimal

import numpy as np

from builders import a_profile
from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import FloorKind
from darvoza.flow.assessment.floors import few_profile_floors, profile_floors

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
    few = few_profile_floors(profiles, [(0, 5, 1), (1, 2, 1), (1, 2, 3), (1, 5, 2)])
    assert [tuple(floor) for floor in few] == floors.rows()


def test_without_matches_or_profiles_there_are_no_floors_but_their_columns() -> None:
    for profiles in (ProfileSet(()), ProfileSet((a_profile("origin is CN"),))):
        floors = profile_floors(profiles, matched=ints(), declarations=ints(), items=ints())
        assert (floors.height, floors.columns) == (0, COLUMNS)
        assert few_profile_floors(profiles, []) == []
