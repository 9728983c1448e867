"""What stands behind the question mark of an address: known, within its bounds, and answered; the rest is refused."""

from typing import Any

import pytest

from office.api.systems import OTHER, POST, Systems, a_body, an_item

CARS = [an_item(hs="870323")]


def orders_at(systems: Systems, post: str, by: str = "customs") -> list[str]:
    said = systems.send("GET", f"/orders?post={post}", by=by)
    assert said.status == 200
    return [each["order_id"].split(":")[0] for each in said.body["orders"]]


def test_orders_of_one_post_are_read_alone(systems: Systems) -> None:
    for name, post in (("HERE", POST), ("THERE", OTHER)):
        systems.lodge(a_body(name, post=post, items=CARS, transport_document=name))
    assert (orders_at(systems, POST), orders_at(systems, OTHER), orders_at(systems, "")) == (
        ["HERE"], ["THERE"], ["HERE", "THERE"],
    )  # fmt: skip
    assert orders_at(systems, POST, by="dus") == []  # a token of another post


@pytest.mark.parametrize(
    ("method", "path", "field"),
    [
        ("GET", "/orders?posts=KG-AKT", "posts"),
        ("GET", "/orders?order_id=1", "order_id"),
        ("GET", "/deliveries?post=KG-AKT", "post"),
        ("GET", "/profiles?agency=customs", "agency"),
        ("GET", "/gate?x", "x"),
        ("GET", "/openapi.json?x=1", "x"),
        ("GET", "/declarations/D-1?declaration_id=D-2", "declaration_id"),
        ("POST", "/declarations?dry_run=1", "dry_run"),
        ("POST", "/declarations/D-1/cancellation?reason=1", "reason"),
        ("POST", "/declarations/D-1/arrival?post=KG-AKT", "post"),
        ("POST", "/declarations/stream?x=1", "x"),
    ],
)
def test_a_parameter_that_an_address_does_not_have_is_refused(
    systems: Systems, method: str, path: str, field: str
) -> None:
    systems.lodge(a_body())
    more: dict[str, str] = {"content-type": "application/x-ndjson"} if "stream" in path else {}
    body = {"post": POST} if "arrival" in path else a_body("NEW") if method == "POST" else None
    said = systems.send(method, path, body, **more)
    (fault,) = said.body["errors"]
    assert (said.status, fault["field"], fault["code"]) == (422, field, "not-a-parameter")
    assert systems.send("GET", "/declarations/NEW").code == "not-found"
    assert systems.send("GET", "/declarations/D-1").body["revision"] == 1


def test_what_is_expected_instead_is_named(systems: Systems) -> None:
    fault = systems.send("GET", "/orders?posts=KG-AKT").body["errors"][0]
    assert fault["expected"] == "one of after, limit, post, state"
    fault = systems.send("GET", "/profiles?agency=customs").body["errors"][0]
    assert fault["expected"] == "no parameter at this address"


def test_a_stranger_is_told_of_no_parameter(systems: Systems) -> None:
    for path in ("/orders?posts=1", "/openapi.json?x=1"):
        assert systems.send("GET", path, by=None).code == "unauthorised"


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=-1", "after=-1", f"after={2**63}", "limit=x"])
@pytest.mark.parametrize("path", ["/orders", "/deliveries"])
def test_what_is_out_of_bounds_is_refused_and_the_bounds_are_described(systems: Systems, path: str, query: str) -> None:
    said = systems.send("GET", f"{path}?{query}")
    assert (said.status, said.body["errors"][0]["field"]) == (422, query.split("=", maxsplit=1)[0])
    assert systems.send("GET", f"{path}?limit=500&after={2**63 - 1}").status == 200
    described = systems.send("GET", "/openapi.json").body["paths"][f"/api/v1{path}"]["get"]["parameters"]
    bounds: dict[str, Any] = {each["name"]: each["schema"] for each in described}
    assert (bounds["limit"]["minimum"], bounds["limit"]["maximum"]) == (1, 500)
    assert (bounds["after"]["minimum"], bounds["after"]["maximum"]) == (0, 2**63 - 1)


def test_whoever_has_any_version_is_told_that_there_is_one(systems: Systems) -> None:
    systems.lodge(a_body())
    tag = systems.send("GET", "/declarations/D-1").headers["ETag"]
    for header in ("*", tag, f"W/{tag}", f'"other", {tag}'):
        assert systems.send("GET", "/declarations/D-1", if_none_match=header).status == 304, header
    for header in ('"other"', tag[:-2] + '"', ""):
        assert systems.send("GET", "/declarations/D-1", if_none_match=header).status == 200, header
    assert systems.send("GET", "/declarations/D-2", if_none_match="*").status == 404


def test_texts_that_are_required_are_described_as_such(systems: Systems) -> None:
    said = systems.send("GET", "/openapi.json").body["paths"]["/api/v1/declarations"]["post"]["requestBody"]
    fields = said["content"]["application/json"]["schema"]["properties"]
    assert [fields[name]["minLength"] for name in ("declaration_id", "post", "importer_id")] == [1, 1, 1]
    assert fields["items"]["items"]["properties"]["hs"]["minLength"] == 1
    assert "minLength" not in fields["transport_document"]
