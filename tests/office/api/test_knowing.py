"""Whose a declaration is: what a client may not know of, it neither reads, changes nor tells of; what it lodged, it reads."""

import pytest

from darvoza.office.api.models import Client, Lodgement
from darvoza.office.api.queries import may_know, revisions_of
from darvoza.office.registry.models import Declaration, Order
from office.api.systems import OTHER, POST, Systems, a_body, an_item

CARS, APPLES = [an_item(hs="870323", origin="DE")], [an_item(hs="080810", origin="KG")]
D = "/declarations/D-1"


@pytest.mark.parametrize(
    ("path", "body"),
    [("amendments", a_body(items=APPLES)), ("cancellation", None), ("arrival", {"post": OTHER})],
)
def test_what_concerns_another_agency_is_neither_changed_nor_told_of(systems: Systems, path: str, body: object) -> None:
    systems.lodge(a_body(items=CARS))
    assert systems.send("GET", D, by="plants").code == "not-found"
    assert systems.send("POST", f"{D}/{path}", body, by="plants").code == "not-found"
    assert Lodgement.objects.count() == 1
    assert (Declaration.objects.get().arrived_at, Order.objects.get().state) == (None, "waiting")


def test_what_concerns_its_agency_it_reads_and_tells_of_but_does_not_change(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS + APPLES))
    assert systems.send("GET", D, by="plants").status == 200
    assert systems.send("POST", f"{D}/arrival", {"post": POST}, by="plants").status == 200
    assert systems.send("POST", f"{D}/amendments", a_body(items=APPLES), by="plants").code == "forbidden"
    assert systems.send("POST", f"{D}/cancellation", by="plants").code == "forbidden"


def test_who_lodged_a_declaration_follows_it_where_his_agency_has_no_act(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS), by="plants")
    said = systems.send("GET", D, by="plants")
    assert (said.status, said.body["acts"]) == (200, [])
    assert systems.send("GET", f"{D}/release", by="plants").body["agencies"] == []
    assert systems.send("GET", f"{D}/explanation", by="plants").body["decisions"] == []
    for path, body in (("amendments", a_body(items=CARS)), ("arrival", {"post": POST}), ("cancellation", None)):
        assert systems.send("POST", f"{D}/{path}", body, by="plants").status == 200, path
    assert systems.send("GET", D, by="plants").body["kind"] == "cancelled"


def test_an_amendment_by_another_does_not_make_it_his_who_amended(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS), by="plants")
    systems.send("POST", f"{D}/amendments", a_body(items=CARS), by="customs")
    assert systems.send("GET", D, by="plants").status == 200
    systems.send("POST", f"{D}/amendments", a_body(post=OTHER, items=CARS), by="customs")
    assert systems.send("GET", D, by="akt").code == "not-found"


def test_the_rule_takes_a_client_as_it_is_kept(systems: Systems) -> None:
    systems.lodge(a_body("CARS", items=CARS))
    systems.lodge(a_body("OWN", items=CARS, transport_document="O"), by="plants")
    systems.lodge(a_body("BOTH", items=CARS + APPLES, transport_document="B"))
    systems.lodge(a_body("FAR", post=OTHER, items=APPLES, transport_document="F"))
    every = ("CARS", "OWN", "BOTH", "FAR", "NONE")
    revisions = revisions_of(every)
    known = {
        row.name: {name for name, those in revisions.items() if may_know(row, those)} for row in Client.objects.all()
    }
    assert known["plants"] == {"OWN", "BOTH", "FAR"}
    assert known["customs"] == {"CARS", "OWN", "BOTH", "FAR"}
    assert (known["akt"], known["dus"]) == ({"CARS", "OWN", "BOTH"}, {"FAR"})
