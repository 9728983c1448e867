"""Each refusal is told in words of its own, in every language."""

from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import translation

from darvoza.domain.casework import Case, ExaminationResult, Hand, ItemResult
from darvoza.domain.codes import Act, Agency, Severity
from darvoza.errors import CaseRefused
from darvoza.flow.inspection.soundness import sound
from darvoza.office.desk.refusals import in_words, refusal_of
from office.sample import NOW

CASE = Case("D1:customs:scan", Agency.CUSTOMS, "KG-OSH", Act.SCAN, (1,))
REFUSED = {
    "an amount": (
        ItemResult(1, quantity=Decimal(-1)),
        "an amount is entered that cannot be; it is from 0 to 1,000,000",
    ),
    "a severity": (
        ItemResult(1, severity=Severity.GRAVE),
        "a seizure, duty, a severity or a corrected value is entered",
    ),
    "a seizure": (ItemResult(1, seized=True), "a seizure, duty, a severity or a corrected value is entered"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_of_an_item_is_told_as_it_is(what: str) -> None:
    item, words = REFUSED[what]
    with pytest.raises(CaseRefused) as refused:
        sound(CASE, Hand("aida", Agency.CUSTOMS), ExaminationResult("aida", NOW, (item,)), owed={1})
    told = refusal_of(refused.value)
    assert told.words.startswith(f"Item 1: {words}")
    assert told.at in {"id_item1-quantity", "id_item1-areas_0"}
    others = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            others.add(in_words(refused.value))
    assert len(others) == len(settings.LANGUAGES)


def test_that_a_finding_waits_for_the_result_is_not_told_as_a_race() -> None:
    refused = CaseRefused(field="finding", expected="a case that is recorded", got="waiting")
    assert in_words(refused).startswith("What was found can be taken back only once")
