"""``darvoza sps sample-size``: how many units to examine, why, and what that finds and does not."""

import re
from argparse import Namespace
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from darvoza.cli.report.plots import percent
from darvoza.cli.sample_size_words import WORDS
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
"""Columns of the names of lines."""

FIXED = 0.02


class Asked(NamedTuple):
    """What was asked for, and the phrases to answer with."""

    lot: int | None
    level: float
    confidence: float
    sensitivity: float
    convention: Convention
    acceptance: int
    say: Mapping[str, str]


def run(options: Namespace) -> int:
    """Print a sample size with its reasons; 1 when no sample will do."""
    distribution, say = _distribution(options), WORDS[options.language]
    if options.size is not None:
        return _told(_what_is_found(options, distribution, say), options.language)
    asked = Asked(
        options.lot_size, options.level, options.confidence, options.sensitivity,
        Convention(options.convention), options.acceptance, say,
    )  # fmt: skip
    if distribution == "beta-binomial":
        return _told(_clusters(asked, options), options.language)
    if distribution != "hypergeometric":
        return _told(_endless(asked, distribution), options.language)
    size = _finite_size(asked, asked.convention)
    if size is None:
        print(spelled(_refused(asked), options.language))
        return 1
    return _told(_finite(asked, size), options.language)


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


def _told(lines: Iterator[tuple[str, str]], language: str) -> int:
    """Print the lines; the first, which has no name, is a bare number for whoever reads it on."""
    say = WORDS[language]
    for name, words in lines:
        print(f"{say[name]:<{WIDTH}}{spelled(words, language)}" if name else words)
    return 0


def spelled(words: str, language: str) -> str:
    """Write the numbers in words as the language does: in Russian with a comma, thousands apart, as on papers.

    Examples
    --------
    >>> spelled("59 из 1,000: 11.75 %", "ru") == "59 из 1\N{NO-BREAK SPACE}000: 11,75 %"
    True
    """
    if language != "ru":
        return words
    return re.sub(r"(?<=\d)\.(?=\d)", ",", re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "\N{NO-BREAK SPACE}", words))


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
    lot, say = asked.lot or 0, asked.say
    marked = marked_units(lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention)
    missed = miss_probability(
        size, lot_size=lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention,
        acceptance=asked.acceptance,
    )  # fmt: skip
    one = 1 - size / lot * asked.sensitivity
    yield "", f"{size}"
    yield "sample", say["drawn"].format(size=size, lot=lot)
    yield "finds", _found(asked) + say["missed"].format(share=percent(missed))
    yield "formula", _formula(asked, marked)
    yield "convention", _convention(asked, size)
    yield "not_found", _open(asked) + say["single"].format(share=f"{one:.0%}")
    yield "compared", _compared(asked)
    yield "source", say["from"]


def _found(asked: Asked) -> str:
    more = asked.say["marked_more" if asked.acceptance else "marked"].format(acceptance=asked.acceptance)
    return asked.say["found"].format(more=more, confidence=percent(asked.confidence), level=percent(asked.level))


def _open(asked: Asked) -> str:
    """What a sample without a finding leaves open."""
    return asked.say["open"].format(level=percent(asked.level))


def _formula(asked: Asked, marked: int) -> str:
    if asked.convention is Convention.EXACT and asked.sensitivity < 1:
        return asked.say["formula_exact"].format(marked=marked)
    least = "C(N − D, n)/C(N, n)" if asked.acceptance == 0 else f"P(X ≤ {asked.acceptance})"
    return asked.say["formula_table"].format(least=least, marked=marked)


def _convention(asked: Asked, size: int) -> str:
    say = asked.say
    other = next(each for each in Convention if each is not asked.convention)
    number, means = _finite_size(asked, other), say[f"means_{asked.convention.value}"]
    if asked.sensitivity == 1:
        return say["same"].format(means=means, other=say[other.value], number=number)
    told = say["no_number"] if number is None else say["number"].format(number=number)
    return say["differs"].format(means=means, other=say[other.value], told=told, size=size)


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
    others = asked.say["endless_others"].format(binomial=endless, poisson=poisson)
    return others + asked.say["fixed"].format(share=f"{FIXED:.0%}", size=fixed, seen=f"{seen:.1%}")


def _refused(asked: Asked) -> str:
    lot = asked.lot or 0
    marked = marked_units(lot, level=asked.level, sensitivity=asked.sensitivity, convention=asked.convention)
    if marked <= asked.acceptance:
        share = asked.level * (asked.sensitivity if asked.convention is Convention.TABLE else 1)
        needed = asked.acceptance + 1
        told = asked.say["too_small"]
        return told.format(share=percent(share), lot=lot, part=share * lot, marked=marked, needed=needed)
    return asked.say["too_blind"].format(marked=marked, sensitivity=asked.sensitivity, confidence=asked.confidence)


def _endless(asked: Asked, distribution: str) -> Iterator[tuple[str, str]]:
    say = asked.say
    find = binomial_size if distribution == "binomial" else poisson_size
    size = find(asked.level, confidence=asked.confidence, sensitivity=asked.sensitivity, acceptance=asked.acceptance)
    told = say["formula_accepting"].format(acceptance=asked.acceptance)
    yield "", f"{size}"
    yield "sample", say["endless"].format(size=size)
    yield "finds", _found(asked)
    yield "formula", f"{distribution}: {told if asked.acceptance else say[f'formula_{distribution}']}"
    yield "convention", say["endless_agree"]
    yield "not_found", _open(asked)
    yield "compared", say["endless_compared"]


def _clusters(asked: Asked, options: Namespace) -> Iterator[tuple[str, str]]:
    say = asked.say
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
    yield "sample", say["boxes"].format(units=found.units, each=options.units_per_box, boxes=found.clusters)
    yield "finds", _found(asked)
    rho = theta / (1 + theta)
    yield "formula", say["formula_clusters"].format(theta=theta, rho=rho, missed=found.miss_per_cluster)
    yield "compared", say["spread"].format(units=spread)
    yield "not_found", _open(asked)
    if asked.lot is not None and found.units > asked.lot:
        yield "beware", say["too_many"].format(lot=asked.lot)


def _what_is_found(options: Namespace, distribution: str, say: Mapping[str, str]) -> Iterator[tuple[str, str]]:
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
    lot = say["of_endless" if options.lot_size is None else "of_lot"]
    yield "", say["none"] if level is None else f"{level:.6g}"
    yield "sample", lot.format(size=options.size, lot=options.lot_size)
    if level is None:
        yield "finds", say["no_level"]
    else:
        yield "finds", say["shares"].format(level=percent(level), confidence=percent(options.confidence))
