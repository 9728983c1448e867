"""Goods that are lodged again under another reference: who was chosen stays chosen, and who knows a draw has none."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.flow.selectivity.keys import read_key_file
from darvoza.office.api.models import GateMemory, Lodgement
from darvoza.office.api.services import lodging
from darvoza.office.api.services.done import examined
from darvoza.office.api.services.replaying import replay
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import key_subject
from darvoza.office.journal.services import record
from darvoza.office.registry.models import Decision, Finding, Order
from office.api.systems import OTHER, PROFILE, Systems, a_body, an_item, write_state

HEAVY, LIGHT = [an_item(net_mass=5000, gross_mass=5100)], [an_item(net_mass=80, gross_mass=81, customs_value="90")]
ASKED = {
    "code": "CUS-HEAVY", "title": "Heavy", "agency": "customs", "area": "undervaluation", "when": "net_mass > 1000",
    "act": "physical", "given": "net_mass: 5000",
}  # fmt: skip


@pytest.fixture(scope="module")
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gate with a profile that speaks of what a pen can change."""
    home = tmp_path_factory.mktemp("again")
    write_state(home)
    (home / "profiles" / "heavy.yaml").write_text(PROFILE.format(**ASKED), encoding="utf-8")
    return home


def again(reference: str, **changes: Any) -> dict[str, Any]:
    """The same goods under another reference, with other weights."""
    return a_body(reference, transport_document="CMR-1", items=LIGHT) | changes


def same_goods(systems: Systems, reference: str, by: str = "customs") -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = systems.send("GET", f"/declarations/{reference}/explanation", by=by).body["same_goods"]
    assert systems.send("GET", f"/declarations/{reference}/evidence", by=by).body["revisions"][0]["same_goods"] == told
    return told


def examine(systems: Systems, reference: str, *areas: str) -> None:
    found = {"items": [{"item": 1, "areas": list(areas)}]}
    assert systems.send("POST", f"/orders/{reference}:customs:physical/findings", found).status == 201


def reveal(day: date) -> None:
    with transaction.atomic():
        record(EntryKind.KEY_REVEAL, key_subject(day), {"what": "day key"}, by="system", now=datetime.now(UTC))


def replayed(home: Path) -> tuple[int, int, int]:
    ring = read_key_file(home / "key.json")
    done = replay({ring.commitment(): ring})
    assert not done.differing
    return done.equal, done.different, done.gone


def acts(systems: Systems, body: dict[str, Any]) -> list[str]:
    said = systems.lodge(body)
    assert said.status == 201, said.body
    return [act["act"] for act in said.body["acts"]]


def test_goods_that_were_chosen_stay_chosen_whatever_is_written_on_the_next_paper(systems: Systems) -> None:
    assert acts(systems, again("D-1", items=HEAVY)) == ["physical"]
    assert systems.send("POST", "/declarations/D-1/cancellation", {}).status == 200
    assert acts(systems, again("D-2", post=OTHER)) == ["physical"]
    assert acts(systems, again("D-3")) == ["physical"], "whoever cancels is in no better place than who does not"
    told = Decision.objects.get(declaration__declaration_id="D-2", act="physical")
    assert [floor["source"] for floor in told.floors if floor["probability"] == 1.0] == ["CUS-HEAVY"]
    assert same_goods(systems, "D-2") == [
        {"declaration_id": "D-1", "revision": 2, "acts": ["customs physical"], "spent": False}
    ]
    assert [each["declaration_id"] for each in same_goods(systems, "D-3")] == ["D-2"], "the last that has it"
    entry = Entry.objects.get(subject="D-2", kind=EntryKind.DECISION)
    assert entry.body is not None
    assert entry.body["same_goods"][0]["declaration_id"] == "D-1"


def test_of_a_stream_the_second_paper_of_the_same_goods_is_chosen_with_the_first(systems: Systems) -> None:
    sent = "\n".join(
        json.dumps(each) for each in (again("D-1", items=HEAVY), again("D-2"), again("D-3", importer_id="I-9"))
    )
    said = systems.send("POST", "/declarations/stream", sent.encode(), content_type="application/x-ndjson")
    assert said.status == 200
    chosen = Decision.objects.filter(selected=True, act="physical").values_list(
        "declaration__declaration_id", flat=True
    )
    assert {"D-1", "D-2"} <= set(chosen)
    assert "D-3" not in set(Lodgement.objects.exclude(kin=[]).values_list("declaration_id", flat=True))


def test_what_was_examined_and_in_order_is_done(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY))
    examine(systems, "D-1")
    systems.lodge(again("D-2"))
    assert Lodgement.objects.get(declaration_id="D-2").kin == []


@pytest.mark.parametrize("digest", ["12345678901234567890123456789012", "1234567890123456789012345678e012", "null"])
def test_a_digest_that_reads_as_a_number_is_none(systems: Systems, digest: str) -> None:
    for reference in ("D-1", "D-2"):
        assert acts(systems, again(reference, items=HEAVY)) == ["physical"]
    examine(systems, "D-2")
    row = Finding.objects.get()
    Finding.objects.update(record={**row.record, "goods": digest})
    assert acts(systems, again("D-3", items=HEAVY)) == ["physical"]
    assert examined(["D-2"]) == {"D-2:customs:physical": {1: digest}}


def test_what_was_examined_under_a_later_reference_is_done_under_the_first(systems: Systems) -> None:
    for reference in ("D-1", "D-2"):
        assert acts(systems, again(reference, items=HEAVY)) == ["physical"]
        systems.send("POST", f"/declarations/{reference}/cancellation", {}) if reference == "D-1" else None
    examine(systems, "D-2")
    systems.lodge(again("D-3"))
    assert Lodgement.objects.get(declaration_id="D-3").kin == []


OTHERS: list[dict[str, Any]] = [
    {"items": LIGHT},
    {"items": [HEAVY[0] | {"origin": "GE"}]},
    {"items": HEAVY, "vehicle_id": "07B777CC"},
    {"items": HEAVY, "container_ids": ["CSQU3054383"]},
    {"items": HEAVY, "vehicle_id": None},
    {"items": HEAVY, "container_ids": []},
    {"items": HEAVY, "vehicle_id": None, "container_ids": []},
    {"items": HEAVY, "trailer_id": "99T999"},
    {"items": HEAVY, "trailer_id": None},
    {"items": HEAVY, "transport_document": None},
]


@pytest.mark.parametrize("others", OTHERS, ids=str)
def test_goods_that_were_chosen_stay_chosen_though_others_are_examined_under_a_later_reference(
    systems: Systems, others: dict[str, Any]
) -> None:
    carried = {"vehicle_id": "01A123BC", "trailer_id": "01T111", "container_ids": ["MSCU1234566"]}
    assert acts(systems, again("D-1", items=HEAVY, **carried)) == ["physical"]
    assert systems.send("POST", "/declarations/D-1/cancellation", {}).status == 200
    assert acts(systems, again("D-2", **{**carried, **others})) == ["physical"]
    examine(systems, "D-2")
    assert acts(systems, again("D-3", **carried)) == ["physical"]
    assert [each["declaration_id"] for each in same_goods(systems, "D-3")] == ["D-1"]


def test_of_two_parcels_that_are_alike_both_are_to_be_examined(systems: Systems) -> None:
    assert acts(systems, again("D-1", items=HEAVY * 2)) == ["physical"]
    assert acts(systems, again("D-2", items=HEAVY)) == ["physical"]
    examine(systems, "D-2")
    assert acts(systems, again("D-3")) == ["physical"]
    assert acts(systems, again("D-4", items=[*LIGHT, *HEAVY * 2])) == ["physical"]
    found: dict[str, Any] = {"items": [{"item": item, "areas": []} for item in (1, 2, 3)]}
    assert systems.send("POST", "/orders/D-4:customs:physical/findings", found).status == 201
    systems.lodge(again("D-5"))
    assert "D-1" not in {each["declaration_id"] for each in Lodgement.objects.get(declaration_id="D-5").kin}


def test_goods_that_are_declared_as_at_first_and_examined_are_done_whatever_was_written_in_between(
    systems: Systems, state_home: Path
) -> None:
    for reference, goods in (("D-1", HEAVY), ("D-2", LIGHT), ("D-3", HEAVY)):
        assert acts(systems, again(reference, items=goods)) == ["physical"]
    examine(systems, "D-3")
    assert acts(systems, again("D-4")) == ["physical"]
    assert [each["declaration_id"] for each in same_goods(systems, "D-4")] == ["D-2"], "those of D-2 were not seen"
    assert replayed(state_home) == (4, 0, 0)


def test_an_examined_declaration_that_is_amended_to_another_lorry_stands_for_its_goods_again(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY, vehicle_id="01A123BC"))
    examine(systems, "D-1")
    body = again("D-1", items=HEAVY, vehicle_id="07B777CC")
    assert systems.send("POST", "/declarations/D-1/amendments", body).status == 200
    assert Order.objects.get().state == "waiting"
    assert acts(systems, again("D-2")) == ["physical"]


@pytest.mark.parametrize(
    ("plates", "state"),
    [
        ({"vehicle_id": "01A123BC", "trailer_id": "99T999"}, "waiting"),
        ({"vehicle_id": "07B777CC", "trailer_id": "01T111"}, "waiting"),
        ({"vehicle_id": "01A123BC", "trailer_id": "01 t 111"}, "recorded"),
        ({"vehicle_id": "01A123BC/01T111"}, "recorded"),
        ({"vehicle_id": "01A123BC"}, "recorded"),
    ],
)
def test_another_trailer_opens_the_order_again_and_one_written_otherwise_does_not(
    systems: Systems, plates: dict[str, str], state: str
) -> None:
    acts(systems, again("D-1", items=HEAVY, vehicle_id="01A123BC", trailer_id="01T111"))
    examine(systems, "D-1")
    body = again("D-1", items=HEAVY, **plates)
    assert systems.send("POST", "/declarations/D-1/amendments", body).status == 200
    assert Order.objects.get().state == state


@pytest.mark.parametrize(
    ("tractor", "trailer", "state"),
    [
        ("01A123BC", "01T111", "recorded"),
        ("07B777CC", "01T111", "waiting"),
        ("01A123BC", None, "recorded"),
        ("01A123BC", "99T999", "waiting"),
    ],
)
def test_a_word_of_an_earlier_version_knows_of_no_trailer_and_counts(
    systems: Systems, tractor: str, trailer: str | None, state: str
) -> None:
    acts(systems, again("D-1", items=HEAVY, vehicle_id="01A123BC", trailer_id="01T111"))
    examine(systems, "D-1")
    as_of_before()
    body = again("D-1", items=HEAVY, vehicle_id=tractor, trailer_id=trailer)
    assert systems.send("POST", "/declarations/D-1/amendments", body).status == 200
    assert Order.objects.get().state == state


def as_of_before() -> None:
    """Have a word name the tractor alone, as an earlier version did."""
    row = Finding.objects.get()
    goods, whole = row.record["goods"].split(";vehicle:")
    alone = next(each for each in whole.split(",")[1:] if each == sha256(b"01A123BC").hexdigest()[:16])
    Finding.objects.filter(pk=row.pk).update(record=row.record | {"goods": f"{goods};vehicle:{alone}"})


@pytest.mark.parametrize(("trailer", "left"), [("01T111", ["physical"]), (None, [])])
def test_a_word_of_an_earlier_version_does_not_spend_what_was_chosen_of_goods_on_a_trailer_it_says_nothing_of(
    systems: Systems, trailer: str | None, left: list[str]
) -> None:
    carried = {"vehicle_id": "01A123BC", "trailer_id": trailer}
    assert acts(systems, again("D-1", items=HEAVY, **carried)) == ["physical"]
    assert systems.send("POST", "/declarations/D-1/cancellation", {}).status == 200
    assert acts(systems, again("D-2", items=HEAVY, vehicle_id="01A123BC")) == ["physical"]
    examine(systems, "D-2")
    as_of_before()
    assert acts(systems, again("D-3", **carried)) == left


def test_a_trailer_behind_a_tractor_that_was_examined_alone_opens_the_order_again(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY, vehicle_id="01A123BC"))
    examine(systems, "D-1")
    body = again("D-1", items=HEAVY, vehicle_id="01A123BC", trailer_id="01T111")
    assert systems.send("POST", "/declarations/D-1/amendments", body).status == 200
    assert Order.objects.get().state == "waiting"


def _amended(systems: Systems, **changes: Any) -> set[str]:
    """Amend, and give what the audit finds then."""
    body = again("D-1", items=HEAVY, vehicle_id="01A123BC", **changes)
    assert systems.send("POST", "/declarations/D-1/amendments", body).status == 200
    return {each.field for each in audit().differences}


def test_a_lorry_that_is_told_after_the_examination_is_no_change_of_its_result(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY))
    examine(systems, "D-1")
    assert not _amended(systems)
    assert not _amended(systems, seal_ids=["S-1"])
    assert ";vehicle:" in Finding.objects.get().record["goods"]


def test_what_was_changed_of_a_result_is_found_also_where_its_goods_were_told_since(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY))
    examine(systems, "D-1")
    assert not _amended(systems)
    row = Finding.objects.get()
    Finding.objects.filter(pk=row.pk).update(record=row.record | {"words": "nothing at all"})
    assert _amended(systems, seal_ids=["S-1"]) == {"result 1: what was kept before it was told again"}


@pytest.mark.parametrize(
    "first", [{"vehicle_id": "01A123BC", "trailer_id": "01T111"}, {"vehicle_id": "01A123BC/01T111"}]
)
def test_another_tractor_before_the_same_trailer_buys_no_second_draw(systems: Systems, first: dict[str, str]) -> None:
    bare = {"transport_document": None}
    systems.lodge(again("D-1", **bare, **first))
    systems.lodge(again("D-2", **bare, vehicle_id="07B777CC", trailer_id="01T111"))
    assert len({*Decision.objects.values_list("u", flat=True)}) == 1


def test_goods_on_which_something_was_found_do_not_go_free_under_the_next_reference(systems: Systems) -> None:
    acts(systems, again("D-1", items=HEAVY))
    examine(systems, "D-1", "undervaluation")
    assert acts(systems, again("D-2")) == ["physical"]
    assert systems.send("GET", "/declarations/D-2/release").body["release"] == "waiting"


def test_of_which_goods_it_was_said_nobody_can_tell_so_all_are_examined(systems: Systems) -> None:
    acts(systems, again("D-1", items=[*HEAVY, *LIGHT]))
    systems.lodge(again("D-2", items=[*LIGHT, LIGHT[0] | {"net_mass": 900, "gross_mass": 901}]))
    assert Order.objects.get(order_id="D-2:customs:physical").items == [1, 2]


def test_an_agency_reads_nothing_of_the_acts_of_another(systems: Systems) -> None:
    apples = an_item(hs="080810", origin="KG")
    acts(systems, again("D-1", items=[*HEAVY, apples]))
    systems.lodge(again("D-2", items=[*LIGHT, apples]))
    assert same_goods(systems, "D-2")[0]["acts"] == ["customs physical", "phytosanitary sampling"]
    assert same_goods(systems, "D-2", by="plants")[0]["acts"] == ["phytosanitary sampling"]


def test_many_papers_of_the_same_goods_name_one_lodging_each(systems: Systems) -> None:
    sent = "\n".join(json.dumps(again(f"D-{n:03}", items=LIGHT if n else HEAVY)) for n in range(60))
    systems.send("POST", "/declarations/stream", sent.encode(), content_type="application/x-ndjson")
    assert Decision.objects.filter(selected=True, act="physical").count() == 60
    assert [len(kin) for kin in Lodgement.objects.order_by("declaration_id").values_list("kin", flat=True)] == [0] + [
        1
    ] * 59


def test_a_draw_that_anybody_can_know_is_spent_once_it_chose_nothing(systems: Systems) -> None:
    now = datetime.now(UTC)
    first = now - timedelta(days=4)
    systems.lodge(again("D-1", lodged_at=first.isoformat()))
    systems.lodge(again("D-2", lodged_at=now.isoformat()))
    reveal(first.date())
    systems.lodge(again("D-3", lodged_at=now.isoformat()))
    days = dict(Decision.objects.values_list("declaration__declaration_id", "key_day").distinct())
    assert (days["D-1"], days["D-2"], days["D-3"]) == (first.date(), first.date(), now.date())
    assert len({*Decision.objects.values_list("u", flat=True)}) == 2


def test_what_was_chosen_keeps_its_draw_though_anybody_can_know_it(systems: Systems) -> None:
    now = datetime.now(UTC)
    first = now - timedelta(days=4)
    assert acts(systems, again("D-1", items=HEAVY, lodged_at=first.isoformat())) == ["physical"]
    reveal(first.date())
    assert acts(systems, again("D-2", lodged_at=now.isoformat())) == ["physical"]
    assert len({*Decision.objects.values_list("u", flat=True)}) == 1


def test_a_draw_is_spent_only_when_nothing_of_it_stands(systems: Systems, state_home: Path) -> None:
    now = datetime.now(UTC)
    first = now - timedelta(days=4)
    systems.lodge(again("D-1", lodged_at=first.isoformat()))
    systems.lodge(again("D-2", items=HEAVY, lodged_at=first.isoformat()))
    reveal(first.date())
    assert acts(systems, again("D-3", lodged_at=now.isoformat())) == ["physical"]
    assert [each["spent"] for each in same_goods(systems, "D-3")] == [False]
    assert replayed(state_home) == (3, 0, 0)


def test_all_of_it_comes_out_the_same_again(systems: Systems, state_home: Path) -> None:
    now = datetime.now(UTC)
    first = now - timedelta(days=4)
    systems.lodge(again("D-1", items=HEAVY, lodged_at=first.isoformat()))
    systems.lodge(again("E-1", transport_document="CMR-2", lodged_at=first.isoformat()))
    reveal(first.date())
    for number in range(2, 5):
        systems.lodge(again(f"D-{number}", lodged_at=now.isoformat()))
        systems.lodge(again(f"E-{number}", transport_document="CMR-2", lodged_at=now.isoformat()))
    assert Lodgement.objects.exclude(kin=[]).count() == 6
    for _ in range(2):
        assert replayed(state_home) == (8, 0, 0)
        lodging.close()
    Lodgement.objects.filter(declaration_id__in=["D-1", "E-1"]).delete()
    ring = read_key_file(state_home / "key.json")
    done = replay({ring.commitment(): ring})
    assert (done.equal + done.gone, done.different) == (3, 3), "what expired is not asked for"
    assert {each.declaration_id for each in done.differing or ()} == {"D-2", "D-3", "D-4"}, (
        "whose draw stood on it is another now"
    )


def test_what_was_lodged_together_is_read_again_in_the_order_in_which_it_was_remembered(systems: Systems) -> None:
    now = datetime.now(UTC)
    bodies = [again(f"D-{hours}", lodged_at=(now - timedelta(hours=hours)).isoformat()) for hours in (1, 3, 2)]
    sent = "\n".join(map(json.dumps, bodies))
    systems.send("POST", "/declarations/stream", sent.encode(), content_type="application/x-ndjson")

    def drawn() -> list[str]:
        gate = lodging._Open.gate
        assert gate is not None
        draws = gate.gate.drawn()
        assert draws is not None
        return draws.get_column("declaration_id").to_list()

    remembered = drawn()
    assert remembered == ["D-3", "D-2", "D-1"]
    GateMemory.objects.all().delete()
    lodging.close()
    lodging.state_in_force(now)
    assert drawn() == remembered
