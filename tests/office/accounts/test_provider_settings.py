"""The service that people sign in with, as the environment names it: whole or not at all."""

from argparse import Namespace
from pathlib import Path

import pytest

from darvoza.errors import SettingsError
from darvoza.office import provider as settings_of
from darvoza.office.commands import doctor
from darvoza.office.environment import read_environment
from darvoza.office.provider import read_provider
from office.accounts.identity_service import serving

TOLD = {
    "DARVOZA_OIDC_ISSUER": "https://login.gov.example/realms/customs",
    "DARVOZA_OIDC_CLIENT_ID": "darvoza",
    "DARVOZA_OIDC_SECRET": "s3cret",
}


def test_an_office_has_none_unless_it_is_told() -> None:
    assert read_environment({"DARVOZA_HOME": "/nowhere"}).provider is None
    assert read_environment({"DARVOZA_HOME": "/nowhere", "DARVOZA_OIDC_ISSUER": ""}).provider is None


def test_what_is_not_told_is_what_is_usual() -> None:
    made = read_environment({"DARVOZA_HOME": "/nowhere", **TOLD}).provider
    assert made is not None
    assert (made.name, made.claim, made.second_factor) == ("login.gov.example", "preferred_username", frozenset())
    assert "s3cret" not in repr(made)


def test_everything_can_be_told(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")
    more = {
        "DARVOZA_OIDC_SECRET": "",
        "DARVOZA_OIDC_SECRET_FILE": str(tmp_path / "secret"),
        "DARVOZA_OIDC_NAME": "Министерство",
        "DARVOZA_OIDC_CLAIM": "staff_number",
        "DARVOZA_OIDC_SECOND_FACTOR": "otp, hwk",
    }
    made = read_provider(TOLD | more)
    assert made is not None
    assert (made.secret, made.name, made.claim) == ("from a file", "Министерство", "staff_number")
    assert made.second_factor == {"otp", "hwk"}


@pytest.mark.parametrize("name", TOLD)
def test_half_of_it_is_refused_at_the_start_with_what_is_missing(name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_provider({each: value for each, value in TOLD.items() if each != name})


@pytest.mark.parametrize(
    "issuer",
    [
        "login.gov.example",
        "http://login.gov.example",
        "https://",
        "https://login.gov.example/?realm=x",
        "https://login.gov.example/#x",
        "https://user:word@login.gov.example/",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_others_could_read_or_change_is_refused(issuer: str) -> None:
    with pytest.raises(SettingsError, match="DARVOZA_OIDC_ISSUER"):
        read_provider(TOLD | {"DARVOZA_OIDC_ISSUER": issuer})


@pytest.mark.parametrize("content", [None, "", " \n", "\udcff"])
def test_a_file_without_a_secret_is_refused(tmp_path: Path, content: str | None) -> None:
    place = tmp_path / "secret"
    if content is not None:
        place.write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(SettingsError, match="DARVOZA_OIDC_SECRET_FILE"):
        read_provider(TOLD | {"DARVOZA_OIDC_SECRET_FILE": str(place)})


def test_without_the_library_the_office_does_not_start_and_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings_of, "find_spec", lambda _: None)
    assert read_provider({}) is None
    with pytest.raises(SettingsError, match=r"pip install 'darvoza\[oidc\]'"):
        read_provider(TOLD)


def test_the_doctor_asks_whether_the_service_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving() as service:
        for name, value in (TOLD | {"DARVOZA_HOME": str(tmp_path), "DARVOZA_OIDC_ISSUER": service.address}).items():
            monkeypatch.setenv(name, value)
        doctor.run(Namespace(home=None, journal=False))
        assert "well     sign-in: 127.0.0.1:" in capsys.readouterr().out
    doctor.run(Namespace(home=None, journal=False))
    assert "failed   sign-in: " in capsys.readouterr().out
