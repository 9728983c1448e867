"""A bundle out of the office: its library of profiles, its draws, its next serial."""

import re
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from darvoza.domain.profile import ProfileSet
from darvoza.errors import CommitmentMismatch, OutputError, SettingsError
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.inspection.orders import orders
from darvoza.flow.pipeline import assess_all
from darvoza.flow.post.bundle import OpenBundle, open_bundle, unpack_state
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.commands import bundle as command
from darvoza.office.journal.models import Entry
from darvoza.office.operations import queries
from darvoza.office.operations.models import PostBundle
from darvoza.office.operations.probes import Health
from darvoza.office.operations.services.bundles import BundleWish, bundle_for
from darvoza.office.operations.services.day_keys import commit_to
from darvoza.office.profiles.services.files import take_in
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from post_world import CENTRE, FIRST, NOW, POST, SEAL, SEALED_FOR, SIGNER, TRUSTED, Centre, a_centre, at_the_post

pytestmark = pytest.mark.django_db
WISH = BundleWish(POST, FIRST, FIRST + timedelta(days=5), SEALED_FOR, SIGNER.public)


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("centre"))


def made(centre: Centre) -> OpenBundle:
    """The next bundle, opened at its post."""
    kept: list[bytes] = []
    bundle_for(WISH, centre.state, CENTRE, keep=kept.append, now=NOW)
    return open_bundle(kept[0], trusted=TRUSTED, private=SEAL)


def test_serials_are_given_once_and_told(centre: Centre) -> None:
    assert [made(centre).bundle.serial for _ in range(3)] == [1, 2, 3]
    told = Entry.objects.filter(subject__startswith="bundle ").order_by("sequence").values_list("subject", flat=True)
    assert list(told) == [f"bundle {POST} {serial}" for serial in (1, 2, 3)]
    assert {(entry.body or {})["signed_by"] for entry in Entry.objects.filter(subject__startswith="bundle ")} == {
        SIGNER.public
    }


def test_a_bundle_that_could_not_be_kept_was_never_made(centre: Centre) -> None:
    def fails(_packed: bytes) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        bundle_for(WISH, centre.state, CENTRE, keep=fails, now=NOW)
    assert (PostBundle.objects.count(), Entry.objects.count()) == (0, 0)


def test_no_post_draws_with_another_key_than_the_one_committed_to(centre: Centre) -> None:
    commit_to(KeyRing((("customs", bytes([9]) * 32),)), WISH.end, 1, now=NOW)
    with pytest.raises(CommitmentMismatch, match="the key that the journal commits to"):
        made(centre)
    assert not PostBundle.objects.exists()


def test_the_draws_of_the_register_are_in_it(centre: Centre) -> None:
    items = at_the_post(5)
    state = read_state(centre.state)
    decided = assess_all(items, state.policy).decisions
    run = RunFiles("run", "ab" * 32, decided, orders(decided, state.policy.profiles), {})
    load(run, items, by="system", now=NOW)
    draws = made(centre).draws()
    assert dict(draws.select("declaration_id", "fingerprint").iter_rows()) == dict(
        decided.select("declaration_id", "fingerprint").unique().iter_rows()
    )


def test_the_profiles_are_those_of_the_library_where_it_has_any(centre: Centre, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    text = (centre.state.parent / "profiles" / "B.yaml").read_text(encoding="utf-8")
    (tmp_path / "one" / "L.yaml").write_text(text.replace("code: B", "code: L"), encoding="utf-8")
    take_in(load_profiles(tmp_path / "one"), by="system", now=NOW - timedelta(days=1))
    found = made(centre)
    state = read_state(unpack_state(found, tmp_path / "post"), found.keys)
    assert [profile.code for profile in state.policy.profiles] == ["CLAIMED-PROCESS", "L"]


def test_the_command_writes_it_and_never_over_another(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "posts.key").write_text(CENTRE)
    options = Namespace(
        home=None, post=POST, start=None, end=datetime.now(UTC).date(), sealed_for=SEALED_FOR, signed_by=SIGNER.public, state=centre.state,
        signing_key=tmp_path / "posts.key", out=tmp_path / "b.zip",
    )  # fmt: skip
    assert command.run(options) == 0
    assert f"bundle 1 of {POST}" in capsys.readouterr().out
    with pytest.raises(OutputError, match="a file that is new"):
        command.run(options)
    assert PostBundle.objects.count() == 1


@pytest.mark.parametrize(
    ("key", "said"),
    [(TRUSTED.encode(), "expected a private key"), (b"", "expected a private key"), (b"\xff", "the file is not UTF-8")],
)
def test_the_command_signs_with_the_private_key_of_the_centre(
    centre: Centre, key: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "posts.key").write_bytes(key)
    options = Namespace(
        home=None, post=POST, start=None, end=datetime.now(UTC).date(), sealed_for=SEALED_FOR, signed_by=SIGNER.public, state=centre.state,
        signing_key=tmp_path / "posts.key", out=tmp_path / "b.zip",
    )  # fmt: skip
    with pytest.raises(SettingsError, match=re.escape(f"{tmp_path / 'posts.key'}: {said}")):
        command.run(options)
    assert (PostBundle.objects.count(), (tmp_path / "b.zip").exists()) == (0, False)


def test_a_bundle_that_could_never_decide_is_not_made(centre: Centre) -> None:
    kept: list[bytes] = []
    over = replace(WISH, end=NOW.date() - timedelta(days=1))
    with pytest.raises(SettingsError, match=f"until: expected a last day from today on, {NOW.date()}"):
        bundle_for(over, centre.state, CENTRE, keep=kept.append, now=NOW)
    assert (PostBundle.objects.count(), kept) == (0, [])
    bundle_for(replace(WISH, end=NOW.date()), centre.state, CENTRE, keep=kept.append, now=NOW)
    assert len(kept) == 1


def test_who_looks_at_the_office_is_told_of_its_state(centre: Centre, tmp_path: Path) -> None:
    assert [each.health for each in queries.whole_gate(centre.state)] == [Health.WELL]
    (tmp_path / "gate.yaml").write_text("profiles: nowhere\nkey_file: nowhere\n")
    assert [each.health for each in queries.whole_gate(tmp_path / "gate.yaml")] == [Health.FAILED]
    assert queries.gate(tmp_path / "none.yaml", NOW).health is Health.WARNING


def test_who_looks_at_the_office_is_told_of_the_profiles_that_decide_and_not_of_those_in_the_files(
    centre: Centre,
) -> None:
    only = tuple(load_profiles(centre.state.parent / "profiles"))[:1]
    take_in(ProfileSet(only), by="system", now=NOW - timedelta(days=1))
    decides = OpenGate.open(centre.state, now=NOW).state
    (found,) = queries.whole_gate(centre.state)
    assert found.found == f"{len(tuple(decides.policy.profiles))} profiles, digest {decides.digest[:16]}…"
