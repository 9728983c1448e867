"""Curves over a share, as a file of SVG that stands alone and as a picture of characters for the terminal."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDE, HIGH = 60, 13
LEFT, TOP, SIDE, DOWN = 84.0, 24.0, 520.0, 280.0
COLOURS, MARKS = ("#0b6e69", "#b3541e", "#5a4fcf"), "●○×"


def percent(share: float) -> str:
    """Write a share as a person would.

    Examples
    --------
    >>> percent(0.05), percent(0.0012345678)
    ('5 %', '0.1235 %')
    """
    return f"{100 * share:.4g} %"


class Line(NamedTuple):
    """One curve: its name, and its points from left to right; heights are shares."""

    name: str
    across: Sequence[float]
    up: Sequence[float]


class Axes(NamedTuple):
    """What is drawn: a title, the names of the axes, and how far they reach."""

    title: str
    across: str
    up: str
    right: float
    top: float


def terminal(lines: Sequence[Line], axes: Axes) -> str:
    """Draw curves with characters; a later curve lies over an earlier one.

    Examples
    --------
    >>> print(terminal([Line("a", [0, 0.5, 1], [0, 0.5, 1])], Axes("rises", "x", "y", 1, 1)).splitlines()[1][1:9])
    100.0% │
    """
    field = [[" "] * WIDE for _ in range(HIGH)]
    for line, mark in zip(lines, MARKS, strict=False):
        for column in range(WIDE):
            row = HIGH - 1 - round(_at(line, axes.right * column / (WIDE - 1)) / axes.top * (HIGH - 1))
            field[min(max(row, 0), HIGH - 1)][column] = mark
    rows = [f"{_tick(row, axes.top):>7} │{''.join(cells)}" for row, cells in enumerate(field)]
    keys = "   ".join(f"{mark} {line.name}" for line, mark in zip(lines, MARKS, strict=False))
    foot = f"{'':>7} └{'─' * WIDE}\n{'':>8} 0%{axes.across:^{WIDE - 10}}{axes.right:>7.1%}"
    return "\n".join([f"{axes.title}: {keys}", *rows, foot])


def _tick(row: int, top: float) -> str:
    return f"{top * (1 - row / (HIGH - 1)):.1%}" if row in {0, HIGH // 2, HIGH - 1} else ""


def _at(line: Line, x: float) -> float:
    """Height of a curve at a place, straight between its points."""
    for (x0, x1), (y0, y1) in zip(
        zip(line.across, line.across[1:], strict=False), zip(line.up, line.up[1:], strict=False), strict=True
    ):
        if x0 <= x <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line.up[-1]


def svg(lines: Sequence[Line], axes: Axes) -> str:
    """Draw curves as a file of SVG with axes, numbers and a legend.

    Examples
    --------
    >>> svg([Line("a", [0, 1], [0, 1])], Axes("rises", "x", "y", 1, 1)).count("<polyline")
    1
    """
    wide, high = LEFT + SIDE + 24, TOP + DOWN + 64 + 20 * len(lines)
    grid = "".join(_grid(tick, axes) for tick in (0.0, 0.25, 0.5, 0.75, 1.0))
    drawn = "".join(_polyline(line, axes, colour) for line, colour in zip(lines, COLOURS, strict=False))
    keys = "".join(_key(line, at, colour) for at, (line, colour) in enumerate(zip(lines, COLOURS, strict=False)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" role="img" '
        f'aria-label="{escape(axes.title)}" font-family="system-ui, sans-serif" font-size="13" fill="#222">'
        f'<rect width="{wide:.0f}" height="{high:.0f}" fill="#fff"/><text x="{LEFT:.0f}" y="16" font-weight="600">'
        f"{escape(axes.title)}</text>{grid}{drawn}"
        f'<text x="{LEFT + SIDE / 2:.0f}" y="{TOP + DOWN + 38:.0f}" text-anchor="middle">{escape(axes.across)}</text>'
        f'<text x="16" y="{TOP + DOWN / 2:.0f}" text-anchor="middle" '
        f'transform="rotate(-90 16 {TOP + DOWN / 2:.0f})">{escape(axes.up)}</text>{keys}</svg>\n'
    )


def _grid(tick: float, axes: Axes) -> str:
    x, y = LEFT + SIDE * tick, TOP + DOWN * (1 - tick)
    return (
        f'<path d="M{LEFT:.0f} {y:.1f}H{LEFT + SIDE:.0f}M{x:.1f} {TOP:.0f}V{TOP + DOWN:.0f}" stroke="#ddd"/>'
        f'<text x="{LEFT - 6:.0f}" y="{y + 4:.1f}" text-anchor="end">{axes.top * tick:.1%}</text>'
        f'<text x="{x:.1f}" y="{TOP + DOWN + 18:.0f}" text-anchor="middle">{axes.right * tick:.1%}</text>'
    )


def _polyline(line: Line, axes: Axes, colour: str) -> str:
    places = zip(line.across, line.up, strict=True)
    points = " ".join(f"{LEFT + SIDE * x / axes.right:.1f},{TOP + DOWN * (1 - y / axes.top):.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def _key(line: Line, at: int, colour: str) -> str:
    y = TOP + DOWN + 58 + 20 * at
    return (
        f'<path d="M{LEFT:.0f} {y:.0f}h24" stroke="{colour}" stroke-width="3"/>'
        f'<text x="{LEFT + 32:.0f}" y="{y + 4:.0f}">{escape(line.name)}</text>'
    )
