"""Capacity: every act of every agency is spent for itself, floors first, and what is too much is said and kept."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given as suppose
from hypothesis import settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from darvoza.domain.capacity import EXAMINATION, CapacityPlan, CapacityUnit, Duty, PostCapacity
from darvoza.domain.codes import Act, Agency
from darvoza.domain.selection import PlacedFloor
from darvoza.errors import SettingsError
from darvoza.flow.selectivity.capacity import (
    Budget,
    Lodgings,
    Spent,
    Split,
    Worths,
    spend_capacity,
)
from darvoza.flow.selectivity.durations import by_code
from darvoza.flow.selectivity.load import LOAD_COLUMNS, capacity_by_post, unnamed_posts
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.flow.selectivity.places import places_of

Floats = NDArray[np.float64]
SAMPLING = Duty(Agency.PHYTOSANITARY, Act.SAMPLING)
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "declaration": pl.UInt32,
    "agency": pl.String,
    "act": pl.String,
    "kind": pl.String,
    "source": pl.String,
    "probability": pl.Float64,
    "items": pl.List(pl.Int64),
}
DAYS = 30
Row = tuple[int, str, str, str, str, float, list[int]]


def row(post: str, amount: float, unit: CapacityUnit = CapacityUnit.PER_DAY, duty: Duty = EXAMINATION) -> PostCapacity:
    return PostCapacity(post, duty, amount, unit)


def plan(*rows: PostCapacity) -> Budget:
    return Budget(plan=CapacityPlan(rows))


def lodgings(
    n: int, seed: int = 1, *, posts: tuple[str, ...] = ("A",), hours: Mapping[Duty, Floats] | None = None
) -> Lodgings:
    rng = np.random.default_rng(seed)
    start = datetime(2026, 3, 2, tzinfo=UTC)
    moments = [start + timedelta(days=int(k * DAYS / n), hours=float(h)) for k, h in enumerate(rng.uniform(6, 18, n))]
    where = pl.DataFrame({"post": rng.choice(posts, n), "lodged_at": moments}).sort("lodged_at")
    money, probability = rng.lognormal(0, 2, n), rng.beta(0.5, 8, n)
    worths = Worths(np.zeros(n), probability + money / 20, money, probability)
    return Lodgings(where, worths, hours or {}, {})


def lodged_at(given: Lodgings, post: str) -> NDArray[np.bool_]:
    """Which declarations are lodged at a post."""
    assert isinstance(given.where, pl.DataFrame)
    return (given.where["post"] == post).to_numpy()


def floors(*rows: Row) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def pi(spent: Spent[pl.DataFrame], duty: Duty, n: int) -> Floats:
    """The largest floor of one duty, 0 where there is none."""
    own = spent.floors.filter(agency=duty.agency.value, act=duty.act.value)
    largest = np.zeros(n)
    np.maximum.at(largest, own["declaration"].to_numpy(), own["probability"].to_numpy())
    return largest


def test_a_plain_share_spends_examinations_by_customs_and_nothing_else() -> None:
    spent = spend_capacity(floors(), lodgings(3_000), Budget(0.1), {})
    assert spent.floors.select("agency", "act").unique().rows() == [("customs", "physical")]
    assert pi(spent, EXAMINATION, 3_000).mean() == pytest.approx(0.1, rel=0.03)
    assert set(spent.memory) == {EXAMINATION}


def test_each_post_spends_what_it_can_do_itself() -> None:
    given = lodgings(3_000, posts=("A", "B"))
    spent = spend_capacity(floors(), given, plan(row("A", 4), row("B", 12)), {})
    looked = pi(spent, EXAMINATION, 3_000)
    for post, able in (("A", 4), ("B", 12)):
        assert looked[lodged_at(given, post)].sum() == pytest.approx(able * DAYS, rel=0.06)


def test_another_agency_looks_only_at_what_something_of_its_own_speaks_of() -> None:
    n = 3_000
    plants: list[Row] = [(k, "phytosanitary", "documentary", "law", "PHY-1", 1.0, []) for k in range(0, n, 3)]
    both = plan(row("*", 0.1, CapacityUnit.SHARE), row("A", 5, duty=SAMPLING))
    spent = spend_capacity(floors(*plants), lodgings(n), both, {})
    sampled = pi(spent, SAMPLING, n)
    assert np.all((sampled > 0) == (np.arange(n) % 3 == 0))
    assert sampled.sum() == pytest.approx(5 * DAYS, rel=0.05)
    assert pi(spent, EXAMINATION, n).mean() == pytest.approx(0.1, rel=0.03)


def test_another_agency_may_look_at_all_it_is_competent_for() -> None:
    n = 3_000
    fruit = np.arange(n) % 4 == 0
    given = lodgings(n)._replace(competent={Agency.PHYTOSANITARY: fruit})
    spent = spend_capacity(floors(), given, plan(row("A", 5, duty=SAMPLING)), {})
    sampled = pi(spent, SAMPLING, n)
    assert np.all((sampled > 0) == fruit)
    assert sampled.sum() == pytest.approx(5 * DAYS, rel=0.05)


def test_a_duty_without_a_capacity_keeps_its_floors_and_gets_no_more() -> None:
    given = floors((0, "phytosanitary", "sampling", "law", "PHY-1", 0.3, [1]))
    spent = spend_capacity(given, lodgings(300), Budget(0.1), {})
    assert spent.floors.filter(agency="phytosanitary").equals(given)


def test_hours_are_spent_by_harm_for_each_hour() -> None:
    n = 4_000
    taken = np.where(np.arange(n) % 2 == 0, 1.0, 4.0)
    given = lodgings(n, hours={EXAMINATION: taken})._replace(
        worths=Worths(np.zeros(n), np.random.default_rng(3).beta(0.5, 8, n), np.zeros(n), np.zeros(n))
    )
    spent = spend_capacity(floors(), given, plan(row("A", 24, CapacityUnit.HOURS)), {})
    looked = pi(spent, EXAMINATION, n)
    assert (looked * taken).sum() == pytest.approx(24 * DAYS, rel=0.05)
    assert looked[::2].mean() > 2 * looked[1::2].mean()


def test_no_floor_is_ever_lowered_and_each_stands_as_it_was() -> None:
    rng = np.random.default_rng(4)
    rows: list[Row] = [
        (int(k), agency, act, "profile", "P", float(p), [])
        for k, agency, act, p in zip(
            rng.integers(0, 500, 400),
            rng.choice(["customs", "phytosanitary"], 400),
            rng.choice(["physical", "sampling"], 400),
            rng.random(400),
            strict=True,
        )
    ]
    given = floors(*rows)
    spent = spend_capacity(given, lodgings(500), plan(row("*", 1), row("*", 1, duty=SAMPLING)), {})
    assert spent.floors.head(given.height).equals(given)


def test_the_score_says_which_purse_paid() -> None:
    apart = Split(severity=0.1, harm=0.0, money=0.45, probability=0.45)
    for split, paid in ((Split(), {"harm", "chance"}), (apart, {"money", "probability", "chance"})):
        spent = spend_capacity(floors(), lodgings(3_000), Budget(0.1, split=split), {})
        assert set(spent.floors.filter(kind="score")["source"]) == paid
    nothing = lodgings(500)._replace(worths=Worths(*(np.zeros(500),) * 4))
    assert set(spend_capacity(floors(), nothing, Budget(0.1), {}).floors.filter(kind="score")["source"]) == {"chance"}


def test_a_quota_is_kept_for_severity_where_there_is_any() -> None:
    n = 3_000
    given = lodgings(n)
    severe = np.zeros(n)
    severe[::50] = 1.0
    small = given.worths._replace(severity=severe, harm=np.where(severe > 0, 1e-4, given.worths.harm))
    spent = spend_capacity(floors(), given._replace(worths=small), Budget(0.1, split=Split(0.2, 0.8)), {})
    assert pi(spent, EXAMINATION, n)[::50][20:].mean() > 0.6


def test_what_is_too_much_is_said_for_each_post_and_day_and_nothing_is_dropped() -> None:
    n = 600
    stopped: list[Row] = [(k, "customs", "physical", "alert", "AL", 1.0, []) for k in range(n) if 200 <= k < 240]
    given = floors(*stopped)
    spent = spend_capacity(given, lodgings(n), plan(row("A", 3)), {})
    assert tuple(spent.load.columns) == LOAD_COLUMNS
    over = spent.load.filter("overloaded")
    assert over["day"].to_list() == [datetime(2026, 3, 12, tzinfo=UTC).date(), datetime(2026, 3, 13, tzinfo=UTC).date()]
    assert over["demanded"].to_list() == [20.0, 20.0]
    assert over["overload"].to_list() == pytest.approx([17.0, 17.0])
    assert np.all(pi(spent, EXAMINATION, n)[200:240] == 1.0)
    assert spent.load["expected"].sum() == pytest.approx(pi(spent, EXAMINATION, n).sum(), abs=1e-3)


def test_a_post_that_the_plan_does_not_name_is_told_with_what_was_taken_instead() -> None:
    given = lodgings(600, posts=("A", "B"))
    told = [list(unnamed_posts(spend_capacity(floors(), given, one, {}).load)) for one in (
        plan(row("A", 3)), plan(row("A", 3), row("*", 1)), plan(row("A", 3), row("B", 3)),
    )]  # fmt: skip
    assert told == [[(EXAMINATION, "B", False)], [(EXAMINATION, "B", True)], []]


def test_a_post_of_which_nothing_is_said_does_the_share_assumed() -> None:
    given = lodgings(2_000, posts=("A", "B"))
    spent = spend_capacity(floors(), given, plan(row("A", 3)), {})
    of_b = lodged_at(given, "B")
    assert pi(spent, EXAMINATION, 2_000)[of_b].mean() == pytest.approx(0.10, rel=0.05)
    able = capacity_by_post(spent.load)
    assert able == pytest.approx({"A": 3 * DAYS, "B": 0.1 * of_b.sum()})


def test_a_season_changes_what_is_spent_from_its_first_day() -> None:
    turn = datetime(2026, 3, 17, tzinfo=UTC).date()
    rows = (
        PostCapacity("A", EXAMINATION, 2, CapacityUnit.PER_DAY, end=turn - timedelta(days=1)),
        PostCapacity("A", EXAMINATION, 10, CapacityUnit.PER_DAY, start=turn),
    )
    load = spend_capacity(floors(), lodgings(3_000), plan(*rows), {}).load
    for days, able in ((load.filter(pl.col("day") < turn), 2), (load.filter(pl.col("day") >= turn), 10)):
        assert set(days["capacity"]) == {float(able)}
        assert days["expected"].mean() == pytest.approx(able, rel=0.1)


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("capacity", {"share": 0.0}),
        ("capacity", {"share": 1.01}),
        ("capacity", {"share": float("nan")}),
        ("random", {"share": 0.1, "random_floor": 0.0}),
        ("random", {"share": 0.1, "random_floor": 0.2}),
        ("money-power", {"money_power": 1.5}),
        ("dial", {"share": 0.1, "dial": -0.1}),
        ("dial", {"share": 0.1, "dial": float("nan")}),
    ],
)
def test_a_budget_that_cannot_be_is_refused(field: str, settings: dict[str, float]) -> None:
    with pytest.raises(SettingsError) as refused:
        Budget(**settings)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_what_customs_spends_by_harm_others_spend_by_severity_and_probability() -> None:
    assert Split(0.1, 0.5, 0.2, 0.2).of(Agency.VETERINARY) == pytest.approx((0.55, 0.0, 0.0, 0.45))


@pytest.mark.parametrize("parts", [(0.5, 0.5, 0.5, 0.5), (-0.5, 1.0, 0.5, 0.0), (0.0, 0.0, 0.0, 0.0)])
def test_purses_that_are_no_division_of_a_whole_are_refused(parts: tuple[float, float, float, float]) -> None:
    with pytest.raises(SettingsError, match="purses"):
        Split(*parts)


def test_the_longest_beginning_of_a_code_decides_and_the_first_of_equals() -> None:
    codes = pl.Series(["8703231900", "870899", "080810", None])
    said = [("8703", 1.0), ("87", 3.0), ("", 2.0), ("", 9.0)]
    assert by_code(codes, said).tolist() == [1.0, 3.0, 2.0, 2.0]


FLOORS = st.lists(
    st.tuples(
        st.integers(0, 39),
        st.sampled_from(["customs", "phytosanitary"]),
        st.sampled_from(["physical", "sampling"]),
        st.sampled_from(["law", "profile"]),
        st.sampled_from(["A", "B"]),
        st.sampled_from([0.0, 0.01, 0.3, 1.0]),
        st.lists(st.integers(1, 3), max_size=2),
    ),
    max_size=30,
)
PLANS = st.sampled_from(
    [
        Budget(0.2),
        plan(row("A", 3), row("B", 8, CapacityUnit.HOURS)),
        plan(row("*", 0.1, CapacityUnit.SHARE), row("A", 2, duty=SAMPLING), row("B", 0, duty=SAMPLING)),
    ]
)


@settings(max_examples=30, deadline=None)
@suppose(FLOORS, PLANS, st.integers(0, 3), st.lists(st.booleans(), min_size=40, max_size=40))
def test_few_are_given_what_many_are(rows: list[Row], budget: Budget, seed: int, plants: list[bool]) -> None:
    many = lodgings(40, seed, posts=("A", "B", "C"), hours={EXAMINATION: np.linspace(0.5, 3, 40)})
    many = many._replace(competent={Agency.PHYTOSANITARY: np.array(plants)})
    assert isinstance(many.where, pl.DataFrame)
    few = many._replace(where=many.where.rows())
    columns = spend_capacity(floors(*rows), many, budget, {})
    listed = spend_capacity([PlacedFloor(*floor) for floor in rows], few, budget, {})
    assert [tuple(floor) for floor in listed.floors] == columns.floors.rows()
    assert listed.load.equals(columns.load)
    assert memory_text(listed.memory) == memory_text(columns.memory)


@settings(max_examples=60)
@suppose(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=1))
def test_moments_are_the_same_numbers_in_rows_and_in_columns(moments: list[datetime]) -> None:
    frame = pl.DataFrame({"post": "A", "lodged_at": pl.Series(moments, dtype=pl.Datetime("us", "UTC"))})
    for few, many in zip(places_of(frame.rows()), places_of(frame), strict=True):
        assert few.tolist() == many.tolist()
