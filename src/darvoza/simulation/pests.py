"""Pests and diseases of the practice world: which goods from where are infested, and when.

Invented for practice after the kinds of interception that plant health and veterinary services publish.
"""

from dataclasses import dataclass

import numpy as np

from darvoza.simulation.goods import ORIGINS, Floats
from darvoza.simulation.trade import Lines, Market


@dataclass(frozen=True, slots=True)
class Infestation:
    """A pest or disease: goods (prefixes), origins, calendar months (1 to 12) and the chance per item, in (0, 1)."""

    name: str
    goods: tuple[str, ...]
    origins: tuple[str, ...]
    months: tuple[int, ...]
    chance: float


YEAR = tuple(range(1, 13))
INFESTATIONS: tuple[Infestation, ...] = (
    Infestation("fruit fly in citrus and stone fruit", ("0805", "0809", "0810"), ("IR", "TR", "EG", "PK"), (5, 6, 7, 8, 9, 10), 0.10),
    Infestation("leaf miner in tomatoes and peppers", ("0702", "070960", "070930"), ("TR", "IR", "UZ", "TM"), (4, 5, 6, 7, 8, 9), 0.07),
    Infestation("cyst nematode in potatoes", ("0701",), ("PK", "RU", "IR"), (8, 9, 10, 11), 0.08),
    Infestation("thrips on cut flowers", ("0603",), ("EC", "KE", "NL"), (2, 3, 4), 0.08),
    Infestation("scale insects on saplings", ("0602",), ("CN", "UZ", "TR"), (2, 3, 4, 10, 11), 0.12),
    Infestation("khapra beetle in grain and pulses", ("10", "0713", "1202"), ("PK", "IN", "AF"), YEAR, 0.06),
    Infestation("mites and moths in dried fruit", ("0806", "0813", "0802"), ("AF", "IR"), (6, 7, 8, 9, 10), 0.05),
    Infestation("foot-and-mouth disease", ("0102", "0104", "0201", "0202"), ("PK", "MN", "AF"), (1, 2, 3, 4, 11, 12), 0.08),
    Infestation("avian influenza", ("0207", "0105", "0407"), ("RU", "KZ", "UA"), (1, 2, 10, 11, 12), 0.05),
    Infestation("residues in milk and honey", ("0402", "0409"), ("IR", "UZ"), YEAR, 0.05),
)  # fmt: skip
BACKGROUND = 0.003


def pest_risk(market: Market, lines: Lines, propensity: Floats) -> Floats:
    """Chance of each line to be intercepted for health reasons nobody intended, shape (m,).

    Careless traders (those who offend in other ways) bring pests more often.
    """
    goods, month = market.goods, market.calendar + 1
    scale = market.settings.offence_rate / 0.06
    chance = np.where(goods.phyto | goods.vet, BACKGROUND, 0.0)[:, None] * np.ones(len(ORIGINS))
    for pest in INFESTATIONS:
        if month in pest.months:
            where = goods.where(*pest.goods)[:, None] & np.isin(ORIGINS, pest.origins)
            chance = np.maximum(chance, np.where(where, pest.chance, 0.0))
    care = np.clip(0.6 + 5 * propensity, 0.6, 3.0)
    return np.asarray(np.minimum(chance[lines.goods, lines.origin] * scale * care, 0.6), dtype=np.float64)
