"""Names and numbers of the practice world: traders, vehicles, containers. None belongs to anybody real."""

from dataclasses import dataclass

import numpy as np

from darvoza.domain.containers import container_check_digit
from darvoza.simulation.goods import ORIGINS, Indices
from darvoza.simulation.places import COUNTRIES, POSTS
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.traders import Traders, broker_country

FLEET = 24
CONTAINERS = 6000
OWNERS = ("MSKU", "TCLU", "CMAU", "TGHU", "CAIU", "FESU", "TKRU", "RZDU")
VEHICLE_COUNTRIES = ("KG", "KZ", "TJ", "UZ", "TM", "CN", "RU", "TR", "IR")
_FORMS = {"KG": "ОсОО", "KZ": "ТОО", "TJ": "ҶДММ", "UZ": "MChJ", "TM": "HJ"}
_FIRST = (
    "Ала",
    "Бай",
    "Дархан",
    "Эль",
    "Замин",
    "Ислам",
    "Кара",
    "Мер",
    "Нур",
    "Орто",
    "Пар",
    "Рах",
    "Сары",
    "Тянь",
    "Улу",
    "Шарк",
)
_SECOND = (
    "Тоо",
    "Тер",
    "Трейд",
    "Импорт",
    "Логистик",
    "Сервис",
    "Строй",
    "Агро",
    "Бизнес",
    "Текстиль",
    "Транс",
    "Групп",
    "Маркет",
    "Инвест",
)
_EXPORT = (
    "Golden",
    "Silk",
    "Orient",
    "Anatolia",
    "Lotus",
    "Harbour",
    "Summit",
    "Union",
    "Delta",
    "Pacific",
    "Eastern",
    "Prime",
)
_TRADE = ("Trading", "Industry", "Foods", "Textile", "General Trading", "Export", "International", "Machinery", "Group")


def kazakh_number(first_eleven: str) -> str | None:
    """Business number of Kazakhstan with its twelfth, check digit; ``None`` where these eleven have none.

    Examples
    --------
    >>> kazakh_number("97124000131")
    '971240001315'
    """
    digits = [int(sign) for sign in first_eleven]
    for weights in (range(1, 12), (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)):
        check = sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11
        if check < 10:
            return f"{first_eleven}{check}"
    return None


@dataclass(frozen=True, slots=True)
class Identities:
    """Names and numbers, each a list the indices of the world point into.

    Exporters stand country by country, ``exporters_per_country`` each; `plates` carrier by carrier, `FLEET` each.
    """

    importer_ids: list[str]
    importer_names: list[str]
    broker_ids: list[str]
    carrier_ids: list[str]
    exporter_ids: list[str]
    exporter_names: list[str]
    plates: list[str]
    fleet_size: Indices
    carrier_country: Indices
    wagons: list[str]
    containers: list[str]


def name_everybody(settings: WorldSettings, traders: Traders, rng: np.random.Generator) -> Identities:
    """Give every party and every vehicle of the world its name and number."""
    countries = [POSTS[home].country for home in traders.home]
    carrier_country = rng.choice(
        len(VEHICLE_COUNTRIES), settings.carriers, p=[0.13, 0.2, 0.09, 0.17, 0.06, 0.17, 0.1, 0.05, 0.03]
    )
    exporters = [(origin, i) for origin in ORIGINS for i in range(settings.exporters_per_country)]
    return Identities(
        importer_ids=_trader_numbers(countries, rng),
        importer_names=[f"{_FORMS[country]} «{_company(rng)}»" for country in countries],
        broker_ids=[f"{COUNTRIES[c].code}-B{i:04d}" for i, c in enumerate(broker_country(settings))],
        carrier_ids=[f"{VEHICLE_COUNTRIES[c]}-C{i:04d}" for i, c in enumerate(carrier_country)],
        exporter_ids=[f"{origin}{(i * 7919 + 1013 * o) % 99991:05d}" for o, (origin, i) in enumerate(exporters)],
        exporter_names=[
            f"{_EXPORT[rng.integers(len(_EXPORT))]} {_TRADE[rng.integers(len(_TRADE))]} {i + 1}" for _, i in exporters
        ],
        plates=[_plate(VEHICLE_COUNTRIES[c], i, rng) for c in carrier_country for i in range(FLEET)],
        fleet_size=rng.integers(2, FLEET + 1, settings.carriers),
        carrier_country=carrier_country,
        wagons=[f"{number:08d}" for number in rng.choice(49_999_999, CONTAINERS, replace=False) + 50_000_000],
        containers=_containers(rng),
    )


def _company(rng: np.random.Generator) -> str:
    return f"{_FIRST[rng.integers(len(_FIRST))]}-{_SECOND[rng.integers(len(_SECOND))]} {rng.integers(1, 400)}"


def _trader_numbers(countries: list[str], rng: np.random.Generator) -> list[str]:
    """Numbers of the length usual in each country, all different."""
    length = {country.code: country.number_length for country in COUNTRIES}
    taken: set[str] = set()
    numbers = []
    for country in countries:
        number: str | None = None
        while number is None or number in taken:
            digits = "".join(map(str, rng.integers(0, 10, length[country] - 2)))
            number = (
                kazakh_number(f"2{digits}") if country == "KZ" else f"{rng.integers(1, 3)}{rng.integers(0, 10)}{digits}"
            )
        taken.add(number)
        numbers.append(number)
    return numbers


def _plate(country: str, i: int, rng: np.random.Generator) -> str:
    letters = "".join("ABCEHKMOPTXY"[j] for j in rng.integers(0, 12, 3))
    return f"{country}{rng.integers(1, 20):02d}{rng.integers(100, 1000)}{letters}{i:02d}"


def _containers(rng: np.random.Generator) -> list[str]:
    numbers = rng.choice(10**6, CONTAINERS, replace=False)
    prefixes = [f"{OWNERS[i % len(OWNERS)]}{number:06d}" for i, number in enumerate(numbers)]
    return [f"{prefix}{container_check_digit(prefix)}" for prefix in prefixes]
