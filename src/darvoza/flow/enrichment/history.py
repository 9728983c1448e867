"""History facts: what was known of traders, goods and places before each declaration."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.facts import HISTORY, FactType
from darvoza.flow.enrichment.counters import COUNTED, Column, Counters
from darvoza.flow.enrichment.inquiry import Beside, Inquiry
from darvoza.flow.enrichment.patterns import FIELDS, MEASURED, NEEDS, PATTERNS, RARE, SHEETS, rarity
from darvoza.flow.enrichment.register import Register
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
    named = [name for name in NAMES if name in set(wanted)]
    if not named:
        return pl.DataFrame()
    needed = {need for name in named for need in (name, *_needs(name))}
    inquiry = Inquiry(register, beside, SHEETS)
    counters = Counters(inquiry, settings.half_life_days * DAY)
    register.codes.prepare(FIELDS)
    register.codes.measure(MEASURED)
    keys = [tuple(COUNTED)] if inquiry.is_small else [(name,) for name in COUNTED]
    work = [partial(counters.of, names, needed) for names in keys]
    work += [partial(make, inquiry, settings) for names, make in PATTERNS.items() if needed & set(names)]
    columns = dict(chain.from_iterable(_worked_out(work, 1 if inquiry.is_small else threads)))
    columns |= {name: _is_new(columns, name.removesuffix(IS_NEW)) for name in named if name.endswith(IS_NEW)}
    columns |= _rarities(columns, [name for name in named if name in RARE])
    return _typed(columns, named, together=len(named) if inquiry.is_small else 1)


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


def _typed(columns: dict[str, Floats], named: Sequence[str], *, together: int) -> pl.DataFrame:
    """Put facts into a frame, so many at a time: as numbers or as flags, unknown where they are not numbers."""
    made: dict[str, pl.Series] = {}
    for flags in (False, True):
        names = [name for name in named if (name in FLAGS) is flags]
        for some in (names[place : place + together] for place in range(0, len(names), together)):
            values = pl.Series(np.concatenate([columns.pop(name) for name in some]), nan_to_null=True)
            values, height = values != 0 if flags else values, values.len() // len(some)
            made |= {name: values.slice(place * height, height).alias(name) for place, name in enumerate(some)}
    return pl.DataFrame([made[name] for name in named])
