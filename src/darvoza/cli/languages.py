"""The closed vocabularies of the field in the languages of its officers; the core knows only their codes."""

from typing import Final

from darvoza.domain.codes import Act, Agency, Channel, RiskArea
from darvoza.domain.profile import Outcome, UnknownPolicy
from darvoza.domain.selection import FloorKind, Purse

LANGUAGES: Final = ("en", "ru")

RUSSIAN: Final[dict[str, str]] = {
    Agency.CUSTOMS: "таможенная служба",
    Agency.VETERINARY: "ветеринарная служба",
    Agency.PHYTOSANITARY: "фитосанитарная служба",
    Agency.QUARANTINE: "карантинная служба",
    Agency.SANITARY: "санитарно-эпидемиологическая служба",
    Act.AUDIT: "проверка после выпуска",
    Act.DOCUMENTARY: "проверка документов",
    Act.IDENTITY: "идентификация товара",
    Act.SCAN: "сканирование",
    Act.SAMPLING: "отбор проб",
    Act.PHYSICAL: "досмотр",
    Channel.GREEN: "зелёный",
    Channel.BLUE: "синий",
    Channel.YELLOW: "жёлтый",
    Channel.RED: "красный",
    RiskArea.UNDERVALUATION: "занижение стоимости",
    RiskArea.MISCLASSIFICATION: "неверная классификация",
    RiskArea.ORIGIN: "происхождение",
    RiskArea.UNDECLARED: "недекларирование",
    RiskArea.PROHIBITED: "запреты",
    RiskArea.QUANTITY: "количество",
    RiskArea.DOCUMENTS: "документы",
    RiskArea.INTELLECTUAL_PROPERTY: "интеллектуальная собственность",
    RiskArea.SAFETY: "безопасность",
    RiskArea.SPS: "санитарный, ветеринарный или фитосанитарный риск",
    RiskArea.TRANSIT: "транзит",
    RiskArea.PROCEDURE: "процедура",
    FloorKind.LAW: "закон",
    FloorKind.PROFILE: "профиль риска",
    FloorKind.ALERT: "оповещение",
    FloorKind.PLAN: "план выборки",
    FloorKind.SCORE: "оценка риска",
    FloorKind.RANDOM: "случайный отбор",
    Outcome.MATCH: "срабатывает",
    Outcome.NO_MATCH: "не срабатывает",
    Outcome.UNKNOWN: "неизвестно",
}
"""What each code is called in Russian; no two vocabularies spell a code alike and mean different things."""

KINDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        FloorKind.LAW: "the law asks for it",
        FloorKind.ALERT: "an alert in force asks for it",
        FloorKind.PROFILE: "a risk profile asks for it",
        FloorKind.PLAN: "a sampling plan asks for it",
        FloorKind.SCORE: "the score asks for it",
        FloorKind.RANDOM: "the random floor under every declaration asks for it",
    },
    "ru": {
        FloorKind.LAW: "этого требует закон",
        FloorKind.ALERT: "этого требует действующее оповещение",
        FloorKind.PROFILE: "этого требует профиль риска",
        FloorKind.PLAN: "этого требует план выборки",
        FloorKind.SCORE: "этого требует оценка риска",
        FloorKind.RANDOM: "этого требует случайный отбор, действующий для каждой декларации",
    },
}
"""What stands behind a floor, as a clause."""

PURSES: Final[dict[str, dict[str, str]]] = {
    "en": {
        Purse.SEVERITY: ", for its severity",
        Purse.MONEY: ", for the money at stake",
        Purse.PROBABILITY: ", for the probability of a finding",
        Purse.CHANCE: ", by chance: capacity that no worth claims",
    },
    "ru": {
        Purse.SEVERITY: " — из-за тяжести возможных последствий",
        Purse.MONEY: " — из-за суммы возможных потерь",
        Purse.PROBABILITY: " — из-за вероятности нарушения",
        Purse.CHANCE: " — случайно: эта пропускная способность ничем не занята",
    },
}
"""Which purse paid for a floor of the score, to go after its clause."""

POLICIES: Final[dict[str, dict[UnknownPolicy, str]]] = {
    "en": {UnknownPolicy.NO_MATCH: "it does not match", UnknownPolicy.MATCH: "it matches"},
    "ru": {UnknownPolicy.NO_MATCH: "профиль не срабатывает", UnknownPolicy.MATCH: "профиль срабатывает"},
}
"""What a profile does when its condition is unknown."""

CONCEPTS: Final[dict[str, str]] = {
    "behaviour": "поведение участника",
    "carrier": "перевозчик",
    "consignment": "состав партии",
    "declarant": "декларант",
    "description": "описание товара",
    "documents": "документы",
    "exporter": "экспортёр",
    "goods": "товар",
    "importer": "импортёр",
    "mass": "масса",
    "origin": "происхождение",
    "post": "пост",
    "procedure": "процедура",
    "route": "маршрут",
    "time": "время подачи",
    "transport": "транспорт",
    "unit value": "стоимость за единицу",
    "value": "стоимость",
    "vehicle": "транспортное средство",
}
"""What moved a score, in Russian."""


def named(code: str, language: str) -> str:
    """Give the word for a code; the code itself in English, with its underscores apart.

    Examples
    --------
    >>> named("intellectual_property", "en"), named("physical", "ru")
    ('intellectual property', 'досмотр')
    """
    return RUSSIAN.get(code, code) if language == "ru" else str(code).replace("_", " ")
