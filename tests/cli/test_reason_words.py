"""Every reason that can be given has a sentence in English and in Russian."""

import re

import pytest

from darvoza.cli.languages import CONCEPTS as RUSSIAN
from darvoza.cli.languages import LANGUAGES
from darvoza.cli.reason_words import TEMPLATES, WHOSE, reason_sentence
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.features import FEATURES
from darvoza.flow.assessment.reasoning import CODES, CONCEPTS

VALUES = {"value": 1.79, "middle": 5.0, "low": 4.1, "high": 9.0, "count": 212.0, "items": 7.0, "findings": 3.0,
          "examined": 12.0, "base": 0.05, "fifth": 4.1, "level": 2.0}  # fmt: skip


def a_reason(code: str, fact: str, concept: str, amount: float = 0.5) -> dict[str, object]:
    values = [{"name": name, "number": number, "text": None} for name, number in VALUES.items()]
    key = {"name": "key", "number": None, "text": "importer"}
    origin = {"name": "origin", "number": None, "text": "GE"}
    return {"concept": concept, "amount": amount, "code": code, "fact": fact, "values": [*values, key, origin]}


def test_every_code_has_a_sentence_in_each_language() -> None:
    assert {language: set(templates) for language, templates in TEMPLATES.items()} == {
        language: set(CODES) for language in LANGUAGES
    }


def test_every_concept_has_a_russian_word() -> None:
    assert set(CONCEPTS) <= set(RUSSIAN)


def test_whoever_has_a_history_has_words_for_whose_it_is() -> None:
    assert {name.removesuffix("_items") for name in FACT if name.endswith("_items")} <= set(WHOSE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concept_can_be_told_in_every_way_without_a_gap(language: str) -> None:
    for feature in FEATURES:
        flag = FACT[feature.fact].type is FactType.FLAG
        for code in (code for code in CODES if flag or code not in {"yes", "no"}):
            said = reason_sentence(a_reason(code, feature.fact, feature.concept), language)
            assert not re.search(r"[{}?]|None|  |: $", said), said
            assert (language == "ru") == bool(re.search("[а-я]", said))


def test_a_unit_value_is_told_with_its_peers() -> None:
    said = reason_sentence(a_reason("peers", "unit_value_z", "unit value"), "en")
    assert said == (
        "raised by unit value (+0.50): unit value 1.79 per kg; three quarters of 212 peers lie above 4.1, half above 5"
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "unit value 1.79 per kg; 95 % of 212 peers (this subheading from GE) lie above 4.1, half above 5"),
        (
            "ru",
            "у 95 % из 212 сопоставимых товаров (та же субпозиция, происхождение GE) она выше 4.1, у половины выше 5",
        ),
    ],
)
def test_a_unit_value_is_told_with_the_tail_of_its_peers_and_who_they_are(language: str, said: str) -> None:
    assert reason_sentence(a_reason("tail", "unit_value_z", "unit value"), language).endswith(said)


def test_what_lowers_a_score_is_said_to_lower_it() -> None:
    reason = a_reason("record", "importer_finding_rate", "importer", -0.5)
    assert reason_sentence(reason, "en").startswith("lowered by importer (-0.50): findings in 3 of 12 items")
    assert reason_sentence(reason, "ru").startswith("понижает: импортёр (-0.50): нарушения выявлены в 3 из 12")
