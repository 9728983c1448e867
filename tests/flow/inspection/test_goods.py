"""Which goods a word was given on, however it was written down what they are."""

from decimal import Decimal

import pytest

from darvoza.flow.inspection.goods import goods_digest

GOODS = {"hs": "930200", "net_mass": Decimal("15.5"), "documents": ["380", "851"], "description": "Pistols, new",
         "document_numbers": None}  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        {"net_mass": " 15.50 "},
        {"documents": "380 851"},
        {"documents": "851;380"},
        {"documents": ["851", "380"]},
        {"description": " PISTOLS,  new"},
        {"gross_mass": ""},
        {"gross_mass": " ", "document_numbers": "", "origin": None},
        {"document_numbers": []},
    ],
)
def test_the_same_goods_have_one_digest_however_they_are_written(written: dict[str, object]) -> None:
    assert goods_digest(GOODS | written) == goods_digest(GOODS)


@pytest.mark.parametrize("other", [{"net_mass": ""}, {"documents": "380"}, {"documents": ""}, {"description": "Guns"}])
def test_other_goods_have_another_digest(other: dict[str, object]) -> None:
    assert goods_digest(GOODS | other) != goods_digest(GOODS)
