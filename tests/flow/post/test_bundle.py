"""A bundle opens at its post, whole, as it was signed; anything else is refused."""

import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.errors import InvalidBundle, InvalidKey, SettingsError
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.post.bundle import BACK, KEYS, LARGEST, MANIFEST, Addressed, make_bundle, open_bundle, unpack_state
from darvoza.methods.sealing.sealed_box import box_keys, opened, seal
from darvoza.methods.sealing.signed_note import private_key, public_key, sign_note, signed_text
from post_world import CENTRE, FIRST, RING, SEAL, SEALED_FOR, SIGNER, TRUSTED, Centre, a_centre, days


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("centre"))


@pytest.fixture(scope="module")
def packed(centre: Centre) -> bytes:
    return centre.bundle()


def test_a_bundle_holds_the_state_of_the_centre_and_the_keys_of_its_days(centre: Centre, tmp_path: Path) -> None:
    found = centre.opened(days=2)
    state = read_state(unpack_state(found, tmp_path), found.keys)
    assert state.policy.profiles.digest == read_state(centre.state).policy.profiles.digest
    assert state.policy.budget == read_state(centre.state).policy.budget
    assert days(found) == (FIRST - timedelta(days=BACK), FIRST + timedelta(days=2))
    assert found.keys.key(FIRST) == RING.key(FIRST)
    assert found.keys.commitment(FIRST) == RING.commitment(FIRST)
    with pytest.raises(InvalidKey, match="expected a day from"):
        found.keys.key(FIRST + timedelta(days=3))


def test_no_share_of_the_key_leaves_the_centre(packed: bytes) -> None:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    secret = [share.hex().encode() for _, share in RING.shares] + [share for _, share in RING.shares]
    secret += [RING.key(FIRST), RING.key(FIRST).hex().encode()]
    assert [name for name, data in inside.items() for each in secret if each in data] == []


def test_the_same_state_gives_the_same_bundle(centre: Centre, packed: bytes) -> None:
    assert centre.bundle() == packed


def test_a_bundle_that_was_cut_anywhere_on_its_way_is_refused(packed: bytes) -> None:
    for cut in range(0, len(packed), max(len(packed) // 40, 1)):
        with pytest.raises(InvalidBundle):
            open_bundle(packed[:cut], trusted=TRUSTED, private=SEAL)


def rezipped(packed: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The bundle with files changed, added, or left out."""
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        inside: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
    into = BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        for name, data in {**inside, **changes}.items():
            if data is not None:
                archive.writestr(name, data)
    return into.getvalue()


def test_no_file_of_a_bundle_can_be_changed_added_or_left_out(packed: bytes) -> None:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        names = archive.namelist()
    assert len(names) == 9
    assert open_bundle(rezipped(packed, {}), trusted=TRUSTED, private=SEAL).bundle.serial == 1
    added = ("state/more.yaml", "../outside", "/etc/x")
    changes: list[dict[str, bytes | None]] = [{name: data} for name in names for data in (None, b"x")]
    changes += [{name: b"x"} for name in added]
    for change in changes:
        with pytest.raises(InvalidBundle):
            open_bundle(rezipped(packed, change), trusted=TRUSTED, private=SEAL)


def test_a_longer_life_cannot_be_written_into_a_bundle(packed: bytes) -> None:
    with zipfile.ZipFile(BytesIO(packed)) as archive:
        told = json.loads(archive.read(MANIFEST))
    for change in ({"end": "2030-01-01"}, {"serial": 99}, {"post": "KG-OSH"}):
        with pytest.raises(InvalidBundle):
            open_bundle(rezipped(packed, {MANIFEST: json.dumps(told | change).encode()}), trusted=TRUSTED, private=SEAL)


def test_another_post_cannot_open_it_and_another_centre_cannot_sign_it(packed: bytes) -> None:
    with pytest.raises(InvalidBundle, match="another key"):
        open_bundle(packed, trusted=TRUSTED, private=box_keys(bytes(32))[0])
    with pytest.raises(InvalidBundle, match="not signed"):
        open_bundle(packed, trusted=public_key(private_key("other.example/posts", bytes(32))), private=SEAL)


def test_the_keys_of_another_bundle_do_not_fit(centre: Centre, packed: bytes) -> None:
    with zipfile.ZipFile(BytesIO(centre.bundle(serial=2))) as archive:
        keys = archive.read(KEYS)
    with pytest.raises(InvalidBundle):
        open_bundle(rezipped(packed, {KEYS: keys}), trusted=TRUSTED, private=SEAL)


def test_a_bundle_that_would_unpack_to_too_much_is_refused_before_it_is_unpacked(packed: bytes) -> None:
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 1000)
    bomb = into.getvalue()
    declared = bomb.replace((1000).to_bytes(4, "little"), (LARGEST + 1).to_bytes(4, "little"))
    assert declared != bomb
    with pytest.raises(InvalidBundle, match="unpacks to more"):
        open_bundle(declared, trusted=TRUSTED, private=SEAL)
    assert len(packed) < LARGEST


@pytest.mark.parametrize("change", [{"serial": 0}, {"days": -1}, {"days": 31}])
def test_days_and_serial_are_within_bounds(centre: Centre, change: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match="1 to 31 days"):
        centre.bundle(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["sealed_for", "signed_by"])
@pytest.mark.parametrize("key", ["", "x", SEALED_FOR, SIGNER.public, SIGNER.private])
def test_a_key_that_is_none_or_stands_in_the_place_of_the_other_is_refused(
    centre: Centre, field: str, key: str
) -> None:
    to = Addressed("KG-TOR", 1, FIRST, FIRST, SEALED_FOR, SIGNER.public)
    if key == getattr(to, field):
        return
    wrong = replace(to, sealed_for=key) if field == "sealed_for" else replace(to, signed_by=key)
    with pytest.raises(SettingsError, match=f"{field}: expected a .*key.*darvoza post new"):
        make_bundle(centre.state, wrong, None, "", signing_key=CENTRE, seed=bytes(32))


@pytest.mark.parametrize("key", ["", "x", TRUSTED, SEAL])
def test_a_key_that_signs_nothing_is_refused_and_not_repeated(centre: Centre, key: str) -> None:
    to = Addressed("KG-TOR", 1, FIRST, FIRST, SEALED_FOR, SIGNER.public)
    with pytest.raises(SettingsError, match="signing_key: expected a private key") as refused:
        make_bundle(centre.state, to, None, "", signing_key=key, seed=bytes(32))
    assert SEAL not in str(refused.value)


@pytest.mark.parametrize("post", ["", "K" * 21, "KG\nTOR"])
def test_a_bundle_is_for_a_post_that_there_can_be(centre: Centre, post: str) -> None:
    with pytest.raises(SettingsError, match="post: expected the code of a post"):
        centre.bundle(post=post)


@given(st.binary(max_size=200), st.binary(max_size=20), st.integers(0, 10_000))
def test_a_sealed_box_opens_as_it_was_closed_and_no_bit_of_it_can_be_changed(
    plain: bytes, bound: bytes, bit: int
) -> None:
    private, public = box_keys(bytes(range(32)))
    box = seal(plain, public, bound=bound, seed=bytes(32))
    assert opened(box, private, bound=bound) == plain
    place = bit % (len(box) * 8)
    changed = bytearray(box)
    changed[place // 8] ^= 1 << place % 8
    if place != 255:  # the last bit of a public key of X25519 is not looked at (RFC 7748, section 5)
        with pytest.raises(ValueError, match="the box was sealed for another key"):
            opened(bytes(changed), private, bound=bound)
    with pytest.raises(ValueError, match="the box was sealed for another key"):
        opened(box, private, bound=bound + b"x")


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=40), st.integers(0, 10_000))
def test_a_signed_note_gives_its_text_only_as_it_was_signed(words: str, place: int) -> None:
    key = private_key("customs.example/posts", bytes(32))
    note = sign_note(f"{words}\n", key)
    assert signed_text(note, public_key(key)) == f"{words}\n"
    at = place % len(words)
    changed = note[:at] + ("a" if note[at] != "a" else "b") + note[at + 1 :]
    with pytest.raises(ValueError, match="signature"):
        signed_text(changed, public_key(key))
