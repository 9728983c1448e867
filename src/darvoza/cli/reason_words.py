"""Reasons of a score in words: one template for each way to say one, in English and in Russian."""

from collections.abc import Mapping
from typing import Any, Final

from darvoza.cli.languages import CONCEPTS
from darvoza.domain.selection import Contribution
from darvoza.domain.titles import TITLE
from darvoza.domain.titles.history import SUBJECTS

WHOSE: Final[dict[str, tuple[str, str]]] = {
    key: (english, russian)
    for key, english, russian in (
        tuple(cell.strip() for cell in line.split(" | ")) for line in SUBJECTS.strip().splitlines()
    )
}
"""Whose history is told, as words that follow a noun: English, Russian."""

TEMPLATES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "first": "first declaration {whose}",
        "record": (
            "findings in {findings} of {examined} items examined {whose} in 12 months; of all items examined, in "
            "{base} of 100"
        ),
        "unexamined": "earlier items {whose}: {items}; none examined in 12 months",
        "peers": "unit value {value} per kg; three quarters of {count} peers lie above {low}, half above {middle}",
        "tail": "unit value {value} per kg; 95 % of {count} peers ({scope}) lie above {fifth}, half above {middle}",
        "range": "{title}: {value}; nine importers in ten declare {low} to {high}",
        "number": "{title}: {value}",
        "yes": "{title}",
        "no": "not so: {title}",
        "text": "{title}: {value}",
        "unknown": "{title}: not known",
    },
    "ru": {
        "first": "первая декларация {whose}",
        "record": (
            "нарушения выявлены в {findings} из {examined} проверенных за 12 месяцев товаров {whose}; среди всех "
            "проверенных — в {base} из 100"
        ),
        "unexamined": "ранее заявлено товаров {whose}: {items}; за 12 месяцев не проверен ни один",
        "peers": (
            "стоимость за кг — {value}; у трёх четвертей из {count} сопоставимых товаров она выше {low}, у половины "
            "выше {middle}"
        ),
        "tail": (
            "стоимость за кг — {value}; у 95 % из {count} сопоставимых товаров ({scope}) она выше {fifth}, у половины "
            "выше {middle}"
        ),
        "range": "{title}: {value}; девять импортёров из десяти заявляют от {low} до {high}",
        "number": "{title}: {value}",
        "yes": "{title}",
        "no": "{opposite}",
        "text": "{title}: {value}",
        "unknown": "{title}: неизвестно",
    },
}
"""Code of a reason → sentence."""

SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "unknown which",
        "this code from {origin}",
        "this subheading from {origin}",
        "this subheading",
        "this heading",
    ),
    "ru": (
        "неизвестно какие",
        "тот же код, происхождение {origin}",
        "та же субпозиция, происхождение {origin}",
        "та же субпозиция",
        "та же товарная позиция",
    ),
}
"""Who the peers are, by level of their cell; the first where the level is not known."""

DIRECTIONS: Final[dict[str, tuple[str, str]]] = {
    "en": ("raised by {concept} ({amount:+.2f}): {said}", "lowered by {concept} ({amount:+.2f}): {said}"),
    "ru": ("повышает: {concept} ({amount:+.2f}): {said}", "понижает: {concept} ({amount:+.2f}): {said}"),
}
"""How a sentence begins, for what raised the score and for what lowered it; amounts are in log-odds."""


def reason_sentence(reason: Mapping[str, Any], language: str) -> str:
    """Tell one reason.

    Parameters
    ----------
    reason
        As stored with the decision: concept, amount, code, fact, values.
    language
        ``en`` or ``ru``.

    Examples
    --------
    >>> newcomer = {"concept": "importer", "amount": 0.42, "code": "first", "fact": "importer_age",
    ...             "values": [{"name": "key", "number": None, "text": "importer"}]}
    >>> reason_sentence(newcomer, "en")
    'raised by importer (+0.42): first declaration of the importer'
    >>> reason_sentence(newcomer, "ru")
    'повышает: импортёр (+0.42): первая декларация импортёра'
    """
    values = {
        value["name"]: value["text"] if value["number"] is None else value["number"] for value in reason["values"]
    }
    return told(
        Contribution(reason["concept"], reason["amount"], reason["code"], reason["fact"], tuple(values.items())),
        language,
    )


def told(reason: Contribution, language: str) -> str:
    """Tell one reason that was read back as a record."""
    values = dict(reason.values)
    if "base" in values:
        values["base"] = 100 * float(values["base"])
    shown = {name: value if isinstance(value, str) else amount(value) for name, value in values.items()}
    title = TITLE[reason.fact]
    words = {
        "title": title.english if language == "en" else title.russian,
        "opposite": title.opposite,
        "whose": WHOSE.get(shown.get("key", ""), ("", ""))[language == "ru"],
        "scope": SCOPES[language][int(values.get("level", 0))].format(origin=values.get("origin", "?")),
        "low": "?", "middle": "?", "count": "?", "fifth": "?",
    }  # fmt: skip
    said = TEMPLATES[language][reason.code].format(**(words | shown))
    concept = CONCEPTS.get(reason.concept, reason.concept) if language == "ru" else reason.concept
    return DIRECTIONS[language][reason.amount <= 0].format(concept=concept, amount=reason.amount, said=said)


def amount(number: float) -> str:
    """Write a number with as many digits as tell something.

    Examples
    --------
    >>> [amount(number) for number in (1.7912, 4.0, 212.0, 12345.6, 0.0312, 0.0)]
    ['1.79', '4', '212', '12 346', '0.031', '0']
    """
    if number == 0:
        return "0"
    digits = 0 if abs(number) >= 100 else 2 if abs(number) >= 1 else 3
    text = f"{number:,.{digits}f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text
