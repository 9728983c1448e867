"""The fields of goods items: quantities, words, prices and papers."""

from dataclasses import dataclass
from itertools import product

import numpy as np
import polars as pl

from darvoza.simulation.goods import ORIGINS, Floats, Indices
from darvoza.simulation.identities import Identities
from darvoza.simulation.offences import Truth
from darvoza.simulation.tariff import tax_rate
from darvoza.simulation.trade import VAGUE, Consignments, Lines, Market

RATES: Floats = np.array([1.0, 7.1, 0.88, 80.0])  # invoice currency per unit of value, invented for practice
INCOTERMS = ("FCA", "CIP", "DAP", "CPT")
MODES = ("CMR", "TIR", "RWB")
PAPERS = tuple(product(MODES, (False, True), ("", "PC", "VC"), (False, True)))
SUFFIXES = (
    "", ", 1 сорт", ", new", ", в ассортименте", ", art. A-12", ", модель 2025 г.", ", в упаковке", ", brand Orion",
    ", арт. 4471", ", mixed sizes", ", для розничной торговли", ", торговая марка Sary",
)  # fmt: skip
VAGUE_WORDS = (
    "товары народного потребления",
    "goods",
    "сборный груз",
    "запасные части",
    "consumer goods, various",
    "прочие изделия",
)


@dataclass(frozen=True, slots=True)
class Month:
    """What is written down: the month's trade, with who is who."""

    market: Market
    people: Identities
    k: int
    consignments: Consignments
    lines: Lines


def look(words: tuple[str, ...] | list[str], index: Indices) -> pl.Series:
    """Look words up by their position, as a column of strings."""
    return pl.Series(list(words), dtype=pl.String).gather(pl.Series(index))


def terms(c: Consignments) -> Indices:
    """Terms of delivery of each declaration, a position in `INCOTERMS`."""
    return np.asarray((c.trader * 31 + c.exporter) % len(INCOTERMS), dtype=np.int64)


def declared_money(month: Month, truth: Truth) -> tuple[Floats, Floats]:
    """Customs value and freight of each declaration, each of shape (n_declarations,)."""
    c, lines = month.consignments, month.lines
    n = len(c.trader)
    total: Floats = np.bincount(lines.declaration, weights=lines.value, minlength=n).astype(np.float64)
    worth = np.bincount(lines.declaration, weights=truth.value, minlength=n)
    # What the carrier was paid follows what the goods are, not what they are said to be worth.
    freight: Floats = np.round(np.minimum(c.freight_share * worth, 0.6 * total), 2).astype(np.float64)
    return total, freight


def prices(month: Month, truth: Truth) -> Floats:
    """Invoiced price of each line [invoice currency]; freight is not in it when the buyer pays the carrier."""
    c, lines = month.consignments, month.lines
    total, freight = declared_money(month, truth)
    goods_share = np.where(terms(c) == 0, 1 - freight / total, 1.0)
    rate = RATES[month.market.traders.currency[c.trader]]
    return np.asarray(np.round(lines.value * (goods_share * rate)[lines.declaration], 2), dtype=np.float64)


def mode(c: Consignments) -> Indices:
    """Kind of transport document of each declaration, a position in `MODES`."""
    return np.where(c.rail, 2, np.where(c.carrier % 4 == 0, 1, 0)).astype(np.int64)


def goods_fields(month: Month, truth: Truth, rng: np.random.Generator) -> dict[str, pl.Series]:
    """The fields of the goods items."""
    c, lines, goods = month.consignments, month.lines, month.market.goods
    rate = tax_rate(goods, lines.goods, c.country[lines.declaration], lines.preference)
    free = pl.Series(lines.preference)
    m = len(lines.item)
    return {
        "item": pl.Series(lines.item),
        "hs": look(goods.hs, lines.goods),
        "description": _descriptions(month),
        "origin": look(ORIGINS, lines.origin),
        "preference": pl.Series(["FTA"])
        .new_from_index(0, m)
        .zip_with(free, pl.Series([None], dtype=pl.String).new_from_index(0, m)),
        "gross_mass": pl.Series(lines.gross),
        "net_mass": pl.Series(lines.net),
        **_quantities(month, truth, rng),
        "price": pl.Series(prices(month, truth)),
        "customs_value": pl.Series(lines.value),
        "valuation_method": look(("1", "6", "3"), rng.choice(3, m, p=[0.93, 0.05, 0.02])),
        "packages": pl.Series(lines.packages),
        "package_kind": look(goods.package, lines.goods),
        "tax_rate": pl.Series(rate),
        "tax_type": look(("DV", "V"), (lines.preference | (goods.duty[lines.goods] == 0)).astype(np.int64)),
        "documents": _documents(month, rng),
        "document_numbers": _document_numbers(month),
    }


def _quantities(month: Month, truth: Truth, rng: np.random.Generator) -> dict[str, pl.Series]:
    """Quantity in the unit the declared heading asks for; pieces are counted on the goods that are really there."""
    lines, goods = month.lines, month.market.goods
    asked = np.array([bool(unit) for unit in goods.unit])
    pieces = np.array([unit in ("PCE", "PR") for unit in goods.unit])[lines.goods]
    each = goods.unit_mass[np.where(asked[truth.goods], truth.goods, lines.goods)]
    spread = np.exp(rng.normal(0, 0.08, len(each)))
    quantity = lines.net / each * spread
    quantity = np.where(pieces, np.maximum(np.round(quantity), 1.0), np.round(quantity, 2))
    shown = pl.Series(asked[lines.goods])
    nothing = pl.Series([None], dtype=pl.Float64).new_from_index(0, len(each))
    unit = look(goods.unit, lines.goods)
    return {
        "supplementary_quantity": pl.Series(quantity).zip_with(shown, nothing),
        "supplementary_unit": unit.zip_with(shown, nothing.cast(pl.String)),
    }


def _descriptions(month: Month) -> pl.Series:
    """What the trader writes: English, Russian or both, with the trader's usual additions, or something vague."""
    lines, goods, c = month.lines, month.market.goods, month.consignments
    both = tuple(f"{russian} / {english}" for english, russian in zip(goods.english, goods.russian, strict=True))
    words = pl.Series([*goods.english, *goods.russian, *both, *VAGUE_WORDS], dtype=pl.String)
    n, trader = len(goods.hs), c.trader[lines.declaration]
    plain = np.minimum(lines.style, VAGUE - 1) * n + lines.described
    index = np.where(lines.style == VAGUE, VAGUE * n + (trader + lines.item) % len(VAGUE_WORDS), plain)
    ending = look(SUFFIXES, (trader * 7 + lines.goods * 3 + lines.item) % len(SUFFIXES))
    return words.gather(pl.Series(index)) + ending


def _documents(month: Month, rng: np.random.Generator) -> pl.Series:
    """Codes of the papers shown for each line.

    INV invoice, PL packing list, CMR, TIR or RWB transport document, CO certificate of origin, PC phytosanitary and
    VC veterinary certificate, CNF proof of conformity.
    """
    lines, goods = month.lines, month.market.goods
    texts = [
        ["INV", "PL", way, *["CO"] * origin, *filter(None, [health]), *["CNF"] * conform]
        for way, origin, health, conform in PAPERS
    ]
    health = np.where(lines.health, np.where(goods.vet[lines.goods], 2, 1), 0)
    health = np.where(goods.vet[lines.goods] | goods.phyto[lines.goods], health, 0)
    conform = (goods.duty[lines.goods] >= 0.08) & (rng.random(len(health)) < 0.95)
    index = ((mode(month.consignments)[lines.declaration] * 2 + lines.certificate) * 3 + health) * 2 + conform
    return pl.Series(texts, dtype=pl.List(pl.String)).gather(pl.Series(index))


def _document_numbers(month: Month) -> pl.Series:
    """Numbers of the health certificates shown: one for each declaration, origin and service."""
    lines, goods = month.lines, month.market.goods
    vet, shown = goods.vet[lines.goods], (goods.vet | goods.phyto)[lines.goods] & lines.health
    code = look(("PC", "VC"), vet.astype(np.int64))
    serial = pl.Series(lines.declaration).cast(pl.String)
    number = code + ":" + look(ORIGINS, lines.origin) + f"-{month.k}-" + serial
    each = number.to_frame("number").select(pl.concat_list("number")).to_series()
    return each.zip_with(pl.Series(shown), pl.Series([[]], dtype=pl.List(pl.String)).new_from_index(0, len(each)))
