"""Draw where each policy lies on the plane of norm-precision and norm-revenue, a panel a world, as SVG.

python benchmarks/closed_loop_plane.py runs.jsonl plane.svg
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from closed_loop_runs import MONEY_POWERS, POLICIES, Run, of, read  # type: ignore[import-not-found] # beside this script
from closed_loop_world import WORLDS  # type: ignore[import-not-found]

SIDE, GAP, LEFT, TOP = 300, 50, 50, 40
MOST = 0.8
"""Both axes go from 0 to this."""

SHORT = {
    "GBM, lifetime counters": "lifetime",
    "GBM 95 + random 5": "95/5",
    "GBM 90 + random 10": "90/10",
    "GBM by money": "by money",
    "smoothed rates": "rates",
    "amount only": "amount",
}
LEFTWARDS = {"45/45/10", "GBM 95 + random 5", "GBM 90 + random 10"}
DOWNWARDS = {"GBM, lifetime counters", "GBM 90 + random 10", "random"}
"""Where the name of a policy goes, so that names that lie close do not cover each other."""


def panel(world: str, runs: list[Run], x: float, y: float) -> Iterator[str]:
    """Draw one world: each policy at its mean over seeds, with one standard deviation."""
    yield f'<text x="{x}" y="{y - 10}" font-weight="bold">{world}</text>'
    yield f'<rect x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888"/>'
    for tick in (0.2, 0.4, 0.6):
        at = SIDE * tick / MOST
        yield f'<text x="{x + at}" y="{y + SIDE + 14}" text-anchor="middle" fill="#555">{tick}</text>'
        yield f'<text x="{x - 6}" y="{y + SIDE - at + 4}" text-anchor="end" fill="#555">{tick}</text>'
    for policy in POLICIES:
        mine = of(runs, world, policy, (0.1, 0))
        if not mine:
            continue
        found, recovered = (np.array([getattr(run, name) for run in mine]) for name in ("precision", "revenue"))
        px, py = x + SIDE * found.mean() / MOST, y + SIDE * (1 - recovered.mean() / MOST)
        dx, dy = SIDE * found.std() / MOST, SIDE * recovered.std() / MOST
        colour = "#00796b" if policy in MONEY_POWERS else "#555"
        cross = f"M{px - dx:.1f} {py:.1f}H{px + dx:.1f}M{px:.1f} {py - dy:.1f}V{py + dy:.1f}"
        yield f'<path d="{cross}" stroke="{colour}" stroke-opacity=".4"/>'
        yield f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{colour}"/>'
        left, down = policy in LEFTWARDS, policy in DOWNWARDS
        anchor, tx = ("end", px - 6) if left else ("start", px + 6)
        words = f'text-anchor="{anchor}" fill="{colour}">{SHORT.get(policy, policy)}</text>'
        yield f'<text x="{tx:.1f}" y="{py + (14 if down else -6):.1f}" {words}'


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    runs = read(options.runs)
    step = SIDE + GAP + LEFT
    parts = [
        line
        for place, world in enumerate(WORLDS)
        for line in panel(world, runs, LEFT + step * (place % 2), TOP + (SIDE + GAP + TOP) * (place // 2))
    ]
    width, height = 2 * step, 2 * (SIDE + GAP + TOP) + 10
    said = "across: norm-precision; up: norm-revenue; crosses: one standard deviation over seeds"
    caption = f'<text x="{LEFT}" y="{height - 6}" fill="#555">{said}</text>'
    frame = f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11"'
    whole = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>'
        f'<rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}{caption}</svg>\n'
    )
    options.out.write_text(whole, encoding="utf-8")


if __name__ == "__main__":
    main()
