from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from builders import START, an_item, goods
from darvoza.domain.codes import Role
from darvoza.domain.operators import AuthorisedOperator, Benefit
from darvoza.flow.oversight.operators import benefits_delivered, small_firms

OPERATOR = AuthorisedOperator("AEO", Role.IMPORTER, START.date(), benefits=(Benefit.FEW_EXAMINATIONS,))


def some_trade(n: int, seed: int, *, rate: float, hours: float) -> list[dict[str, object]]:
    """Declarations of an operator and of others; the operator is examined and waits as stated, others 20 % and 4 h."""
    rng = np.random.default_rng(seed)
    rows = []
    for k in range(n):
        ours = bool(rng.random() < 0.5)
        lodged = START + timedelta(hours=k % 480)
        spent = float(np.exp(rng.normal(np.log(hours if ours else 4.0), 0.5)))
        rows.append(
            {
                "declaration_id": f"D{k}",
                "importer_id": "AEO" if ours else f"I{k % 7}",
                "lodged_at": lodged,
                "released_at": lodged + timedelta(hours=spent),
                "post": ("KG-TOR", "KG-OSH")[k % 2],
                "examined": bool(rng.random() < (rate if ours else 0.2)),
                "customs_value": Decimal(100),
            }
        )
    return rows


def test_delivered_benefits_are_recovered_from_matched_peers() -> None:
    items = goods(*(an_item(**row) for row in some_trade(4000, 3, rate=0.1, hours=2.0)))
    together, alone = benefits_delivered(items, [OPERATOR])
    for one in (together, alone):
        assert one.examinations.ratio is not None
        assert one.release.ratio is not None
        assert one.examinations.ratio.value == pytest.approx(0.5, rel=0.25)  # three standard errors; intervals are
        assert one.release.ratio.value == pytest.approx(0.5, rel=0.05)  # held to their word in tests/methods
    assert alone.too_few_granted


def test_declarations_lodged_while_suspended_do_not_count() -> None:
    items = goods(*(an_item(**row) for row in some_trade(200, 3, rate=0.1, hours=2.0)))
    suspended = AuthorisedOperator("AEO", Role.IMPORTER, START.date(), suspended_from=START.date())
    assert benefits_delivered(items, [suspended])[1].examinations.cases == 0


def test_peers_are_compared_at_the_same_post_only() -> None:
    rows = [{**row, "post": "KG-TOR" if row["importer_id"] == "AEO" else "KG-OSH"} for row in
            some_trade(100, 3, rate=0.1, hours=2.0)]  # fmt: skip
    found = benefits_delivered(goods(*(an_item(**row) for row in rows)), [OPERATOR])[1]
    assert found.examinations.ratio is None


@pytest.mark.parametrize(
    ("day", "held"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 2, 1), False),
        (date(2026, 2, 28), False),
        (date(2026, 3, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ],
)
def test_an_authorisation_holds_between_its_days_unless_suspended(day: date, *, held: bool) -> None:
    operator = AuthorisedOperator(
        "X", Role.IMPORTER, date(2026, 1, 1), date(2026, 6, 30), date(2026, 2, 1), date(2026, 2, 28)
    )
    assert operator.in_force(day) is held


def test_small_firms_are_counted_among_those_whose_size_is_stated() -> None:
    sizes = [True, False, None, True]
    operators = [AuthorisedOperator(str(k), Role.IMPORTER, START.date(), small=size) for k, size in enumerate(sizes)]
    firms = small_firms(operators)
    assert (firms.small, firms.stated) == (2, 3)
    assert firms.low is not None
    assert small_firms([]).share is None
