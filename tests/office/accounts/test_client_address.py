"""Whose sign-ins are counted together behind proxies: each browser's, and nobody can pass for another."""

from argparse import Namespace
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from darvoza.errors import SettingsError
from darvoza.office.accounts.client_address import client_address
from darvoza.office.commands import doctor
from darvoza.office.environment import read_environment
from people import PASSWORD

SIGN_IN = "/account/sign-in/"
OURS = (ip_network("10.0.0.0/24"), ip_network("2001:db8:1::/48"))
LIMIT = 30
"""Sign-ins in a minute from one address."""


@pytest.mark.parametrize(
    ("peer", "forwarded", "told"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "6.6.6.6", "192.0.2.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, 10.0.0.2, 10.0.0.3", "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        ("10.0.0.1", "10.0.0.9", "10.0.0.9"),
        ("10.0.0.1", "192.0.2.7:50123", "192.0.2.7"),
        ("10.0.0.1", "[2001:db8:9::7]:50123", "2001:db8:9::7"),
        ("2001:db8:1::1", "2001:db8:9::7", "2001:db8:9::7"),
        ("::ffff:10.0.0.1", "::ffff:192.0.2.7", "192.0.2.7"),
        ("10.0.0.1", "192.0.2.7, unknown", "10.0.0.1"),
        ("10.0.0.1", ",", "10.0.0.1"),
        ("", "192.0.2.7", ""),
    ],
)
def test_the_browser_is_the_last_that_is_no_proxy_of_ours(peer: str, forwarded: str, told: str) -> None:
    assert client_address(peer, forwarded, OURS) == told


@given(st.text(max_size=60))
def test_nothing_that_a_browser_writes_changes_whose_it_is(written: str) -> None:
    """What the proxy adds stands at the end, whatever came before it."""
    assert client_address("10.0.0.1", f"{written}, 192.0.2.7", OURS) == "192.0.2.7"
    assert client_address("192.0.2.7", written, OURS) == "192.0.2.7"


def tries(count: int, forwarded: str, peer: str = "10.0.0.1") -> list[int]:
    """Sign in wrongly so many times, each under another name; what was answered."""
    client = Client(headers={"x-forwarded-for": forwarded}, REMOTE_ADDR=peer)
    return [client.post(SIGN_IN, {"login": f"n{at}", "password": "x"}).status_code for at in range(count)]


@pytest.mark.usefixtures("cast")
def test_behind_a_proxy_that_is_named_each_browser_has_thirty_sign_ins_a_minute(settings: Settings) -> None:
    settings.PROXIES = OURS
    assert set(tries(LIMIT, "192.0.2.7")) == {200}
    assert tries(1, "192.0.2.7") == [429]
    assert tries(1, "6.6.6.6, 192.0.2.7") == [429], "a forged address in front changes nothing"
    other = Client(headers={"x-forwarded-for": "192.0.2.8"}, REMOTE_ADDR="10.0.0.1")
    assert other.post(SIGN_IN, {"login": "asel", "password": PASSWORD}).status_code == 302


@pytest.mark.usefixtures("cast")
def test_whoever_comes_past_the_proxy_cannot_choose_an_address(settings: Settings) -> None:
    settings.PROXIES = OURS
    answers = [tries(1, f"203.0.113.{at}", peer="192.0.2.7")[0] for at in range(LIMIT + 1)]
    assert answers == [200] * LIMIT + [429]


@pytest.mark.usefixtures("cast")
def test_without_proxies_nobody_is_believed() -> None:
    answers = [tries(1, f"203.0.113.{at}")[0] for at in range(LIMIT + 1)]
    assert answers == [200] * LIMIT + [429]


def test_proxies_are_read_from_the_environment() -> None:
    told = read_environment({"DARVOZA_HOME": "/nowhere", "DARVOZA_PROXIES": "127.0.0.1, 10.0.0.0/24 ::1"})
    assert [str(each) for each in told.proxies] == ["127.0.0.1/32", "10.0.0.0/24", "::1/128"]


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.300", "10.0.0.1/24", "0.0.0.0/0", "::/0", "1"])
def test_a_proxy_that_is_no_address_or_everybody_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="DARVOZA_PROXIES"):
        read_environment({"DARVOZA_HOME": "/nowhere", "DARVOZA_PROXIES": wrong})


@pytest.mark.parametrize(
    ("proxies", "told"),
    [
        ("", "warning  proxies: none: of all who come through a proxy, 30 sign-ins in a minute are taken together"),
        ("10.0.0.0/24", "sign-ins are counted for each browser, as told by 10.0.0.0/24"),
    ],
)
def test_the_doctor_tells_whose_sign_ins_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], proxies: str, told: str
) -> None:
    monkeypatch.setenv("DARVOZA_HOME", str(tmp_path))
    monkeypatch.setenv("DARVOZA_PROXIES", proxies)
    assert doctor.run(Namespace(home=None, journal=False)) == 1, "there is no database"
    assert told in capsys.readouterr().out
