"""The closed loop: policies choose, see only what they chose, learn from it, week after week (protocol CLB-1).

    python benchmarks/closed_loop.py                      a small run, a few minutes
    python benchmarks/closed_loop.py --seeds 10 --full    both capacities, both delays, ten seeds

Weeks 0 to 3 are examined whole, weeks 4 to 13 ramp down, then the rate holds. A policy sees declarations, and results
of what it examined that are known by then. Figures are shares of what an oracle would reach with as many examinations,
over the last 13 weeks; leakage is estimated from the examinations with their π and set beside the truth.
"""

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import lightgbm as lgb
import numpy as np

from closed_loop_memory import Memory  # type: ignore[import-not-found] # beside this script
from closed_loop_world import DRIFT_WEEK, WEEKS, WORLDS, Flags, Floats, Ints, Stream, a_stream  # type: ignore[import-not-found]
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, with_chance

POLICIES = (
    "random", "amount only", "smoothed rates", "GBM, lifetime counters", "GBM", "GBM by money", "GBM 90 + random 10",
    "45/45/10", "Darvoza", "Darvoza, one worth",
)  # fmt: skip
"""All but one that learn have lifetime and forgetting counters; the last adds probability and money up to one worth."""

MIX = 0.7
"""Weight of the probability in that one worth; the rest is money, in units of its mean."""

LAST = 13
SETTINGS = {
    "objective": "binary", "num_leaves": 15, "max_depth": 5, "learning_rate": 0.1, "min_data_in_leaf": 20,
    "feature_fraction": 0.6, "lambda_l2": 5.0, "verbosity": -1, "deterministic": True, "force_row_wise": True,
    "num_threads": 1,
}  # fmt: skip
TREES = 60
DIAL = 0.1


@dataclass(frozen=True, slots=True)
class Run:
    """One policy in one world."""

    world: str
    policy: str
    seed: int
    rate: float
    delay: int
    precision: float
    revenue: float
    all_precision: float
    all_revenue: float
    scheme_caught: float
    leaked: float
    leaked_estimate: float
    leaked_deviation: float


def top(score: Floats, k: int, taken: Flags | None = None) -> Flags:
    """Choose the k largest, among those not yet taken."""
    ranked = np.where(taken, -np.inf, score) if taken is not None else score
    chosen = np.zeros(score.size, bool)
    chosen[np.argsort(-ranked, kind="stable")[:k]] = True
    return chosen


def probabilities(policy: str, k: int, *, p: Floats, money: Floats, other: Floats) -> Floats:
    """Give the inclusion probability of each declaration of a week under a policy, adding up to k."""
    n = p.size
    if policy == "random":
        return np.full(n, k / n)
    if policy in ("amount only", "smoothed rates", "GBM", "GBM, lifetime counters", "GBM by money"):
        return top(money if policy == "GBM by money" else other, k).astype(float)
    if policy.startswith("Darvoza"):
        return darvoza(np.column_stack([p, money]) if policy == "Darvoza" else one_worth(p, money), k)
    explored = max(1, round(0.1 * k))
    chosen = top(p, k - explored if policy == "GBM 90 + random 10" else round(0.45 * k))
    if policy == "45/45/10":
        chosen |= top(money, k - explored - round(0.45 * k), chosen)
    rest = n - int(chosen.sum())
    return np.where(chosen, 1.0, (k - chosen.sum()) / rest)


def darvoza(worth: Floats, k: int) -> Floats:
    """Spend k examinations: a random floor of a tenth of them, then purses of equal size, softened by the dial."""
    n, purses = worth.shape
    floors = np.full(n, 0.1 * k / n)
    units = Units(with_chance(levels_of(logs_of(worth), dial=DIAL)), floors, np.ones(n))
    return inclusion(units.levels, solve_cuts(units, parts=[1 / purses] * purses, budget=float(k)), floors)


def one_worth(p: Floats, money: Floats) -> Floats:
    """Add probability and expected money up, each in units of its mean."""
    return np.asarray(MIX * p / p.mean() + (1 - MIX) * money / max(money.mean(), 1e-9))[:, None]


def play(world: str, policy: str, *, seed: int, rate: float, delay: int, per_week: int) -> Run:
    """Let a policy work for a year."""
    stream = a_stream(world, seed=seed, per_week=per_week)
    memory, rng = Memory(stream), np.random.default_rng([seed, 21])
    rates = np.concatenate([np.ones(4), np.linspace(1, rate, 10), np.full(WEEKS - 14, rate)])
    vectors: list[tuple[Ints, Floats]] = []
    seen: list[tuple[Ints, Floats]] = []
    for week in range(WEEKS):
        rows = np.flatnonzero(stream.week == week)
        k = int(rates[week] * rows.size)
        if week > delay:
            memory.learn(seen[week - 1 - delay][0])
        features = memory.features(rows, week, decayed=policy != "GBM, lifetime counters")
        known = vectors[: len(vectors) - delay]
        pi = np.ones(rows.size)
        if k < rows.size:
            pi = _weekly(policy, k, memory, rows, features=features, known=known)
        picked = rng.random(rows.size) < pi
        vectors.append((rows[picked], features[picked]))
        seen.append((rows[picked], pi[picked]))
        memory.lodge(rows, week)
    return _scored(stream, seen, Run(world, policy, seed, rate, delay, *[0.0] * 8))


def _weekly(
    policy: str, k: int, memory: Memory, rows: Ints, *, features: Floats, known: list[tuple[Ints, Floats]]
) -> Floats:
    """Score a week with what is known before it."""
    stream = memory.stream
    plain: dict[str, Callable[[], Floats]] = {
        "random": lambda: np.zeros(rows.size),
        "amount only": lambda: stream.amount[rows],
        "smoothed rates": lambda: memory.smoothed(rows),
    }
    if policy in plain:
        score = plain[policy]()
        return probabilities(policy, k, p=score, money=score, other=score)
    where = np.concatenate([part for part, _ in known])
    data = lgb.Dataset(np.vstack([part for _, part in known]), stream.fraud[where].astype(float), params=SETTINGS)
    p = np.asarray(lgb.train(SETTINGS, data, TREES).predict(features))
    found = where[stream.fraud[where]]
    share = stream.revenue[found].sum() / max(stream.amount[found].sum(), 1.0)
    return probabilities(policy, k, p=p, money=p * stream.amount[rows] * share, other=p)


def _scored(stream: Stream, seen: list[tuple[Ints, Floats]], run: Run) -> Run:
    """Measure a year against an oracle and the truth."""
    precision, revenue = np.full(WEEKS, np.nan), np.full(WEEKS, np.nan)
    fraud, money = stream.fraud, stream.revenue
    for week, (rows, _) in enumerate(seen):
        every = np.flatnonzero(stream.week == week)
        k, most = rows.size, fraud[every].sum()
        best = np.sort(money[every])[::-1][:k].sum()
        precision[week] = fraud[rows].mean() / min(1, most / k) if k and most else np.nan
        revenue[week] = money[rows].sum() / best if best else np.nan
    picked = np.zeros(stream.week.size, bool)
    picked[np.concatenate([rows for rows, _ in seen])] = True
    late = stream.week >= WEEKS - LAST
    scheme = stream.scheme & (stream.week >= DRIFT_WEEK)
    leaked = float(fraud[late & ~picked].sum())
    rows, pi = (np.concatenate(parts) for parts in zip(*seen[-LAST:], strict=True))
    odds = (1 - pi) / pi
    return replace(
        run,
        precision=float(np.nanmean(precision[-LAST:])), revenue=float(np.nanmean(revenue[-LAST:])),
        all_precision=float(np.nanmean(precision[14:])), all_revenue=float(np.nanmean(revenue[14:])),
        scheme_caught=float(picked[scheme].mean()) if scheme.any() else float("nan"),
        leaked=leaked,
        leaked_estimate=float((odds * fraud[rows]).sum()),
        leaked_deviation=float(np.sqrt(((1 - pi) / pi**2 * fraud[rows]).sum())),
    )  # fmt: skip


def table(runs: list[Run]) -> None:
    """Print means and standard deviations over seeds."""
    for rate, delay in sorted({(run.rate, run.delay) for run in runs}, reverse=True):
        print(f"\nExamined {rate:.0%}, results known after {delay} further weeks.\n")
        print("| world | policy | norm-precision | norm-revenue | scheme caught | leaked | its estimate ± |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for world in WORLDS:
            for policy in POLICIES:
                mine = [r for r in runs if (r.world, r.policy, r.rate, r.delay) == (world, policy, rate, delay)]
                if mine:
                    print(_line(world, policy, mine))


def _line(world: str, policy: str, mine: list[Run]) -> str:
    def told(read: Callable[[Run], float], digits: int = 3) -> str:
        values = np.array([read(run) for run in mine])
        if np.isnan(values).all():
            return "–"
        return f"{np.nanmean(values):.{digits}f} ± {np.nanstd(values):.{digits}f}"

    measured = policy.startswith("Darvoza") or "random" in policy or policy == "45/45/10"
    estimate = told(lambda run: run.leaked_estimate, 0) if measured else "none"
    return (
        f"| {world} | {policy} | {told(lambda run: run.precision)} | {told(lambda run: run.revenue)} | "
        f"{told(lambda run: run.scheme_caught)} | {told(lambda run: run.leaked, 0)} | {estimate} |"
    )


def main() -> None:
    """Play every policy in every world."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--per-week", type=int, default=300)
    parser.add_argument("--full", action="store_true", help="both capacities and both delays")
    parser.add_argument("--rate", type=float, default=0.10)
    parser.add_argument("--delay", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="write every run as JSON lines")
    options = parser.parse_args()
    regimes = [(0.10, 0), (0.05, 0), (0.10, 4), (0.05, 4)] if options.full else [(options.rate, options.delay)]
    print(f"LightGBM {version('lightgbm')}, NumPy {version('numpy')}; {options.seeds} seeds, {options.per_week} a week")
    start, jobs = time.perf_counter(), []
    with ProcessPoolExecutor(options.workers) as pool:
        for rate, delay in regimes:
            for seed in range(options.seeds):
                for world in WORLDS:
                    for policy in POLICIES:
                        asked = {"seed": seed, "rate": rate, "delay": delay, "per_week": options.per_week}
                        jobs.append(pool.submit(play, world, policy, **asked))
        runs = [job.result() for job in jobs]
    if options.out:
        options.out.write_text("".join(json.dumps(asdict(run)) + "\n" for run in runs), encoding="utf-8")
    table(runs)
    print(f"\n{len(runs)} years in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
