"""Who may amend or cancel: the client that lodged, and its agency; to read a declaration gives no say in it."""

import pytest

from darvoza.office.api.models import Lodgement
from darvoza.office.api.services.clients import NewClient, enter_client
from darvoza.office.registry.models import Order
from office.api.systems import ALL, NOW, OTHER, Systems, a_body, an_item

APPLES = [an_item(hs="080810")]
AMENDED, CANCELLED = "/declarations/D-1/amendments", "/declarations/D-1/cancellation"


@pytest.mark.parametrize(("path", "body"), [(AMENDED, a_body(items=[an_item()])), (CANCELLED, None)])
def test_an_agency_with_an_act_in_a_declaration_of_customs_reads_it_and_changes_nothing(
    systems: Systems, path: str, body: object
) -> None:
    systems.lodge(a_body(items=APPLES))
    assert systems.send("GET", "/declarations/D-1", by="plants").status == 200
    said = systems.send("POST", path, body, by="plants")
    assert (said.status, said.code) == (403, "forbidden")
    assert "not yours to change" in said.body["detail"]
    assert Lodgement.objects.count() == 1
    assert Order.objects.get(agency="phytosanitary").state == "waiting"


def test_one_agency_changes_nothing_of_what_another_one_lodged(systems: Systems) -> None:
    new = NewClient("animals", ALL, "veterinary")
    systems.tokens["animals"] = enter_client(new, by="oraz", now=NOW)
    systems.lodge(a_body(items=APPLES), by="animals")
    assert systems.send("POST", CANCELLED, by="plants").code == "forbidden"
    assert systems.send("POST", AMENDED, a_body(items=[an_item()]), by="customs").status == 200
    assert systems.send("POST", CANCELLED, by="animals").status == 200


def test_another_system_of_the_same_agency_goes_on_where_the_one_that_lodged_left_off(systems: Systems) -> None:
    systems.lodge(a_body(items=APPLES), by="customs")
    assert systems.send("POST", AMENDED, a_body(items=APPLES), by="akt").status == 200
    assert systems.send("POST", CANCELLED, by="dus").code == "not-found"  # it is at another post
    assert systems.send("POST", CANCELLED, by="akt").status == 200


def test_whoever_lodges_under_the_reference_of_another_agency_is_not_told_to_amend_it(systems: Systems) -> None:
    systems.lodge(a_body(items=APPLES))
    said = systems.lodge(a_body(items=APPLES), by="plants")
    assert (said.status, said.code) == (409, "already-lodged")
    assert "not yours to amend" in said.body["detail"]
    assert "amend it: POST" in systems.lodge(a_body(items=APPLES), by="akt").body["detail"]
    systems.lodge(a_body("D-2", post=OTHER, items=APPLES, transport_document="T"))
    assert "not yours to amend" in systems.lodge(a_body("D-2"), by="akt").body["detail"]


@pytest.mark.parametrize(("path", "body"), [(AMENDED, a_body(items=[an_item()])), (CANCELLED, None)])
@pytest.mark.parametrize("by", ["customs", "plants", "nobody"])
def test_a_system_of_no_agency_reads_everything_and_changes_only_what_it_lodged_itself(
    systems: Systems, path: str, body: object, by: str
) -> None:
    for name in ("all", "nobody"):
        systems.tokens[name] = enter_client(NewClient(name, ALL), by="oraz", now=NOW)
    systems.lodge(a_body(items=APPLES), by=by)
    assert systems.send("GET", "/declarations/D-1", by="all").status == 200
    said = systems.send("POST", path, body, by="all")
    assert (said.status, said.code) == (403, "forbidden")
    assert "not yours to change" in said.body["detail"]
    assert "not yours to amend" in systems.lodge(a_body(items=APPLES), by="all").body["detail"]
    assert Lodgement.objects.count() == 1
    assert systems.send("POST", path, body, by=by).status == 200
