"""The draw among those on duty: even, the same for everybody who recomputes it, and impossible to choose."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.codes import Agency
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.rosters import draw_holds, drawn, number_of, roster_of
from darvoza.methods.draw import commitment

DAY = date(2026, 3, 1)
NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6, unique=True)


def test_whoever_works_no_hours_is_not_on_duty() -> None:
    roster = roster_of(Agency.CUSTOMS, "KG-OSH", DAY, {"marat": 4, "aida": 8, "bek": 0})
    assert (roster.on_duty, roster.capacity) == (("aida", "marat"), 12)


@pytest.mark.parametrize("hours", [-1, 24.5, float("nan")])
def test_a_day_has_no_more_than_its_hours(hours: float) -> None:
    with pytest.raises(CaseRefused, match="hours from 0 to 24"):
        roster_of(Agency.CUSTOMS, "KG-OSH", DAY, {"aida": hours})


@given(st.floats(0, 1, exclude_max=True), NAMES, st.randoms(use_true_random=False))
def test_the_order_of_the_names_does_not_matter(number: float, names: list[str], chance: object) -> None:
    shuffled = [*names, names[0]]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert drawn(number, shuffled) == drawn(number, names)
    assert drawn(number, names) in names


def test_everybody_gets_an_even_share() -> None:
    given_to = Counter(drawn(number_of(bytes(range(32)), f"D{n}:customs:scan"), ["a", "b", "c"]) for n in range(6000))
    assert all(abs(count - 2000) < 4 * (6000 * 2 / 9) ** 0.5 for count in given_to.values())


@given(st.binary(min_size=32, max_size=32), st.text(max_size=20), NAMES)
def test_what_was_drawn_holds_and_nothing_else(key: bytes, order_id: str, names: list[str]) -> None:
    holder = drawn(number_of(key, order_id), names)
    told = {"order_id": order_id, "on_duty": names}
    assert draw_holds(key, commitment(key), holder=holder, **told)  # type: ignore[arg-type]
    assert not draw_holds(key, commitment(key), holder=holder + "x", **told)  # type: ignore[arg-type]
    assert not draw_holds(key, "00" * 32, holder=holder, **told)  # type: ignore[arg-type]
