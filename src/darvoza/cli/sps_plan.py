"""``darvoza sps plan``: what a plan that remembers examines and lets through, by formula and simulated."""

from argparse import Namespace
from collections.abc import Iterator

import numpy as np

from darvoza.cli.output import write_new
from darvoza.cli.reference_data import shipped
from darvoza.cli.report.plots import Axes, Line, percent, svg, terminal
from darvoza.errors import SettingsError
from darvoza.flow.inspection.samples import plan_of
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from darvoza.methods.plans.continuous import ContinuousPlan, Variant
from darvoza.methods.plans.ladder import Ladder
from darvoza.methods.plans.long_run import long_run, outgoing_limit
from darvoza.methods.plans.simulated import Simulated, simulate
from darvoza.methods.sampling.arguments import share_up_to_one, whole

STEP_DOWN = ((1.0, 0.25, 0.05), (5, 20))
SKIP_LOT = ((1.0, 0.5, 0.25, 0.1), (10, 10, 10))
POINTS = 121


def run(options: Namespace) -> int:
    """Print what the plan does, and draw it."""
    if not 0 <= options.p <= 1:
        raise SettingsError(field="p", expected="a share from 0 to 1", got=options.p, hint="write 5 % as 0.05")
    plan, name = _plan(options)
    seed = options.seed if options.seed >= 0 else _refuse_seed(options.seed)
    rng = np.random.default_rng(seed)
    found = simulate(plan, options.p, units=options.units, rng=rng, sensitivity=options.sensitivity)
    print("\n".join(_told(plan, name, options, found)))
    lines, axes = _curves(plan, name, options)
    print()
    print(terminal(lines, axes))
    if options.svg is not None:
        write_new(options.svg, svg(lines, axes))
        print(f"\ncurves: {options.svg}")
    return 0


def _refuse_seed(seed: int) -> int:
    raise SettingsError(field="seed", expected="a whole number of 0 or more", got=seed)


def _plan(options: Namespace) -> tuple[ContinuousPlan | Ladder, str]:
    if options.named is not None:
        plans = read_sampling_rules(options.rules or shipped("sampling_rules.yaml")).plans
        if options.named not in plans:
            raise SettingsError(field="named", expected=f"one of {', '.join(plans)}", got=options.named)
        named = plans[options.named]
        return plan_of(named), f"{named.title} ({named.provenance.source}; {named.provenance.note})"
    if options.plan.startswith("csp"):
        return _continuous(options)
    fractions, clearances = STEP_DOWN if options.plan == "step-down" else SKIP_LOT
    plan = Ladder(options.fractions or fractions, options.clearances or clearances, quick=options.quick)
    steps = " → ".join(f"{each:.4g}" for each in plan.fractions)
    return plan, f"{options.plan}: {steps} after {', '.join(map(str, plan.clearances))} passes in a row"


def _continuous(options: Namespace) -> tuple[ContinuousPlan, str]:
    for field in ("i", "f"):
        if getattr(options, field) is None:
            hint = "for example --i 10 --f 0.1"
            raise SettingsError(field=field, expected=f"a number, which {options.plan} needs", got=None, hint=hint)
    whole("i", options.i)
    share_up_to_one("f", options.f)
    plan = ContinuousPlan(options.i, options.f, Variant(options.plan), options.k)
    memory = f", k = {plan.remembered}" if plan.remembered else ""
    return plan, f"{options.plan.upper()}: i = {plan.clearance}, f = {plan.monitored:.4g}{memory}"


def _told(plan: ContinuousPlan | Ladder, name: str, options: Namespace, found: Simulated) -> Iterator[str]:
    run = long_run(plan, options.p, sensitivity=options.sensitivity)
    peak = outgoing_limit(plan, sensitivity=options.sensitivity)
    way = "formula" if isinstance(plan, ContinuousPlan) else "states"
    yield name
    yield f"{percent(options.p)} of consignments marked, sensitivity {options.sensitivity:.4g}"
    yield ""
    yield f"{'':<44}{'by ' + way:>12}{'simulated':>12}"
    yield f"{'intervention (share examined)':<44}{run.inspected:>12.4%}{found.inspected_share:>12.4%}"
    yield f"{'leakage, AOQ (found ones put right)':<44}{run.treated:>12.4%}{found.leaked_share:>12.4%}"
    yield f"{'marked among those released (found rejected)':<44}{run.rejected:>12.4%}{found.rejected_share:>12.4%}"
    yield f"{'AOQL, the worst AOQ at any share':<44}{peak.value:>12.4%}   at {peak.level:.3%} marked"
    yield ""
    yield (
        f"simulated: {found.units:,} consignments from the start of the plan, seed {options.seed}; "
        f"share examined ± {2 * found.standard_error:.2%} (two standard errors)"
    )
    yield "examined at random or all: only such passes count; a targeted pass clears nobody, a failure always counts"


def _curves(plan: ContinuousPlan | Ladder, name: str, options: Namespace) -> tuple[list[Line], Axes]:
    right = min(1.0, max(0.2, 2 * options.p))
    levels = np.linspace(0, right, POINTS)
    run = long_run(plan, levels, sensitivity=options.sensitivity)
    across = levels.tolist()
    lines = [
        Line("examined", across, run.inspected.tolist()),
        Line("leakage as a share of what is marked", across, _leaking(run.treated, levels, run.inspected)),
    ]
    return lines, Axes(name.partition(" (")[0], "marked among those that come", "share", right, 1.0)


def _leaking(treated: np.ndarray, levels: np.ndarray, inspected: np.ndarray) -> list[float]:
    first = 1 - inspected[0]
    return [float(first) if p == 0 else float(t / p) for t, p in zip(treated, levels, strict=True)]
