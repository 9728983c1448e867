"""The standing of a trader in words fit to be shown to the trader, in English and Russian.

They tell the category, the rule that made it and what would change it. They tell no threshold of any profile.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from darvoza.domain.standing import CATEGORY_OF, Standing, StandingCategory, StandingRule

LANGUAGES = ("en", "ru")

CATEGORIES = {
    "en": {
        StandingCategory.NEW: "new",
        StandingCategory.LOW: "low",
        StandingCategory.MEDIUM: "medium",
        StandingCategory.HIGH: "high",
        StandingCategory.AUTHORISED: "authorised operator",
    },
    "ru": {
        StandingCategory.NEW: "новый участник",
        StandingCategory.LOW: "низкая",
        StandingCategory.MEDIUM: "средняя",
        StandingCategory.HIGH: "высокая",
        StandingCategory.AUTHORISED: "уполномоченный экономический оператор",
    },
}

RULES = {
    "en": {
        StandingRule.AUTHORISATION: "An authorisation is in force.",
        StandingRule.SURELY_ABOVE: "Examinations of your declarations find non-compliance clearly more often than usual.",
        StandingRule.LATE_FINDINGS: "The last examinations of your declarations found non-compliance again and again.",
        StandingRule.FEW_DECLARATIONS: "You have lodged too few declarations to be judged.",
        StandingRule.SHORT_TENURE: "Your first declaration was lodged too recently.",
        StandingRule.OPEN_DEBT: "A debt to the state is open.",
        StandingRule.FRESH_FINDING: "Non-compliance was found recently.",
        StandingRule.LITTLE_EVIDENCE: "Too few of your declarations were examined by random selection to be sure.",
        StandingRule.SURELY_BELOW: "Examinations of your declarations find non-compliance clearly less often than usual.",
        StandingRule.BETWEEN: "What was found does not differ clearly from what is usual.",
    },
    "ru": {
        StandingRule.AUTHORISATION: "Действует свидетельство уполномоченного оператора.",
        StandingRule.SURELY_ABOVE: "При проверках ваших деклараций нарушения выявляются заметно чаще обычного.",
        StandingRule.LATE_FINDINGS: "Последние проверки ваших деклараций раз за разом выявляли нарушения.",
        StandingRule.FEW_DECLARATIONS: "Подано слишком мало деклараций для оценки.",
        StandingRule.SHORT_TENURE: "Первая декларация подана слишком недавно.",
        StandingRule.OPEN_DEBT: "Имеется непогашенная задолженность перед бюджетом.",
        StandingRule.FRESH_FINDING: "Недавно было выявлено нарушение.",
        StandingRule.LITTLE_EVIDENCE: "Случайно отобранных и проверенных деклараций слишком мало для уверенной оценки.",
        StandingRule.SURELY_BELOW: "При проверках ваших деклараций нарушения выявляются заметно реже обычного.",
        StandingRule.BETWEEN: "Результаты проверок существенно не отличаются от обычных.",
    },
}

CHANGES = {
    "en": {
        StandingRule.SURELY_ABOVE: "About {n} further random examinations without a finding would change it.",
        StandingRule.LATE_FINDINGS: "{n} further examinations without a finding would change it.",
        StandingRule.FEW_DECLARATIONS: "It is judged anew after {n} more declarations.",
        StandingRule.SHORT_TENURE: "It is judged anew in {n} days.",
        StandingRule.OPEN_DEBT: "It is judged anew when the debt is settled.",
        StandingRule.FRESH_FINDING: "It is judged anew in {n} days if nothing more is found.",
        StandingRule.LITTLE_EVIDENCE: "About {n} further random examinations are needed.",
        StandingRule.BETWEEN: "About {n} further random examinations without a finding would raise it.",
    },
    "ru": {
        StandingRule.SURELY_ABOVE: "Изменить её могут ещё около {n} случайных проверок без нарушений.",
        StandingRule.LATE_FINDINGS: "Изменить её могут проверки без нарушений; нужно ещё: {n}.",
        StandingRule.FEW_DECLARATIONS: "Оценка будет пересмотрена, когда число новых деклараций достигнет {n}.",
        StandingRule.SHORT_TENURE: "Оценка будет пересмотрена; осталось дней: {n}.",
        StandingRule.OPEN_DEBT: "Оценка будет пересмотрена после погашения задолженности.",
        StandingRule.FRESH_FINDING: "Если новых нарушений не будет, оценка будет пересмотрена; осталось дней: {n}.",
        StandingRule.LITTLE_EVIDENCE: "Нужно ещё случайных проверок: около {n}.",
        StandingRule.BETWEEN: "Повысить её могут ещё около {n} случайных проверок без нарушений.",
    },
}

FACTS = {
    "en": "Declarations: {declarations}; results of examinations: {results}; with non-compliance: {findings}.",
    "ru": "Деклараций: {declarations}; результатов проверок: {results}; с нарушениями: {findings}.",
}

TERMS = {
    "en": {
        "ends": "The authorisation ends on {day}.",
        "suspended": "It is suspended from {day}.",
        "otherwise": "Without the authorisation: {category}. {rule}",
    },
    "ru": {
        "ends": "Срок действия свидетельства истекает {day}.",
        "suspended": "Действие свидетельства приостанавливается с {day}.",
        "otherwise": "Без свидетельства: {category}. {rule}",
    },
}

SHARED = {
    "en": {"address": "an address", "phone": "a telephone", "director": "a director"},
    "ru": {"address": "адрес", "phone": "телефон", "director": "руководитель"},
}

LINKS = {
    "en": "Registers name the same for other traders: {shared}. This changes no category.",
    "ru": "В реестрах совпадает с другими участниками: {shared}. На категорию это не влияет.",
}

UNJUDGED = {"en": "not judged", "ru": "не оценивался"}

LIGHT = {
    "en": "Slight shortcomings that do not count: {n}.",
    "ru": "Незначительных недостатков, которые не учитываются: {n}.",
}

HEADS = {
    "en": "Standing of {trader} on {day}: {category}.",
    "ru": "Репутация участника {trader} на {day}: {category}.",
}


def standing_sentences(standing: Standing, language: str = "en") -> tuple[str, ...]:
    """Tell a standing: category, rule, plain counts, and what would change it.

    Parameters
    ----------
    standing
        The standing.
    language
        ``en`` or ``ru``.
    """
    category = CATEGORIES[language][standing.category]
    head = HEADS[language].format(trader=standing.trader, day=standing.day.isoformat(), category=category)
    facts = FACTS[language].format(
        declarations=standing.declarations, results=standing.results, findings=standing.findings
    )
    if standing.light_findings:
        facts += " " + LIGHT[language].format(n=standing.light_findings)
    told = head, RULES[language][standing.rule], facts, *_terms(standing, language)
    change = CHANGES[language].get(standing.rule)
    if change is None or ("{n}" in change and standing.wanted is None):
        return told
    return *told, change.format(n=round(standing.wanted or 0))


def _terms(standing: Standing, language: str) -> Iterator[str]:
    """Tell until when an authorisation holds, and what holds without it."""
    say = TERMS[language]
    if standing.ends_on is not None:
        yield say["ends"].format(day=standing.ends_on.isoformat())
    if standing.suspended_from is not None and standing.suspended_from > standing.day:
        yield say["suspended"].format(day=standing.suspended_from.isoformat())
    if standing.otherwise is not None:
        category = CATEGORIES[language][CATEGORY_OF[standing.otherwise]]
        yield say["otherwise"].format(category=category, rule=RULES[language][standing.otherwise])


def shared_sentence(links: Iterable[Mapping[str, Any]], language: str = "en") -> Iterator[str]:
    """Tell a trader what he shares and with how many others; who they are, and how they stand, is theirs.

    Parameters
    ----------
    links
        His rows of the table of links: ``other``, ``by``, ``category``.
    language
        ``en`` or ``ru``.
    """
    others: dict[str, set[str]] = {}
    for link in links:
        for by in link["by"]:
            others.setdefault(by, set()).add(link["other"])
    if others:
        words = SHARED[language]
        yield LINKS[language].format(
            shared=", ".join(f"{words[by]} ({len(others[by])})" for by in words if by in others)
        )


def linked_lines(links: Iterable[Mapping[str, Any]], language: str = "en") -> Iterator[str]:
    """Name those linked with a trader and how they stand: for officers, not for the trader."""
    for link in links:
        known = link["category"]
        category = CATEGORIES[language][StandingCategory(known)] if known else UNJUDGED[language]
        shared = ", ".join(SHARED[language][by] for by in link["by"])
        yield f"{link['other']} ({shared}): {category}"
