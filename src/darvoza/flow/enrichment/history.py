"""History facts: what was known of traders, goods and places before each declaration."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache, partial
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.facts import HISTORY, FactType
from darvoza.flow.enrichment.counters import COUNTED, Column, Counters
from darvoza.flow.enrichment.inquiry import Beside, Inquiry
from darvoza.flow.enrichment.patterns import AHEAD, NEEDS, PATTERNS, RARE, SHEETS, rarity
from darvoza.flow.enrichment.register import Register
from darvoza.flow.enrichment.side_by_side import flags_of, numbers_of
from darvoza.flow.enrichment.timeline import DAY

Floats = NDArray[np.float64]

NAMES = tuple(fact.name for fact in HISTORY)
FLAGS = frozenset(fact.name for fact in HISTORY if fact.type is FactType.FLAG)
IS_NEW = "_is_new"


def history_facts(
    register: Register,
    settings: FactSettings,
    wanted: Collection[str],
    *,
    beside: Beside | None = None,
    threads: int = 1,
) -> pl.DataFrame:
    """Give the wanted history facts of the present.

    Parameters
    ----------
    register
        Every goods item once, with its result.
    settings
        How facts are made.
    wanted
        Names of facts; others than those of history are passed over.
    beside
        The past that stands beside the register.
    threads
        Threads used, a key or pattern each; the result does not depend on it.

    Returns
    -------
    pl.DataFrame
        One row per present item; unknown where the key itself is unknown.
    """
    columns = history_columns(register, settings, frozenset(wanted), beside=beside, threads=threads)
    parts = [
        made({name: columns.pop(name) for name in list(columns) if (name in FLAGS) is flags})
        for made, flags in ((numbers_of, False), (flags_of, True))
    ]
    return (
        pl.concat([part for part in parts if part.width], how="horizontal")
        if any(part.width for part in parts)
        else pl.DataFrame()
    )


def history_columns(
    register: Register,
    settings: FactSettings,
    wanted: frozenset[str],
    *,
    beside: Beside | None = None,
    threads: int = 1,
) -> dict[str, Floats]:
    """Give the same as `history_facts`, as numbers: NaN unknown, flags other than 0 where they are true."""
    named, needed = _needed(wanted)
    if not named:
        return {}
    inquiry = Inquiry(register, beside, SHEETS)
    counters = Counters(inquiry, settings.half_life_days * DAY)
    register.codes.prepare(AHEAD.fields, AHEAD.measured)
    keys = [tuple(COUNTED)] if inquiry.is_small else [(name,) for name in COUNTED]
    work = [partial(counters.of, names, needed) for names in keys]
    work += [partial(make, inquiry, settings) for names, make in PATTERNS.items() if not needed.isdisjoint(names)]
    columns = dict(chain.from_iterable(_worked_out(work, 1 if inquiry.is_small else threads)))
    columns |= {name: _is_new(columns, name.removesuffix(IS_NEW)) for name in named if name.endswith(IS_NEW)}
    columns |= _rarities(columns, [name for name in named if name in RARE])
    return {name: columns.pop(name) for name in named}


@lru_cache(maxsize=8)
def _needed(wanted: frozenset[str]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Give the wanted facts of history, and all that must be worked out for them."""
    named = tuple(name for name in NAMES if name in wanted)
    return named, frozenset(need for name in named for need in (name, *_needs(name)))


def _needs(name: str) -> tuple[str, ...]:
    """Give what must be known for a fact to be made."""
    if name.endswith(IS_NEW):
        return tuple(f"{name.removesuffix(IS_NEW)}_{counter}" for counter in ("items", "age"))
    return NEEDS.get(name, ())


def _worked_out(work: Sequence[Callable[[], Iterator[Column]]], threads: int) -> Iterator[Iterable[Column]]:
    """Do pieces of work, side by side if there are threads: sorting and searching leave Python alone."""
    if threads == 1:
        yield from (task() for task in work)
        return
    with ThreadPoolExecutor(max_workers=threads) as pool:
        yield from pool.map(lambda task: list(task()), work)


def _is_new(columns: Mapping[str, Floats], key: str) -> Floats:
    """Tell whether a key was never seen before; unknown where the key is."""
    return np.where(np.isnan(columns[f"{key}_items"]), np.nan, np.isnan(columns[f"{key}_age"]))


def _rarities(columns: Mapping[str, Floats], named: Sequence[str]) -> Iterator[Column]:
    """Yield how rare combinations are."""
    if named:
        both, one, other = (
            np.array([columns[part] for part in parts]) for parts in zip(*(RARE[name] for name in named), strict=True)
        )
        yield from zip(named, rarity(both, one, other, columns["_all_items"]), strict=True)
