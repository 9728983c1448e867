"""Orders that go to another post: whoever is there opens them, whoever held them is told and loses nothing he wrote."""

import pytest

from darvoza.office.administration.models import Post
from darvoza.office.api.models import Client
from darvoza.office.desk.models import Draft
from darvoza.office.desk.queries.orders import queue
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Order
from darvoza.office.registry.queries import find
from office.api.systems import NOW, OTHER, POST, Systems, a_body, an_item
from people import Cast

CARS = [an_item(hs="870323")]
NAME = "D-1:customs:physical"
ORDER, DECLARATION = f"/queue/{NAME}/", "/declarations/D-1/"
RESULT = {"item1-areas": ["safety"], "item1-words": "an axle is cracked"}


def move(systems: Systems, how: str) -> None:
    """Let goods go to the other post: they arrive there, or are declared for it."""
    if how == "arrival":
        assert systems.send("POST", "/declarations/D-1/arrival", {"post": OTHER}).status == 200
    else:
        assert systems.send("POST", "/declarations/D-1/amendments", a_body(items=CARS, post=OTHER)).status == 200


@pytest.mark.parametrize("how", ["arrival", "amendment"])
def test_an_order_is_opened_and_recorded_where_the_goods_are(cast: Cast, systems: Systems, how: str) -> None:
    systems.lodge(a_body(items=CARS))
    assert cast.browser("farrukh").get(DECLARATION).status_code == 404
    move(systems, how)
    assert [line.order.order_id for line in queue(cast["farrukh"], now=NOW).lines] == [NAME]
    assert not queue(cast["asel"], now=NOW).lines
    there = cast.browser("farrukh")
    assert [there.get(page).status_code for page in (ORDER, DECLARATION)] == [200, 200]
    there.post(f"{ORDER}claim/")
    assert 'id="result-form"' in there.get(ORDER).text
    assert there.post(f"{ORDER}result/", RESULT).status_code == 302
    assert Order.objects.get().state == "recorded"
    assert [row.declaration_id for row in find(cast["farrukh"], "D-1")] == []  # too short to be looked for
    assert [row.declaration_id for row in find(cast["farrukh"], "CMR-D-1")] == ["D-1"]


@pytest.mark.parametrize("how", ["arrival", "amendment"])
def test_whoever_held_the_order_keeps_what_he_wrote_and_reads_where_it_is(
    cast: Cast, systems: Systems, how: str
) -> None:
    systems.lodge(a_body(items=CARS))
    here = cast.browser("asel")
    here.post(f"{ORDER}claim/")
    assert here.post(f"{ORDER}draft/", RESULT).status_code == 204
    move(systems, how)
    order = Order.objects.get()
    assert (order.post, order.left_post, order.state, order.holder) == (OTHER, POST, "waiting", "")
    told = Entry.objects.get(subject=NAME, body__what="rerouted").body or {}
    assert (told["from"], told["to"], told["held"]) == (POST, OTHER, "asel")
    sent = here.post(f"{ORDER}result/", RESULT)
    assert (sent.status_code, "an axle is cracked" in sent.text) == (409, True)
    page = here.get(ORDER)
    assert (page.status_code, f"This order went to the post {OTHER}" in page.text) == (200, True)
    assert "Take this order" not in page.text
    assert "sent to another post" in page.text
    assert Draft.objects.get().values["item1-words"] == ["an axle is cracked"]


def test_an_amendment_takes_no_order_away_from_where_the_goods_have_arrived(cast: Cast, systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    systems.send("POST", "/declarations/D-1/arrival", {"post": POST})
    cast.browser("asel").post(f"{ORDER}claim/")
    move(systems, "amendment")
    order = Order.objects.get()
    assert (order.post, order.holder) == (POST, "asel")
    assert cast.browser("asel").get(ORDER).status_code == 200


def test_a_system_reads_the_decision_on_goods_that_are_at_its_post_and_amends_none(systems: Systems) -> None:
    systems.lodge(a_body(items=CARS))
    assert systems.send("GET", "/declarations/D-1/release", by="dus").code == "not-found"
    move(systems, "arrival")
    assert systems.send("GET", "/declarations/D-1/release", by="dus").body["release"] == "waiting"
    assert systems.send("POST", "/declarations/D-1/cancellation", by="dus").code == "not-found"


def test_a_post_that_nobody_named_is_refused_at_lodging_and_amending(systems: Systems) -> None:
    said = systems.lodge(a_body(post="KG-AKTT"))
    assert (said.status, said.body["errors"][0]["code"]) == (422, "not-a-post")
    assert said.body["errors"][0]["hint"] == "did you mean KG-AKT?"
    systems.lodge(a_body(items=CARS))
    said = systems.send("POST", "/declarations/D-1/amendments", a_body(items=CARS, post="KG-AKTT"))
    assert (said.status, said.body["errors"][0]["code"]) == (422, "not-a-post")
    assert Order.objects.get().post == POST
    far = a_body("D-2", post="XX-FAR", transport_document="F")
    assert systems.lodge(far).body["errors"][0]["hint"] == "an administrator names it under Posts and agencies"
    Post.objects.create(code="XX-FAR", name="A far post")
    assert systems.lodge(far).status == 201


def test_an_office_that_names_no_post_yet_takes_any(systems: Systems) -> None:
    Client.objects.update(post="")
    assert systems.lodge(a_body(post="XX-FAR")).status == 201
