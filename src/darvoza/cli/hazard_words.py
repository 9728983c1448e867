"""Reasons of a hazard score in words: which cell, how much is known of it, and what alerts add."""

from typing import Final

from darvoza.domain.sps.hazard import CELL_LEVELS

HAZARDS: Final[dict[str, tuple[str, str]]] = {
    "pest": ("pest", "вредный организм"),
    "disease": ("disease", "болезнь"),
    "pathogen": ("pathogen", "возбудитель"),
    "residue": ("residue", "остаточное вещество"),
    "unnamed": ("unnamed hazard", "неуказанная опасность"),
}
"""Hazards of the practice world in English and Russian; others are told by their own name."""

WHERE: Final[dict[str, tuple[str, ...]]] = {
    "en": ("in all goods", "in goods of {}", "in goods of {}", "of the establishment {}"),
    "ru": ("во всех товарах", "в товарах {}", "в товарах {}", "предприятия {}"),
}
TEMPLATES: Final[dict[str, str]] = {
    "en": "{hazard} {where}: {positives} of {trials} examined (recent ones count most){alerts}; rate {rate}, in all goods {base}",
    "ru": "{hazard} {where}: выявлено {positives} из {trials} проверок (недавние важнее){alerts}; доля {rate}, во всех товарах {base}",
}
ALERTS: Final[dict[str, str]] = {"en": ", alerts count for {}", "ru": ", оповещения учтены как {}"}


def hazard_sentence(cell: dict[str, object], base: float, language: str) -> str:
    """Tell one hazard of goods by the cell that decided.

    Parameters
    ----------
    cell
        A row of the table of hazards.
    base
        The rate of the hazard in all goods.
    language
        ``en`` or ``ru``.

    Examples
    --------
    >>> cell = {"hazard": "pest", "level": 2, "place": "0805 TR", "positives": 3.2, "trials": 41.0, "alerts": 0.6, "rate": 0.09}
    >>> hazard_sentence(cell, 0.012, "en")
    'pest in goods of 0805 TR: 3.2 of 41.0 examined (recent ones count most), alerts count for 0.6; rate 9.0 %, in all goods 1.2 %'
    """
    hazard = str(cell["hazard"])
    named = HAZARDS.get(hazard, (hazard, hazard))[0 if language == "en" else 1]
    place = str(cell["place"])
    level = int(str(cell["level"]))
    where = WHERE[language][level].format(place.rpartition(" ")[2] if level == len(CELL_LEVELS) - 1 else place)
    alerts = float(str(cell["alerts"]))
    told = ALERTS[language].format(_number(alerts)) if alerts > 0 else ""
    return TEMPLATES[language].format(
        hazard=named, where=where, positives=_number(cell["positives"]), trials=_number(cell["trials"]), alerts=told,
        rate=_percent(cell["rate"]), base=_percent(base),
    )  # fmt: skip


def _number(value: object) -> str:
    return f"{float(str(value)):.1f}"


def _percent(value: object) -> str:
    return f"{100 * float(str(value)):.1f} %"
