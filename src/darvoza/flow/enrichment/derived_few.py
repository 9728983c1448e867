"""The declared facts of few goods items, and those derived from them: `derived_facts`, worked out without columns.

What stands there as expressions stands here as arrays and lists. Numbers are floats, NaN unknown; they are divided, added
and multiplied in the same order, so that both give the same to the last bit.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cached_property
from itertools import pairwise, repeat
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fact_settings import DocumentKind, FactSettings
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.facts.vocabularies import WEEKDAYS
from darvoza.domain.folding import folded_number
from darvoza.flow.enrichment.calendar import LOCAL, local_facts, lodging_day
from darvoza.flow.enrichment.derived import trailing_zeros
from darvoza.flow.enrichment.limits import limit_margins
from darvoza.flow.enrichment.papers import HAS, papers_of
from darvoza.flow.enrichment.transport import faults_of
from darvoza.flow.enrichment.words import FACTS as SAID
from darvoza.flow.enrichment.words import words_said
from darvoza.flow.fact_table import Column, Listed

Floats = NDArray[np.float64]
Columns = dict[str, Column]

_FLAG, _WHOLE, _TEXT, _DAY = pl.Boolean(), pl.Int64(), pl.String(), pl.Date()

DIFFERENT = {
    "origin_differs_from_export": ("origin", "export_country"),
    "exporter_country_differs_from_export": ("exporter_country", "export_country"),
    "trading_country_differs_from_export": ("trading_country", "export_country"),
    "vehicle_country_differs_from_export": ("vehicle_country", "export_country"),
    "declared_away_from_border": ("post", "border_post"),
}
"""Flags that are true where two declared codes differ."""

COUNTED = {
    "transit_count": "transit_countries",
    "document_count": "documents",
    "container_count": "containers",
    "seal_count": "seals",
}
"""Numbers of what is declared in a list."""


def derived_of_few(declared: pl.DataFrame, settings: FactSettings) -> Columns:
    """Give the same as `derived_facts`."""
    said = _Declared(declared, settings)
    made: Columns = {name: column for name, column in said.columns.items() if name in FACT or name in IDENTITY}
    made |= _of_moments(said)
    made |= _of_codes(said)
    made |= _of_lists(said)
    made |= _of_amounts(said)
    made |= _of_whole(said)
    return made


IDENTITY = frozenset({"declaration_id", "item"})


class _Declared:
    """What was declared, as lists and as numbers."""

    def __init__(self, declared: pl.DataFrame, settings: FactSettings) -> None:
        self.settings = settings
        self.columns = dict(zip(declared.columns, declared.get_columns(), strict=True))
        self.height = declared.height
        self._values: dict[str, list[Any]] = {}
        self._numbers: dict[str, Floats] = {}

    def values(self, name: str) -> list[Any]:
        """Give a column in Python's own values."""
        if name not in self._values:
            self._values[name] = self.columns[name].to_list()
        return self._values[name]

    def number(self, name: str) -> Floats:
        """Give an amount as floats, NaN unknown."""
        if name not in self._numbers:
            self._numbers[name] = self.columns[name].cast(pl.Float64).to_numpy()
        return self._numbers[name]

    @cached_property
    def days(self) -> list[date]:
        """The day of lodging."""
        if self.settings.time_zone is None:
            return [moment.date() for moment in self.values("lodged_at")]
        return pl.DataFrame([self.columns["lodged_at"]]).select(lodging_day(self.settings)).to_series().to_list()

    @cached_property
    def starts(self) -> list[int]:
        """First row of each version of a declaration, and the number of rows at the end."""
        keys = list(zip(self.values("declaration_id"), self.values("version"), strict=True))
        return [place for place, key in enumerate(keys) if not place or key != keys[place - 1]] + [self.height]

    def of_each(self, work: Callable[[int, int], Any]) -> list[Any]:
        """Work something out of the rows of each version of a declaration, and give it for every row."""
        return [told for first, after in pairwise(self.starts) for told in repeat(work(first, after), after - first)]

    def sum(self, amounts: Floats) -> Floats:
        """Sum amounts up over each version of a declaration; NaN where one of them is."""
        listed = amounts.tolist()
        return np.array(self.of_each(lambda first, after: _summed(listed[first:after])), dtype=np.float64)


def _summed(amounts: Iterable[float]) -> float:
    """Sum amounts up as Polars does in groups: what is lost by rounding is carried on (Kahan 1965).

    Examples
    --------
    >>> 0.1 + 0.2 + 0.3, _summed([0.1, 0.2, 0.3])
    (0.6000000000000001, 0.6)
    """
    total = lost = 0.0
    for amount in amounts:
        added = amount - lost
        now = total + added
        total, lost = now, (now - total) - added
    return total


def _of_moments(said: _Declared) -> Columns:
    """Give days, and the facts about the moment of lodging; those of local time as they are read of columns."""
    moments, dispatched = said.values("lodged_at"), said.values("dispatched_at")
    made: Columns = {
        "lodged_on": Listed(said.days, _DAY),
        "dispatched_on": Listed([moment and moment.date() for moment in dispatched], _DAY),
        "weekday": Listed([WEEKDAYS[moment.weekday()] for moment in moments], _TEXT),
        "month": Listed([moment.month for moment in moments], _WHOLE),
        "hour": Listed([moment.hour for moment in moments], _WHOLE),
    }
    if said.settings.time_zone is None:
        return made | {name: Listed([None] * said.height, _type_of(name)) for name in LOCAL}
    local = pl.DataFrame([said.columns["lodged_at"]]).select(local_facts(said.settings))
    return made | dict(zip(local.columns, local.get_columns(), strict=True))


def _type_of(name: str) -> pl.DataType:
    return _FLAG if FACT[name].type is FactType.FLAG else _WHOLE if FACT[name].type is FactType.NUMBER else _TEXT


def _of_codes(said: _Declared) -> Columns:
    """Give what codes and names say."""
    codes, origins = said.values("hs"), said.values("origin")
    regions = map(_folded, said.values("origin_region"))
    return {
        "chapter": Listed([code and code[:2] for code in codes], _TEXT),
        "heading": Listed([code and code[:4] for code in codes], _TEXT),
        "subheading": Listed([code and code[:6] for code in codes], _TEXT),
        **{name: _compared(said, *both, differs=True) for name, both in DIFFERENT.items()},
        "importer_is_declarant": _compared(said, "importer", "declarant", differs=False),
        "preference_claimed": Listed([code is not None for code in said.values("preference")], _FLAG),
        "origin_region_code": Listed(
            [
                region if region is not None and origin is not None and region.startswith(origin) else None
                for region, origin in zip(regions, origins, strict=True)
            ],
            _TEXT,
        ),
        "establishment_code": Listed(list(map(_folded, said.values("establishment"))), _TEXT),
    }


def _folded(number: str | None) -> str | None:
    return None if number is None else folded_number(number) or None


def _compared(said: _Declared, one: str, other: str, *, differs: bool) -> Listed:
    """Compare two codes; unknown where one is."""
    pairs = zip(said.values(one), said.values(other), strict=True)
    return Listed(
        [None if left is None or right is None else (left != right) is differs for left, right in pairs], _FLAG
    )


def _of_lists(said: _Declared) -> Columns:
    """Give what documents, containers, seals and descriptions say."""
    documents = said.values("documents")
    papers = papers_of(documents, said.settings)
    claimed = [code is not None for code in said.values("preference")]
    words = words_said(said.values("description"), said.settings.vague_words)
    return {
        **{name: Listed(_counted(said.values(listed)), _WHOLE) for name, listed in COUNTED.items()},
        "container_faults": Listed(faults_of(said.values("containers")), _WHOLE),
        **{name: Listed([row[place] for row in papers], _FLAG) for place, name in enumerate(HAS.values())},
        "preference_without_certificate": Listed(
            [_and_not(preference, row[_ORIGIN]) for preference, row in zip(claimed, papers, strict=True)], _FLAG
        ),
        **{name: Listed([row[place] for row in words], kind) for place, (name, kind) in enumerate(SAID.items())},
    }


_ORIGIN = list(HAS).index(DocumentKind.ORIGIN)


def _and_not(one: bool, other: bool | None) -> bool | None:  # noqa: FBT001 - two flags, one not to be
    return False if not one else None if other is None else not other


def _counted(lists: Iterable[Sequence[Any] | None]) -> list[int | None]:
    return [None if listed is None else len(listed) for listed in lists]


def _of_amounts(said: _Declared) -> Columns:
    """Give what the amounts of an item say by themselves."""
    net, gross, value = said.number("net_mass"), said.number("gross_mass"), said.number("customs_value")
    quantity, packages = said.number("supplementary_quantity"), said.number("packages")
    sizes = {unit: float(size) for unit, size in said.settings.volume_units}
    units = [sizes.get(unit, math.nan) for unit in said.values("supplementary_unit")]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "unit_value": np.where((value >= 0) & (net > 0), value / net, np.nan),
            "value_per_unit": _ratio(value, quantity),
            "value_per_package": _ratio(value, packages),
            "stake": value * said.number("tax_rate"),
            "gross_net_ratio": _ratio(gross, net),
            "tare_share": _ratio(gross - net, gross),
            "mass_per_package": _ratio(net, packages),
            "gross_mass_per_package": _ratio(gross, packages),
            "mass_per_unit": _ratio(net, quantity),
            "density": _ratio(net, quantity * np.array(units, dtype=np.float64)),
            "value_roundness": _whole(trailing_zeros(value)),
            "price_roundness": _whole(trailing_zeros(said.number("price"))),
        }


def _ratio(over: Floats, under: Floats) -> Floats:
    """Divide; NaN where the divisor is zero."""
    return np.where(under != 0, over / under, np.nan)


def _whole(numbers: Floats) -> Listed:
    return Listed([None if math.isnan(number) else int(number) for number in numbers.tolist()], _WHOLE)


def _of_whole(said: _Declared) -> Columns:
    """Give what the whole declaration says, and what of an item is compared with it."""
    codes, origins = said.values("hs"), said.values("origin")
    headings = [code and code[:4] for code in codes]
    value, total_gross = said.number("customs_value"), said.number("total_gross_mass")
    total, gross = said.sum(value), said.sum(said.number("gross_mass"))
    counted = np.array(_counted(said.values("containers")), dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "total_value": total,
            "total_stake": said.sum(value * said.number("tax_rate")),
            "item_count": Listed(said.of_each(lambda first, after: after - first), _WHOLE),
            "heading_count": Listed(said.of_each(lambda first, after: len(set(headings[first:after]))), _WHOLE),
            "origin_count": Listed(said.of_each(lambda first, after: len(set(origins[first:after]))), _WHOLE),
            "item_value_share": _ratio(value, total),
            "freight_share": _ratio(said.number("freight"), total),
            "insurance_share": _ratio(said.number("insurance"), total),
            "limit_margin": limit_margins(said.settings, total, said.days),
            "gross_mass_difference": total_gross - gross,
            "gross_mass_difference_share": _ratio(total_gross - gross, total_gross),
            "packages_difference": said.number("total_packages") - said.sum(said.number("packages")),
            "mass_per_container": np.where(
                counted > 0, np.where(np.isnan(total_gross), gross, total_gross) / counted, np.nan
            ),
        }
