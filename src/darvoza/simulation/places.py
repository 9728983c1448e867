"""The places of the practice world: countries with their rates, posts with their traffic.

The crossings are real; codes, volumes and reach are invented for practice (November 2026). Declarations between
members of a customs union are lodged here as if there were none: the world is for practice, not a map.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Country:
    """A country of destination: its rate of value added tax [1] and the length of its trader numbers [digits].

    Rates are rounded for practice and may lag behind the law.
    """

    code: str
    vat: float
    number_length: int


COUNTRIES: tuple[Country, ...] = (
    Country("KG", 0.12, 14),
    Country("KZ", 0.12, 12),
    Country("TJ", 0.14, 9),
    Country("UZ", 0.12, 9),
    Country("TM", 0.15, 12),
)


@dataclass(frozen=True, slots=True)
class Post:
    """A border post.

    Attributes
    ----------
    code, name, country
        Our code, its name, the country whose officers work there.
    volume
        Share of all declarations, relative.
    rail
        Share of consignments by rail; the rest comes by road.
    reach
        Origins whose goods come this way, with the factor on their usual share; others count `ELSEWHERE`.
    leaning
        Groups of goods that come more often, with the factor.
    crosses
        Countries usually crossed on the way.
    """

    code: str
    name: str
    country: str
    volume: float
    rail: float
    reach: dict[str, float]
    leaning: dict[str, float]
    crosses: tuple[str, ...]


ELSEWHERE = 0.25
_CN = {"CN": 5.0, "KR": 1.0, "JP": 1.0, "VN": 1.0}
_KZ = {"KZ": 4.0, "RU": 4.0, "BY": 3.0, "DE": 1.5, "PL": 1.5, "NL": 1.0}
_SOUTH = {"IR": 5.0, "TR": 3.0, "AE": 2.5, "EG": 2.0, "AZ": 1.5}

POSTS: tuple[Post, ...] = (
    Post("KG-TOR", "Torugart", "KG", 9, 0.0, _CN, {"textile": 2, "footwear": 2, "household": 2}, ()),
    Post("KG-IRK", "Irkeshtam", "KG", 8, 0.0, _CN, {"electronics": 2, "machines": 2, "carparts": 2}, ()),
    Post("KG-DOS", "Dostuk", "KG", 7, 0.0, {"UZ": 6, "TJ": 3, "IR": 2, "TR": 2, "AF": 2}, {"fruit": 2, "vegetables": 2, "vehicles": 0.5}, ("UZ",)),
    Post("KG-AKT", "Ak-Tilek", "KG", 8, 0.1, _KZ, {"food": 2, "dairy": 2, "vehicles": 1.5}, ("KZ",)),
    Post("KZ-KHO", "Nur Zholy (Khorgos)", "KZ", 16, 0.3, _CN, {"electronics": 2, "vehicles": 2, "machines": 1.5}, ()),
    Post("KZ-KOL", "Kolzhat", "KZ", 6, 0.0, _CN, {"vegetables": 2, "household": 2}, ()),
    Post("KZ-KAR", "Karasu", "KZ", 5, 0.0, {"KG": 6, "CN": 2, "UZ": 2, "TR": 1}, {"fruit": 2, "dairy": 1.5, "textile": 2}, ("KG",)),
    Post("TJ-KUL", "Kulma", "TJ", 4, 0.0, _CN, {"household": 2, "textile": 1.5, "metal": 1.5}, ()),
    Post("TJ-DUS", "Dusti", "TJ", 6, 0.1, {"UZ": 5, "RU": 3, "KZ": 3, "TR": 2, "IR": 2}, {"grain": 2, "food": 2, "fuel": 1.5}, ("UZ",)),
    Post("UZ-GIS", "Gisht-Kuprik", "UZ", 13, 0.1, _KZ, {"food": 2, "meat": 2, "carparts": 1.5}, ("KZ",)),
    Post("UZ-YAL", "Yallama", "UZ", 11, 0.2, {**_KZ, "CN": 1.5}, {"wood": 2, "metal": 2, "machines": 1.5}, ("KZ",)),
    Post("UZ-DST", "Dustlik", "UZ", 6, 0.1, {"KG": 5, "CN": 3, "TJ": 1}, {"textile": 1.5, "dried": 2, "household": 1.5}, ("KG",)),
    Post("TM-FAR", "Farap", "TM", 4, 0.2, {"UZ": 4, "RU": 2, "KZ": 2, "CN": 2}, {"fruit": 1.5, "machines": 1.5}, ("UZ",)),
    Post("TM-SER", "Serhetabat", "TM", 2, 0.3, {"AF": 8, "PK": 5, "IN": 2, "IR": 1}, {"dried": 3, "citrus": 2}, ("AF",)),
    Post("TM-SAR", "Sarahs", "TM", 5, 0.3, _SOUTH, {"food": 1.5, "plastics": 2, "mineral": 2}, ("IR",)),
)  # fmt: skip
"""The posts of the world, at the borders of five countries."""

POST_CODES: tuple[str, ...] = tuple(post.code for post in POSTS)
COUNTRY_CODES: tuple[str, ...] = tuple(country.code for country in COUNTRIES)
