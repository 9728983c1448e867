"""``darvoza profile diff``: what changed between two versions of profiles, and on which past declarations they differ."""

import textwrap
from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace

from darvoza.domain.profile import ProfileSet
from darvoza.errors import SettingsError
from darvoza.flow.assessment.differences import Change, Difference, Status, differences
from darvoza.flow.assessment.profile_files import load
from darvoza.flow.backtest import Trial, contrast_history
from darvoza.flow.learning.history_store import open_history
from darvoza.flow.oversight.contrast import Contrast, Side
from darvoza.plural import several
from darvoza.progress import Progress

WIDTH = 110
FOUND = {True: ", a finding", False: ", no finding", None: ""}


def run(options: Namespace) -> int:
    """Tell what changed; the exit code is 0 whatever did.

    Raises
    ------
    SettingsError
        Days are asked for without a history.
    """
    if options.history is None and (options.start or options.end):
        raise SettingsError(field="from/to", expected="a history to look at", got="none", hint="add --history")
    found = differences(load(options.old, approved=True), load(options.new, approved=True))
    asking = [one for one in found if one.asks_otherwise]
    contrasts = _contrasts(asking, options) if options.history and asking else {}
    print("\n".join(told(found, contrasts)))
    return 0


def _contrasts(asking: Sequence[Difference], options: Namespace) -> dict[str, Contrast]:
    """Match old and new versions over the history; both are paired by the code of the new one."""
    pairs = [(one.old, one.new) for one in asking if one.old is not None and one.new is not None]
    trial = Trial(
        profiles=ProfileSet(tuple(new for _, new in pairs)),
        force=ProfileSet(tuple(replace(old, code=new.code) for old, new in pairs)),
        history=open_history(options.history),
        start=options.start,
        end=options.end,
    )
    return {made.new: made for made in contrast_history(trial, progress=Progress())}


def told(found: Sequence[Difference], contrasts: dict[str, Contrast]) -> Iterator[str]:
    """Tell what became of every profile, the unchanged only by their number."""
    for one in found:
        if one.status is not Status.UNCHANGED:
            yield from _difference(one, contrasts.get(one.code))
            yield ""
    counts = [f"{sum(one.status is status for one in found)} {status}" for status in Status]
    yield f"{several(len(found), 'profile')}: {', '.join(counts)}"


def _difference(one: Difference, seen: Contrast | None) -> Iterator[str]:
    present = one.new or one.old
    yield f"{one.code}  {one.status}" + (f"  {present.title}" if present else "")
    for change in one.meaning:
        yield from _change(change)
    if one.words:
        yield f"  in words only: {', '.join(name.replace('_', ' ') for name in one.words)}"
    if seen is not None:
        yield from _contrast(seen)


def _change(change: Change) -> Iterator[str]:
    """Tell one change of meaning: short ones on a line, long ones as before and after."""
    effect = f"  [{change.effect}]" if change.effect else ""
    line = f"{change.old} → {change.new}" if change.old and change.new else change.old or change.new
    if len(line) + len(effect) <= WIDTH:
        yield f"  {change.what}: {line}{effect}"
        return
    yield f"  {change.what}:{effect}"
    for sign, text in (("-", change.old), ("+", change.new)):
        lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
        yield from (f"    {sign if place == 0 else ' '} {part}" for place, part in enumerate(lines))


def _contrast(seen: Contrast) -> Iterator[str]:
    """Tell on which past declarations the two versions differ, as if both had been valid throughout."""
    yield (
        f"  history: {_counted(seen.both)} by both; {_counted(seen.only_old)} by the old alone; "
        f"{_counted(seen.only_new)} by the new alone"
    )
    if seen.agree:
        return
    yield f"    {'month':<8} {'both':>9} {'only old':>9} {'only new':>9}"
    for month, both, old, new in seen.months:
        yield f"    {month:<8} {both:>9,} {old:>9,} {new:>9,}"
    for what, side in (("old", seen.only_old), ("new", seen.only_new)):
        if side.first:
            named = "; ".join(f"{name} ({day}{FOUND[finding]})" for name, day, finding in side.first)
            yield f"    first by the {what} alone: {named}"


def _counted(side: Side) -> str:
    findings = f" ({side.findings:,} findings in {side.results:,} results)" if side.results else ""
    return f"{side.declarations:,} declarations{findings}"
