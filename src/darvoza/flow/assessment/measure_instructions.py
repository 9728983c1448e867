"""What officers are told of a measure that says nothing to them itself: what to look for, where from, and what to do."""

from darvoza.domain.codes import Flow
from darvoza.domain.sps.measure import INCOMING, Measure, MeasureKind, MeasureScope

WORDS = {
    "en": {
        MeasureKind.PROHIBITION: (
            "Prohibited: {title}{places}. Refuse {movement} unless the documents prove that the goods are not under it; what is not "
            "declared counts against them. Basis: {basis}."
        ),
        MeasureKind.CONDITION: (
            "Required and not shown: {needed} ({title}{places}). Do not let the goods go without it. Basis: {basis}."
        ),
        MeasureKind.INTENSIFIED: "Control is intensified: {title}{places}. Basis: {basis}.",
        Flow.IMPORT: "entry",
        Flow.TRANSIT: "transit",
        Flow.EXPORT: "exit",
        "or": " or ",
        "regions": "regions {codes}",
        "establishments": "establishments {codes}",
        "zone_hazards": "zones with {codes}",
        "required": "one of the documents {codes}",
        "statements": "certificate with the statement “{codes}”",
        "zone_free_of": "zone free of {codes}",
        "approved_establishment": "establishment approved for the goods",
        "permit": "permit that covers the goods",
    },
    "ru": {
        MeasureKind.PROHIBITION: (
            "Запрещено: {title}{places}. Отказать {movement}, если документы не доказывают, что товар не подпадает под запрет; "
            "незаявленное толкуется против товара. Основание: {basis}."
        ),
        MeasureKind.CONDITION: (
            "Требуется и не представлено: {needed} ({title}{places}). Без этого товар не выпускать. Основание: {basis}."
        ),
        MeasureKind.INTENSIFIED: "Усиленный контроль: {title}{places}. Основание: {basis}.",
        Flow.IMPORT: "во ввозе",
        Flow.TRANSIT: "в транзите",
        Flow.EXPORT: "в вывозе",
        "or": " или ",
        "regions": "регионы: {codes}",
        "establishments": "предприятия: {codes}",
        "zone_hazards": "зоны, где есть {codes}",
        "required": "один из документов {codes}",
        "statements": "сертификат с декларацией «{codes}»",
        "zone_free_of": "зона, свободная от {codes}",
        "approved_establishment": "предприятие, допущенное для этих товаров",
        "permit": "разрешение на эти товары",
    },
}
"""Language → kind of measure, direction, part of a scope, or what a condition needs → words."""


def instructions(measure: Measure) -> dict[str, str]:
    """Give what the officer is told, by language: what the measure says, else what its kind does; nothing of a mere frequency.

    Examples
    --------
    >>> from datetime import date
    >>> from darvoza.domain.codes import Agency
    >>> scope = MeasureScope(goods=("0104",), regions=("PK-2",))
    >>> ban = Measure("V-1", "Sheep", Agency.VETERINARY, MeasureKind.PROHIBITION, scope, "Order 1", date(2026, 1, 1))
    >>> instructions(ban)["en"][:61]
    'Prohibited: Sheep, regions PK-2. Refuse entry or transit unle'
    """
    told = {language: _told(measure, words) for language, words in WORDS.items() if measure.kind in words}
    return {**told, **measure.instructions}


def _told(measure: Measure, words: dict[str, str]) -> str:
    places = "".join(f", {each}" for each in _places(measure.scope, words))
    needed = "; ".join(_needed(measure, words))
    movement = words["or"].join(words[flow] for flow in measure.scope.flows or INCOMING)
    return words[measure.kind].format(
        title=measure.title, places=places, needed=needed, movement=movement, basis=measure.legal_basis
    )


def _places(scope: MeasureScope, words: dict[str, str]) -> list[str]:
    named = {name: getattr(scope, name) for name in ("regions", "establishments", "zone_hazards")}
    return [words[name].format(codes=", ".join(codes)) for name, codes in named.items() if codes]


def _needed(measure: Measure, words: dict[str, str]) -> list[str]:
    """Name what is required: documents, and what certificates and registers must show."""
    requires = measure.requires
    listed = {"required": measure.required, "statements": requires.statements, "zone_free_of": requires.zone_free_of}
    found = [words[name].format(codes=", ".join(codes)) for name, codes in listed.items() if codes]
    return found + [words[name] for name in ("approved_establishment", "permit") if getattr(requires, name)]
