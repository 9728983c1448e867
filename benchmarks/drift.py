"""Drift: how soon charts of the random floor see schemes that move no field, at what rate of false alarms, at what price.

    python benchmarks/drift.py                       a small run, a few minutes
    python benchmarks/drift.py --seeds 8 --draws 100 --out docs/assets

A champion is fitted on the weeks before 19 of a year, calibrated and frozen; the drift begins in week 22 of 52. Of every
declaration it says a probability; the random floor is drawn anew many times. Charts of the whole, of two lanes and of 40
chapters share the false alarms out as `darvoza drift` does. Measured are false alarms in the world where nothing drifts,
delays in those where something does, and beside them what cannot see it: the stability index of every field, and the
hit rate of what the score selected.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import lightgbm as lgb
import numpy as np

from closed_loop_world import CHAPTERS, DRIFT_WEEK, WEEKS, WORLDS, Flags, Floats, Ints, Stream, a_stream  # type: ignore[import-not-found]
from darvoza.methods.drift.cusum import likelihood_ratio_steps, page_hinkley_steps
from darvoza.methods.drift.run_length import Steps, average_run_length, steps_of
from darvoza.methods.drift.stability import stability
from darvoza.methods.intervals import wilson
from darvoza.methods.recalibration import recalibration
from darvoza.methods.smoothed_rates import logit
from drift_pictures import curves, story  # type: ignore[import-not-found] # beside this script

RATES = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0)
"""False alarms a year that are accepted, over all charts together."""

FLOORS = (0.01, 0.02, 0.05, 0.10)
LEARNED, FITTED, CALIBRATED = 9, 16, 19
"""Weeks before which rates are counted, trees grown, and probabilities calibrated."""

SETTINGS = {
    "objective": "binary", "num_leaves": 15, "max_depth": 5, "learning_rate": 0.1, "min_data_in_leaf": 40,
    "feature_fraction": 0.6, "lambda_l2": 5.0, "verbosity": -1, "deterministic": True, "force_row_wise": True,
    "num_threads": 1,
}  # fmt: skip
TREES, SELECTED, FEWEST, RATIO = 60, 0.10, 30, 2.0
YEAR = 365.25 / 7


@dataclass(frozen=True, slots=True)
class Watched:
    """A year scored by the frozen champion: all of shape ``(n,)``, from week `CALIBRATED` on."""

    week: Ints
    p: Floats
    fraud: Flags
    chapter: Ints
    selected: Flags
    stream: Stream
    rows: Ints


@dataclass(frozen=True, slots=True)
class Seen:
    """What charts made of one world at one random floor.

    Attributes
    ----------
    alarmed
        Share of the draws in which a chart alarmed from week 22 on, for each of `RATES`.
    delay
        Mean weeks from week 22 to the alarm, for each; those without one count with all weeks there are.
    """

    world: str
    floor: float
    alarmed: Floats
    delay: Floats


def watched(world: str, *, seed: int, per_week: int) -> Watched:
    """Fit, calibrate, freeze, and score what comes after."""
    stream = a_stream(world, seed=seed, per_week=per_week)
    features = _features(stream)
    fit = (stream.week >= LEARNED) & (stream.week < FITTED)
    later = (stream.week >= FITTED) & (stream.week < CALIBRATED)
    trees = lgb.train(SETTINGS, lgb.Dataset(features[fit], stream.fraud[fit].astype(float), params=SETTINGS), TREES)
    raw = np.clip(np.asarray(trees.predict(features)), 1e-4, 1 - 1e-4)
    line = recalibration(raw[later], stream.fraud[later], weights=np.ones(int(later.sum())))
    p = 1 / (1 + np.exp(-(line.intercept + line.slope * logit(raw))))
    rows = np.flatnonzero(stream.week >= CALIBRATED)
    cut = np.quantile(p[later], 1 - SELECTED)
    return Watched(
        stream.week[rows], p[rows], stream.fraud[rows], stream.keys["chapter"][rows], p[rows] >= cut, stream, rows
    )


def _features(stream: Stream) -> Floats:
    """Smoothed rates of the first weeks by importer, heading, origin, cell; price beside its heading; duty."""
    past, fraud = stream.week < LEARNED, stream.fraud.astype(float)
    prior = fraud[past].mean()
    keys = {**stream.keys, "cell": stream.keys["chapter"] * 1000 + stream.keys["origin"]}
    columns = []
    for name in ("importer", "broker", "hs", "origin", "chapter", "cell"):
        key = keys[name]
        size = int(key.max()) + 1
        n, found = np.bincount(key[past], minlength=size), np.bincount(key[past], fraud[past], size)
        columns += [((found + 5 * prior) / (n + 5))[key], np.log1p(n)[key]]
    price, hs = np.log(stream.price), stream.keys["hs"]
    n = np.maximum(np.bincount(hs[past], minlength=hs.max() + 1), 1)
    usual = np.bincount(hs[past], price[past], hs.max() + 1) / n
    return np.column_stack([*columns, price - usual[hs], stream.duty, np.log(stream.mass)])


def groups(year: Watched) -> Iterator[tuple[str, Flags]]:
    """Give every chart with its rows: the whole, the two lanes, the chapters."""
    yield "all", np.ones(year.p.size, bool)
    yield "channel", ~year.selected
    yield "channel", year.selected
    for chapter in range(CHAPTERS):
        yield "chapter", year.chapter == chapter


def heights(year: Watched, rows: Flags, lengths: Floats) -> Floats:
    """Give the thresholds of one chart for several run lengths, from a curve of run lengths worked out once."""
    steps = steps_of(np.clip(year.p[rows], 1e-4, 1 - 1e-4), odds_ratio=RATIO)
    at = np.linspace(0.5, 9.0, 24)
    known = np.maximum.accumulate([np.log(average_run_length(steps, height, cells=120)) for height in at])
    return np.interp(np.log(lengths), known + 1e-9 * np.arange(at.size), at)


def see(world: str, year: Watched, *, floor: float, draws: int, rng: np.random.Generator) -> Seen:
    """Draw the random floor many times, and look at every chart of each."""
    weeks = WEEKS - CALIBRATED
    drawn = [(kind, np.flatnonzero(rows)) for kind, rows in groups(year) if rows.sum() * floor >= FEWEST]
    charts = {kind: sum(other == kind for other, _ in drawn) for kind, _ in drawn}
    limits = []
    for kind, rows in drawn:
        accepted = np.array(RATES) / 3 / charts[kind]
        mask = np.zeros(year.p.size, bool)
        mask[rows] = True
        limits.append(heights(year, mask, rows.size * floor / weeks * YEAR / accepted))
    steps = likelihood_ratio_steps(year.fraud, np.clip(year.p, 1e-4, 1 - 1e-4), odds_ratio=RATIO)
    first = np.full((draws, len(RATES)), float(WEEKS))
    for draw in range(draws):
        kept = rng.random(year.p.size) < floor
        for (_, rows), limit in zip(drawn, limits, strict=True):
            mine = rows[kept[rows]]
            # charts run from the first week; what alarmed before the drift starts anew in week 22
            mine = mine[year.week[mine] >= DRIFT_WEEK]
            total = np.cumsum(steps[mine])
            values = total - np.minimum(np.minimum.accumulate(total), 0.0) if mine.size else total
            for place, height in enumerate(limit):
                above = values >= height
                if above.any():
                    when = float(year.week[mine[int(above.argmax())]]) + 1
                    first[draw, place] = min(first[draw, place], when)
    alarmed = np.array([(values_at < WEEKS).mean() for values_at in first.T])
    return Seen(world, floor, alarmed, (first - DRIFT_WEEK).mean(axis=0))


def blindness(world: str, year: Watched) -> str:
    """Tell what moved: fields, hit rate of what was selected, and what nobody sees."""
    late = year.week >= DRIFT_WEEK
    most = max(index(year, name, late) for name in FIELDS)
    chosen, released = year.selected, ~year.selected
    hit = [year.fraud[chosen & part].mean() for part in (~late, late)]
    leak = [year.fraud[released & part].mean() for part in (~late, late)]
    stated = [year.p[part & late].mean() for part in (chosen, released)]
    return (
        f"| {world} | {most:.3f} | {hit[0]:.1%} → {hit[1]:.1%} | {stated[0]:.1%} | {leak[0]:.2%} → {leak[1]:.2%} | "
        f"{stated[1]:.2%} |"
    )


FIELDS = ("score", "price", "amount", "chapter", "origin", "office")


def index(year: Watched, name: str, late: Flags, *, before: Flags | None = None) -> float:
    """Stability index of one field, what is late against what is before."""
    early = ~late if before is None else before
    numbers = {"score": year.p, "price": year.stream.price[year.rows], "amount": year.stream.amount[year.rows]}
    if name in numbers:
        cuts = np.quantile(numbers[name][early], np.linspace(0, 1, 11)[1:-1])
        classes = np.searchsorted(cuts, numbers[name])
    else:
        classes = year.stream.keys[name][year.rows]
    size = int(classes.max()) + 1
    return stability(*(np.bincount(classes[rows], minlength=size) for rows in (early, late))).moved_by


def price_of_the_floor(year: Watched, per_week: int) -> None:
    """Tell what each floor buys: how well leakage is known after a quarter, and days until a doubling is seen."""
    p = np.clip(year.p[~year.selected], 1e-4, 1 - 1e-4)
    rate, quiet = float(p.mean()), steps_of(p, odds_ratio=RATIO)
    doubled = steps_of(p, odds_ratio=RATIO, true_ratio=_ratio(p, 2 * rate))
    print(f"\nReleased goods hide {rate:.1%}; {per_week * (1 - SELECTED):,.0f} a week released of {per_week:,}.\n")
    print(
        "| ε | examinations a week | leakage after a quarter | half-width | days until a doubling is seen | until 3 times |"
    )
    print("| --- | --- | --- | --- | --- | --- |")
    tripled = steps_of(p, odds_ratio=RATIO, true_ratio=_ratio(p, 3 * rate))
    for floor in FLOORS:
        a_week = floor * per_week * (1 - SELECTED)
        n = 13 * a_week
        low, high = (float(limit) for limit in wilson(rate * n, n))
        limit = _height(quiet, a_week * YEAR / (0.5 / 3 / 2))
        days = [7 * average_run_length(steps, limit) / a_week for steps in (doubled, tripled)]
        print(
            f"| {floor:.0%} | {floor * per_week:.0f} | {rate:.1%} ({low:.1%} to {high:.1%}) | ± {(high - low) / 2 / rate:.0%} | "
            f"{days[0]:.0f} | {days[1]:.0f} |"
        )


def _ratio(p: Floats, rate: float) -> float:
    """Odds ratio that brings the mean of probabilities to a rate."""
    low, high = 1.0, 100.0
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if (middle * p / (1 - p + middle * p)).mean() < rate else (low, middle)
    return low


def _height(steps: Steps, length: float) -> float:
    low, high = 0.1, 12.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if average_run_length(steps, middle) < length else (low, middle)
    return high


def two_tests(year: Watched) -> None:
    """Set the likelihood ratio beside the test of Page and Hinkley, at the same results until a false alarm."""
    p = np.clip(year.p[~year.selected], 1e-4, 1 - 1e-4)
    parts = np.array([part.mean() for part in np.array_split(np.sort(p), 20)])
    print(
        "\n| results until an alarm, when leakage is | as stated | × 1.5 | × 2 | × 3 |\n| --- | --- | --- | --- | --- |"
    )
    tolerance = p.mean() / 2
    for name in ("likelihood ratio, odds × 2", "Page–Hinkley, half a rate tolerated"):

        def steps(times: float, name: str = name) -> Steps:
            ratio = _ratio(p, times * float(p.mean())) if times > 1 else 1.0
            if name.startswith("likelihood"):
                return steps_of(p, odds_ratio=RATIO, true_ratio=ratio)
            truth, one = ratio * parts / (1 - parts + ratio * parts), np.ones_like(parts)
            sizes = [page_hinkley_steps(y - parts, weights=one, tolerance=tolerance) for y in (one, 0 * one)]
            return Steps(np.concatenate(sizes), np.concatenate([truth, 1 - truth]) / parts.size)

        height = _height(steps(1.0), 5000.0)
        told = " | ".join(f"{average_run_length(steps(times), height):,.0f}" for times in (1.0, 1.5, 2.0, 3.0))
        print(f"| {name} | {told} |")


def table(seen: list[Seen]) -> None:
    """Print false alarms and delays."""
    print(
        "\n| false alarms a year, accepted | ε | measured | "
        + " | ".join(f"weeks to the alarm: {w}" for w in WORLDS[1:])
        + " |"
    )
    print("| --- | --- | --- |" + " --- |" * len(WORLDS[1:]))
    for place, rate in enumerate(RATES):
        for floor in FLOORS:
            cells = [f"{rate:g}", f"{floor:.0%}", f"{false_alarms(seen, floor, place):.2f}"]
            for world in WORLDS[1:]:
                mine = [one for one in seen if (one.world, one.floor) == (world, floor)]
                delay, share = (np.mean([getattr(one, name)[place] for one in mine]) for name in ("delay", "alarmed"))
                cells.append(f"{delay:.1f} ({share:.0%})")
            print("| " + " | ".join(cells) + " |")


def false_alarms(seen: list[Seen], floor: float, place: int) -> float:
    """False alarms a year in the world where nothing drifts, from the share of draws without any."""
    quiet = np.mean([one.alarmed[place] for one in seen if (one.world, one.floor) == (WORLDS[0], floor)])
    return float(abs(np.log(max(1 - quiet, 1e-3))) / ((WEEKS - DRIFT_WEEK) / YEAR))


def pictures(seen: list[Seen], year: Watched, out: Path, rng: np.random.Generator) -> None:
    """Write both pictures."""
    lines = {}
    for floor in FLOORS:
        mine = [one for one in seen if (one.world, one.floor) == ("blind spot", floor)]
        lines[f"ε = {floor:.0%}"] = [
            (rate, float(np.mean([one.delay[place] for one in mine]))) for place, rate in enumerate(RATES)
        ]
    (out / "drift-delay.svg").write_text(curves(lines), encoding="utf-8")
    weeks = np.arange(CALIBRATED, WEEKS)
    first = year.week < DRIFT_WEEK
    moved = [max(index(year, name, year.week == week, before=first) for name in FIELDS) for week in weeks]
    hit = [float(year.fraud[year.selected & (year.week == week)].mean()) for week in weeks]
    stated = [float(year.p[year.selected & (year.week == week)].mean()) for week in weeks]
    kept = np.flatnonzero((rng.random(year.p.size) < 0.02) & ~year.selected)
    steps = likelihood_ratio_steps(year.fraud[kept], np.clip(year.p[kept], 1e-4, 1 - 1e-4), odds_ratio=RATIO)
    total = np.cumsum(steps)
    values = total - np.minimum(np.minimum.accumulate(total), 0.0)
    ends = [float(values[year.week[kept] == week][-1]) for week in weeks]
    p = np.clip(year.p[~year.selected], 1e-4, 1 - 1e-4)
    limit = _height(steps_of(p, odds_ratio=RATIO), kept.size / weeks.size * YEAR / (0.5 / 3 / 2))
    leaks = [float(year.fraud[~year.selected & (year.week == week)].mean()) for week in weeks]
    text = story(weeks.tolist(), DRIFT_WEEK, moved=moved, hit=hit, stated=stated, chart=ends, limit=limit, leaks=leaks)
    (out / "drift-blind.svg").write_text(text, encoding="utf-8")


def main() -> None:
    """Play every world, tell, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--per-week", type=int, default=2000)
    parser.add_argument("--out", type=Path, help="directory for the pictures (SVG)")
    options = parser.parse_args()
    print(
        f"LightGBM {version('lightgbm')}, NumPy {np.__version__}; {options.seeds} years, {options.draws} draws of each"
    )
    start, rng = time.perf_counter(), np.random.default_rng(21)
    years: dict[str, Watched] = {}
    seen: list[Seen] = []
    for world in WORLDS:
        for seed in range(options.seeds):
            year = watched(world, seed=seed, per_week=options.per_week)
            years.setdefault(world, year)
            seen += [see(world, year, floor=floor, draws=options.draws, rng=rng) for floor in FLOORS]
    print("\n| world | most moved field, index | hit rate of the selected | stated | leakage | stated |")
    print("| --- | --- | --- | --- | --- | --- |")
    for world in WORLDS:
        print(blindness(world, years[world]))
    table(seen)
    price_of_the_floor(years[WORLDS[0]], options.per_week)
    two_tests(years[WORLDS[0]])
    if options.out:
        pictures(seen, years["blind spot"], options.out, np.random.default_rng(22))
    print(f"\n{len(seen) * options.draws} floors drawn in {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
