"""Clients entered from the command line, and what the command says."""

import pytest

from darvoza.office.api.purposes import Purpose
from darvoza.office.commands import PURPOSES


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
