"""Acts are told of goods items that there are: an amendment takes items away, and what was decided of them stands."""

from darvoza.office.api.models import Event, Lodgement
from darvoza.office.registry.models import Order
from office.api.systems import Systems, a_body, an_item

CAR, TROUSERS = an_item(hs="870323"), an_item()


def test_acts_on_an_item_that_was_amended_away_are_on_the_whole_consignment(systems: Systems) -> None:
    first = systems.lodge(a_body(items=[TROUSERS, CAR])).body
    assert [act["items"] for act in first["acts"]] == [[2]]
    amended = systems.send("POST", "/declarations/D-1/amendments", a_body(items=[TROUSERS]))
    read = systems.send("GET", "/declarations/D-1")
    told = [amended.body, read.body, Event.objects.latest("pk").body]
    assert [[act["items"] for act in each["acts"]] for each in told] == [[[]]] * 3
    assert amended.headers["ETag"] == read.headers["ETag"]
    assert Order.objects.get().items == []
    assert "FTX" in systems.send("GET", "/declarations/D-1/cusres").body
    kept = Lodgement.objects.get(revision=2).decisions
    assert [each["items"] for each in kept] == [[2]]  # by which it is decided again
    again = systems.send("POST", "/declarations/D-1/cancellation", if_match=read.headers["ETag"])
    assert (again.status, again.body["kind"]) == (200, "cancelled")
