"""History facts: what was known of traders, goods and places before each declaration."""

from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain

import polars as pl

from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.facts import FACT, HISTORY, FactType
from darvoza.flow.enrichment.counters import Column, Counters
from darvoza.flow.enrichment.keys import KEYS
from darvoza.flow.enrichment.patterns import NEEDS, PATTERNS, Pattern, rarities
from darvoza.flow.enrichment.register import Register
from darvoza.flow.enrichment.timeline import DAY

NAMES = tuple(fact.name for fact in HISTORY)
IS_NEW = "_is_new"


def history_facts(
    register: Register, settings: FactSettings, wanted: Collection[str], *, threads: int = 1
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
    threads
        Threads used, a key or pattern each; the result does not depend on it.

    Returns
    -------
    pl.DataFrame
        One row per present item; unknown where the key itself is unknown.
    """
    named = set(NAMES) & set(wanted)
    if not named:
        return pl.DataFrame()
    needed = named | {need for name in named for need in _needs(name)}
    counters = Counters(register, settings.half_life_days * DAY)
    register.codes.prepare({name for parts in KEYS.values() for name in parts})
    work = [partial(_counted, counters, name, needed) for name in KEYS]
    work += [partial(_listed, make, register, settings) for names, make in PATTERNS.items() if needed & set(names)]
    # sorting and searching leave Python alone, so that keys can be worked on side by side
    with ThreadPoolExecutor(max_workers=threads) as pool:
        columns = chain.from_iterable(pool.map(_worked_out, work))
        frame = pl.DataFrame({column.name: column for column in columns})
    frame = frame.with_columns(_is_new(name.removesuffix(IS_NEW)) for name in named if name.endswith(IS_NEW))
    frame = frame.with_columns(rarities(named))
    return frame.select(_typed(name) for name in NAMES if name in named)


def _needs(name: str) -> tuple[str, ...]:
    """Give what must be known for a fact to be made."""
    if name.endswith(IS_NEW):
        return tuple(f"{name.removesuffix(IS_NEW)}_{counter}" for counter in ("items", "age"))
    return NEEDS.get(name, ())


def _worked_out(task: Callable[[], list[Column]]) -> list[pl.Series]:
    """Do one piece of work; column by column, so that no fact is held twice."""
    return [pl.Series(name, values, nan_to_null=True) for name, values in task()]


def _counted(counters: Counters, name: str, needed: Collection[str]) -> list[Column]:
    """Work the counters of one key out."""
    return list(counters.of(name, needed))


def _listed(make: Pattern, register: Register, settings: FactSettings) -> list[Column]:
    """Work a pattern out."""
    return list(make(register, settings))


def _is_new(key: str) -> pl.Expr:
    """Tell whether a key was never seen before; unknown where the key is."""
    return pl.when(pl.col(f"{key}_items").is_not_null()).then(pl.col(f"{key}_age").is_null()).alias(f"{key}{IS_NEW}")


def _typed(name: str) -> pl.Expr:
    """Give a flag as a flag; patterns come as numbers."""
    flag = FACT[name].type is FactType.FLAG and not name.endswith(IS_NEW)
    return (pl.col(name) != 0).alias(name) if flag else pl.col(name)
