"""A state that is kept decides by the profiles that it decided by, whatever this program puts beside a library by now."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from darvoza.domain.profile import RiskProfile
from darvoza.errors import SettingsError
from darvoza.flow.assessment import earlier_profiles, profiles_beside
from darvoza.flow.assessment.claimed_process import claimed_process_profile
from darvoza.flow.assessment.kept_profiles import profiles_json, read_profiles_json
from darvoza.flow.gate.state_archive import state_files, write_files
from darvoza.flow.gate.state_file import BESIDE, State, read_state
from darvoza.flow.selectivity.keys import KeyRing
from flow.gate.kept_state import written

RING = KeyRing((("customs", bytes(range(32))),))
TODAY = "b045615ae3960d8f6dcd2a78d21582303fa2bb6ee3c17e11dabcebc378b0261b"
EARLIER = {
    "889a98e": "962026bdfbf35103c615e66345d76e79a343e9ac1b9c544694d9a11e7444d5f2",
    "9337742": "3ed666f85ae4bdcade4db949accbe14119893f88a7e245971823c9dd2960de71",
    "a185a18": "2ebccbfdaf80db7d05a4456e36c1f339426adf3f707f451aeeae9396d1605724",
    "b2222c5": "0b49701fe7d7d622d70e5a661e33797a2ef2d40b64979d44c664cbeca9cd101e",
    "7bd92f8": "f978bca286aa347f4aead9ad1edf27fc44a4a3e5da5a0e2222f473d298adee61",
    "89f8bf8": TODAY,
}
"""Commit → what it named the profiles of this state by; what stood beside them it did not keep."""


@pytest.mark.parametrize("commit", EARLIER)
def test_a_state_of_an_earlier_version_has_the_profiles_of_that_version(tmp_path: Path, commit: str) -> None:
    made = read_state(written(tmp_path), RING, kept=True, decided_with=EARLIER[commit])
    assert made.policy.profiles.digest == EARLIER[commit]
    assert "T-1" in {profile.code for profile in made.policy.profiles}
    assert ("CLAIMED-PROCESS" in {profile.code for profile in made.beside}) == (commit != "889a98e")


def test_of_decisions_that_no_version_made_the_profiles_of_today_are_held_against(tmp_path: Path) -> None:
    made = read_state(written(tmp_path), RING, kept=True, decided_with="0" * 64)
    assert made.policy.profiles.digest == read_state(tmp_path / "gate.yaml", RING).policy.profiles.digest


def another() -> RiskProfile:
    return replace(claimed_process_profile(), code="ANOTHER")


def kept(state: State, home: Path) -> State:
    """Keep a state, and read what was kept."""
    place = home / "kept"
    return read_state(write_files(dict(state_files(home / "gate.yaml", state.beside)), place), RING, kept=True)


def test_what_stood_beside_the_profiles_is_kept_with_a_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = read_state(written(tmp_path), RING)
    for module in (profiles_beside, earlier_profiles):
        monkeypatch.setattr(module, "claimed_process_profile", another)
    assert read_state(tmp_path / "gate.yaml", RING).policy.profiles.digest != was.policy.profiles.digest
    made = kept(was, tmp_path)
    assert made.policy.profiles.digest == was.policy.profiles.digest
    assert made.beside == was.beside


def test_a_state_in_force_has_what_stands_beside_profiles_today_whatever_lies_there(tmp_path: Path) -> None:
    was = read_state(written(tmp_path), RING)
    (tmp_path / BESIDE).write_bytes(profiles_json([another()]))
    assert read_state(tmp_path / "gate.yaml", RING).beside == was.beside
    assert [each.code for each in read_state(tmp_path / "gate.yaml", RING, kept=True).beside] == ["ANOTHER"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"identity"', '"physical"'),
        ('"node": "And"', '"node": "Nand"'),
        ('"darvoza_profiles": 1', '"darvoza_profiles": 2'),
        ("{", "["),
    ],
)
def test_profiles_that_are_not_what_was_kept_decide_nothing(old: str, new: str) -> None:
    text = profiles_json([claimed_process_profile()]).decode()
    assert read_profiles_json(text.encode(), BESIDE) == (claimed_process_profile(),)
    with pytest.raises(SettingsError, match=r"beside.json: expected profiles as they were kept, in format 1"):
        read_profiles_json(text.replace(old, new, 1).encode(), BESIDE)


def test_what_is_kept_names_no_profile_that_has_a_list(tmp_path: Path) -> None:
    told = json.loads(profiles_json(read_state(written(tmp_path), RING).beside))
    assert '"node": "InList"' not in json.dumps(told)
