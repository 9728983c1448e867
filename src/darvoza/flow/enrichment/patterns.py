"""Behaviour patterns: how traders split, bunch, switch, re-lodge and turn up, each as a fact known at lodging."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fact_settings import FactSettings
from darvoza.flow.enrichment.counters import COUNTED
from darvoza.flow.enrichment.inquiry import Inquiry
from darvoza.flow.enrichment.keys import logarithms
from darvoza.flow.enrichment.limits import LIMIT_FACTS, limit_patterns
from darvoza.flow.enrichment.register import EVERYTHING, Ahead, Kind, Register
from darvoza.flow.enrichment.sheets import Sheet
from darvoza.flow.enrichment.stated import PARTS, declared_value, first_of_each, whole_parts
from darvoza.flow.enrichment.timeline import DAY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Column = tuple[str, Floats]
Pattern = Callable[[Inquiry, FactSettings], Iterator[Column]]

HOUR = 3_600
"""Seconds."""

SHORT = 72 * HOUR
"""How far back one looks for split and repeated consignments [s]."""

SWITCH = 90 * DAY
"""How far back an importer's other origins count for a switch [s]."""

LOG_UNIT = 2.0**20
"""Logarithms are summed as whole numbers of this fraction, so that sums are exact."""


def _declarations_and_value(register: Register, keys: Ints) -> Ints:
    return np.column_stack([first_of_each(register, keys), whole_parts(register.codes.measured("customs_value"))])


def _logarithms(register: Register, _keys: Ints) -> Ints:
    """Give the logarithm of each unit value, and one where it has one: of nothing there is none."""
    logarithms = register.codes.measured("log_unit_value")
    priced = np.isfinite(logarithms)
    whole = np.rint(np.where(priced, logarithms, 0.0) * LOG_UNIT).astype(np.int64)
    return np.column_stack([whole, priced.astype(np.int64)])


TOGETHER = {
    name: Kind(fields, "together", weights=_declarations_and_value)
    for name, fields in (
        ("importer", ("importer_id",)),
        ("importer_hs4", ("importer_id", "hs4")),
        ("importer_vehicle", ("importer_id", "vehicle_id")),
        ("exporter_importer", ("exporter_id", "importer_id")),
    )
}
"""Keys whose consignments of the last 72 hours are added up."""

PRICES = Kind(("importer_id", "hs6"), "prices", weights=_logarithms)
TURNED = Kind(("importer_id", "hs4", "origin"))
TWINS = Kind(("hs6", "whole_mass", "whole_value"))
ENTRY = Kind(("export_country", "entry_post"))
MOVED = Kind(("vehicle_id",), "moved")
BOX = Kind(("container_ids",))

_SHEETS = ((*COUNTED.values(), EVERYTHING, TURNED, TWINS, ENTRY), (*TOGETHER.values(), PRICES), (MOVED,))
_KEYS = tuple(dict.fromkeys(kind.fields for kinds in _SHEETS for kind in kinds))

SHEETS = tuple(Sheet(kinds, _KEYS) for kinds in _SHEETS)
"""What is asked for together."""

AHEAD = Ahead(
    tuple(dict.fromkeys(name for fields in _KEYS for name in fields)),
    ("customs_value", "log_unit_value"),
)
"""What is read of goods items."""


def _together(name: str, inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield number and value of the declarations of one key in the 72 hours before."""
    asked = inquiry.by(TOGETHER[name])
    declarations, value = asked.lodged().lately(SHORT).T
    yield f"{name}_declarations_72h", np.where(asked.unknown, np.nan, declarations)
    yield f"{name}_value_72h", np.where(asked.unknown, np.nan, value / PARTS)
    if name == "importer":
        yield "importer_declarations", np.where(asked.unknown, np.nan, asked.lodged().total()[:, 0])


def _idle(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield days since the importer's last declaration."""
    yield "importer_idle_days", (inquiry.register.asked - inquiry.by(COUNTED["importer"]).lodged().last()) / DAY


def _switched(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield whether the importer turned to another origin for a heading."""
    heading = inquiry.by(COUNTED["importer_hs4"])
    unseen = np.isnan(inquiry.by(TURNED).lodged().first())
    lately = heading.lodged().within(SWITCH)[:, 0] > 0
    switched = (unseen & lately).astype(np.float64)
    yield "importer_origin_switched", np.where(heading.unknown, np.nan, switched)


def _twins(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield how many items of other declarations have the same subheading, mass and value."""
    asked = inquiry.by(TWINS)
    yield "twin_items_72h", np.where(asked.unknown, np.nan, asked.lodged().lately(SHORT)[:, 0])


def _own_prices(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield the unit value over the importer's own earlier ones in the subheading (geometric mean)."""
    asked, register = inquiry.by(PRICES), inquiry.register
    total, number = asked.lodged().total().T
    with np.errstate(invalid="ignore"):
        usual = np.where(number > 0, total, np.nan) / number / LOG_UNIT
    ratio = np.exp(register.codes.measured("log_unit_value")[register.first :] - usual)
    yield "importer_hs6_value_ratio", np.where(asked.unknown, np.nan, ratio)


def _amended_value(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield the value of an amended declaration over that of the version before."""
    register = inquiry.register
    ratio = np.full(register.asked.size, np.nan)
    if register.amended.size:
        versions = pl.DataFrame(
            {
                "stated": register.stated,
                "declaration": register.declaration,
                "version": register.version,
                "value": declared_value(register),
            }
        ).unique("stated", keep="first")
        before = versions.sort("declaration", "version").with_columns(
            before=pl.col("value").shift().over("declaration")
        )
        known = before.sort("stated").select(pl.when(pl.col("before") > 0).then(pl.col("value") / pl.col("before")))
        ratio = known.to_series().fill_null(np.nan).to_numpy()[register.stated[register.first :]]
    yield "amended_value_ratio", ratio


def _elsewhere(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield hours since the vehicle was last seen at another post."""
    asked = inquiry.by(MOVED)
    last = asked.lodged().last("entry_post")
    yield "vehicle_other_post_hours", np.where(asked.unknown, np.nan, (inquiry.register.asked - last) / HOUR)


def _containers_elsewhere(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield hours since one of the containers was last seen at another post."""
    register = inquiry.register
    if not np.any(register.containers().rows >= register.first):
        yield "container_other_post_hours", np.full(register.asked.size, np.nan)
        return
    boxes, rows = inquiry.boxed()
    last = boxes.by(BOX).lodged().last("entry_post")
    hours = np.full(register.size, np.inf)
    known = ~np.isnan(last)
    of_present = boxes.register.first
    np.minimum.at(hours, rows[of_present:][known], ((boxes.register.asked - last) / HOUR)[known])
    told = hours[register.leaders][register.stated[register.first :]]
    yield "container_other_post_hours", np.where(np.isfinite(told), told, np.nan)


def _everything(inquiry: Inquiry, _settings: FactSettings) -> Iterator[Column]:
    """Yield how many items were lodged at all, and by way of the same country of dispatch and post."""
    entry = inquiry.by(ENTRY)
    yield "_all_items", inquiry.by(EVERYTHING).lodged().total()[:, 0]
    yield "_entry_items", np.where(entry.unknown, np.nan, entry.lodged().total()[:, 0])


PATTERNS: Mapping[tuple[str, ...], Pattern] = {
    **{
        (f"{name}_declarations_72h", f"{name}_value_72h", *(["importer_declarations"] if name == "importer" else [])): (
            partial(_together, name)
        )
        for name in TOGETHER
    },
    ("importer_idle_days",): _idle,
    ("importer_origin_switched",): _switched,
    ("twin_items_72h",): _twins,
    ("importer_hs6_value_ratio",): _own_prices,
    ("amended_value_ratio",): _amended_value,
    ("vehicle_other_post_hours",): _elsewhere,
    ("container_other_post_hours",): _containers_elsewhere,
    LIMIT_FACTS: limit_patterns,
    ("_all_items", "_entry_items"): _everything,
}
"""The facts that come out together → what makes them."""

RARE = {
    "hs6_origin_rarity": ("hs6_origin_items", "hs6_items", "origin_items"),
    "importer_hs4_rarity": ("importer_hs4_items", "importer_items", "hs4_items"),
    "declarant_post_rarity": ("declarant_post_items", "declarant_items", "post_items"),
    "route_rarity": ("route_items", "origin_items", "_entry_items"),
}
"""Rarity of a combination → how often both, the one and the other were seen."""

NEEDS: Mapping[str, tuple[str, ...]] = {name: (*parts, "_all_items") for name, parts in RARE.items()}
"""Facts, and counts that are none, from which other facts are made."""

RARITY_PRIOR = 1.0
"""Items added to both the seen and the expected number, so that small numbers say little."""


def rarity(both: Floats, one: Floats, other: Floats, every: Floats) -> Floats:
    """Give how much rarer combinations are than their parts would make them, in natural logarithms.

    ``−ln((n_ab + 1) ÷ (n_a · n_b ÷ N + 1))``: 0 where a combination is as frequent as chance would make it, above 0
    where it is rarer; NaN where a number is.
    """
    expected = one * other / np.maximum(every, 1.0)
    ratio = (both + RARITY_PRIOR) / (expected + RARITY_PRIOR)
    # the logarithm of Polars, as everywhere in the facts: that of NumPy may end in another bit
    return -logarithms(ratio.ravel()).reshape(ratio.shape)
