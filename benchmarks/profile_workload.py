"""The workload of the profile benchmark, generated from a seed: goods items, and profiles in a stated mix.

40 % commodity prefix and origins, 20 % chapter and unit value, 15 % importer list and origins, 10 % header only,
10 % history and commodity, 5 % text; 1 % of the values are missing; about one match an item.
"""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.flow.assessment.sentence import parse

DAY = date(2026, 3, 1)
COUNTRIES = 60
WORDS = [
    "used",
    "new",
    "car",
    "parts",
    "cotton",
    "fabric",
    "shoes",
    "leather",
    "phone",
    "battery",
    "plastic",
    "pipe",
    "steel",
    "tea",
    "apples",
    "toy",
    "set",
    "misc",
]
RARE = [
    "asbestos",
    "replica",
    "refurbished",
    "stripped",
    "ivory",
    "pirated",
    "crocodile",
    "counterfeit",
    "ephedrine",
    "mercury",
]


def a_frame(n_items: int, seed: int) -> pl.DataFrame:
    """Goods items in declarations of 1 to 20 (geometric, mean 5), with skewed codes and traders."""
    rng = np.random.default_rng(seed)
    sizes = np.minimum(rng.geometric(0.2, n_items), 20)
    declaration = np.repeat(np.arange(n_items), sizes)[:n_items]
    n_declarations = int(declaration[-1]) + 1
    first = np.concatenate(([0], np.flatnonzero(np.diff(declaration)) + 1))
    codes = np.unique(rng.integers(100, 9799, 5000)) * 100
    hs = np.array([f"{code + tail:06d}" for code in codes for tail in (10, 20, 90)])
    countries = np.array([chr(65 + n // 26) + chr(65 + n % 26) for n in range(COUNTRIES)])
    importers = np.array([f"{n:014d}" for n in range(3000)])

    def skewed(values: np.ndarray, size: int, power: float) -> np.ndarray:
        weight = 1 / np.arange(1, len(values) + 1) ** power
        return values[rng.choice(len(values), size, p=weight / weight.sum())]

    def missing(values: np.ndarray) -> pl.Series:
        return pl.Series(values).set(pl.Series(rng.random(len(values)) < 0.01), None)

    def header(values: np.ndarray) -> pl.Series:
        return missing(values).gather(declaration)

    words = np.array([*WORDS * 4, *RARE])
    phrases = [" ".join(rng.choice(words, 4)) for _ in range(20_000)]
    value, mass = rng.lognormal(7, 1.5, n_items), rng.lognormal(4, 1.5, n_items)
    decimal = pl.Decimal(38, 6)
    shuffled = rng.permutation(hs)
    importer = skewed(importers, n_declarations, 0.8)
    return pl.DataFrame(
        {
            "declaration_id": pl.Series([f"D{n:07d}" for n in range(n_declarations)]).gather(declaration),
            "item": np.arange(n_items) - first[declaration] + 1,
            "lodged_on": pl.Series([DAY]).gather(np.zeros(n_items, np.int64)),
            "hs": missing(skewed(shuffled, n_items, 0.6)),
            "origin": missing(skewed(countries, n_items, 0.8)),
            "importer": header(importer),
            "post": header(skewed(np.array([f"P{n:02d}" for n in range(30)]), n_declarations, 0.5)),
            "transport_mode": header(skewed(np.array(list("31245")), n_declarations, 1.0)),
            "importer_is_new": header(rng.random(n_declarations) < 0.03),
            "importer_findings_12m": header(rng.poisson(0.3, n_declarations)),
            "importer_finding_rate": header(rng.beta(1, 20, n_declarations)),
            "description": missing(np.array(phrases)[rng.integers(0, len(phrases), n_items)]),
            "customs_value": missing(value.round(2)).cast(decimal),
            "net_mass": missing(mass.round(3)).cast(decimal),
            "unit_value": missing((value / mass).round(6)).cast(decimal),
            "reference_unit_value": missing((value / mass * rng.lognormal(0, 0.6, n_items)).round(6)).cast(decimal),
            "total_gross_mass": header(rng.lognormal(8, 1, n_declarations).round(1)).cast(decimal),
        }
    )


def sentences(frame: pl.DataFrame, n_profiles: int, seed: int) -> list[str]:
    """The sentences of the workload, in the stated mix."""
    rng = np.random.default_rng(seed + 1)
    pools = {fact: frame[fact].drop_nulls().unique().sort().to_list() for fact in ("hs", "origin", "importer", "post")}

    def some(fact: str, low: int, high: int) -> str:
        chosen = rng.choice(pools[fact], int(rng.integers(low, high + 1)), replace=False)
        return "(" + ", ".join(f'"{value}"' for value in chosen) + ")"

    def prefix(length: int) -> str:
        return str(rng.choice(pools["hs"]))[:length]

    def number(low: float, high: float) -> str:
        return f"{rng.uniform(low, high):.2f}"

    kinds: list[tuple[float, Callable[[], str]]] = [
        (0.40, lambda: f"hs starts with {prefix(int(rng.integers(2, 5)))} and origin in {some('origin', 3, 15)}"),
        (
            0.20,
            lambda: (
                f"hs starts with {prefix(2)} and unit_value < {number(0.3, 0.9)} * reference_unit_value "
                f"and customs_value > {number(500, 5000)}"
            ),
        ),
        (0.15, lambda: f"importer in {some('importer', 3, 200)} and origin in {some('origin', 1, 12)}"),
        (
            0.10,
            lambda: (
                f"post in {some('post', 1, 2)} and transport_mode is {rng.integers(1, 4)} "
                f"and (importer_is_new or total_gross_mass > {number(15000, 60000)})"
            ),
        ),
        (
            0.10,
            lambda: (
                f"importer_findings_12m >= {rng.integers(1, 3)} and importer_finding_rate > {number(0.01, 0.1)} "
                f"and hs starts with ({prefix(2)}, {prefix(4)})"
            ),
        ),
        (0.05, lambda: f'description contains "{rng.choice(RARE)}" and net_mass < {number(5, 60)}'),
    ]
    counts = [round(share * n_profiles) for share, _ in kinds]
    counts[0] += n_profiles - sum(counts)
    return [make() for (_, make), count in zip(kinds, counts, strict=True) for _ in range(count)]


def quantified(frame: pl.DataFrame, n_profiles: int, seed: int) -> list[str]:
    """The same mix, with 10 % of the profiles asking that no item be of a kind, and 5 % counting items."""
    rng = np.random.default_rng(seed + 2)
    made = sentences(frame, n_profiles, seed)
    codes = frame["hs"].drop_nulls().unique().sort().to_list()
    origins = frame["origin"].drop_nulls().unique().sort().to_list()
    for place in rng.choice(n_profiles, round(0.15 * n_profiles), replace=False):
        some = ", ".join(rng.choice(origins, 4, replace=False))
        if rng.random() < 2 / 3:
            value = int(rng.integers(500, 5000))
            made[place] = (
                f"hs starts with {str(rng.choice(codes))[:3]} "
                f"and not any item (origin in ({some}) and customs_value > {value})"
            )
        else:
            made[place] = f"hs starts with {str(rng.choice(codes))[:3]} and count of items (origin in ({some})) >= 2"
    return made


def a_profile(number: int, sentence: str) -> RiskProfile:
    """A profile with nothing but a sentence."""
    return RiskProfile(
        code=f"B-{number:04d}",
        title=sentence[:40],
        agency=Agency.CUSTOMS,
        risk_area=RiskArea.UNDECLARED,
        condition=parse(sentence),
        treatment=Treatment(Act.PHYSICAL),
        unknown=UnknownPolicy.NO_MATCH,
        valid=Validity(date(2026, 1, 1), date(2026, 12, 31)),
    )
