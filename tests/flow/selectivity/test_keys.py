"""Keys: made of the shares of all agencies, written and read back, refused when anything is wrong."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from darvoza.errors import CommitmentMismatch, DarvozaError, InvalidKey
from darvoza.flow.selectivity.keys import (
    RING_DAY,
    KeyRing,
    changed_ring,
    day_keys_text,
    key_file_text,
    new_key_ring,
    read_key_file,
    revealed_keys,
    rings_of,
)

DAY = date(2026, 3, 1)
GOOD = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(range(1, 41)))))


def counted() -> Callable[[int], bytes]:
    """A source of chance that is none: 000…, 111…, 222…."""
    numbers = iter(range(256))
    return lambda size: bytes([next(numbers)]) * size


def write(path: Path, text: str | bytes) -> Path:
    file = path / "KEY"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def content(**changes: object) -> str:
    return json.dumps(json.loads(key_file_text(GOOD)) | changes)


def test_a_key_file_read_back_is_the_same_ring(tmp_path: Path) -> None:
    assert read_key_file(write(tmp_path, key_file_text(GOOD))) == GOOD


def test_a_new_ring_has_a_share_of_its_own_for_each_agency() -> None:
    ring = new_key_ring(["veterinary", "customs"], counted())
    assert ring.shares == (("customs", bytes(32)), ("veterinary", b"\x01" * 32))


@pytest.mark.parametrize("agencies", [[], ["customs", "customs"]])
def test_a_ring_needs_different_agencies(agencies: list[str]) -> None:
    with pytest.raises(InvalidKey, match="one or more different agencies"):
        new_key_ring(agencies, counted())


def test_the_key_file_tells_no_key_of_any_day_but_commits_to_all(tmp_path: Path) -> None:
    assert GOOD.commitment() == GOOD.commitment(RING_DAY)
    assert GOOD.commitment() != GOOD.commitment(DAY)
    assert GOOD.key(DAY).hex() not in key_file_text(GOOD)
    assert write(tmp_path, key_file_text(GOOD)).read_text().endswith("}\n")


SHORT, SHARES = {"customs": "00" * 31}, {"customs": bytes(range(32)).hex(), "veterinary": bytes(range(1, 41)).hex()}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "key-file"),
        ("not JSON", "key-file"),
        (b"\xff\xfe\x00", "key-file"),
        ("[]", "key-file"),
        ("3", "key-file"),
        ("{}", "key-file"),
        (content(darvoza_key=2), "key-file"),
        (content(shares=["00" * 32]), "key-file"),
        (content(shares={}), "key-file.shares"),
        (content(shares=SHORT), "key-file.shares.customs"),
        (content(shares=SHARES | {"veterinary": "xy" * 32}), "key-file.shares.veterinary"),
        (content(shares=SHARES | {"veterinary": "0"}), "key-file.shares.veterinary"),
        (content(shares=SHARES | {"veterinary": None}), "key-file.shares.veterinary"),
        (content(shares=SHARES | {"veterinary": 12}), "key-file.shares.veterinary"),
    ],
)
def test_a_file_that_is_no_key_is_refused_by_the_place_that_is_wrong(
    tmp_path: Path, text: str | bytes, field: str
) -> None:
    with pytest.raises(InvalidKey) as refused:
        read_key_file(write(tmp_path, text))
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["not JSON", "[]", "{}", content(shares=SHORT), content(commitment=None)])
def test_the_file_that_is_wrong_is_named(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DarvozaError, match=re.escape(f"in {path})")):
        read_key_file(path)


@pytest.mark.parametrize("name", ["missing", "."])
def test_a_missing_key_file_says_how_to_make_one(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidKey, match="darvoza key new"):
        read_key_file(tmp_path / name)


@pytest.mark.parametrize(
    "text",
    [
        content(shares=SHARES | {"customs": "ff" * 32}),
        content(shares=SHARES | {"phytosanitary": "00" * 32}),
        content(shares={"customs": SHARES["customs"]}),
        content(shares={"customs": SHARES["customs"], "sanitary": SHARES["veterinary"]}),
        content(commitment="00" * 32),
        content(commitment=None),
    ],
)
def test_shares_that_were_not_committed_to_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CommitmentMismatch) as refused:
        read_key_file(write(tmp_path, text))
    assert refused.value.field == "key-file.commitment"


def test_no_error_tells_a_share(tmp_path: Path) -> None:
    secret = "ab" * 31
    for text in (content(shares={"customs": secret}), content(shares=SHARES | {"customs": "ab" * 32})):
        with pytest.raises(DarvozaError) as refused:
            read_key_file(write(tmp_path, text))
        assert secret not in str(refused.value)


def test_keys_of_days_tell_these_days_and_nothing_of_others() -> None:
    other = DAY + timedelta(days=1)
    text = day_keys_text(GOOD, [DAY])
    assert revealed_keys(text, [DAY, other]) == {DAY: GOOD.key(DAY)}
    assert GOOD.key(other).hex() not in text
    assert not any(share.hex() in text for _, share in GOOD.shares)


def test_a_whole_ring_tells_the_key_of_any_day() -> None:
    assert revealed_keys(key_file_text(GOOD), [DAY]) == {DAY: GOOD.key(DAY)}


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"darvoza_day_keys": 1}', '{"darvoza_day_keys": 1, "keys": {"2026-03-01": "ab"}}']
)
def test_what_is_no_file_of_keys_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        revealed_keys(text, [date(2026, 3, 1)])


def test_a_ring_that_came_in_the_place_of_others_keeps_the_keys_of_their_days(tmp_path: Path) -> None:
    second, third = (KeyRing((("customs", bytes([number]) * 32),)) for number in (2, 3))
    ring = changed_ring(changed_ring(GOOD, second, DAY), third, DAY + timedelta(days=10))
    read = read_key_file(write(tmp_path, key_file_text(ring)))
    assert read == ring
    for number, own in ((-1, GOOD), (0, second), (9, second), (10, third), (500, third)):
        assert read.key(DAY + timedelta(days=number)) == own.key(DAY + timedelta(days=number))
    assert [each.commitment() for each in rings_of(read)] == [one.commitment() for one in (third, GOOD, second)]
    assert rings_of(read)[2].key(DAY - timedelta(days=1)) == GOOD.key(DAY - timedelta(days=1))
    assert revealed_keys(key_file_text(ring), [DAY]) == {DAY: second.key(DAY)}


def test_a_ring_changes_after_its_last_change() -> None:
    ring = changed_ring(GOOD, KeyRing((("customs", bytes(32)),)), DAY)
    with pytest.raises(InvalidKey, match="a day after 2026-02-28"):
        changed_ring(ring, GOOD, DAY)


@pytest.mark.parametrize(
    "before",
    [
        "yes", ["2026-03-01"], [{"until": "soon"}], [{"until": "2026-03-01"}], [{"until": "2026-03-01", "shares": {}}],
        [{"until": "2026-03-01", "shares": json.loads(key_file_text(GOOD))["shares"], "commitment": "00"}],
        [{"until": day, **{name: json.loads(key_file_text(GOOD))[name] for name in ("shares", "commitment")}}
         for day in ("2026-03-02", "2026-03-01")],
    ],
)  # fmt: skip
def test_what_stands_for_earlier_rings_and_is_none_is_refused(tmp_path: Path, before: object) -> None:
    with pytest.raises(DarvozaError, match="key-file"):
        read_key_file(write(tmp_path, content(before=before)))
