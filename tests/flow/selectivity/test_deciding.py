"""The decision: π is the largest floor, u decides, the strictest act sets the channel."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.domain.capacity import EXAMINATION
from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Agency, Channel
from darvoza.domain.selection import FloorKind, PlacedFloor
from darvoza.flow.selectivity.deciding import decide, decide_few
from darvoza.flow.selectivity.floor_table import spoken_of, strongest
from darvoza.methods.draw import permanent_random_numbers

Floor = tuple[int, str, str, str, str, float, list[int]]
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "declaration": pl.UInt32,
    "agency": pl.String,
    "act": pl.String,
    "kind": pl.String,
    "source": pl.String,
    "probability": pl.Float64,
    "items": pl.List(pl.Int64),
}
CHANNELS, KINDS = list(Channel), list(FloorKind)
N = 4
ROWS = st.tuples(
    st.integers(0, N - 1),
    st.sampled_from(["customs", "veterinary"]),
    st.sampled_from([act.value for act in Act]),
    st.sampled_from([kind.value for kind in FloorKind]),
    st.sampled_from(["A", "B"]),
    st.sampled_from([0.01, 0.2, 0.5, 1.0]),
    st.lists(st.integers(1, 3), max_size=2),
)
FLOORS = st.lists(ROWS, max_size=8)
DRAWN = st.lists(st.sampled_from([0.0, 0.005, 0.1, 0.2, 0.4, 0.75, 0.999]), min_size=N, max_size=N)


def as_columns(floors: Sequence[Floor]) -> pl.DataFrame:
    return pl.DataFrame(list(floors), schema=SCHEMA, orient="row")


def decided(floors: Sequence[Floor], u: Sequence[float]) -> pl.DataFrame:
    draws = pl.DataFrame({"declaration_id": [f"D{k}" for k in range(len(u))], "u": list(u)})
    return decide(as_columns(floors), draws)


@settings(max_examples=50)
@given(FLOORS, DRAWN)
def test_every_act_with_a_floor_is_decided_as_the_sentence_says(floors: list[Floor], u: list[float]) -> None:
    rows = decided(floors, u).rows(named=True)
    asked = sorted({(f"D{declaration}", agency, act) for declaration, agency, act, *_ in floors})
    assert [(row["declaration_id"], row["agency"], row["act"]) for row in rows] == asked
    for row in rows:
        own = [f for f in floors if (f"D{f[0]}", f[1], f[2]) == (row["declaration_id"], row["agency"], row["act"])]
        above = [KINDS.index(FloorKind(kind)) for *_, kind, _, probability, _ in own if row["u"] < probability]
        assert row["probability"] == max(probability for *_, probability, _ in own)
        assert row["selected"] is (row["u"] < row["probability"])
        assert row["basis"] == (KINDS[min(above)].value if above else None)
        assert row["items"] == sorted({item for *_, items in own for item in items})
        kept = [tuple(floor.values()) for floor in row["floors"]]
        assert sorted(kept) == sorted(f[3:] for f in own)


@settings(max_examples=50)
@given(FLOORS, DRAWN)
def test_the_channel_is_the_strictest_over_all_acts_and_agencies(floors: list[Floor], u: list[float]) -> None:
    rows = decided(floors, u).rows(named=True)
    for row in rows:
        acts = [r["act"] for r in rows if r["declaration_id"] == row["declaration_id"] and r["selected"]]
        channels = [CHANNELS.index(CHANNEL_OF_ACT[Act(act)]) for act in acts]
        assert row["channel"] == CHANNELS[max(channels, default=0)].value


@settings(max_examples=60)
@given(FLOORS, ROWS, DRAWN)
def test_one_more_floor_never_lowers_a_probability_or_a_channel(
    floors: list[Floor], more: Floor, u: list[float]
) -> None:
    def by_act(rows: pl.DataFrame) -> dict[tuple[str, str, str], tuple[float, bool, int]]:
        return {
            (row["declaration_id"], row["agency"], row["act"]): (
                row["probability"],
                row["selected"],
                CHANNELS.index(Channel(row["channel"])),
            )
            for row in rows.iter_rows(named=True)
        }

    before, after = by_act(decided(floors, u)), by_act(decided([*floors, more], u))
    for act, held in before.items():
        assert all(new >= old for new, old in zip(after[act], held, strict=True))


@settings(max_examples=30)
@given(FLOORS, DRAWN, st.randoms(use_true_random=False))
def test_the_order_in_which_floors_come_does_not_matter(floors: list[Floor], u: list[float], chance: object) -> None:
    shuffled = sorted(floors, key=lambda _: chance.random())  # type: ignore[attr-defined]
    columns = [name for name in decided([], [0.5]).columns if name != "floors"]
    assert decided(shuffled, u).select(columns).equals(decided(floors, u).select(columns))


@pytest.mark.parametrize(
    ("acts", "channel"),
    [
        ([], "green"),
        (["audit"], "blue"),
        (["documentary"], "yellow"),
        (["audit", "documentary"], "yellow"),
        (["identity"], "red"),
        (["scan"], "red"),
        (["sampling"], "red"),
        (["physical", "audit"], "red"),
    ],
)
def test_the_channel_table(acts: list[str], channel: str) -> None:
    floors: list[Floor] = [(0, "customs", act, "profile", "P", 1.0, [1]) for act in acts]
    floors.append((0, "sanitary", "physical", "random", "random", 0.1, []))
    assert set(decided(floors, [0.5])["channel"]) == {channel}


def test_a_floor_equal_to_u_does_not_select() -> None:
    floors: list[Floor] = [(0, "customs", "physical", "law", "L", 0.25, [])]
    assert decided(floors, [0.25])["selected"].to_list() == [False]
    assert decided(floors, [np.nextafter(0.25, 0)])["selected"].to_list() == [True]


def test_the_basis_is_the_strongest_title_that_alone_would_have_selected() -> None:
    floors: list[Floor] = [
        (0, "customs", "physical", "score", "score", 0.9, []),
        (0, "customs", "physical", "profile", "P", 0.5, [2]),
        (0, "customs", "physical", "law", "L", 0.1, [1]),
    ]
    assert [decided(floors, [u])["basis"].item() for u in (0.05, 0.3, 0.7, 0.95)] == ["law", "profile", "score", None]


def test_the_strongest_floor_is_that_of_its_act_and_agency_alone() -> None:
    floors: list[Floor] = [
        (1, "customs", "physical", "profile", "P", 0.3, []),
        (1, "customs", "physical", "random", "random", 0.1, []),
        (1, "customs", "scan", "law", "L", 1.0, []),
        (2, "veterinary", "physical", "law", "L", 1.0, []),
    ]
    rows = [PlacedFloor(*floor) for floor in floors]
    assert strongest(as_columns(floors), 3, EXAMINATION).tolist() == [0.0, 0.3, 0.0]
    assert strongest(rows, 3, EXAMINATION).tolist() == [0.0, 0.3, 0.0]
    assert spoken_of(as_columns(floors), 3, Agency.VETERINARY).tolist() == [False, False, True]
    assert spoken_of(rows, 3, Agency.VETERINARY).tolist() == [False, False, True]


@settings(max_examples=150)
@given(FLOORS, DRAWN)
def test_few_are_decided_as_many_are(floors: list[Floor], u: list[float]) -> None:
    draws = [{"declaration_id": f"D{number}", "u": drawn} for number, drawn in enumerate(u)]
    few = decide_few([PlacedFloor(*floor) for floor in floors], draws)
    many = decided(floors, u)
    assert [list(row) for row in few] == [many.columns] * many.height
    assert few == many.rows(named=True)


def test_lorries_are_stopped_as_often_as_their_largest_probability_and_no_more() -> None:
    n, rng = 6_000, np.random.default_rng(4)
    asks = rng.choice([0.05, 0.2, 0.4], (n, 3))
    key = bytes(range(32))
    u = permanent_random_numbers([key] * n, (k.to_bytes(4, "big") for k in range(n)), n)
    agencies = [Agency.CUSTOMS, Agency.VETERINARY, Agency.PHYTOSANITARY]
    floors: list[Floor] = [
        (k, agencies[place].value, "physical", "plan", "P", float(asks[k, place]), [])
        for k in range(n)
        for place in range(3)
    ]
    rows = decided(floors, u.tolist())
    stopped = rows.group_by("declaration_id").agg(pl.col("selected").any())["selected"].mean()
    assert isinstance(stopped, float)
    noise = 3 * np.sqrt(np.mean(asks.max(axis=1) * (1 - asks.max(axis=1)))) / np.sqrt(n)
    assert stopped == pytest.approx(asks.max(axis=1).mean(), abs=noise)
    assert stopped < (1 - (1 - asks).prod(axis=1)).mean() - 4 * noise
    for place, agency in enumerate(agencies):  # and each agency still has its own share
        share = rows.filter(agency=agency.value)["selected"].mean()
        assert share == pytest.approx(asks[:, place].mean(), abs=noise)
