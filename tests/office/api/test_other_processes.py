"""What another process decided is remembered as if it had been decided here, and as a gate remembers it that is opened now."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone

from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.office.api.services import lodging
from darvoza.office.api.services.opening import OpenGate
from office.api.systems import Systems, a_body, an_item
from office.api.test_opening import taken_in


def elsewhere(do: Callable[[], None]) -> OpenGate:
    """Have another process do something; give the gate of this one once it has heard of it."""
    with pytest.MonkeyPatch.context() as here:
        here.setattr(lodging._Open, "gate", None)
        do()
    lodging.state_in_force(timezone.now())
    gate = lodging._Open.gate
    assert gate is not None
    return gate


def test_what_a_run_spent_is_remembered_whoever_amends_after_it(systems: Systems, state_home: Path) -> None:
    for name in "AB":
        assert systems.lodge(a_body(name)).status == 201
    taken_in(state_home)

    def amend(name: str) -> None:
        body = a_body(name, version=2, items=[an_item(net_mass=90)])
        assert systems.send("POST", f"/declarations/{name}/amendments", body).status == 200

    amend("A")
    gate = elsewhere(lambda: amend("B"))
    anew = OpenGate.open(state_home / "gate.yaml", now=timezone.now())
    assert gate.batch == anew.batch == 4
    assert memory_text(gate.gate.policy.memory) == memory_text(anew.gate.policy.memory)
