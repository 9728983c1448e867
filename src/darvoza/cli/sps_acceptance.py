"""``darvoza sps acceptance``: what a plan by attributes accepts, or the plan for two points."""

from argparse import Namespace
from collections.abc import Iterator

import numpy as np

from darvoza.cli.output import write_new
from darvoza.cli.reference_data import shipped
from darvoza.cli.report.plots import Axes, Line, percent, svg, terminal
from darvoza.domain.sps.sampling import Strictness
from darvoza.errors import SettingsError
from darvoza.flow.inspection.samples import code_letter, single_plan
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from darvoza.methods.sampling.acceptance import SinglePlan, acceptance_probability, curves, outgoing_limit
from darvoza.methods.sampling.two_points import (
    RiskPoint,
    attributes_plan,
    variables_plan_known_sigma,
    variables_plan_unknown_sigma,
)

SHOWN = (0.95, 0.9, 0.5, 0.1, 0.05)
POINTS = 121


def run(options: Namespace) -> int:
    """Print the plan and its curve."""
    plan, words = _plan(options)
    print("\n".join([*words, *_told(plan, options)]))
    lines, axes = _curve(plan, options)
    print()
    print(terminal(lines, axes))
    if options.svg is not None:
        write_new(options.svg, svg(lines, axes))
        print(f"\ncurve: {options.svg}")
    return 0


def _plan(options: Namespace) -> tuple[SinglePlan, list[str]]:
    ways = [options.find is not None, options.aql is not None, options.n is not None or options.c is not None]
    if sum(ways) != 1:
        raise SettingsError(
            field="n", expected="one of: --n with --c, --find, or --aql with --lot-size", got=f"{sum(ways)} of them"
        )
    if options.find is not None:
        return _found(options)
    if options.aql is not None:
        return _from_table(options)
    for field in ("n", "c"):
        if getattr(options, field) is None:
            raise SettingsError(field=field, expected="a whole number", got=None, hint="give --n and --c together")
    return SinglePlan(options.n, options.c), []


def _found(options: Namespace) -> tuple[SinglePlan, list[str]]:
    p1, a1, p2, a2 = options.find
    producer, consumer = RiskPoint(p1, a1), RiskPoint(p2, a2)
    plan = attributes_plan(producer, consumer)
    known, unknown = (find(producer, consumer) for find in (variables_plan_known_sigma, variables_plan_unknown_sigma))
    return plan, [
        f"asked: lots of {percent(p1)} accepted with at least {percent(a1)}, lots of {percent(p2)} with at most {percent(a2)}",
        f"counting: n = {plan.size}, c = {plan.acceptance}",
        (
            f"measuring: n = {known.size}, k = {known.factor:.6f} (sigma known); "
            f"n = {unknown.size}, k = {unknown.factor:.6f} (sigma unknown)"
        ),
        "",
    ]


def _from_table(options: Namespace) -> tuple[SinglePlan, list[str]]:
    if options.lot_size is None:
        raise SettingsError(field="lot-size", expected="units in the lot, which a table needs", got=None)
    tables = read_sampling_rules(options.rules or shipped("sampling_rules.yaml")).attributes
    letter = code_letter(tables, options.lot_size, level=options.inspection_level)
    strictness = Strictness.TIGHTENED if options.tightened else Strictness.NORMAL
    plan = single_plan(tables, letter, aql_percent=options.aql, strictness=strictness)
    words = [
        f"code letter {letter}, AQL {options.aql:.4g} %, {strictness}: n = {plan.size}, c = {plan.acceptance}",
        f"source: {tables.provenance.source} ({tables.provenance.certainty})",
        "not for hazards to health: there nothing may be found (c = 0), and the level is chosen, not an AQL",
        "",
    ]
    if plan.size >= options.lot_size:
        words.insert(2, f"the sample is not smaller than the lot: examine all {options.lot_size} units")
        return SinglePlan(options.lot_size, min(plan.acceptance, options.lot_size - 1)), words
    return plan, words


def _told(plan: SinglePlan, options: Namespace) -> Iterator[str]:
    yield f"take {plan.size}, accept with at most {plan.acceptance}, reject with {plan.acceptance + 1} or more"
    for accepted in SHOWN:
        yield f"  accepted with {accepted:>4.0%}: lots with {_level(plan, accepted, options.sensitivity):.3%} marked"
    if options.lot_size is None:
        yield "outgoing quality and units examined: give --lot-size"
        return
    peak = outgoing_limit(plan, lot_size=options.lot_size, sensitivity=options.sensitivity)
    found = curves(plan, peak.level, lot_size=options.lot_size, sensitivity=options.sensitivity)
    yield f"  AOQL {peak.value:.4%} at {peak.level:.3%} marked, when rejected lots are examined whole"
    yield f"  ATI there: {float(found.inspected):,.1f} of {options.lot_size:,} units examined per lot"


def _level(plan: SinglePlan, accepted: float, sensitivity: float) -> float:
    """Level at which lots are accepted so often, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        above = float(acceptance_probability(plan, middle * sensitivity)) > accepted
        low, high = (middle, high) if above else (low, middle)
    return low


def _curve(plan: SinglePlan, options: Namespace) -> tuple[list[Line], Axes]:
    right = min(1.0, 1.5 * _level(plan, 0.02, options.sensitivity))
    levels = np.linspace(0, right, POINTS)
    accepted = acceptance_probability(plan, levels * options.sensitivity)
    title = f"OC curve of n = {plan.size}, c = {plan.acceptance}"
    lines = [Line("accepted", levels.tolist(), accepted.tolist())]
    return lines, Axes(title, "marked units in the lot", "probability of acceptance", right, 1.0)
