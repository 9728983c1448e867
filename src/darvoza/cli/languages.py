"""Clauses that the command line says around codes, in the languages of its officers."""

from typing import Final

from darvoza.domain.codes import RiskFamily
from darvoza.domain.profile import UnknownPolicy
from darvoza.domain.selection import FloorKind, Purse
from darvoza.domain.vocabulary import LANGUAGES, RUSSIAN, named

__all__ = ["CONCEPTS", "FAMILIES", "KINDS", "LANGUAGES", "POLICIES", "PURSES", "RUSSIAN", "named"]

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
        Purse.HARM: ", for the harm expected: probability and money",
        Purse.MONEY: ", for the money at stake",
        Purse.PROBABILITY: ", for the probability of a finding",
        Purse.CHANCE: ", by chance: capacity that no worth claims",
        "hazard": ", by the hazard of the goods",
    },
    "ru": {
        Purse.SEVERITY: " — из-за тяжести возможных последствий",
        Purse.HARM: " — из-за ожидаемого ущерба: вероятности и суммы",
        Purse.MONEY: " — из-за суммы возможных потерь",
        Purse.PROBABILITY: " — из-за вероятности нарушения",
        Purse.CHANCE: " — случайно: эта пропускная способность ничем не занята",
        "hazard": " — по опасности товара",
    },
}
"""Which purse paid for a floor of the score, to go after its clause."""

POLICIES: Final[dict[str, dict[UnknownPolicy, str]]] = {
    "en": {UnknownPolicy.NO_MATCH: "it does not match", UnknownPolicy.MATCH: "it matches"},
    "ru": {UnknownPolicy.NO_MATCH: "профиль не срабатывает", UnknownPolicy.MATCH: "профиль срабатывает"},
}
"""What a profile does when its condition is unknown."""

FAMILIES: Final[dict[str, dict[RiskFamily, str]]] = {
    "en": {
        RiskFamily.VALUATION: "value",
        RiskFamily.CLASSIFICATION: "classification",
        RiskFamily.ORIGIN: "origin",
        RiskFamily.CONCEALMENT: "undeclared or prohibited goods",
        RiskFamily.SPS: "health of animals, plants and people",
        RiskFamily.FORMALITIES: "formalities",
    },
    "ru": {
        RiskFamily.VALUATION: "стоимость",
        RiskFamily.CLASSIFICATION: "классификация",
        RiskFamily.ORIGIN: "происхождение",
        RiskFamily.CONCEALMENT: "незаявленные или запрещённые товары",
        RiskFamily.SPS: "здоровье животных, растений и людей",
        RiskFamily.FORMALITIES: "формальности",
    },
}
"""Of which kind a finding would be."""

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
