"""The traders of the practice world: their habits, their honesty, their coming and going."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from darvoza.domain.codes import RiskArea
from darvoza.simulation.goods import FREE_TRADE, ORIGINS, Floats, Goods, Indices
from darvoza.simulation.places import COUNTRY_CODES, ELSEWHERE, POST_CODES, POSTS
from darvoza.simulation.schemes import SCHEMES, Scheme
from darvoza.simulation.settings import WorldSettings

SLOTS = 8
CARRIERS = 3
KINDS: tuple[RiskArea, ...] = (
    RiskArea.UNDERVALUATION,
    RiskArea.MISCLASSIFICATION,
    RiskArea.ORIGIN,
    RiskArea.UNDECLARED,
    RiskArea.PROHIBITED,
    RiskArea.SPS,
)
"""The offences of the world; columns of offences hold positions in this list."""

KIND_WEIGHT = np.array([0.36, 0.19, 0.17, 0.17, 0.025, 0.085])
NEWCOMER_FACTOR = 2.0
HUBS = ("AE", "TR", "CN", "RU", "DE")


@dataclass(frozen=True, slots=True)
class Traders:
    """Importers with their habits; every array has one row per importer, slots run over goods they deal in.

    `born` and `gone` are months since the start of the world; `propensity` is the chance that a declaration carries
    an offence before seasons and schemes, in [0, 1]; `mix` the shares of `KINDS`; `scheme` the position in
    `SCHEMES` of the scheme a firm belongs to, or -1. `home` and `second` are posts, used in the share `strays`.
    """

    born: Floats
    gone: Floats
    activity: Floats
    size: Floats
    dear: Floats
    packing: Floats
    propensity: Floats
    mix: Floats
    home: Indices
    second: Indices
    strays: Floats
    broker: Indices
    alone: NDArray[np.bool_]
    carriers: Indices
    claims: Floats
    vague: Floats
    hub: Indices
    hub_share: Floats
    currency: Indices
    slot_goods: Indices
    slot_origin: Indices
    slot_weight: Floats
    slot_exporter: Indices
    scheme: Indices

    def activity_at(self, month: float) -> Floats:
        """Relative number of declarations of each importer in the month that begins then."""
        alive = np.clip(np.minimum(self.gone, month + 1) - np.maximum(self.born, month), 0, 1)
        return np.asarray(self.activity * alive, dtype=np.float64)


def found_traders(settings: WorldSettings, goods: Goods, rng: np.random.Generator) -> Traders:
    """Found every importer the world will ever see, with the month of entry and of exit.

    Newcomers are `NEWCOMER_FACTOR` times as likely to offend. Propensities are scaled so that the expected share of
    declarations with an offence, schemes apart, is somewhat below ``settings.offence_rate``; schemes and pests add.
    """
    n = settings.importers
    later = round(n * settings.turnover * (settings.months - 1))
    born = np.concatenate([np.full(n, -1.0), rng.uniform(1.0, max(settings.months, 1.001), later)])
    stay = rng.exponential(1 / max(settings.turnover, 1e-9), n + later)
    gone = np.maximum(born, 0) + np.maximum(stay, 0.5)
    ordinary = _habits(settings, goods, born=born, gone=gone, rng=rng)
    if not settings.schemes:
        return ordinary
    rings = [
        _ring(settings, goods, ordinary, position=position, rng=rng)
        for position, scheme in enumerate(SCHEMES)
        if scheme.members == "newcomers"
    ]
    return _shuffled(_turned(settings, ordinary), rings, rng)


def _habits(settings: WorldSettings, goods: Goods, *, born: Floats, gone: Floats, rng: np.random.Generator) -> Traders:
    n = len(born)
    activity: Floats = np.asarray(1.0 / (rng.permutation(n) + 8.0), dtype=np.float64)
    volume = np.array([post.volume for post in POSTS])
    home = rng.choice(len(POSTS), n, p=volume / volume.sum())
    slot_goods, slot_origin = _slots(goods, home, rng)
    weight = rng.exponential(1.0, (n, SLOTS)) ** 1.5 + 0.02
    mix = rng.dirichlet(KIND_WEIGHT * 1.5, n)
    return Traders(
        born=born,
        gone=gone,
        activity=activity,
        size=np.exp(rng.normal(0, 0.5, n)),
        dear=rng.normal(0, 0.08, n),
        packing=np.exp(rng.normal(0, 0.08, n)),
        propensity=_propensity(settings, activity, born > 0, rng),
        mix=mix,
        home=home,
        second=_neighbour(home, rng),
        strays=np.where(rng.random(n) < 0.3, rng.uniform(0.05, 0.4, n), 0.0),
        broker=_brokers(settings, home, rng),
        alone=rng.random(n) < 0.2,
        carriers=rng.integers(0, settings.carriers, (n, CARRIERS)),
        claims=np.where(rng.random(n) < 0.9, 0.96, 0.3),
        vague=rng.beta(1.2, 12, n),
        hub=rng.choice([ORIGINS.index(hub) for hub in HUBS], n),
        hub_share=np.where(rng.random(n) < 0.25, rng.uniform(0.05, 0.5, n), 0.01),
        currency=rng.choice(4, n, p=[0.62, 0.14, 0.12, 0.12]),
        slot_goods=slot_goods,
        slot_origin=slot_origin,
        slot_weight=weight / weight.sum(axis=1, keepdims=True),
        slot_exporter=(settings.exporters_per_country * rng.random((n, SLOTS)) ** 2).astype(np.int64),
        scheme=np.full(n, -1, dtype=np.int64),
    )


def _propensity(settings: WorldSettings, activity: Floats, new: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Most firms hardly ever offend, some now and then, few often; scaled to the rate asked for."""
    n = len(activity)
    sort = rng.choice(3, n, p=[0.72, 0.20, 0.08])
    raw = np.choose(sort, [rng.beta(0.8, 80, n), rng.beta(2, 24, n), rng.beta(3, 6, n)])
    raw = raw * np.where(new, NEWCOMER_FACTOR, 1.0) * np.where(activity > np.quantile(activity, 0.98), 0.6, 1.0)
    share = 0.56 if settings.schemes else 0.87  # the rest is for schemes and for pests nobody meant to bring
    target = settings.offence_rate * share
    low, high = 0.0, 1e3
    for _ in range(60):
        scale = (low + high) / 2
        mean = float(np.average(np.minimum(raw * scale, 0.85), weights=activity))
        low, high = (scale, high) if mean < target else (low, scale)
    return np.asarray(np.minimum(raw * low, 0.85), dtype=np.float64)


def _slots(goods: Goods, home: Indices, rng: np.random.Generator) -> tuple[Indices, Indices]:
    """Give each importer goods and origins that come by its post: six of its trade, two of any."""
    slot_goods = np.zeros((len(home), SLOTS), dtype=np.int64)
    slot_origin = np.zeros((len(home), SLOTS), dtype=np.int64)
    for position, post in enumerate(POSTS):
        reach = np.array([post.reach.get(origin, ELSEWHERE) for origin in ORIGINS])
        reach = np.where(np.array(ORIGINS) == post.country, 0.0, reach)
        leaning = np.array([post.leaning.get(goods.groups[g], 1.0) for g in goods.group])
        weight = goods.origin_weight * reach * leaning[:, None]
        who = np.flatnonzero(home == position)
        by_group = np.bincount(goods.group, weights=weight.sum(axis=1))
        trade = rng.choice(len(goods.groups), len(who), p=by_group / by_group.sum())
        for group in range(len(goods.groups)):
            mine = who[trade == group]
            own = np.where((goods.group == group)[:, None], weight, 0.0)
            slot_goods[mine, :6], slot_origin[mine, :6] = _pairs(own, (len(mine), 6), rng)
        slot_goods[who, 6:], slot_origin[who, 6:] = _pairs(weight, (len(who), 2), rng)
    return slot_goods, slot_origin


def _pairs(weight: Floats, shape: tuple[int, int], rng: np.random.Generator) -> tuple[Indices, Indices]:
    if not shape[0]:
        return np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    flat = rng.choice(weight.size, shape, p=(weight / weight.sum()).ravel())
    return np.asarray(flat // weight.shape[1]), np.asarray(flat % weight.shape[1])


def _neighbour(home: Indices, rng: np.random.Generator) -> Indices:
    """Another post of the same country."""
    second = home.copy()
    for country in COUNTRY_CODES:
        posts = np.array([i for i, post in enumerate(POSTS) if post.country == country])
        for post in posts:
            mine = np.flatnonzero(home == post)
            second[mine] = rng.choice(posts[posts != post], len(mine))
    return second


def broker_country(settings: WorldSettings) -> Indices:
    """Country (position in `COUNTRIES`) of each broker: they take turns."""
    return np.arange(settings.brokers, dtype=np.int64) % len(COUNTRY_CODES)


def _brokers(settings: WorldSettings, home: Indices, rng: np.random.Generator) -> Indices:
    """A broker of the country of the home post, the first ones much busier than the last."""
    country = np.array([COUNTRY_CODES.index(post.country) for post in POSTS])[home]
    of_country = broker_country(settings)
    broker = np.zeros(len(home), dtype=np.int64)
    for position in range(len(COUNTRY_CODES)):
        there = np.flatnonzero(of_country == position)
        weight = 1.0 / np.arange(2, len(there) + 2)
        mine = np.flatnonzero(country == position)
        broker[mine] = rng.choice(there, len(mine), p=weight / weight.sum())
    return broker


def _turned(settings: WorldSettings, traders: Traders) -> Traders:
    """Enrol the busiest firms with a clean past in the schemes of large firms."""
    scheme = traders.scheme.copy()
    for position, plan in enumerate(SCHEMES):
        if plan.members != "large":
            continue
        first, _, _ = plan.window(settings.months)
        steady = (traders.born < 0) & (traders.gone > first + 1) & (traders.propensity < settings.offence_rate / 5)
        order = np.argsort(np.where(steady & (scheme < 0), -traders.activity, 0), kind="stable")
        # The very first firms would be a tenth of all trade: a scheme needs firms that are large, not the largest.
        scheme[order[4 : 4 + plan.size]] = position
    return _with(traders, scheme=scheme)


def _ring(
    settings: WorldSettings, goods: Goods, ordinary: Traders, *, position: int, rng: np.random.Generator
) -> Traders:
    """The firms founded for a scheme: half of the slots for its first goods, half for those after the move."""
    scheme = SCHEMES[position]
    first, _, last = scheme.window(settings.months)
    n = scheme.size
    home = np.full(n, POST_CODES.index(scheme.posts[0]), dtype=np.int64)
    ring = _habits(settings, goods, born=np.full(n, first), gone=np.full(n, last), rng=rng)
    slot_goods, slot_origin = _ring_slots(goods, scheme, n, rng)
    busy = float(np.sum(ordinary.activity_at(0.0))) * 0.00055
    return _with(
        ring,
        born=np.clip(first + rng.uniform(0, 0.15, n) * (last - first), 0, None),
        activity=busy * np.exp(rng.normal(0, 0.4, n)),
        propensity=np.full(n, min(0.3, settings.offence_rate * 2)),
        home=home,
        second=np.full(n, POST_CODES.index(scheme.posts[1]), dtype=np.int64),
        strays=np.zeros(n),
        broker=np.where(rng.random(n) < 0.7, _brokers(settings, home, rng)[0], _brokers(settings, home, rng)),
        slot_goods=slot_goods,
        slot_origin=slot_origin,
        carriers=np.where(rng.random((n, CARRIERS)) < 0.6, ring.carriers[:1], ring.carriers),
        scheme=np.full(n, position, dtype=np.int64),
    )


def _ring_slots(goods: Goods, scheme: Scheme, n: int, rng: np.random.Generator) -> tuple[Indices, Indices]:
    halves = []
    chosen = np.isin(ORIGINS, scheme.origins)
    for prefixes in (scheme.goods, scheme.next_goods):
        wanted = goods.where(*prefixes)
        if scheme.area is RiskArea.MISCLASSIFICATION:
            wanted &= goods.siblings[:, 0] >= 0
        weight = np.where(wanted[:, None], goods.origin_weight * chosen + 0.05 * chosen, 0.0)
        halves.append(_pairs(weight, (n, SLOTS // 2), rng))
    return np.hstack([halves[0][0], halves[1][0]]), np.hstack([halves[0][1], halves[1][1]])


def _with(traders: Traders, **changes: NDArray[np.float64] | Indices) -> Traders:
    return Traders(**{f.name: changes.get(f.name, getattr(traders, f.name)) for f in fields(Traders)})


def _shuffled(ordinary: Traders, rings: list[Traders], rng: np.random.Generator) -> Traders:
    """Put members of rings anywhere among the others, so that no number tells them apart."""
    everyone = [ordinary, *rings]
    order = rng.permutation(sum(len(part.born) for part in everyone))
    return Traders(
        **{f.name: np.concatenate([getattr(part, f.name) for part in everyone])[order] for f in fields(Traders)}
    )


FREE_TRADE_ORIGIN: NDArray[np.bool_] = np.isin(ORIGINS, FREE_TRADE)
"""Whether each origin may enter free of duty, shape (n_origins,)."""
