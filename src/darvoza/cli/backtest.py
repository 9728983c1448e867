"""``darvoza backtest``: what profiles would have matched, found and cost, before anybody approves them."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date

from darvoza.cli.approved_profiles import approved_profiles
from darvoza.cli.manifest import expiry_warnings, lists_told, profiles_told, write_manifest
from darvoza.cli.output import fresh_directory
from darvoza.cli.report.backtest_page import render_backtest
from darvoza.cli.report.backtest_words import VERDICTS, change, costs, found, notes, value
from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.profile_files import load
from darvoza.flow.backtest import Backtest, Trial, as_text, backtest
from darvoza.flow.learning.history_store import History, open_history, outdated
from darvoza.flow.oversight.retirement import Verdict
from darvoza.progress import Progress

REPORT, ANSWER = "backtest.html", "backtest.json"
SHOWN = 20
"""Most profiles told on the terminal."""


def run(options: Namespace) -> int:
    """Try profiles on history; write the answer as JSON and as a page."""
    progress = Progress()
    trial = Trial(
        profiles=load(options.profiles),
        history=_opened(options),
        force=approved_profiles(options.against) if options.against else ProfileSet(()),
        start=options.start,
        end=options.end,
        capacity=options.capacity,
        replaces=options.replace,
    )
    with fresh_directory(options.out) as part:
        test = backtest(trial, progress=progress)
        came_from = _provenance(trial, options, test.end)
        (part / ANSWER).write_text(as_text(test), encoding="utf-8")
        (part / REPORT).write_text(render_backtest(test, came_from), encoding="utf-8")
        write_manifest(part, came_from)
    print("\n".join(_told(test)))
    for warning in expiry_warnings(trial.profiles, test.end):
        print(warning, file=sys.stderr)
    print(f"report: {options.out / REPORT}")
    return 0


def _opened(options: Namespace) -> History:
    """Open the history, and say so when it is of an earlier form."""
    history = open_history(options.history)
    if said := outdated(options.history, history.form):
        print(f"darvoza: {said}", file=sys.stderr)
    return history


def _provenance(trial: Trial, options: Namespace, last: date) -> dict[str, object]:
    """Tell everything that went in."""
    return {
        "history_digest": trial.history.digest,
        "profiles_digest": trial.profiles.digest,
        "against_digest": trial.force.digest if len(trial.force) else None,
        "settings": {
            "from": str(options.start or "open"),
            "to": str(options.end or "open"),
            "capacity": options.capacity,
            "replace": options.replace,
        },
        "profiles": profiles_told(trial.profiles),
        "lists": lists_told(trial.profiles, last),
    }


def _told(test: Backtest) -> Iterator[str]:
    """Say the answer on the terminal."""
    yield f"{test.declarations:,} declarations, {test.start} to {test.end}; {test.findings:,} findings in {test.results:,} results"
    if test.base:
        how = "of what chance drew, weighted by 1/π" if test.base.by_chance else "of what was chosen for examination"
        yield f"base rate {test.base.rate:.2%} {how}"
    for one in test.tried[:SHOWN]:
        yield f"\n{one.code}  {one.title}"
        yield f"  {one.effect.declarations:,} declarations ({one.effect.share:.2%}) with {one.effect.items:,} items"
        yield from (f"  {line}" for line in (found(one), costs(one), value(one)))
        if one.replaced:
            yield f"  {change(one.replaced)}"
        yield from (f"  note: {note}" for note in notes(one))
    if len(test.tried) > SHOWN:
        yield f"\n… and {len(test.tried) - SHOWN} more in the report"
    retire = [one for one in test.proposals if one.verdict in {Verdict.RETIRE, Verdict.ENDED}]
    if test.proposals:
        yield f"\n{len(retire)} of {len(test.proposals)} profiles in force are proposed for retirement"
    for gone in retire[:SHOWN]:
        chance = "" if gone.chance_worthwhile is None else f", worthwhile with probability {gone.chance_worthwhile:.1%}"
        yield f"  {gone.code}  {VERDICTS[gone.verdict]}: {gone.findings} findings in {gone.results} results{chance}"
