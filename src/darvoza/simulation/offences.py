"""Offences: which declarations carry one, and what it does to what is declared.

Each offence acts on the declared fields only; what is true is kept beside. Kinds are positions in `traders.KINDS`;
-1 is none.
"""

from dataclasses import dataclass

import numpy as np

from darvoza.simulation.goods import ORIGINS, Floats, Indices
from darvoza.simulation.pests import pest_risk
from darvoza.simulation.schemes import SCHEMES, Scheme
from darvoza.simulation.tariff import tax_rate
from darvoza.simulation.trade import VAGUE, Consignments, Flags, Lines, Market
from darvoza.simulation.traders import FREE_TRADE_ORIGIN, KINDS, Traders

UNDERVALUATION, MISCLASSIFICATION, ORIGIN, UNDECLARED, PROHIBITED, SPS = range(len(KINDS))
NEIGHBOURS: Indices = np.array([ORIGINS.index(code) for code in ("KZ", "KG", "UZ", "RU", "TJ")], dtype=np.int64)


@dataclass(slots=True)
class Truth:
    """What is true of each line, shape (m,): offence and scheme (-1 none), goods, origin, value, severity."""

    offence: Indices
    scheme: Indices
    goods: Indices
    origin: Indices
    value: Floats
    severity: Floats


@dataclass(slots=True)
class _Intent:
    """What each declaration is up to: kind and scheme (-1 none), and the depth of the offence."""

    kind: Indices
    scheme: Indices
    depth: Floats


def commit(market: Market, consignments: Consignments, lines: Lines, rng: np.random.Generator) -> Truth:
    """Let traders, rings and pests do what they do: change `consignments` and `lines`, and return what is true."""
    intent = _intents(market, consignments, lines, rng)
    offence, scheme = _affected(market, consignments, lines, intent=intent, rng=rng)
    truth = Truth(offence, scheme, lines.goods.copy(), lines.origin.copy(), lines.value.copy(), np.zeros(len(offence)))
    depth = intent.depth[lines.declaration]
    _undervalue(lines, offence == UNDERVALUATION, depth)
    _misclassify(market, lines, offence == MISCLASSIFICATION, rng)
    _claim_origin(consignments, lines, offence == ORIGIN, rng)
    _leave_out(consignments, lines, truth, depth=depth, rng=rng)
    _hide(consignments, lines, truth, rng)
    _bring_pests(lines, truth, rng)
    return truth


def losses(market: Market, consignments: Consignments, lines: Lines, truth: Truth) -> tuple[Floats, Floats]:
    """Duty and tax evaded by each line, and the true rate; both of shape (m,).

    The true rate grants free trade where it was claimed for goods that are entitled to it.
    """
    country = consignments.country[lines.declaration]
    declared = tax_rate(market.goods, lines.goods, country, lines.preference)
    true = tax_rate(market.goods, truth.goods, country, lines.preference & FREE_TRADE_ORIGIN[truth.origin])
    loss = np.where(truth.offence >= 0, np.round(truth.value * true - lines.value * declared, 2), 0.0)
    return np.maximum(loss, 0.0), true


def _intents(market: Market, consignments: Consignments, lines: Lines, rng: np.random.Generator) -> _Intent:
    traders, trader = market.traders, consignments.trader
    n = len(trader)
    offends = rng.random(n) < traders.propensity[trader]
    share = np.cumsum(traders.mix[trader], axis=1)
    kind = np.minimum((share < rng.random(n)[:, None]).sum(axis=1), len(KINDS) - 1)
    intent = _Intent(np.where(offends, kind, -1), np.full(n, -1, dtype=np.int64), rng.uniform(0.3, 0.7, n))
    for position, scheme in enumerate(SCHEMES if market.settings.schemes else ()):
        first, _, last = scheme.window(market.settings.months)
        on = (consignments.time >= first) & (consignments.time < last) & (rng.random(n) < scheme.intensity)
        on &= _takes_part(market, consignments, lines, position=position)
        intent.kind[on] = KINDS.index(scheme.area)
        intent.scheme[on] = position
        intent.depth[on] = rng.uniform(*scheme.depth, int(on.sum()))
    return intent


def busiest_clean_broker(traders: Traders) -> int:
    """The broker whose clients are many and lodge the least offences: nobody suspects them."""
    mine = ~traders.alone & (traders.born < 0)
    volume = np.bincount(traders.broker[mine], weights=traders.activity[mine])
    offences = np.bincount(traders.broker[mine], weights=(traders.activity * traders.propensity)[mine])
    busy = np.argsort(-volume, kind="stable")[2:8]
    return int(busy[np.argmin(offences[busy] / np.maximum(volume[busy], 1e-12))])


def _takes_part(market: Market, consignments: Consignments, lines: Lines, *, position: int) -> Flags:
    scheme = SCHEMES[position]
    traders, trader = market.traders, consignments.trader
    if scheme.members == "broker":
        outside = ~traders.alone[trader] & (traders.scheme[trader] < 0)
        return np.asarray(outside & (traders.broker[trader] == busiest_clean_broker(traders)))
    if scheme.members == "cell":
        concerned = np.bincount(lines.declaration[_in_cell(market, lines, scheme)], minlength=len(trader)) > 0
        return np.asarray(concerned & (traders.scheme[trader] < 0))
    return np.asarray(traders.scheme[trader] == position)


def _in_cell(market: Market, lines: Lines, scheme: Scheme) -> Flags:
    return np.asarray(market.goods.where(*scheme.goods)[lines.goods] & np.isin(ORIGINS, scheme.origins)[lines.origin])


def _affected(
    market: Market, consignments: Consignments, lines: Lines, *, intent: _Intent, rng: np.random.Generator
) -> tuple[Indices, Indices]:
    """Which lines carry the offence: the first that can, and most of the others that can."""
    able = _able(market, lines)
    kind = intent.kind[lines.declaration]
    can = able[np.maximum(kind, 0), np.arange(len(kind))] & (kind >= 0)
    some = np.bincount(lines.declaration, weights=can, minlength=len(intent.kind)) > 0
    fallback = (intent.kind >= 0) & ~some  # an offence that none of the goods allow: price and load are always at hand
    intent.kind[fallback] = rng.choice([UNDERVALUATION, UNDECLARED], int(fallback.sum()), p=[0.55, 0.45])
    kind = intent.kind[lines.declaration]
    can |= fallback[lines.declaration]
    cells = [i for i, scheme in enumerate(SCHEMES) if scheme.members == "cell"]
    scheme = intent.scheme[lines.declaration]
    for position in cells:
        can &= (scheme != position) | _in_cell(market, lines, SCHEMES[position])
    able_lines = np.flatnonzero(can)
    first = np.zeros(len(kind), dtype=bool)
    first[able_lines[np.unique(lines.declaration[able_lines], return_index=True)[1]]] = True
    alone = kind == PROHIBITED
    taken = can & (first | (~alone & (rng.random(len(kind)) < 0.6)))
    offence = np.where(taken, kind, -1)
    risk = pest_risk(market, lines, market.traders.propensity[consignments.trader][lines.declaration])
    pest = (offence < 0) & (rng.random(len(kind)) < risk)
    return np.where(pest, SPS, offence), np.where(taken, scheme, -1)


def _able(market: Market, lines: Lines) -> Flags:
    """Which offences the goods of each line allow, shape (n_kinds, m)."""
    goods = market.goods
    able = np.ones((len(KINDS), len(lines.goods)), dtype=bool)
    able[MISCLASSIFICATION] = (goods.siblings[lines.goods, 0] >= 0) & ~lines.preference
    able[ORIGIN] = ~FREE_TRADE_ORIGIN[lines.origin] & (goods.duty[lines.goods] >= 0.05)
    able[SPS] = goods.phyto[lines.goods] | goods.vet[lines.goods]
    return able


def _undervalue(lines: Lines, mask: Flags, depth: Floats) -> None:
    lines.value = np.where(mask, np.maximum(np.round(lines.value * (1 - depth), 2), 1.0), lines.value)


def _misclassify(market: Market, lines: Lines, mask: Flags, rng: np.random.Generator) -> None:
    """Declare a sibling of lower duty; half describe the sibling, most others are vague, some forget to lie."""
    siblings = market.goods.siblings[lines.goods]
    known = (siblings >= 0).sum(axis=1)
    column = np.minimum(rng.geometric(0.6, len(known)) - 1, np.maximum(known - 1, 0))
    sibling = siblings[np.arange(len(known)), column]
    manner = rng.random(len(known))
    lines.goods = np.where(mask, sibling, lines.goods)
    lines.described = np.where(mask & (manner < 0.8), lines.goods, lines.described)
    lines.style = np.where(mask & (manner > 0.5) & (manner < 0.8), VAGUE, lines.style)


def _claim_origin(consignments: Consignments, lines: Lines, mask: Flags, rng: np.random.Generator) -> None:
    """Claim a neighbour's origin, six in ten with a certificate; half also send the goods by way of it."""
    m = len(mask)
    # A declaration claims one origin; never the country it is going to.
    pick = rng.integers(0, len(NEIGHBOURS), len(consignments.trader))
    home = np.array([ORIGINS.index(code) for code in ("KG", "KZ", "TJ", "UZ", "TM")])[consignments.country]
    claimed = np.where(NEIGHBOURS[pick] == home, NEIGHBOURS[(pick + 1) % len(NEIGHBOURS)], NEIGHBOURS[pick])
    lines.origin = np.where(mask, claimed[lines.declaration], lines.origin)
    lines.preference = lines.preference | mask
    papers = rng.random(m) < 0.6
    lines.certificate = np.where(mask, papers, lines.certificate)
    declared = np.unique(lines.declaration[mask])
    routed = declared[rng.random(len(declared)) < 0.5]
    consignments.export_country[routed] = claimed[routed]
    consignments.exporter_country[routed] = claimed[routed]


def _leave_out(
    consignments: Consignments, lines: Lines, truth: Truth, *, depth: Floats, rng: np.random.Generator
) -> None:
    """Leave part of the load out: the scales and the packages tell more than the paper."""
    mask = truth.offence == UNDECLARED
    extra = np.where(mask, depth, 0.0)
    truth.value = np.where(mask, np.round(lines.value * (1 + extra), 2), truth.value)
    shown = rng.uniform(0.1, 0.8, len(extra)) * extra * lines.net
    in_item = rng.random(len(extra)) < 0.6
    lines.gross = np.round(lines.gross + np.where(in_item, shown, 0.0), 1)
    packed = rng.random(len(extra)) < 0.4
    lines.packages = np.where(mask & packed, np.ceil(lines.packages * (1 + extra)), lines.packages)
    weighed = np.where(in_item, 0.0, shown)
    consignments.hidden_mass += np.bincount(lines.declaration, weights=weighed, minlength=len(consignments.trader))


def _hide(consignments: Consignments, lines: Lines, truth: Truth, rng: np.random.Generator) -> None:
    """Hide something small: it weighs little, but seals and routes are a little unusual."""
    mask = truth.offence == PROHIBITED
    truth.severity = np.where(mask, rng.beta(6, 3, len(mask)), truth.severity)
    lines.gross = np.round(lines.gross + np.where(mask, rng.uniform(1, 30, len(mask)), 0.0), 1)
    who = np.unique(lines.declaration[mask])
    consignments.seals[who] += rng.random(len(who)) < 0.35
    detour = who[rng.random(len(who)) < 0.3]
    consignments.export_country[detour] = ORIGINS.index("AE")
    night = who[rng.random(len(who)) < 0.3]
    consignments.freight_share[night] *= 1.6


def _bring_pests(lines: Lines, truth: Truth, rng: np.random.Generator) -> None:
    """Infested, diseased or uncertified goods: a third lack the health certificate."""
    mask = truth.offence == SPS
    truth.severity = np.where(mask, np.clip(rng.beta(2.5, 4, len(mask)), 0.02, 1.0), truth.severity)
    lines.health = lines.health & ~(mask & (rng.random(len(mask)) < 0.35))
