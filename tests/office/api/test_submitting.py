"""A profile that a system submits: of its own agency, under a code that is its own."""

from datetime import datetime

import pytest
from django.db import connection

from darvoza.flow.gate.state_file import State
from darvoza.office.api.services import lodging
from darvoza.office.profiles.models import Version
from office.api.systems import PROFILE, PROFILES, Systems


def sent(**changes: str) -> dict[str, str]:
    """A profile as a system sends it."""
    text = PROFILE.format(**PROFILES[0] | {"code": "T-PHY"} | changes)
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith(("author", "approver")))
    return {"text": text, "reason": "it was found often"}


def test_a_profile_of_another_agency_takes_no_code(systems: Systems) -> None:
    said = systems.send("POST", "/profiles", sent(agency="phytosanitary"))
    assert (said.status, said.body["errors"][0]["field"]) == (422, "agency")
    assert not Version.objects.exists()
    assert systems.send("POST", "/profiles", sent(agency="phytosanitary"), by="plants").status == 201
    assert Version.objects.get().agency == "phytosanitary"
    assert systems.send("POST", "/profiles", sent()).body["errors"][0]["field"] == "code"


def test_a_code_in_force_is_its_agencys(systems: Systems) -> None:
    said = systems.send("POST", "/profiles", sent(code="PHY-FRUIT"))
    assert (said.status, said.body["errors"][0]["field"]) == (422, "code")
    assert systems.send("POST", "/profiles", sent(code="CUS-CARS")).status == 201


def test_a_profile_that_names_no_agency_is_of_whoever_submits_it(systems: Systems) -> None:
    body = sent()
    body["text"] = body["text"].replace("agency: customs\n", "")
    assert systems.send("POST", "/profiles", body).status == 201
    assert Version.objects.get().agency == "customs"


def test_the_gate_is_asked_before_any_transaction_that_it_would_wait_for(
    systems: Systems, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths: list[int] = []
    ask = lodging.state_in_force

    def noted(now: datetime) -> State:
        depths.append(len(connection.savepoint_ids))
        return ask(now)

    monkeypatch.setattr("darvoza.office.api.services.acting.state_in_force", noted)
    outside = len(connection.savepoint_ids)
    assert systems.send("POST", "/profiles", sent(), idempotency_key="p").status == 201
    assert depths == [outside]
