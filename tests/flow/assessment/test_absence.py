"""Of which lists a code more makes a sentence true less often."""

import pytest

from darvoza.domain.named_list import NamedList
from darvoza.flow.assessment.absence import asks_absence
from darvoza.flow.assessment.sentence import parse

KNOWN = (NamedList("firms", ("A",)), NamedList("states", ("GE",)))


@pytest.mark.parametrize(
    ("sentence", "lists"),
    [
        ('importer in list "firms"', set()),
        ('importer not in list "firms"', {"firms"}),
        ('not (importer in list "firms" or origin in list "states")', {"firms", "states"}),
        ('not (importer not in list "firms")', set()),
        ('all items (origin in list "states")', set()),
        ('not any item (origin in list "states")', {"states"}),
        ('count of items (origin in list "states") >= 3', set()),
        ('count of items (origin not in list "states") >= 3', {"states"}),
        ('count of items (origin in list "states") <= 3', {"states"}),
        ('count of items (origin in list "states") = 3', {"states"}),
        ('not (count of items (origin in list "states") > 3)', {"states"}),
        ('sum of customs_value (origin in list "states") > 10000', {"states"}),
        ('importer in list "firms" and not (importer in list "firms" and origin is GE)', {"firms"}),
    ],
)
def test_a_list_is_named_where_a_code_more_may_make_the_sentence_untrue(sentence: str, lists: set[str]) -> None:
    assert asks_absence(parse(sentence, KNOWN)) == lists
