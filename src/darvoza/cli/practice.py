"""``darvoza practice``: the closed loop in a practice world, against an oracle and against the truth."""

from argparse import Namespace
from collections.abc import Sequence

from darvoza.cli.reference_data import PRACTICE_FACTS, fact_settings, shipped
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.selectivity.capacity import Budget
from darvoza.methods.estimation import Estimate
from darvoza.practice.loop import Practice, practise
from darvoza.practice.policies import PolicyName
from darvoza.practice.results import MonthResult, estimate_of_all
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World

HEAD = "month  lodged  examined  found  of oracle  recovered   of oracle  findable  estimate [95 % interval]   true"


def run(options: Namespace) -> int:
    """Play the loop and print a line a month, then the whole."""
    settings = WorldSettings(months=options.months, seed=options.seed, declarations_per_month=options.per_month)
    policy = PolicyName(options.policy)
    practice = Practice(
        World(settings),
        load_profiles(options.profiles),
        Budget(options.capacity, options.random),
        policy,
        options.workers,
        fact_settings(shipped(PRACTICE_FACTS)),
    )
    print(f"policy {policy}, capacity {options.capacity:.0%}, random floor {options.random:.1%}, seed {options.seed}")
    print(HEAD)
    results = []
    for result in practise(practice):
        results.append(result)
        print(_line(result), flush=True)
    print(_whole(results))
    return 0


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.0%}" if whole else "–"


def _told(estimate: Estimate | None) -> str:
    """Tell an estimate with its 95 % interval."""
    return f"{estimate.value:,.0f} [{estimate.low:,.0f} – {estimate.high:,.0f}]" if estimate else "too few"


def _line(month: MonthResult) -> str:
    """Tell one month."""
    estimate = _told(month.estimate)
    return (
        f"{month.k + 1:>5}  {month.declarations:>6,}  {month.examined:>8,}  {month.found:>5,}  "
        f"{_share(month.found, month.oracle_found):>9}  {month.recovered:>9,.0f}   "
        f"{_share(month.recovered, month.oracle_recovered):>9}  {month.findable:>8,}  {estimate:<24}  {month.offending:>5,}"
    )


def _whole(results: Sequence[MonthResult]) -> str:
    """Tell all months together, and what the columns mean."""
    examined, lodged = sum(month.examined for month in results), sum(month.declarations for month in results)
    found, best = sum(month.found for month in results), sum(month.oracle_found for month in results)
    money, most = sum(month.recovered for month in results), sum(month.oracle_recovered for month in results)
    findable, true = sum(month.findable for month in results), sum(month.offending for month in results)
    judged = [month for month in results if month.estimate]
    inside = sum(month.estimate.low <= month.findable <= month.estimate.high for month in judged if month.estimate)
    expected = sum(month.expected_examinations for month in results)
    return (
        f"\nexamined {examined:,} of {lodged:,} declarations ({examined / lodged:.1%}; Σπ = {expected:,.0f})\n"
        f"found {found:,} offending declarations, {_share(found, best)} of what an oracle would have found; "
        f"recovered {money:,.0f}, {_share(money, most)}\n"
        f"non-compliant in all, estimated: {_told(estimate_of_all(results))}; findable {findable:,}, true {true:,}\n"
        f"the interval held the number that officers could find in {inside} of {len(judged)} months\n"
        "findable: what officers would find if they examined everything; they miss some of what is true.\n"
        "oracle: the best that the same number of examinations could do, for offences and for money apart."
    )
