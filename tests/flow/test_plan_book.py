"""Plans replayed from files: declarations that were amended, and results that were corrected."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from builders import START, an_item, goods
from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.measure import MeasureScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.plan_book import RESULTS, keep_plans

COMPETENCE = CompetenceRegister.of(read_competence(Path("reference_data/sps_competence.csv")))
PLAN = SamplingPlan(
    "P", "Apples", Agency.PHYTOSANITARY, Act.PHYSICAL, MeasureScope(goods=("0808",)), (1.0, 0.1), (2,), "Order 1",
    date(2026, 1, 1),
)  # fmt: skip
DAY = START.date() + timedelta(days=30)


def lodged(number: int, day: int, **changes: object) -> dict[str, object]:
    """Apples on a day, examined in a census and passed within hours, but for the changes."""
    at = START + timedelta(days=day)
    return an_item(
        **{
            "declaration_id": f"D{number}", "hs": "080810", "origin": "CN", "importer_id": "I1", "lodged_at": at,
            "examined": True, "finding": False, "result_at": at + timedelta(hours=4),
            "inclusion_probability": Decimal(1),
        } | changes
    )  # fmt: skip


NOT_EXAMINED = {"examined": None, "finding": None, "result_at": None, "inclusion_probability": None}


def shares(*rows: dict[str, object], results: pl.DataFrame | None = None) -> dict[str, float]:
    told = keep_plans(goods(*rows), (PLAN,), competence=COMPETENCE, day=DAY, results=results)
    return dict(told.select("importer_id", "fraction").iter_rows())


CLEARED = (lodged(1, 0), lodged(2, 1))


def test_a_failure_counts_for_every_importer_that_a_version_named() -> None:
    failed = lodged(3, 5, finding=True, result_at=START + timedelta(days=9), inclusion_probability=Decimal("0.1"))
    other = lodged(3, 6, version=2, importer_id="I2", **NOT_EXAMINED)
    assert shares(*CLEARED) == {"I1": 0.1}
    assert shares(*CLEARED, failed, other) == {"I1": 1.0, "I2": 1.0}


def test_a_pass_after_the_importer_changed_counts_for_nobody_and_one_before_it_for_the_first() -> None:
    late = [lodged(n, n, result_at=START + timedelta(days=9)) for n in (1, 2)]
    amended = [lodged(n, 5, version=2, importer_id="I2", **NOT_EXAMINED) for n in (1, 2)]
    assert shares(*late, *amended) == {"I1": 1.0, "I2": 1.0}
    assert shares(*CLEARED, *amended) == {"I1": 0.1, "I2": 1.0}


def test_a_pass_of_goods_that_were_declared_as_others_meanwhile_does_not_count() -> None:
    late = [lodged(n, n, result_at=START + timedelta(days=9)) for n in (1, 2)]
    others = [lodged(n, 5, version=2, hs="870323", **NOT_EXAMINED) for n in (1, 2)]
    assert shares(*late, *others) == {"I1": 1.0}


@pytest.mark.parametrize("lodging", [0, 3])
def test_versions_of_one_consignment_are_one(lodging: int) -> None:
    again = lodged(1, lodging, version=2)
    assert shares(lodged(1, 0), again) == {"I1": 1.0}
    assert shares(*CLEARED, again) == {"I1": 0.1}


@pytest.mark.parametrize(("first", "last", "share"), [(True, False, 0.1), (False, True, 1.0)])
def test_the_result_that_was_told_last_stands(first: bool, last: bool, share: float) -> None:
    bare = [{**one, **NOT_EXAMINED} for one in (*CLEARED, lodged(3, 5))]
    told = [(1, False, 1), (2, False, 2), (3, first, 6), (3, last, 20)]
    results = pl.DataFrame(
        [
            (f"D{number}", 1, "phytosanitary", "physical", True, failed, START + timedelta(days=day), 0.1)
            for number, failed, day in told
        ],
        schema=RESULTS,
        orient="row",
    )  # fmt: skip
    assert shares(*bare, results=results) == {"I1": share}
