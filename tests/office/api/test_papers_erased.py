"""The numbers of papers go with the identities, and what was found of the goods stands."""

from datetime import timedelta

from darvoza.office.api.models import Lodgement
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.operations.retention import KeptData, read_retention, shipped_rules
from darvoza.office.operations.services.expiring import expire
from darvoza.office.registry.models import Finding, Former, Item
from office.api.systems import NOW, Systems, a_body
from office.api.test_goods_that_came import CAR, amend, find, release, told

CARD = CAR | {"establishment": "KZ-17", "document_numbers": ["862:CARNET-77"]}
NUMBER = "CARNET-77"


def said() -> str:
    """Everything that the register and the gate keep of goods."""
    rows = [*Item.objects.values_list("record"), *Former.objects.values_list("record", "items")]
    return str(
        [*rows, *Lodgement.objects.values_list("items", "decisions", "kin"), *Finding.objects.values_list("record")]
    )


def test_numbers_of_papers_go_and_results_stand(systems: Systems) -> None:
    systems.lodge(a_body(items=[CARD]))
    amend(systems, CARD, vehicle_id="01KG777ABC")
    assert find(systems, told(1)).status == 201
    assert (release(systems)["release"], NUMBER in said()) == ("free", True)
    assert (audit().holds, audit().results) == (True, 1)
    rules = [rule for rule in read_retention(shipped_rules()) if rule.data is KeptData.IDENTITIES]
    [done] = expire(rules, now=NOW + timedelta(days=366 * 40))
    assert done.number == 1
    assert NUMBER not in said()
    assert Item.objects.get().record["establishment"] == "KZ-17"
    assert (release(systems)["release"]) == "free"
    assert (audit().holds, audit().results) == (True, 1)  # what was erased in good order is no change
    Finding.objects.update(seized=True)
    assert not audit().holds
