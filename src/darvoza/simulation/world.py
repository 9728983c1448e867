"""The practice world: months of trade with planted offences, known truth, and officers who see most of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from darvoza.errors import SettingsError
from darvoza.simulation.frames import item_frame, truth_frame
from darvoza.simulation.goods import read_goods
from darvoza.simulation.goods_fields import Month
from darvoza.simulation.health_truth import health_truth
from darvoza.simulation.identities import name_everybody
from darvoza.simulation.inspection import appoint_officers, examine
from darvoza.simulation.offences import commit, losses
from darvoza.simulation.outbreak import break_out
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.trade import Market, draw_consignments, draw_lines, origin_prices
from darvoza.simulation.traders import found_traders

_FOUNDING, _TRADE, _PAPER = range(3)


@dataclass(frozen=True, slots=True)
class MonthOfTrade:
    """A month of the world: what is declared, and what is true.

    Attributes
    ----------
    k
        Number of the month, from 0.
    items
        One row per goods item with every canonical field, in the order of lodging; outcome columns are empty.
    truth
        Row by row with `items`: ``declaration_id, item, offence, scheme, loss, severity, true_hs, true_origin,
        true_value, true_tax_rate``. `loss` is duty and tax evaded [currency of the customs value], never negative;
        `severity` the harm that is not money, in [0, 1]; `offence` a risk area or null.
    """

    k: int
    items: pl.DataFrame
    truth: pl.DataFrame


class World:
    """A practice world; equal settings make equal worlds, in whatever order its months are asked for.

    Traders, their coming and going and the calendar of schemes are settled when the world is made; each month then
    draws from a stream of its own.

    Examples
    --------
    >>> world = World(WorldSettings(months=1, declarations_per_month=50, importers=100))
    >>> month = world.month(0)
    >>> month.items["declaration_id"].n_unique(), len(month.items) == len(month.truth)
    (50, True)
    """

    def __init__(self, settings: WorldSettings | None = None) -> None:
        self.settings = settings or WorldSettings()
        rng = np.random.default_rng([self.settings.seed, _FOUNDING])
        self.goods = read_goods()
        self.prices = origin_prices(self.goods, rng)
        self.traders = found_traders(self.settings, self.goods, rng)
        self.people = name_everybody(self.settings, self.traders, rng)
        self.officers = appoint_officers(self.settings, rng)

    def month(self, k: int) -> MonthOfTrade:
        """Trade and truth of month `k`, counted from 0.

        Raises
        ------
        SettingsError
            When the world does not last that long.
        """
        if not 0 <= k < self.settings.months:
            raise SettingsError(field="k", expected=f"a month from 0 to {self.settings.months - 1}", got=k)
        calendar = self.settings.month_start(k).month - 1
        market = Market(self.settings, self.goods, self.prices, self.traders, calendar)
        rng = np.random.default_rng([self.settings.seed, _TRADE, k])
        consignments = draw_consignments(market, k, rng)
        lines = draw_lines(market, consignments, rng)
        truth = commit(market, consignments, lines, rng)
        loss, rate = losses(market, consignments, lines, truth)
        month = Month(market, self.people, k, consignments, lines)
        frame = item_frame(month, truth, np.random.default_rng([self.settings.seed, _PAPER, k]))
        known = truth_frame(frame, month, truth, loss=loss, rate=rate)
        if self.settings.outbreaks:
            known = break_out(frame, known, self.settings, k=k)
        order = frame.select(pl.arg_sort_by("lodged_at", "declaration_id", "item")).to_series()
        return MonthOfTrade(k, frame.select(pl.all().gather(order)), known.select(pl.all().gather(order)))

    def inspect(self, month: MonthOfTrade, declaration_ids: Sequence[str], *, rng: np.random.Generator) -> pl.DataFrame:
        """Findings on every item of the declarations named, and on nothing else.

        Columns are ``declaration_id, item, examined, finding, finding_area, finding_severity, recovered, result_at,
        officer``, in the order of the month. Officers miss some offences (see `miss_chance`) and find none where there is none.

        Raises
        ------
        SettingsError
            When a declaration is not of this month.
        """
        return examine(month.items, month.truth, declaration_ids, officers=self.officers, rng=rng)

    def health(self, month: MonthOfTrade) -> pl.DataFrame:
        """What is true of the lots of a month that health services control, see `darvoza.simulation.health_truth`."""
        return health_truth(month.items, month.truth, self.settings, k=month.k)

    def miss_chance(self, officer: str, offence: str) -> float:
        """Chance that this officer misses this kind of offence, in [0, 0.95]: known in a practice world only."""
        return self.officers.miss_chance(officer, offence)
