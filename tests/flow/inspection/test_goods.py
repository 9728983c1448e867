"""Which goods a word was given on, however it was written down what they are."""

from decimal import Decimal

import pytest

from darvoza.domain.goods_told import other_goods
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


WRITTEN_BEFORE = {
    "453103635a543ecd40de79ffc633c029": {
        "item": 1, "hs": "870323", "origin": "DE", "net_mass": "1500.50", "packages": "2", "description": "Cars,  USED",
        "documents": ["C02", "380"], "document_numbers": ["KG-1", "A 7"], "establishment": "KZ-17",
    },
    "2b0d3f24260421c2f97f49551fa35401": {
        "item": 2, "hs": "020230", "origin": "PK", "origin_region": "PK-2", "process": "frozen", "intended_use": "food",
        "net_mass": Decimal("12.0"), "document_numbers": None,
    },
}  # fmt: skip
"""Digests as the version before wrote them, and of what."""


@pytest.mark.parametrize("digest", WRITTEN_BEFORE)
def test_a_digest_of_the_version_before_is_of_the_same_goods(digest: str) -> None:
    now = goods_digest(WRITTEN_BEFORE[digest])
    assert not other_goods(digest, now)
    assert not other_goods(now, digest)
    assert other_goods(digest, goods_digest(WRITTEN_BEFORE[digest] | {"establishment": "KZ-18"}))
    assert other_goods(goods_digest(WRITTEN_BEFORE[digest] | {"hs": "870324"}), digest)
