"""The closed loop: policies choose, see only what they chose, learn from it, week after week (protocol CLB-1).

    python benchmarks/closed_loop.py --out runs.jsonl                   a small run, some minutes
    python benchmarks/closed_loop.py --seeds 10 --full --out runs.jsonl

Weeks 0 to 3 are examined whole, weeks 4 to 13 ramp down, then the rate holds. A policy sees declarations, and results
of what it examined that are known by then. Figures are shares of what an oracle would reach with as many examinations,
over the last 13 weeks; leakage over all weeks at the final rate is estimated from the examinations with their π and set
beside the truth. Every run is appended to the file when it is done, and is not played again: seed after seed, so that
whoever stops it has whole seeds.
"""

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import lightgbm as lgb
import numpy as np

from closed_loop_memory import Memory  # type: ignore[import-not-found] # beside this script
from closed_loop_runs import MEASURED, MONEY_POWERS, POLICIES, Run, read, table  # type: ignore[import-not-found]
from closed_loop_world import DRIFT_WEEK, WEEKS, WORLDS, Flags, Floats, Ints, Stream, a_stream  # type: ignore[import-not-found]
from darvoza.flow.assessment.scoring import harm
from darvoza.methods.estimation import unseen_total
from darvoza.methods.inclusion import Units, inclusion, levels_of, logs_of, solve_cuts, with_chance

FEWER = ("GBM", "GBM 90 + random 10", "45/45/10", *MONEY_POWERS)
"""Policies of the further regimes."""

REGIMES = ((0.10, 0), (0.05, 0), (0.10, 4), (0.05, 4))
"""Share examined, and weeks until a result is known beyond the next; the first is played by all policies."""

FLOOR = 0.05
"""Part of the examinations that Darvoza spreads over all as its random floor."""

UNLEARNED = ("random", "amount only", "smoothed rates")
REFIT = 2
"""Weeks between two fits; counters and features follow every week."""

RAMPED = 14
"""First week at the final rate."""

LAST = 13
SETTINGS = {
    "objective": "binary", "num_leaves": 15, "max_depth": 5, "learning_rate": 0.15, "min_data_in_leaf": 20,
    "feature_fraction": 0.6, "lambda_l2": 5.0, "verbosity": -1, "deterministic": True, "force_col_wise": True,
    "num_threads": 1, "max_bin": 31,
}  # fmt: skip
TREES = 40
DIAL = 0.1


def top(score: Floats, k: int, taken: Flags | None = None) -> Flags:
    """Choose the k largest, among those not yet taken."""
    ranked = np.where(taken, -np.inf, score) if taken is not None else score
    chosen = np.zeros(score.size, bool)
    chosen[np.argsort(-ranked, kind="stable")[:k]] = True
    return chosen


def probabilities(policy: str, k: int, *, p: Floats, money: Floats, mean: float) -> Floats:
    """Give the inclusion probability of each declaration of a week under a policy, adding up to k."""
    n = p.size
    if policy == "random":
        return np.full(n, k / n)
    if policy in ("amount only", "smoothed rates", "GBM", "GBM, lifetime counters", "GBM by money"):
        return top(money if policy == "GBM by money" else p, k).astype(float)
    if policy in MONEY_POWERS:
        return darvoza(harm(p, money, usual=mean, power=MONEY_POWERS[policy]), k)
    explored = max(1, round((0.05 if policy == "GBM 95 + random 5" else 0.1) * k))
    chosen = top(p, round(0.45 * k) if policy == "45/45/10" else k - explored)
    if policy == "45/45/10":
        chosen |= top(money, k - explored - round(0.45 * k), chosen)
    rest = n - int(chosen.sum())
    return np.where(chosen, 1.0, (k - chosen.sum()) / rest)


def darvoza(worth: Floats, k: int) -> Floats:
    """Spend k examinations: a random floor of a part of them, the rest by harm, softened by the dial."""
    floors = np.full(worth.size, FLOOR * k / worth.size)
    units = Units(with_chance(levels_of(logs_of(worth[:, None]), dial=DIAL)), floors, np.ones(worth.size))
    return inclusion(units.levels, solve_cuts(units, parts=[1.0], budget=float(k)), floors)


def play(world: str, policy: str, *, seed: int, rate: float, delay: int, per_week: int) -> Run:
    """Let a policy work for a year."""
    stream = a_stream(world, seed=seed, per_week=per_week)
    memory, rng = Memory(stream), np.random.default_rng([seed, 21])
    rates = np.concatenate([np.ones(4), np.linspace(1, rate, 10), np.full(WEEKS - 14, rate)])
    vectors: list[tuple[Ints, Floats]] = []
    seen: list[tuple[Ints, Floats]] = []
    model: Learned | None = None
    for week in range(WEEKS):
        rows = np.flatnonzero(stream.week == week)
        k = int(rates[week] * rows.size)
        if week > delay:
            memory.learn(seen[week - 1 - delay][0])
        features = memory.features(rows, week, decayed=policy != "GBM, lifetime counters")
        if k < rows.size and policy not in UNLEARNED and (model is None or week % REFIT == 0):
            model = learned(stream, vectors[: len(vectors) - delay])
        pi = np.ones(rows.size)
        if k < rows.size:
            pi = _weekly(policy, k, memory, rows, features=features, model=model)
        picked = rng.random(rows.size) < pi
        vectors.append((rows[picked], features[picked]))
        seen.append((rows[picked], pi[picked]))
        memory.lodge(rows, week)
    nothing = dict.fromkeys(MEASURED, 0.0)
    return _scored(stream, seen, Run(world, policy, seed, rate, delay, **nothing, per_week=per_week))


class Learned(NamedTuple):
    """What was learned from the results known: trees, duty recovered for each of duty declared, and its mean."""

    trees: lgb.Booster
    share: float
    mean: float


def learned(stream: Stream, known: list[tuple[Ints, Floats]]) -> Learned:
    """Learn from rows and their vectors."""
    where = np.concatenate([part for part, _ in known])
    data = lgb.Dataset(np.vstack([part for _, part in known]), stream.fraud[where].astype(float), params=SETTINGS)
    found = where[stream.fraud[where]]
    recovered = stream.revenue[found]
    share = recovered.sum() / max(stream.amount[found].sum(), 1.0)
    return Learned(lgb.train(SETTINGS, data, TREES), float(share), max(float(recovered.mean()), 1e-9))


def _weekly(policy: str, k: int, memory: Memory, rows: Ints, *, features: Floats, model: Learned | None) -> Floats:
    """Score a week with what is known before it."""
    stream = memory.stream
    plain: dict[str, Callable[[], Floats]] = {
        "random": lambda: np.zeros(rows.size),
        "amount only": lambda: stream.amount[rows],
        "smoothed rates": lambda: memory.smoothed(rows),
    }
    if model is None:
        score = plain[policy]()
        return probabilities(policy, k, p=score, money=score, mean=1.0)
    p = np.asarray(model.trees.predict(features))
    return probabilities(policy, k, p=p, money=p * stream.amount[rows] * model.share, mean=model.mean)


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
    scheme = stream.scheme & (stream.week >= DRIFT_WEEK)
    leaked = stream.fraud & (stream.week >= RAMPED) & ~picked
    rows, pi = (np.concatenate(parts) for parts in zip(*seen[RAMPED:], strict=True))
    told = unseen_total(fraud[rows].astype(float), pi) if (pi < 1).any() else None
    return replace(
        run,
        precision=float(np.nanmean(precision[-LAST:])), revenue=float(np.nanmean(revenue[-LAST:])),
        all_precision=float(np.nanmean(precision[RAMPED:])), all_revenue=float(np.nanmean(revenue[RAMPED:])),
        recall=float(fraud[picked & (stream.week >= RAMPED)].sum() / fraud[stream.week >= RAMPED].sum()),
        scheme_caught=float(picked[scheme].mean()) if scheme.any() else math.nan,
        leaked=float(leaked.sum()),
        leaked_estimate=told.value if told else math.nan,
        leaked_low=told.low if told else math.nan, leaked_high=told.high if told else math.nan,
    )  # fmt: skip


def main() -> None:
    """Play every policy in every world, and keep each run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--per-week", type=int, default=400)
    parser.add_argument("--full", action="store_true", help="the further regimes, too")
    parser.add_argument("--regime", type=int, default=0, choices=range(len(REGIMES)), help="begin with this one")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines; what stands there is not played again")
    options = parser.parse_args()
    done = {(r.world, r.policy, r.seed, r.rate, r.delay) for r in read(options.out) if r.per_week == options.per_week}
    print(f"LightGBM {version('lightgbm')}, NumPy {version('numpy')}; {options.seeds} seeds, {options.per_week} a week")
    last = len(REGIMES) if options.full else options.regime + 1
    asked = [
        (world, policy, seed, *REGIMES[number])
        for number in range(options.regime, last)
        for seed in range(options.seeds)
        for world in WORLDS
        for policy in (FEWER if number else POLICIES)
    ]
    start = time.perf_counter()
    for number, job in enumerate(asked):
        if job not in done:
            world, policy, seed, rate, delay = job
            run = play(world, policy, seed=seed, rate=rate, delay=delay, per_week=options.per_week)
            with options.out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(run)) + "\n")
            print(f"{number + 1} of {len(asked)}, {time.perf_counter() - start:.0f} s: {job}", flush=True)
    print("\n".join(table(read(options.out))))


if __name__ == "__main__":
    main()
