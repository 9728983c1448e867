"""The draw of each declaration: one number, from the key of its day and the fingerprint of its goods."""

from datetime import timedelta

import numpy as np

from builders import START, an_item, goods, trade
from darvoza.flow.selectivity.drawing import draw, draw_for_few
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.methods.draw import permanent_random_number

RING = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(32))))


def test_each_declaration_has_the_number_of_its_goods_on_its_day() -> None:
    items = trade(60, 1)
    drawn = draw(items, RING)
    assert drawn["declaration_id"].to_list() == items["declaration_id"].unique(maintain_order=True).to_list()
    for row in drawn.iter_rows(named=True):
        assert row["key_day"] == row["lodged_at"].date()
        assert row["u"] == permanent_random_number(RING.key(row["key_day"]), bytes.fromhex(row["fingerprint"]))
        assert row["commitment"] == RING.commitment(row["key_day"])


def test_lodging_the_same_goods_again_gives_the_same_number_and_others_another() -> None:
    def lodged(name: str, days: int, **changes: object) -> dict[str, object]:
        return an_item(declaration_id=name, lodged_at=START + timedelta(days=days), **changes)

    u = draw(goods(lodged("A", 0), lodged("B", 9, post="KG-OSH"), lodged("C", 40), lodged("D", 9, hs="010121")), RING)
    a, d, b, c = (u.filter(declaration_id=name)["u"].item() for name in "ADBC")
    assert a == b
    assert len({a, c, d}) == 3


def test_earlier_decisions_keep_the_draw_of_goods_lodged_again() -> None:
    first = draw(goods(an_item()), RING)
    again = goods(an_item(declaration_id="D2", lodged_at=START + timedelta(days=12), declarant_id="B-9"))
    assert draw(again, RING, first)["u"].item() == first["u"].item()
    assert draw(again, RING, first)["commitment"].item() == first["commitment"].item()
    assert draw(again, RING)["u"].item() != first["u"].item()


def test_few_are_drawn_for_as_many_are() -> None:
    items = trade(60, 1)
    starts = np.flatnonzero(items["declaration_id"].is_first_distinct().to_numpy())
    first = draw(items[:40], RING)
    for earlier in (None, first):
        assert draw_for_few(items, starts, RING, earlier) == draw(items, RING, earlier).rows(named=True)


def test_another_share_gives_every_declaration_another_number() -> None:
    items = trade(60, 1)
    other = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(31) + b"\x01")))
    assert not (draw(items, RING)["u"] == draw(items, other)["u"]).any()
