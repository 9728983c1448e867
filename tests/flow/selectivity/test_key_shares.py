"""A key that was lost is put together again from the shares of its agencies, and from nothing less."""

from datetime import date

import pytest

from darvoza.errors import CommitmentMismatch, InvalidKey
from darvoza.flow.selectivity.key_shares import read_share_text, ring_of_shares, share_text
from darvoza.flow.selectivity.keys import KeyRing, changed_ring, key_file_text

OLD = KeyRing((("audit", bytes([1]) * 32), ("customs", bytes([2]) * 32)))
NEW = KeyRing((("customs", bytes([3]) * 32), ("phytosanitary", bytes([4]) * 32)))
CHANGED = changed_ring(OLD, NEW, date(2026, 3, 2))


@pytest.mark.parametrize(("ring", "agencies"), [(OLD, "customs audit"), (CHANGED, "phytosanitary audit customs")])
def test_the_shares_of_all_agencies_make_the_key_again_with_those_it_came_in_the_place_of(
    ring: KeyRing, agencies: str
) -> None:
    shares = [read_share_text(share_text(ring, each)) for each in agencies.split()]
    assert key_file_text(ring_of_shares(shares, ring.commitment())) == key_file_text(ring)


@pytest.mark.parametrize(
    ("agencies", "said"),
    [
        ("customs", "the ring until 2026-03-01: expected "),
        ("customs audit", "the ring in use: expected "),
        ("phytosanitary", "the ring in use: expected "),
        ("audit", "the ring until 2026-03-01: expected "),
    ],
)
def test_a_share_that_is_missing_is_told(agencies: str, said: str) -> None:
    shares = [read_share_text(share_text(CHANGED, each)) for each in agencies.split()]
    with pytest.raises(CommitmentMismatch, match=f"{said}.*give the share of every agency"):
        ring_of_shares(shares, CHANGED.commitment())


def test_a_key_is_the_one_that_was_published_or_none() -> None:
    shares = [read_share_text(share_text(OLD, each)) for each in ("audit", "customs")]
    with pytest.raises(CommitmentMismatch, match=f"commitment: expected '?{NEW.commitment()}"):
        ring_of_shares(shares, NEW.commitment())
    with pytest.raises(CommitmentMismatch, match="no share of the ring in use"):
        ring_of_shares([], NEW.commitment())


def test_shares_of_two_keys_and_two_shares_of_one_agency_make_none() -> None:
    mixed = [read_share_text(share_text(OLD, "audit")), read_share_text(share_text(NEW, "customs"))]
    with pytest.raises(CommitmentMismatch, match="a share is of another key"):
        ring_of_shares(mixed, OLD.commitment())
    twice = [read_share_text(share_text(OLD, "audit"))] * 2
    with pytest.raises(InvalidKey, match="one of each agency"):
        ring_of_shares(twice, OLD.commitment())


def test_who_holds_nothing_of_a_key_has_no_share() -> None:
    with pytest.raises(InvalidKey, match="one that holds a share: audit, customs"):
        share_text(OLD, "veterinary")


@pytest.mark.parametrize("text", ["", "[]", key_file_text(OLD), share_text(OLD, "audit").replace("01", "0", 1),
                                  share_text(OLD, "audit").replace("1,", "2,", 1)])  # fmt: skip
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        read_share_text(text)
