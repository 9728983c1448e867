"""The goods of the practice world as columns: rates, prices, masses, seasons, origins, easy mistakes of heading."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from darvoza.simulation.goods_table import TABLE

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

SEASONS: dict[str, tuple[float, ...]] = {
    "flat": (0.9, 0.9, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.05, 1.05, 1.05, 1.05),
    "summer": (0.3, 0.3, 0.4, 0.6, 1.2, 2.0, 2.4, 2.3, 1.7, 1.0, 0.5, 0.35),
    "winter": (1.9, 1.5, 0.8, 0.4, 0.3, 0.3, 0.4, 0.7, 1.4, 2.0, 2.2, 2.0),
    "cold": (1.6, 1.4, 1.2, 1.0, 0.7, 0.6, 0.6, 0.6, 0.7, 1.0, 1.3, 1.7),
    "autumn": (0.8, 0.7, 0.7, 0.7, 0.7, 0.8, 1.1, 1.4, 1.6, 1.5, 1.2, 0.9),
    "march": (0.6, 1.6, 3.4, 1.6, 1.0, 0.6, 0.5, 0.6, 0.8, 0.8, 0.6, 0.7),
    "build": (0.5, 0.6, 1.0, 1.3, 1.4, 1.4, 1.3, 1.3, 1.2, 1.0, 0.7, 0.5),
}
"""Relative frequency of each season's goods, January to December; invented for practice."""

ORIGINS: tuple[str, ...] = (
    "AE", "AF", "AZ", "BD", "BR", "BY", "CN", "CZ", "DE", "EC", "EG", "ES", "FR", "GE", "IN", "IR", "IT", "JP", "KE", "KG", "KR",
    "KZ", "LK", "MN", "NL", "NO", "PK", "PL", "RU", "TH", "TJ", "TM", "TR", "UA", "US", "UZ", "VN",
)  # fmt: skip
"""Countries of origin of the world; a column of origins holds positions in this list."""

FREE_TRADE: tuple[str, ...] = ("AZ", "BY", "GE", "KG", "KZ", "RU", "TJ", "TM", "UA", "UZ")
"""Origins whose goods may enter free of duty with a certificate of origin (after the free trade area of the CIS)."""

SIBLINGS = 3


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of the world, one entry per heading; lengths are ``(n_goods,)`` unless said otherwise.

    Attributes
    ----------
    hs, english, russian
        Code (6 digits) and descriptions.
    group
        Position in `groups`.
    duty
        Rate of duty [1].
    price, sigma
        Median price [value/kg] and σ of its logarithm.
    unit, unit_mass
        Supplementary unit (empty when none) and its mass [kg].
    package, package_mass, tare
        Package kind, net mass per package [kg], tare as a share of net mass.
    load
        Median net mass of an item [kg].
    season
        Relative frequency by calendar month, shape (n_goods, 12).
    phyto, vet
        Whether the plant health or the veterinary service controls it.
    origin_weight
        Shares of origins, shape (n_goods, n_origins), rows sum to 1.
    siblings
        Headings of lower duty it could be passed off as, nearest code first, shape (n_goods, 3); -1 when none.
    """

    hs: tuple[str, ...]
    english: tuple[str, ...]
    russian: tuple[str, ...]
    groups: tuple[str, ...]
    group: Indices
    duty: Floats
    price: Floats
    sigma: Floats
    unit: tuple[str, ...]
    unit_mass: Floats
    package: tuple[str, ...]
    package_mass: Floats
    tare: Floats
    load: Floats
    season: Floats
    phyto: NDArray[np.bool_]
    vet: NDArray[np.bool_]
    origin_weight: Floats
    siblings: Indices

    def where(self, *prefixes: str) -> NDArray[np.bool_]:
        """Tell which goods have a code that starts with one of the prefixes."""
        return np.array([code.startswith(prefixes) for code in self.hs], dtype=bool)


def _weights(text: str) -> Floats:
    weights = np.zeros(len(ORIGINS))
    for part in text.split(","):
        weights[ORIGINS.index(part[:2])] = float(part[2:])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _siblings(hs: list[str], group: Indices, duty: Floats) -> Indices:
    """Headings of the same group whose duty is at least 4 points lower, the same heading or chapter first."""
    found = np.full((len(hs), SIBLINGS), -1, dtype=np.int64)
    for i, code in enumerate(hs):
        near = [j for j in range(len(hs)) if group[j] == group[i] and duty[j] <= duty[i] - 0.04]
        distance = {j: (hs[j][:4] != code[:4], hs[j][:2] != code[:2], abs(int(hs[j]) - int(code))) for j in near}
        near.sort(key=distance.__getitem__)
        found[i, : len(near[:SIBLINGS])] = near[:SIBLINGS]
    return found


def read_goods(table: str = TABLE) -> Goods:
    """Read the goods table.

    Examples
    --------
    >>> goods = read_goods()
    >>> len(goods.hs) > 150, goods.english[goods.hs.index("060311")]
    (True, 'cut roses')
    """
    groups: list[str] = []
    shared: dict[str, str] = {}
    rows: list[tuple[list[str], list[str], int, dict[str, str]]] = []
    for line in filter(None, table.splitlines()):
        if line.startswith("["):
            name, rest = line[1:].split("] ")
            groups.append(name)
            shared = dict(pair.split("=", 1) for pair in rest.split(" "))
            continue
        head, *words = (part.strip() for part in line.split("|"))
        rows.append((head.split(), words, len(groups) - 1, shared))
    return _columns(groups, rows)


def _columns(groups: list[str], rows: list[tuple[list[str], list[str], int, dict[str, str]]]) -> Goods:
    units = [head[3].split(":") if len(head) > 3 else ["", "1"] for head, _, _, _ in rows]
    package = [shared["pkg"].split(":") for _, _, _, shared in rows]
    hs = [head[0] for head, _, _, _ in rows]
    group = np.array([g for _, _, g, _ in rows], dtype=np.int64)
    duty = np.array([float(head[1]) / 100 for head, _, _, _ in rows])

    def shared_number(key: str) -> Floats:
        return np.array([float(shared[key]) for _, _, _, shared in rows])

    return Goods(
        hs=tuple(hs),
        english=tuple(words[0] for _, words, _, _ in rows),
        russian=tuple(words[1] for _, words, _, _ in rows),
        groups=tuple(groups),
        group=group,
        duty=duty,
        price=np.array([float(head[2]) for head, _, _, _ in rows]),
        sigma=shared_number("sigma"),
        unit=tuple(unit for unit, _ in units),
        unit_mass=np.array([float(mass) for _, mass in units]),
        package=tuple(kind for kind, _ in package),
        package_mass=np.array([float(mass) for _, mass in package]),
        tare=shared_number("tare"),
        load=shared_number("load"),
        season=np.array([SEASONS[shared["season"]] for _, _, _, shared in rows]),
        phyto=np.array([shared["sps"] == "phyto" for _, _, _, shared in rows]),
        vet=np.array([shared["sps"] == "vet" for _, _, _, shared in rows]),
        origin_weight=np.array(
            [_weights(words[2] if len(words) > 2 else shared["origins"]) for _, words, _, shared in rows]
        ),
        siblings=_siblings(hs, group, duty),
    )
