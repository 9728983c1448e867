"""Permanent random numbers: uniform, repeatable, and out of anybody's hands."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from darvoza.methods.draw import commitment, key_of_day, permanent_random_number, permanent_random_numbers

DAY = date(2026, 3, 1)
SHARES = st.dictionaries(st.text(max_size=6), st.binary(min_size=32, max_size=40), min_size=1, max_size=4)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.binary(min_size=1, max_size=80), st.binary(max_size=80)), max_size=20))
def test_many_are_drawn_as_one_is(pairs: list[tuple[bytes, bytes]]) -> None:
    many = permanent_random_numbers([key for key, _ in pairs], [mark for _, mark in pairs], len(pairs))
    assert many.tolist() == [permanent_random_number(key, mark) for key, mark in pairs]


def test_a_wrong_number_of_fingerprints_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 3 fingerprints, got 1"):
        permanent_random_numbers([bytes(32)], [b"a"], 3)


def test_numbers_are_uniform_whatever_is_drawn_for() -> None:
    key = key_of_day({"customs": bytes(range(32))}, DAY)
    drawn = permanent_random_numbers([key] * 20_000, (str(i).encode() for i in range(20_000)), 20_000)
    assert np.all((drawn >= 0) & (drawn < 1))
    assert stats.kstest(drawn, "uniform").pvalue > 0.01
    cells = np.histogram2d(drawn[:-1], drawn[1:], bins=10, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(cells.ravel()).pvalue > 0.01


def test_numbers_of_the_same_goods_on_different_days_are_unrelated() -> None:
    days = [DAY + timedelta(days=k) for k in range(3_000)]
    drawn = permanent_random_numbers((key_of_day({"a": bytes(32)}, day) for day in days), [b"goods"] * 3_000, 3_000)
    assert stats.kstest(drawn, "uniform").pvalue > 0.01
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.05


@settings(max_examples=60)
@given(SHARES, st.data())
def test_one_share_changed_changes_every_key(shares: dict[str, bytes], data: st.DataObject) -> None:
    holder = data.draw(st.sampled_from(sorted(shares)))
    share = shares[holder]
    place = data.draw(st.integers(0, len(share) - 1))
    changed = shares | {holder: share[:place] + bytes([share[place] ^ 1]) + share[place + 1 :]}
    for day in (DAY, DAY + timedelta(days=1)):
        assert key_of_day(changed, day) != key_of_day(shares, day)
        assert commitment(key_of_day(changed, day)) != commitment(key_of_day(shares, day))


@settings(max_examples=60)
@given(SHARES, st.randoms(use_true_random=False))
def test_the_order_of_shares_does_not_matter(shares: dict[str, bytes], chance: object) -> None:
    shuffled = dict(sorted(shares.items(), key=lambda _: chance.random()))  # type: ignore[attr-defined]
    assert commitment(key_of_day(shuffled, DAY)) == commitment(key_of_day(shares, DAY))


@settings(max_examples=60)
@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_what_one_holder_has_cannot_be_moved_to_another(one: bytes, other: bytes) -> None:
    together = key_of_day({"a": one + other, "b": b""}, DAY)
    assert together != key_of_day({"a": one, "b": other}, DAY)
    assert together != key_of_day({"a": one + other}, DAY)


def test_the_commitment_does_not_tell_the_key() -> None:
    key = key_of_day({"a": bytes(32)}, DAY)
    assert key.hex() not in commitment(key)
    assert len(commitment(key)) == 64
