"""Verification: an untouched run agrees with itself, and any row that was touched is found."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import polars as pl
import pytest

from builders import a_profile, trade
from darvoza.domain.codes import Act, Agency
from darvoza.domain.profile import ProfileSet
from darvoza.flow.oversight.verification import CHECKS, verify
from darvoza.flow.pipeline import Policy, assess
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import KeyRing

SHARES = {"customs": bytes(range(32)), "veterinary": bytes(32)}
PROFILES = ProfileSet(
    (
        a_profile("origin is CN", code="A", share="0.5", agency=Agency.VETERINARY, act=Act.DOCUMENTARY),
        a_profile("origin is GE", code="B", share="0.3"),
    )
)


@lru_cache(maxsize=1)
def a_run() -> pl.DataFrame:
    return assess(trade(150, 1), Policy(PROFILES, Budget(0.3), KeyRing(tuple(sorted(SHARES.items())))))


def touched(row: int, name: str, change: Callable[[object], object]) -> pl.DataFrame:
    """The run with one value of one row changed."""
    rows = a_run().rows(named=True)
    rows[row] = rows[row] | {name: change(rows[row][name])}
    return pl.DataFrame(rows, schema=a_run().schema, orient="row")


def a_row(*, selected: bool) -> int:
    """A row in the middle that was, or was not, selected."""
    return int((a_run()["selected"] == selected).arg_true()[10])


def test_an_untouched_run_agrees_in_every_row() -> None:
    found = verify(a_run(), SHARES)
    assert found.agreed == found.decisions == a_run().height
    assert found.draws == a_run()["declaration_id"].n_unique()
    assert dict(found.disagreed) == dict.fromkeys(CHECKS, 0)
    assert found.examples == ()


def raise_largest(floors: object) -> object:
    """Floors of which the largest says something else."""
    assert isinstance(floors, list)
    largest = max(floor["probability"] for floor in floors)
    return [
        floor | {"probability": 0.99 if floor["probability"] == largest else floor["probability"]} for floor in floors
    ]


def flip(digits: object) -> object:
    assert isinstance(digits, str)
    return ("0" if digits[0] != "0" else "1") + digits[1:]


TOUCHES: list[tuple[str, Callable[[object], object], str]] = [
    ("u", lambda u: float(u) / 2 + 1e-9, "u"),  # type: ignore[arg-type]
    ("probability", lambda _: 0.123456, "probability"),
    ("floors", raise_largest, "probability"),
    ("floors", lambda _: [], "probability"),
    ("selected", lambda selected: not selected, "selected"),
    ("selected", lambda _: None, "selected"),
    ("channel", lambda channel: "blue" if channel != "blue" else "green", "channel"),
    ("fingerprint", flip, "u"),
    ("key_day", lambda day: day + timedelta(days=1), "commitment"),  # type: ignore[operator]
    ("commitment", flip, "commitment"),
]


@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize(("name", "change", "check"), TOUCHES)
def test_one_touched_row_is_found(name: str, change: Callable[[object], object], check: str, selected: bool) -> None:
    row = a_row(selected=selected)
    found = verify(touched(row, name, change), SHARES)
    assert found.agreed < found.decisions
    assert found.disagreed[check] >= 1
    assert a_run()["decision_id"][row] in found.examples


@pytest.mark.parametrize("name", ["u", "probability", "selected", "commitment"])
def test_only_the_row_that_was_touched_disagrees(name: str) -> None:
    change = next(change for touch, change, _ in TOUCHES if touch == name)
    found = verify(touched(a_row(selected=False), name, change), SHARES)
    assert found.agreed == found.decisions - 1


def test_an_act_made_lighter_changes_its_channel() -> None:
    row = int(((a_run()["selected"]) & (a_run()["act"] == "physical")).arg_true()[3])
    assert verify(touched(row, "act", lambda _: "audit"), SHARES).disagreed["channel"] >= 1


@pytest.mark.parametrize("holder", ["customs", "veterinary"])
def test_with_another_key_every_row_disagrees(holder: str) -> None:
    found = verify(a_run(), SHARES | {holder: b"\x07" * 32})
    assert found.agreed == 0
    assert found.disagreed["commitment"] == found.disagreed["u"] == found.decisions
    assert len(found.examples) == 5


def test_another_holder_of_the_same_shares_is_another_key() -> None:
    assert verify(a_run(), {"customs": SHARES["customs"], "sanitary": SHARES["veterinary"]}).agreed == 0
    assert verify(a_run(), {"customs": SHARES["customs"]}).agreed == 0


def test_the_order_of_rows_does_not_matter() -> None:
    assert verify(a_run().sample(fraction=1.0, shuffle=True, seed=1), SHARES).agreed == a_run().height


def test_another_basis_is_found() -> None:
    found = verify(touched(a_row(selected=True), "basis", lambda _: "law"), SHARES)
    assert found.agreed < found.decisions


def test_a_fingerprint_that_is_none_is_found() -> None:
    found = verify(touched(a_row(selected=True), "fingerprint", lambda _: "not digits"), SHARES)
    assert found.agreed < found.decisions


def test_a_missing_day_is_found() -> None:
    found = verify(touched(a_row(selected=True), "key_day", lambda _: None), SHARES)
    assert found.agreed < found.decisions


def test_the_day_of_a_run_is_that_of_its_lodgings() -> None:
    assert a_run()["key_day"].min() == date(2026, 3, 2)
