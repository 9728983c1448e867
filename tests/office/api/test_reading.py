"""What clients read: each within its agency, its post and its purposes; tags, pages and limits."""

import json
from dataclasses import replace
from typing import Any

import pytest

from darvoza.domain.codes import Agency
from darvoza.domain.fields import LARGEST_ITEM
from darvoza.domain.journal import EntryKind
from darvoza.domain.profile import ProfileSet, Visibility
from darvoza.flow.assessment.meaning import folded_members, members_of
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Client
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.queries import lists_for
from darvoza.office.api.services.clients import revoke_client
from darvoza.office.api.services.lodging import state_in_force
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Order
from office.api.systems import NOW, OTHER, PROFILE, PROFILES, Systems, a_body, an_item

MIXED = [an_item(hs="870323", origin="DE"), an_item(hs="080810", origin="KG")]


@pytest.fixture(autouse=True)
def _lodged(systems: Systems) -> None:
    """A consignment of two agencies, and one elsewhere."""
    assert systems.lodge(a_body(items=MIXED)).body["channel"] == "red"
    systems.lodge(a_body("E-1", post=OTHER, items=MIXED[:1]))


def test_a_decision_has_a_tag_and_is_not_sent_twice(systems: Systems) -> None:
    first = systems.send("GET", "/declarations/D-1")
    again = systems.send("GET", "/declarations/D-1", if_none_match=first.headers["ETag"])
    assert (first.status, again.status, again.body) == (200, 304, "")


def test_an_agency_is_told_its_own_acts(systems: Systems) -> None:
    assert {act["agency"] for act in systems.send("GET", "/declarations/D-1").body["acts"]} == {
        "customs",
        "phytosanitary",
    }
    assert {act["agency"] for act in systems.send("GET", "/declarations/D-1", by="plants").body["acts"]} == {
        "phytosanitary"
    }
    assert systems.send("GET", "/declarations/E-1", by="plants").code == "not-found"


def test_why_is_told_to_whom_it_is_for(systems: Systems) -> None:
    told = systems.send("GET", "/declarations/D-1/explanation", by="plants").body["decisions"]
    assert {each["agency"] for each in told} == {"phytosanitary"}
    assert told[0]["floors"][0]["source"] == "PHY-FRUIT"
    assert systems.send("GET", "/declarations/D-1/explanation", by="reader").code == "forbidden"


def test_evidence_holds_all_that_makes_a_decision_again(systems: Systems) -> None:
    systems.send("POST", "/declarations/D-1/amendments", a_body(items=MIXED[:1]))
    told = systems.send("GET", "/declarations/D-1/evidence").body["revisions"]
    assert [each["revision"] for each in told] == [1, 2]
    assert told[0]["items"][1]["hs"] == "080810"
    assert {"u", "commitment", "key_day", "profiles_digest"} <= set(told[0]["decisions"][0])


def test_orders_come_page_by_page(systems: Systems) -> None:
    seen, after = [], 0
    while True:
        said = systems.send("GET", f"/orders?limit=1&after={after}").body
        seen += [each["order_id"] for each in said["orders"]]
        if said["next"] is None:
            break
        after = said["next"]
    assert seen == ["D-1:customs:physical", "E-1:customs:physical"]
    assert [each["order_id"] for each in systems.send("GET", "/orders", by="dus").body["orders"]] == [
        "E-1:customs:physical"
    ]
    assert systems.send("GET", "/orders?state=recorded").body["orders"] == []
    assert systems.send("GET", "/orders?state=lost").code == "invalid"
    for beyond in (-1, 2**63):
        said = systems.send("GET", f"/orders?after={beyond}")
        assert (said.status, said.code, said.body["errors"][0]["field"]) == (422, "invalid", "after")


def test_goods_go_when_every_agency_has_said_so(systems: Systems) -> None:
    def release(reference: str = "D-1") -> str:
        return str(systems.send("GET", f"/declarations/{reference}/release").body["release"])

    assert release() == "waiting"
    nothing = {"items": [{"item": number, "words": "of a lot that was sampled"} for number in (1, 2)]}
    assert systems.send("POST", "/orders/D-1:customs:physical/findings", nothing).status == 201
    assert release() == "waiting"
    assert systems.send("POST", "/orders/D-1:phytosanitary:sampling/findings", nothing, by="plants").status == 201
    assert release() == "free"
    found = {"items": [{"item": 1, "areas": ["undervaluation"], "additional_duty": "120.50"}]}
    assert systems.send("POST", "/orders/E-1:customs:physical/findings", found).status == 201
    assert release("E-1") == "held"


def test_a_finding_needs_the_order_as_it_was_read(systems: Systems) -> None:
    path, nothing = "/orders/D-1:customs:physical", {"items": [{"item": 1}, {"item": 2}]}
    tag = systems.send("GET", path).headers["ETag"]
    assert systems.send("POST", f"{path}/findings", nothing, if_match='"other"').code == "changed"
    assert systems.send("POST", f"{path}/findings", nothing, if_match=tag).status == 201
    assert systems.send("POST", f"{path}/findings", nothing, if_match=tag).code == "changed"
    said = systems.send("POST", f"{path}/findings", nothing)
    assert (said.status, said.code) == (409, "case-refused")
    assert "page" not in json.dumps(said.body)
    assert Order.objects.get(order_id="D-1:customs:physical").holder == "client:customs"


def test_a_tag_that_was_weakened_on_its_way_is_the_same_tag(systems: Systems) -> None:
    path, nothing = "/orders/D-1:customs:physical", {"items": [{"item": 1}, {"item": 2}]}
    packed = systems.browser.get(
        f"/api/v1{path}",
        headers={"authorization": f"Bearer {systems.tokens['customs']}", "accept-encoding": "gzip"},
    )
    tag = packed.headers["ETag"]
    assert (packed.headers["Content-Encoding"], tag[:3]) == ("gzip", 'W/"')
    assert systems.send("POST", f"{path}/findings", nothing, if_match=f'"other", W/{tag[2:-2]}x"').code == "changed"
    assert systems.send("POST", f"{path}/findings", nothing, if_match=f'"other", {tag}').status == 201


def test_an_amendment_takes_the_revision_or_the_tag_of_what_was_read(systems: Systems) -> None:
    path, body = "/declarations/D-1", a_body(items=MIXED)
    tag = systems.send("GET", path).headers["ETag"]
    made = systems.send("POST", f"{path}/amendments", body, if_match=tag)
    assert (made.status, made.body["revision"]) == (200, 2)
    assert systems.send("POST", f"{path}/amendments", body, if_match=tag).code == "changed"
    assert made.headers["ETag"] == systems.send("GET", path).headers["ETag"]
    for number, match in enumerate((f"W/{made.headers['ETag']}", '"3"', 'W/"4"', "5", "*"), start=3):
        assert systems.send("POST", f"{path}/amendments", body, if_match=match).body["revision"] == number
    for match in ('"3"', '"none of ours"'):
        assert systems.send("POST", f"{path}/cancellation", if_match=match).code == "changed"
    assert systems.send("POST", f"{path}/cancellation", if_match='"7"').status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"items": []}, "items"),
        ({"items": [{"item": 0}]}, "items.0.item"),
        ({"items": [{"item": 1, "areas": ["gold"]}]}, "items.0.areas.0"),
        ({"items": [{"item": 1}], "by": "me"}, "by"),
    ],
)
def test_a_finding_that_cannot_be_read_names_its_field(systems: Systems, body: object, field: str) -> None:
    said = systems.send("POST", "/orders/D-1:customs:physical/findings", body)
    assert (said.status, said.body["errors"][0]["field"]) == (422, field)


def test_every_item_that_can_be_lodged_can_be_recorded(systems: Systems) -> None:
    last = an_item(hs="870323", item=LARGEST_ITEM)
    assert systems.lodge(a_body("L-1", importer_id="L", items=[last])).status == 201
    for item in (LARGEST_ITEM + 1, 2**31):
        said = systems.lodge(a_body("L-2", items=[last | {"item": item}]))
        [fault] = said.body["errors"]
        assert (said.status, fault["field"], fault["expected"]) == (
            422,
            "items.1.item",
            f"a number up to {LARGEST_ITEM}",
        )
    path = "/orders/L-1:customs:physical/findings"
    for wrong in (LARGEST_ITEM + 1, 2**31, True, "1"):
        said = systems.send("POST", path, {"items": [{"item": wrong}]})
        assert (said.status, said.body["errors"][0]["field"]) == (422, "items.0.item")
    assert systems.send("POST", path, {"items": [{"item": LARGEST_ITEM}]}).status == 201


def test_a_finding_of_other_items_is_refused(systems: Systems) -> None:
    said = systems.send("POST", "/orders/D-1:customs:physical/findings", {"items": [{"item": 9}]})
    assert (said.status, said.code, said.body["errors"][0]["field"]) == (422, "invalid", "items")
    assert (
        systems.send("POST", "/orders/D-1:customs:physical/findings", {"items": [{"item": 1}]}, by="plants").code
        == "not-found"
    )


def test_profiles_lists_and_screening_are_those_in_force(systems: Systems) -> None:
    codes = {each["code"] for each in systems.send("GET", "/profiles").body["profiles"]}
    assert codes == {"CUS-CARS", "CUS-LISTED"}
    theirs = {each["code"] for each in systems.send("GET", "/profiles", by="plants").body["profiles"]}
    assert theirs == {"PHY-FRUIT", "CLAIMED-PROCESS"}
    assert systems.send("GET", "/lists").body["lists"][0]["name"] == "watched"
    assert systems.send("GET", "/measures").body["measures"] == []
    told = systems.send("POST", "/screening", {"values": ["BAD-1", "IMP-1", "BAD-1"]}).body["screened"]
    assert told == [{"lists": ["watched"], "value": "BAD-1"}, {"lists": [], "value": "IMP-1"}]
    assert systems.send("GET", "/gate").body["alarms"] == []


def test_nobody_reads_the_list_of_another_agency_and_every_screening_is_in_the_journal(systems: Systems) -> None:
    asked = {"values": ["BAD-1", "IMP-1", "BAD-1", "BAD-2"]}
    assert systems.send("GET", "/lists", by="plants").body["lists"] == []
    theirs = systems.send("POST", "/screening", asked, by="plants").body["screened"]
    assert [each["lists"] for each in theirs] == [[], [], []]
    assert systems.send("POST", "/screening", asked).status == 200
    entries = (
        Entry.objects.filter(kind=EntryKind.SENSITIVE_READ).order_by("sequence").values_list("actor", "subject", "body")
    )
    told = [
        (actor, subject, *((body or {}).get(name) for name in ("codes", "lists", "held")))
        for actor, subject, body in entries
    ]
    assert told == [
        ("client:plants", "screening plants", 3, [], {}),
        ("client:customs", "screening customs", 3, ["watched"], {"watched": 2}),
    ]
    assert "BAD-1" not in str(list(entries))


@pytest.mark.parametrize(
    ("visibility", "told"),
    [(Visibility.AGENCY, ["watched"]), (Visibility.JOINT, ["watched"]), (Visibility.RESTRICTED, [])],
)
@pytest.mark.usefixtures("systems")
def test_a_list_is_told_to_systems_of_the_agency_whose_open_profiles_speak_of_it(
    visibility: Visibility, told: list[str]
) -> None:
    state = state_in_force(NOW)
    only = ProfileSet((replace(state.policy.profiles.by_code["CUS-LISTED"], visibility=visibility),))
    changed = replace(state, policy=replace(state.policy, profiles=only))
    by_agency = {
        agency: [each.name for each in lists_for(_caller(agency), changed)]
        for agency in ("customs", "", "phytosanitary")
    }
    assert by_agency == {"customs": told, "": told, "phytosanitary": []}


@pytest.mark.usefixtures("systems")
def test_a_list_of_which_a_restricted_profile_speaks_too_is_not_told() -> None:
    state = state_in_force(NOW)
    listed = state.policy.profiles.by_code["CUS-LISTED"]
    hidden = replace(listed, code="VET-HIDDEN", agency=Agency.VETERINARY, visibility=Visibility.RESTRICTED)
    changed = replace(state, policy=replace(state.policy, profiles=ProfileSet((listed, hidden))))
    assert [lists_for(_caller(agency), changed) for agency in ("customs", "")] == [(), ()]


def _caller(agency: str) -> Caller:
    return Caller(1, "asker", agency, "", frozenset(Purpose), 60)


def test_a_client_is_counted_and_asked_to_wait(systems: Systems) -> None:
    codes = [systems.send("GET", "/declarations/D-1", by="slow").status for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    said = systems.send("GET", "/declarations/D-1", by="slow")
    assert (said.code, 1 <= int(said.headers["Retry-After"]) <= 60) == ("too-many", True)


def test_a_revoked_token_is_refused_at_the_next_request(systems: Systems) -> None:
    revoke_client("reader", by="oraz", now=NOW)
    assert systems.send("GET", "/declarations/D-1", by="reader").code == "unauthorised"


def test_tokens_are_not_kept(systems: Systems) -> None:
    for row in Client.objects.all():
        assert systems.tokens[row.name] not in (row.token_digest, row.name)
        assert len(row.token_digest) == 64
    told = str(list(Entry.objects.values_list("body", flat=True)))
    assert not any(token in told for token in systems.tokens.values())


def test_the_interface_describes_itself_to_whoever_has_a_token(systems: Systems) -> None:
    said = systems.send("GET", "/openapi.json")
    assert said.body["openapi"].startswith("3.1")
    assert "/api/v1/declarations/{declaration_id}/amendments" in said.body["paths"]
    assert systems.send("GET", "/openapi.json", by=None).code == "unauthorised"


def a_profile(code: str = "CUS-NEW") -> dict[str, str]:
    """A profile as a system sends it."""
    fields = {**PROFILES[0], "code": code}
    return {"text": PROFILE.format(**fields), "reason": "Cars came undervalued twice"}


@pytest.mark.parametrize(
    ("path", "body", "other"),
    [
        ("/orders/D-1:customs:physical/findings", {"items": [{"item": 1}, {"item": 2}]}, {"items": [{"item": 1}]}),
        ("/profiles", a_profile(), a_profile("CUS-OTHER")),
    ],
)
def test_what_is_done_under_a_key_is_done_once(systems: Systems, path: str, body: Any, other: Any) -> None:
    first = systems.send("POST", path, body, idempotency_key="k-1")
    entries = Entry.objects.count()
    again = systems.send("POST", path, body, idempotency_key="k-1")
    assert (first.status, again.status) == (201, 201)
    assert (again.body, again.headers["ETag"]) == (first.body, first.headers["ETag"])
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")
    reused = systems.send("POST", path, other, idempotency_key="k-1")
    assert (reused.status, reused.code) == (422, "key-reused")
    assert systems.send("POST", path, body, idempotency_key="k" * 91).code == "key-missing"
    assert Entry.objects.count() == entries, "nothing more was done"


def test_what_was_refused_under_a_key_may_be_put_right_under_it(systems: Systems) -> None:
    path = "/orders/D-1:customs:physical/findings"
    assert systems.send("POST", path, {"items": [{"item": 9}]}, idempotency_key="k").code == "invalid"
    assert systems.send("POST", path, {"items": [{"item": 1}, {"item": 2}]}, idempotency_key="k").status == 201
    assert systems.lodge(a_body("D-2"), idempotency_key="k").code == "key-reused"


def test_a_key_is_that_of_one_client(systems: Systems) -> None:
    nothing = {"items": [{"item": number, "words": "of a lot that was sampled"} for number in (1, 2)]}
    for by, order in (("customs", "D-1:customs:physical"), ("plants", "D-1:phytosanitary:sampling")):
        assert systems.send("POST", f"/orders/{order}/findings", nothing, by=by, idempotency_key="k").status == 201


def test_a_code_is_found_in_a_list_however_it_is_typed(systems: Systems) -> None:
    typed = ["bad1", " BAD 1", "ВАD-1", "BAD-1x"]  # the third begins with two Cyrillic letters
    told = systems.send("POST", "/screening", {"values": typed}).body["screened"]
    assert [each["lists"] for each in told] == [["watched"], ["watched"], ["watched"], []]


def test_a_list_that_the_gate_has_folded_is_not_folded_again_to_be_screened(systems: Systems) -> None:
    for named in lists_for(_caller("customs"), state_in_force(NOW)):
        members_of("importer", named)
    before = folded_members.cache_info()
    assert systems.send("POST", "/screening", {"values": ["bad1"]}).body["screened"][0]["lists"] == ["watched"]
    after = folded_members.cache_info()
    assert (after.misses, after.hits > before.hits) == (before.misses, True)
