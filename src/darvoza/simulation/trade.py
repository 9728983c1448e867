"""One month of honest trade: who lodges what, where and when. Offences come after, in `offences`."""

from calendar import monthrange
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from darvoza.simulation.goods import ORIGINS, Floats, Goods, Indices
from darvoza.simulation.places import COUNTRY_CODES, POSTS
from darvoza.simulation.schemes import SCHEMES
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.traders import CARRIERS, FREE_TRADE_ORIGIN, SLOTS, Traders

Flags = NDArray[np.bool_]

HOUR_WEIGHT = np.array([1, 1, 2, 5, 9, 10, 10, 9, 6, 8, 9, 8, 6, 4, 3, 2, 2, 1.5, 1.5, 1, 1, 1, 1, 1])
DAY_WEIGHT = np.array([1.15, 1.1, 1.1, 1.1, 1.0, 0.6, 0.35])  # Monday to Sunday
SAME_ORIGIN = 8.0
POST_COUNTRY: Indices = np.array([COUNTRY_CODES.index(post.country) for post in POSTS], dtype=np.int64)
RAIL: Floats = np.array([post.rail for post in POSTS])
DESCRIPTION_STYLES = 4
VAGUE = 3


@dataclass(slots=True)
class Consignments:
    """The declarations of a month, one row each, shape (n,); indices point into the lists of the world.

    `second` counts from the start of the month [s]; `time` is in months since the start of the world; `scheme` is a
    position in `SCHEMES` or -1; `hidden_mass` is gross mass beyond the sum of the items [kg].
    """

    trader: Indices
    second: Indices
    time: Floats
    post: Indices
    country: Indices
    rail: Flags
    exporter_country: Indices
    exporter: Indices
    export_country: Indices
    carrier: Indices
    vehicle: Indices
    containers: Indices
    seals: Indices
    freight_share: Floats
    hidden_mass: Floats


@dataclass(slots=True)
class Lines:
    """The goods items of a month, one row each, shape (m,), in the order of their declarations.

    `declaration` is the position in `Consignments`, `item` counts from 1. Masses in kg, values in the currency of
    the customs value. `style` says how the goods are described: English, Russian, both, or vaguely; `described` is
    the heading whose words are used.
    """

    declaration: Indices
    item: Indices
    goods: Indices
    origin: Indices
    net: Floats
    gross: Floats
    packages: Floats
    value: Floats
    preference: Flags
    certificate: Flags
    health: Flags
    described: Indices
    style: Indices


def origin_prices(goods: Goods, rng: np.random.Generator) -> Floats:
    """Logarithm of the price level of each heading from each origin, shape (n_goods, n_origins)."""
    level = np.zeros(len(ORIGINS))
    rich = np.isin(ORIGINS, ["DE", "FR", "IT", "JP", "NL", "US", "NO", "ES", "KR"])
    level[rich] = 0.3
    level[np.isin(ORIGINS, ["CN", "IN", "PK", "BD", "AF"])] = -0.15
    return np.asarray(level + rng.normal(0, 0.12, (len(goods.hs), len(ORIGINS))), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Market:
    """What lines are drawn from: goods, price levels, traders, and the calendar month (0 is January)."""

    settings: WorldSettings
    goods: Goods
    prices: Floats
    traders: Traders
    calendar: int


def _demand(market: Market) -> Floats:
    """How much each slot of each importer is wanted in this calendar month, shape (n_importers, n_slots)."""
    season = market.goods.season[:, market.calendar]
    return np.asarray(market.traders.slot_weight * season[market.traders.slot_goods], dtype=np.float64)


def draw_consignments(market: Market, k: int, rng: np.random.Generator) -> Consignments:
    """Draw the declarations of month `k`, in the order of lodging: who deals in goods of the season lodges more."""
    settings, traders, demand = market.settings, market.traders, _demand(market)
    n = settings.declarations_per_month
    activity = traders.activity_at(float(k)) * demand.sum(axis=1)
    trader = rng.choice(len(activity), n, p=activity / activity.sum())
    second, time = _moments(settings, k, n, rng)
    moved = time >= _moves(settings, traders)[trader]
    elsewhere = moved | (rng.random(n) < traders.strays[trader])
    post = np.where(elsewhere, traders.second[trader], traders.home[trader])
    rail = rng.random(n) < RAIL[post]
    slot = _pick(_phase(demand[trader], _in_ring(traders)[trader], moved), rng)
    origin = traders.slot_origin[trader, slot]
    hub = rng.random(n) < traders.hub_share[trader]
    boxed = rng.random(n) < np.where(rail, 0.9, 0.12)
    carrier = traders.carriers[trader, np.minimum(rng.geometric(0.6, n) - 1, CARRIERS - 1)]
    return Consignments(
        trader=trader,
        second=second,
        time=time,
        post=post,
        country=POST_COUNTRY[post],
        rail=rail,
        exporter_country=origin,
        exporter=traders.slot_exporter[trader, slot],
        export_country=np.where(hub, traders.hub[trader], origin),
        carrier=carrier,
        vehicle=rng.integers(0, 1 << 30, n),
        containers=np.where(boxed, np.minimum(rng.geometric(0.8, n), 4), 0),
        seals=np.where(rng.random(n) < 0.85, 1, 0) + (rng.random(n) < 0.08) + (rng.random(n) < 0.015),
        freight_share=np.exp(rng.normal(-2.6, 0.35, n)),
        # Scales err for the honest too: a difference alone proves nothing.
        hidden_mass=np.where(rng.random(n) < 0.06, rng.exponential(60, n), 0.0),
    )


def _moments(settings: WorldSettings, k: int, n: int, rng: np.random.Generator) -> tuple[Indices, Floats]:
    first = settings.month_start(k)
    weekday, days = monthrange(first.year, first.month)
    weight = DAY_WEIGHT[(weekday + np.arange(days)) % 7]
    day = rng.choice(days, n, p=weight / weight.sum())
    hour = rng.choice(24, n, p=HOUR_WEIGHT / HOUR_WEIGHT.sum())
    second = np.sort(day * 86400 + hour * 3600 + rng.integers(0, 3600, n))
    return second, k + second / (days * 86400)


def _moves(settings: WorldSettings, traders: Traders) -> Floats:
    """When each importer changes post and goods; never, outside rings."""
    moves = np.array([scheme.window(settings.months)[1] for scheme in SCHEMES] + [np.inf])
    ring = np.array([scheme.members == "newcomers" for scheme in SCHEMES] + [False])
    return np.asarray(np.where(ring, moves, np.inf)[traders.scheme], dtype=np.float64)


def _in_ring(traders: Traders) -> Flags:
    ring = np.array([scheme.members == "newcomers" for scheme in SCHEMES] + [False])
    return np.asarray(ring[traders.scheme])


def _phase(weight: Floats, ring: Flags, moved: Flags) -> Floats:
    """Silence the slots a ring does not use now: the second half before it moves, the first half after."""
    late = np.arange(SLOTS) >= SLOTS // 2
    silent = ring[:, None] & (late[None, :] != moved[:, None])
    return np.asarray(np.where(silent, 0.0, weight), dtype=np.float64)


def _pick(weight: Floats, rng: np.random.Generator) -> Indices:
    """Draw one column of each row with the chance the row gives it."""
    total = np.cumsum(weight, axis=1)
    return np.asarray((total < (rng.random(len(weight)) * total[:, -1])[:, None]).sum(axis=1), dtype=np.int64)


def draw_lines(market: Market, consignments: Consignments, rng: np.random.Generator) -> Lines:
    """Draw the goods items of the declarations of a month, as an honest trader would declare them."""
    settings, goods, traders = market.settings, market.goods, market.traders
    n = len(consignments.trader)
    counts = np.minimum(rng.geometric(1 / settings.mean_items, n), settings.max_items)
    declaration = np.repeat(np.arange(n, dtype=np.int64), counts)
    item = np.arange(len(declaration)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    trader = consignments.trader[declaration]
    slot = _line_slots(market, consignments, declaration, rng)
    what, origin = traders.slot_goods[trader, slot], traders.slot_origin[trader, slot]
    net, packages, gross = _masses(market, what, trader, rng)
    level = goods.price[what] * np.exp(
        market.prices[what, origin] + traders.dear[trader] + 0.004 * consignments.time[declaration]
    )
    bargain = np.where(rng.random(len(what)) < 0.025, rng.uniform(0.4, 0.8, len(what)), 1.0)
    value = net * level * bargain * np.exp(rng.normal(0, 0.7 * goods.sigma[what]))
    claims = FREE_TRADE_ORIGIN[origin] & (rng.random(len(what)) < traders.claims[trader])
    controlled = goods.phyto[what] | goods.vet[what]
    vague = rng.random(len(what)) < traders.vague[trader]
    return Lines(
        declaration=declaration,
        item=item,
        goods=what,
        origin=origin,
        net=net,
        gross=gross,
        packages=packages,
        value=np.maximum(np.round(value, 2), 1.0),
        preference=claims,
        certificate=claims & (rng.random(len(what)) > 0.015),
        health=controlled & (rng.random(len(what)) > 0.01),
        described=what.copy(),
        style=np.where(vague, VAGUE, rng.integers(0, VAGUE, len(what))),
    )


def _line_slots(market: Market, consignments: Consignments, declaration: Indices, rng: np.random.Generator) -> Indices:
    """Which of its goods each line holds: in season, and mostly of the origin the declaration began with."""
    traders, trader = market.traders, consignments.trader[declaration]
    same = traders.slot_origin[trader] == consignments.exporter_country[declaration][:, None]
    weight = _demand(market)[trader] * np.where(same, SAME_ORIGIN, 1.0)
    moved = consignments.time[declaration] >= _moves(market.settings, traders)[trader]
    return _pick(_phase(weight, _in_ring(traders)[trader], moved), rng)


def _masses(market: Market, what: Indices, trader: Indices, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Net mass, packages and gross mass of honest lines; heavy loads come in whole packages."""
    goods, traders, m = market.goods, market.traders, len(what)
    wanted = goods.load[what] * 0.4 * traders.size[trader] * np.exp(rng.normal(0, 0.8, m))
    each = goods.package_mass[what] * traders.packing[trader] * np.exp(rng.normal(0, 0.06, m))
    packages = np.maximum(np.round(wanted / each), 1.0)
    net = np.maximum(np.round(packages * each, 1), 0.1)
    tare = goods.tare[what] * np.exp(rng.normal(0, 0.2, m))
    return net, packages, np.maximum(np.round(net * (1 + tare), 1), net)
