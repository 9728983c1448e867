"""Clients entered from the command line, and what the command says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from darvoza.cli.main import EXIT_FAILED, main
from darvoza.errors import SettingsError
from darvoza.office.api.callers import digest_of
from darvoza.office.api.models import Client
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.services import clients
from darvoza.office.api.services.clients import NewClient, revoke_client
from darvoza.office.commands import PURPOSES
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Declaration
from office.api.systems import NOW, Systems, a_body


def test_the_command_knows_every_purpose() -> None:
    assert set(PURPOSES) == {purpose.value for purpose in Purpose}


@pytest.mark.django_db
def test_a_client_is_entered_once_used_and_shut_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from argparse import Namespace

    from darvoza.office.api.services.clients import caller_of
    from darvoza.office.commands import client

    monkeypatch.setattr(client, "start", lambda *_, **__: None)
    given = Namespace(
        name="asycuda",
        purpose=["lodge"],
        agency="customs",
        post="",
        per_minute=10,
        revoke=False,
        renew=False,
        overlap=0,
    )
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


def test_another_token_takes_the_place_of_the_one_before(systems: Systems) -> None:
    assert systems.lodge(a_body("A"), idempotency_key="k").status == 201, "its token is met by this process"
    old, number = systems.tokens["customs"], Client.objects.get(name="customs").pk
    systems.tokens["customs"] = clients.renew_client("customs", by="oraz", now=NOW)
    said = systems.lodge(a_body("A"), idempotency_key="k")
    assert said.headers["Idempotent-Replayed"] == "true", "receipts are those of the same client"
    for path in ("/declarations", "/screening"):
        assert systems.send("POST", path, a_body("B"), authorization=f"Bearer {old}").code == "unauthorised"
    assert clients.caller_of(old) is None
    assert Client.objects.get(name="customs").pk == number
    entry = Entry.objects.filter(subject="client:customs").latest("pk")
    assert entry.body == {"what": "client renewed", "overlap_seconds": 0}


def test_the_token_before_is_taken_for_as_long_as_was_said(systems: Systems) -> None:
    old, row = systems.tokens["customs"], Client.objects.filter(name="customs")
    assert systems.lodge(a_body("A")).status == 201
    new = clients.renew_client("customs", overlap=timedelta(hours=1), by="oraz", now=timezone.now())
    for name, token in (("B", old), ("C", new)):
        assert systems.lodge(a_body(name), authorization=f"Bearer {token}").status == 201
    row.update(old_until=timezone.now())
    assert systems.lodge(a_body("D"), authorization=f"Bearer {old}").status == 401, "though this process has met it"
    assert systems.lodge(a_body("D"), authorization=f"Bearer {new}").status == 201
    assert clients.caller_of(old) is None
    clients.renew_client("customs", overlap=timedelta(hours=1), by="oraz", now=timezone.now())
    assert (clients.caller_of(old), clients.caller_of(new) is None) == (None, False), "only the last one overlaps"


def test_who_was_shut_out_stands_again_with_another_token_only(systems: Systems) -> None:
    old = systems.tokens["customs"]
    clients.renew_client("customs", overlap=timedelta(hours=1), by="oraz", now=timezone.now())
    revoke_client("customs", by="oraz", now=NOW)
    assert clients.caller_of(old) is None
    with pytest.raises(SettingsError, match="overlap"):
        clients.renew_client("customs", overlap=timedelta(hours=1), by="oraz", now=timezone.now())
    new = clients.renew_client("customs", by="oraz", now=NOW)
    assert clients.caller_of(new) is not None
    assert clients.caller_of(old) is None
    with pytest.raises(SettingsError, match="name"):
        clients.renew_client("nobody", by="oraz", now=NOW)


def test_the_command_gives_another_token(
    systems: Systems, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from darvoza.office.commands import client

    monkeypatch.setattr(client, "start", lambda *_, **__: None)
    for words, end in (([], "the one before has ended)"), (["--overlap", "24"], "UTC)")):
        assert main(["office", "client", "customs", "--renew", *words]) == 0
        said = capsys.readouterr().out
        token = next(word for word in said.split() if word.startswith("dvz_"))
        assert clients.caller_of(token) is not None
        assert said.strip().endswith(end)
    assert main(["office", "client", "customs", "--overlap", "24"]) == EXIT_FAILED
    for words in (["--renew", "--revoke"], ["--renew", "--overlap", "745"], ["--renew", "--overlap", "-1"]):
        with pytest.raises(SystemExit):
            main(["office", "client", "customs", *words])
    assert systems.tokens["customs"] not in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_warns_of_a_token_that_pulls_goods_to_itself_and_clears_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from darvoza.office.commands import client

    monkeypatch.setattr(client, "start", lambda *_, **__: None)
    for name, purposes, warned in (
        ("port", ["arrival.write", "lodge"], False),
        ("both", ["arrival.write", "finding.write"], True),
    ):
        words = [word for purpose in purposes for word in ("--purpose", purpose)]
        assert main(["office", "client", name, *words]) == 0
        assert ("warning   one token" in capsys.readouterr().out) is warned
