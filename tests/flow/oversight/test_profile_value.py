"""What profiles share, what they alone find, and when one is slowed: counted by hand, then by law."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_profile
from darvoza.domain.profile import Validity
from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.breaker import Ceiling, restrain
from darvoza.flow.oversight.burden import burden
from darvoza.flow.oversight.disparity import by_origin, by_size, traders_met
from darvoza.flow.oversight.effectiveness import BaseRate, base_rate, effectiveness
from darvoza.flow.oversight.evidence import Evidence, Matched
from darvoza.flow.oversight.overlap import alone, overlaps, replacement
from darvoza.flow.oversight.retirement import Verdict, propose

N = 60


def evidence(
    known: list[int] | None = None, found: list[int] | None = None, *, unstated: tuple[int, ...] = ()
) -> Evidence:
    rows = range(N)
    known = list(rows) if known is None else known
    found = [] if found is None else found
    return Evidence.of(
        pl.DataFrame(
            {
                "post": [("OSH", "TOR")[row % 2] for row in rows],
                "lodged_on": [date(2026, 3, 2) + timedelta(days=row % 14) for row in rows],
                "importer": [f"I{row % 6}" for row in rows],
                "origin": [("CN", "TR", "KZ")[row % 3] for row in rows],
                "examined": [row in known for row in rows],
                "known": [row in known for row in rows],
                "finding": [row in found for row in rows],
                "recovered": [None if row in unstated else 10.0 if row in found else 0.0 for row in rows],
                "inclusion_probability": pl.Series([None] * N, dtype=pl.Float64),
            }
        )
    )


def a_match(code: str, rows: list[int], **changes: object) -> Matched:
    where = np.array(sorted(rows), np.int64)
    return Matched(a_profile("price > 1", code=code, **changes), where, where, where)


def test_hit_rate_and_revenue_are_those_counted_by_hand() -> None:
    seen = effectiveness(a_match("A", [0, 1, 2, 3, 40]), evidence(known=[0, 1, 2, 3, 5, 6], found=[0, 1, 5]))
    assert (seen.declarations, seen.results, seen.findings, seen.hit_rate, seen.recovered) == (5, 4, 2, 0.5, 20.0)
    assert seen.lift == pytest.approx(0.5 / 0.5)
    assert seen.weighted.why_not == "too few"


def test_what_no_finding_states_is_not_known_and_not_nothing() -> None:
    match, known = a_match("A", [0, 1, 2]), [0, 1, 2, 5]
    none_stated = evidence(known=known, found=[0, 1], unstated=(0, 1, 2, 5))
    assert effectiveness(match, none_stated).recovered is None
    assert alone(match, [], none_stated).recovered is None
    assert effectiveness(match, evidence(known=known, found=[0, 1], unstated=(1,))).recovered == 10.0
    assert effectiveness(match, evidence(known=known, found=[0, 1], unstated=(1, 2))).unstated == 1
    own = alone(match, [], evidence(known=known, found=[0, 1], unstated=(1,)))
    assert (own.recovered, own.unstated) == (10.0, 1)
    assert effectiveness(match, evidence(known=known, found=[5], unstated=(0, 1, 2))).recovered == 0.0


def test_without_any_result_nothing_is_believed() -> None:
    nothing = evidence(known=[])
    seen = effectiveness(a_match("A", [0, 1]), nothing)
    assert base_rate(nothing) is None
    assert (seen.hit_rate, seen.believed, seen.lift) == (None, None, None)


def test_overlap_subsumption_and_conflict_are_those_counted_by_hand() -> None:
    new = a_match("NEW", [0, 1, 2, 3])
    force = [a_match("WIDE", [*range(10)], share="0.5"), a_match("PART", [3, 4]), a_match("ELSE", [50])]
    wide, part = overlaps([new], force, evidence(found=[0, 3]))[0]
    assert (wide.code, wide.both, wide.relation, wide.conflict) == ("WIDE", 4, "inside", 4)
    assert (wide.share_of_findings, wide.jaccard) == (1.0, 0.4)
    assert (part.both, part.relation, part.conflict, part.share_of_findings) == (1, "partly", 0, 0.5)
    assert (part.share_of_matches, part.share_of_other) == (0.25, 0.5)


def test_what_it_alone_finds_and_what_replacing_changes() -> None:
    new, old, third = a_match("NEW", [0, 1, 2]), a_match("OLD", [2, 3, 4, 5]), a_match("THIRD", [1, 3])
    known = evidence(found=[0, 1, 3, 4])
    own = alone(new, [old, third], known)
    assert (own.declarations, own.findings, own.recovered) == (1, 1, 10.0)
    change = replacement(new, old, [third], known)
    assert (change.kept, change.gained, change.lost) == (1, 2, 3)
    assert (change.caught, change.missed, change.missed_by_all, change.recovered_missed) == (2, 2, 1, 20.0)


def test_only_what_is_not_asked_for_yet_is_extra() -> None:
    new = a_match("NEW", [0, 1, 2, 3])
    cost = burden(new, [a_match("HALF", [0, 1], share="0.5"), a_match("FULL", [3])], evidence(), capacity=0.1)
    assert (cost.newly, cost.extra) == (3, 0.5 + 0.5 + 1)
    assert cost.of_capacity == pytest.approx(2 / 6)
    assert sum(cost.weekly) == sum(post.extra for post in cost.posts) == cost.extra


SETS = st.sets(st.integers(0, N - 1), min_size=1)


@given(SETS, SETS, SETS)
def test_a_subsumed_profile_has_no_value_of_its_own_and_shares_are_shares(
    inner: set[int], more: set[int], found: set[int]
) -> None:
    known = evidence(found=sorted(found))
    new, wide = a_match("NEW", [*inner]), a_match("WIDE", [*(inner | more)])
    assert alone(new, [wide], known).findings == alone(new, [wide], known).declarations == 0
    (shared,) = overlaps([new], [wide], known)[0]
    assert shared.relation in {"inside", "same"}
    assert shared.share_of_matches == 1
    assert 0 < shared.share_of_other <= 1
    assert 0 < shared.jaccard <= 1
    groups = (*by_origin(new, known), *by_size(new, known))
    assert sum(group.matched for group in groups) == 2 * len(inner)
    assert sum(met.matched for met in traders_met(new, known)) == len(inner)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.RETIRE),
        ({"floor": FloorKind.LAW}, Verdict.EXEMPT),
        ({"valid": Validity(None, date(2026, 1, 1))}, Verdict.ENDED),
    ],
)
def test_a_profile_that_finds_nothing_is_proposed_for_retirement(changes: dict[str, object], verdict: Verdict) -> None:
    idle = a_match("A", [*range(50)], **changes)
    base = BaseRate(0.03, 1000, 30, by_chance=True)
    assert propose(idle, evidence(), base, day=date(2026, 3, 31)).verdict is verdict


def floors(matched: list[int], kind: str = "profile", source: str = "P") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "declaration": pl.Series(matched, dtype=pl.UInt32),
            "kind": [kind] * len(matched),
            "source": [source] * len(matched),
            "probability": [1.0] * len(matched),
        }
    )


def lodged(n: int) -> pl.DataFrame:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    return pl.DataFrame({"post": ["OSH"] * n, "lodged_at": [start + timedelta(minutes=row) for row in range(n)]})


RULE = Ceiling(share=0.25, window_days=1, fewest=20)


def test_a_profile_that_matches_everything_is_slowed_to_its_ceiling_and_kept() -> None:
    slowed = restrain(floors([*range(100)]), lodged(100), ceiling=RULE, random_floor=0.01)
    assert slowed.height == 100
    assert slowed["probability"].to_list() == [1.0] * 19 + [0.25] * 81


def test_law_and_profiles_within_the_ceiling_are_left_alone() -> None:
    for quiet in (floors([*range(100)], kind="law"), floors([*range(0, 100, 5)])):
        assert restrain(quiet, lodged(100), ceiling=RULE, random_floor=0.01).equals(quiet)


@given(st.lists(st.integers(0, 79), unique=True, min_size=1).map(sorted), st.floats(0.01, 0.2))
def test_no_floor_falls_below_the_random_one_and_another_profile_changes_nothing(
    matched: list[int], least: float
) -> None:
    mine = restrain(floors(matched), lodged(80), ceiling=RULE, random_floor=least)
    assert mine["probability"].min() >= least  # type: ignore[operator]
    both = pl.concat([floors(matched), floors([*range(80)], source="WIDE")])
    together = restrain(both, lodged(80), ceiling=RULE, random_floor=least)
    assert together.head(len(matched)).equals(mine)
