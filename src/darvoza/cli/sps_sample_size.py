"""``darvoza sps sample-size``: how many units to examine, why, and what that finds and does not."""

from argparse import Namespace
from collections.abc import Iterator
from typing import NamedTuple

from darvoza.cli.report.plots import percent
from darvoza.errors import SettingsError
from darvoza.methods.sampling.approximations import fixed_share_size
from darvoza.methods.sampling.clusters import clustered_size, correlated
from darvoza.methods.sampling.detection import (
    Convention,
    binomial_size,
    detectable_level,
    hypergeometric_size,
    marked_units,
    miss_probability,
    poisson_size,
)

WIDTH = 12
FIXED = 0.02


class Asked(NamedTuple):
    """What was asked for."""

    lot: int | None
    level: float
    confidence: float
    sensitivity: float
    convention: Convention
    acceptance: int


def run(options: Namespace) -> int:
    """Print a sample size with its reasons; 1 when no sample will do."""
    distribution = _distribution(options)
    if options.size is not None:
        return _told(_what_is_found(options, distribution))
    asked = Asked(
        options.lot_size, options.level, options.confidence, options.sensitivity,
        Convention(options.convention), options.acceptance,
    )  # fmt: skip
    if distribution == "beta-binomial":
        return _told(_clusters(asked, options))
    if distribution != "hypergeometric":
        return _told(_endless(asked, distribution))
    size = _finite_size(asked, asked.convention)
    return _told(_finite(asked, size)) if size is not None else _refused(asked)


def _distribution(options: Namespace) -> str:
    clustered = options.rho is not None or options.clustering is not None
    chosen = options.distribution or (
        "beta-binomial" if clustered else "binomial" if options.lot_size is None else "hypergeometric"
    )
    if chosen == "hypergeometric" and options.lot_size is None:
        raise SettingsError(
            field="lot-size", expected="units in the lot, which a hypergeometric sample needs", got=None
        )
    if (chosen == "beta-binomial") != clustered:
        raise SettingsError(
            field="clustering", expected="--rho or --clustering with the beta-binomial, and only there", got=chosen
        )
    if chosen != "hypergeometric" and options.lot_size is not None and options.lot_size < 1:
        raise SettingsError(field="lot-size", expected="a whole number of at least 1", got=options.lot_size)
    if chosen == "beta-binomial" and options.units_per_box is None:
        raise SettingsError(field="units-per-box", expected="units taken from each box", got=None)
    return str(chosen)


def _told(lines: Iterator[tuple[str, str]]) -> int:
    for name, words in lines:
        print(f"{name:<{WIDTH}}{words}" if name else words)
    return 0


def _finite_size(asked: Asked, convention: Convention) -> int | None:
    return hypergeometric_size(
        asked.lot or 0,
        level=asked.level,
        confidence=asked.confidence,
        sensitivity=asked.sensitivity,
        convention=convention,
        acceptance=asked.acceptance,
    )


def _finite(asked: Asked, size: int) -> Iterator[tuple[str, str]]:
    lot = asked.lot or 0
    marked = marked_units(lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention)
    missed = miss_probability(
        size, lot_size=lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention,
        acceptance=asked.acceptance,
    )  # fmt: skip
    yield "", f"{size}"
    yield "sample", f"{size:,} of {lot:,} units, drawn at random without replacement"
    yield "finds", _found(asked) + f"; the chance to miss it is {percent(missed)}"
    yield "formula", _formula(asked, marked)
    yield "convention", _convention(asked, size)
    yield "not found", _not_found(asked, size)
    yield "compared", _compared(asked)
    yield "source", "ISPM 31, appendix 2 (text recalled, numbers recomputed); the draw must be random: `sps packages`"


def _found(asked: Asked) -> str:
    more = "a marked unit" if asked.acceptance == 0 else f"more than {asked.acceptance} marked units"
    return (
        f"{more} with {percent(asked.confidence)} confidence when {percent(asked.level)} or more of the lot are marked"
    )


def _formula(asked: Asked, marked: int) -> str:
    if asked.convention is Convention.EXACT and asked.sensitivity < 1:
        return f"hypergeometric: smallest n with Σ H(x; N, D, n)·(1 − s)^x ≤ 1 − C, D = ⌊N·p⌋ = {marked}"
    least = "C(N − D, n)/C(N, n)" if asked.acceptance == 0 else f"P(X ≤ {asked.acceptance})"
    return f"hypergeometric: smallest n with {least} ≤ 1 − C, D = ⌊N·p·s⌋ = {marked} marked units"


def _convention(asked: Asked, size: int) -> str:
    words = {
        Convention.TABLE: "table: level × sensitivity is taken as the level (ISPM 31)",
        Convention.EXACT: "exact: each marked unit in the sample may be overlooked",
    }
    other = next(each for each in Convention if each is not asked.convention)
    number = _finite_size(asked, other)
    if asked.sensitivity == 1:
        return f"{words[asked.convention]}; {other} gives {number} as well, since nothing is overlooked"
    told = "no sample, not even the whole lot" if number is None else f"{number} units"
    return f"{words[asked.convention]}; the {other} convention gives {told} instead of {size}"


def _not_found(asked: Asked, size: int) -> str:
    """What a sample without a finding leaves open."""
    lot = asked.lot or 0
    one = 1 - size / lot * asked.sensitivity
    return (
        f"does not show that the lot is free: a share below {percent(asked.level)} may well be there, and a single marked "
        f"unit is missed with a chance of {one:.0%}"
    )


def _compared(asked: Asked) -> str:
    lot = asked.lot or 0
    endless, poisson = (
        find(asked.level, confidence=asked.confidence, sensitivity=asked.sensitivity, acceptance=asked.acceptance)
        for find in (binomial_size, poisson_size)
    )
    fixed = fixed_share_size(lot, fraction=FIXED)
    seen = 1 - miss_probability(
        fixed, lot_size=lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention,
        acceptance=asked.acceptance,
    )  # fmt: skip
    return (
        f"in an endless lot {endless} (binomial), {poisson} (Poisson); "
        f"a fixed {FIXED:.0%} of the lot would be {fixed} and find it with a chance of {seen:.1%}"
    )


def _refused(asked: Asked) -> int:
    lot = asked.lot or 0
    marked = marked_units(lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention)
    if marked <= asked.acceptance:
        share = asked.level * (asked.sensitivity if asked.convention is Convention.TABLE else 1)
        print(
            f"no sample size: {percent(share)} of {lot:,} units is {share * lot:.3g}, which holds {marked} whole; "
            f"{asked.acceptance + 1} would have to be there. Raise the level, or examine the whole lot"
        )
    else:
        print(
            f"no sample size: with {marked} marked units and a sensitivity of {asked.sensitivity}, even the whole lot "
            f"is not found with {asked.confidence}. Examine better, or accept less confidence"
        )
    return 1


def _endless(asked: Asked, distribution: str) -> Iterator[tuple[str, str]]:
    find = binomial_size if distribution == "binomial" else poisson_size
    size = find(asked.level, confidence=asked.confidence, sensitivity=asked.sensitivity, acceptance=asked.acceptance)
    formulas = {
        "binomial": "smallest n with (1 − p·s)^n ≤ 1 − C, n = ⌈ln(1 − C)/ln(1 − p·s)⌉",
        "poisson": "smallest n with exp(−n·p·s) ≤ 1 − C, n = ⌈−ln(1 − C)/(p·s)⌉",
    }
    yield "", f"{size}"
    yield "sample", f"{size:,} units from a lot so large that taking them does not change it"
    yield "finds", _found(asked)
    told = formulas[distribution] if asked.acceptance == 0 else f"smallest n with P(X ≤ {asked.acceptance}) ≤ 1 − C"
    yield "formula", f"{distribution}: {told}"
    yield "convention", "table and exact agree for an endless lot"
    yield "not found", f"does not show that the lot is free: a share below {percent(asked.level)} may well be there"
    yield "compared", "with --lot-size the sample for a finite lot is smaller, when it holds a whole number of units"


def _clusters(asked: Asked, options: Namespace) -> Iterator[tuple[str, str]]:
    if asked.acceptance:
        raise SettingsError(field="acceptance", expected="0 with the beta-binomial", got=asked.acceptance)
    theta = correlated(options.rho) if options.rho is not None else options.clustering
    found = clustered_size(
        asked.level,
        confidence=asked.confidence,
        clustering=theta,
        units_per_cluster=options.units_per_box,
        sensitivity=asked.sensitivity,
    )
    spread = binomial_size(asked.level, confidence=asked.confidence, sensitivity=asked.sensitivity)
    yield "", f"{found.units}"
    yield "sample", f"{found.units:,} units: {options.units_per_box} from each of {found.clusters} boxes"
    yield "finds", _found(asked)
    yield (
        "formula",
        (
            "beta-binomial: q₀ = ∏ (1 − p + jθ)/(1 + jθ) for j below m, boxes = ⌈ln(1 − C)/ln q₀⌉; "
            f"θ = {theta:.4g}, ρ = {theta / (1 + theta):.4g}, q₀ = {found.miss_per_cluster:.6f}"
        ),
    )
    yield "compared", f"without clustering {spread} units would do; boxes drawn at random, `sps packages`"
    yield "not found", f"does not show that the lot is free: a share below {percent(asked.level)} may well be there"
    if asked.lot is not None and found.units > asked.lot:
        yield "beware", f"that is more than the {asked.lot:,} units of the lot: examine the whole lot"


def _what_is_found(options: Namespace, distribution: str) -> Iterator[tuple[str, str]]:
    if distribution not in {"hypergeometric", "binomial"}:
        raise SettingsError(field="size", expected="hypergeometric or binomial with --size", got=distribution)
    level = detectable_level(
        options.size,
        confidence=options.confidence,
        lot_size=options.lot_size if distribution == "hypergeometric" else None,
        sensitivity=options.sensitivity,
        convention=Convention(options.convention),
        acceptance=options.acceptance,
    )
    lot = "an endless lot" if options.lot_size is None else f"{options.lot_size:,}"
    yield "", "none" if level is None else f"{level:.6g}"
    yield "sample", f"{options.size:,} units of {lot}"
    yield (
        "finds",
        (
            "no level with this confidence, not even a lot of marked units only"
            if level is None
            else f"shares of {percent(level)} and more, with {percent(options.confidence)} confidence"
        ),
    )
