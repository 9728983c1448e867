"""Clients entered from the command line, and what the command says."""

import pytest

from darvoza.cli.main import EXIT_FAILED, main
from darvoza.office.api.callers import digest_of
from darvoza.office.api.models import Client
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.services import clients
from darvoza.office.api.services.clients import NewClient, revoke_client
from darvoza.office.commands import PURPOSES
from darvoza.office.registry.models import Declaration
from office.api.systems import NOW, Systems, a_body


def test_the_command_knows_every_purpose() -> None:
    assert set(PURPOSES) == {purpose.value for purpose in Purpose}


@pytest.mark.django_db
def test_a_client_is_entered_once_used_and_shut_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from argparse import Namespace

    from darvoza.errors import SettingsError
    from darvoza.office.api.services.clients import caller_of
    from darvoza.office.commands import client

    monkeypatch.setattr(client, "start", lambda *_, **__: None)
    given = Namespace(name="asycuda", purpose=["lodge"], agency="customs", post="", per_minute=10, revoke=False)
    client.run(given)
    token = next(word for word in capsys.readouterr().out.split() if word.startswith("dvz_"))
    caller = caller_of(token)
    assert caller is not None
    assert (caller.name, caller.agency, caller.per_minute, set(caller.purposes)) == (
        "asycuda",
        "customs",
        10,
        {Purpose.LODGE},
    )
    with pytest.raises(SettingsError):
        client.run(given)
    given.revoke = True
    client.run(given)
    assert caller_of(token) is None
    with pytest.raises(SettingsError):
        client.run(given)
    with pytest.raises(SettingsError):
        client.run(Namespace(**{**vars(given), "name": "b", "purpose": [], "revoke": False}))


def test_who_was_met_before_and_is_shut_out_lodges_nothing_more(systems: Systems) -> None:
    assert systems.lodge(a_body("A")).status == 201
    revoke_client("customs", by="oraz", now=NOW)
    said = systems.lodge(a_body("B"))
    assert (said.status, said.code, said.headers["WWW-Authenticate"]) == (401, "unauthorised", "Bearer")
    assert list(Declaration.objects.values_list("declaration_id", flat=True)) == ["A"]
    assert systems.lodge(a_body("C")).status == 401, "nor is the token known any longer"


def test_what_is_said_of_a_client_now_counts_and_not_what_was_when_it_was_met(systems: Systems) -> None:
    assert systems.lodge(a_body("A")).status == 201
    Client.objects.filter(name="customs").update(post="KG-XXX")
    said = systems.lodge(a_body("B"))
    assert (said.status, said.code) == (403, "forbidden")
    Client.objects.filter(name="customs").update(post="")
    assert systems.lodge(a_body("B")).status == 201


def test_a_number_that_another_client_has_now_is_not_the_one_that_was_met(systems: Systems) -> None:
    """As after a backup was put back under a server that runs."""
    assert systems.lodge(a_body("A")).status == 201
    Client.objects.filter(name="customs").update(name="another", token_digest=digest_of("dvz_other"))
    assert systems.lodge(a_body("B")).status == 401


def test_a_process_keeps_no_more_clients_in_mind_than_it_may(db: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - asked for
    monkeypatch.setattr(clients, "MOST_MET", 2)
    monkeypatch.setattr(clients._Met, "by_digest", {})
    tokens = [clients.enter_client(NewClient(f"c{n}", (Purpose.LODGE,)), by="oraz", now=NOW) for n in range(5)]
    for token in tokens * 2:
        caller = clients.met_caller(token)
        assert caller is not None
        assert caller == clients.caller_of(token)
        assert len(clients._Met.by_digest) <= 2
    assert clients.met_caller("dvz_nobody") is None


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("name", [""]),
        ("name", [" "]),
        ("name", ["x" * 61]),
        ("name", ["a\nb"]),
        ("post", ["a", "--post", "P" * 21]),
        ("post", ["a", "--post", " KG"]),
        ("per-minute", ["a", "--per-minute", "0"]),
        ("per-minute", ["a", "--per-minute", "-5"]),
        ("per-minute", ["a", "--per-minute", str(2**31)]),
    ],
)
@pytest.mark.django_db
def test_what_a_client_cannot_be_is_said_of_its_argument(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, field: str, words: list[str]
) -> None:
    from darvoza.office.commands import client

    monkeypatch.setattr(client, "start", lambda *_, **__: None)
    assert main(["office", "client", "--purpose", "lodge", *words]) == EXIT_FAILED
    assert capsys.readouterr().err.startswith(f"darvoza: {field}: expected ")
    assert not Client.objects.exists()


@pytest.mark.django_db
def test_a_client_may_have_the_longest_words() -> None:
    new = NewClient("x" * 60, (Purpose.LODGE,), "phytosanitary", "P" * 20, 2**31 - 1)
    assert clients.caller_of(clients.enter_client(new, by="oraz", now=NOW)) is not None
