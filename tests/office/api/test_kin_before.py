"""What lodgings minded of each other before that was told with floors: an upgrade writes it out, and it comes out the same again."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from darvoza.office.api.models import Lodgement
from office.api.systems import PROFILE, Systems, write_state
from office.api.test_goods_again import ASKED, HEAVY, LIGHT, acts, again, replayed, same_goods

PHYSICAL = "customs physical"
UPGRADE = import_module("darvoza.office.api.migrations.0010_kin_floors")


@pytest.fixture(scope="module")
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gate with a profile that speaks of what a pen can change."""
    home = tmp_path_factory.mktemp("before")
    write_state(home)
    (home / "profiles" / "heavy.yaml").write_text(PROFILE.format(**ASKED), encoding="utf-8")
    return home


def upgrade() -> None:
    UPGRADE.fill(apps, SimpleNamespace(connection=connection))


def written_before(reference: str, *kin: tuple[str, list[str], bool]) -> None:
    """Write a lodging as the version before did: it named acts, and took the goods over by the numbers they had."""
    row = Lodgement.objects.get(declaration_id=reference)
    row.kin = [{"declaration_id": of, "revision": 1, "acts": named, "spent": spent} for of, named, spent in kin]
    meant = {floor["source"]: floor["items"] for floor in _heavy("D-1")["floors"]}
    for decision in row.decisions:
        if f"{decision['agency']} {decision['act']}" == PHYSICAL:
            decision["items"] = meant["CUS-HEAVY"]
            for floor in decision["floors"]:
                floor["items"] = meant.get(floor["source"], floor["items"])
    row.save()


def _heavy(reference: str) -> dict[str, Any]:
    decisions: list[dict[str, Any]] = Lodgement.objects.get(declaration_id=reference).decisions
    return next(each for each in decisions if f"{each['agency']} {each['act']}" == PHYSICAL)


@pytest.fixture
def before(systems: Systems) -> Systems:
    """An office whose second and third lodgings of the same goods were written by the version before."""
    acts(systems, again("D-1", items=[*LIGHT, *HEAVY]))
    for name in ("D-2", "D-3"):
        acts(systems, again(name, items=[*LIGHT, LIGHT[0] | {"net_mass": 900, "gross_mass": 901}]))
    written_before("D-2", ("D-1", [PHYSICAL], False))
    written_before("D-3", ("D-1", [PHYSICAL], False), ("D-2", [PHYSICAL], False))
    return systems


def test_what_was_minded_before_an_upgrade_is_told_and_made_again(before: Systems, state_home: Path) -> None:
    upgrade()
    assert same_goods(before, "D-2") == [{"declaration_id": "D-1", "revision": 1, "acts": [PHYSICAL], "spent": False}]
    assert [each["declaration_id"] for each in same_goods(before, "D-3")] == ["D-1", "D-2"]
    assert replayed(state_home) == (3, 0, 0)
    assert _heavy("D-3")["items"] == [2]
    once = Lodgement.objects.get(declaration_id="D-3").kin
    upgrade()
    assert Lodgement.objects.get(declaration_id="D-3").kin == once, "what is written out is left as it is"


def test_goods_that_were_examined_after_an_upgrade_are_done_under_each_reference_that_declares_them(
    before: Systems,
) -> None:
    upgrade()
    found: dict[str, Any] = {"items": [{"item": number, "areas": []} for number in (1, 2)]}
    assert before.send("POST", "/orders/D-3:customs:physical/findings", found).status == 201
    assert acts(before, again("D-4")) == ["physical"]
    assert [each["declaration_id"] for each in same_goods(before, "D-4")] == ["D-1"], "D-2 declares those of D-3"
    assert before.send("POST", "/orders/D-1:customs:physical/findings", {"items": found["items"][1:]}).status == 201
    acts(before, again("D-5"))
    assert [each["declaration_id"] for each in same_goods(before, "D-5")] == ["D-4"]


@pytest.mark.usefixtures("before")
def test_of_a_lodging_that_has_expired_the_floors_are_those_of_the_decision(state_home: Path) -> None:
    Lodgement.objects.filter(declaration_id="D-1").delete()
    upgrade()
    assert replayed(state_home) == (2, 0, 0)
    [first, _] = Lodgement.objects.get(declaration_id="D-3").kin
    assert "CUS-HEAVY" in {floor["source"] for floor in first["acts"][0]["floors"]}


def test_a_draw_was_spent_only_where_the_goods_were_drawn_for_anew() -> None:
    there = [{"fingerprint": "a", "key_day": "2026-03-01", "agency": "customs", "act": "physical", "selected": False}]
    kin = {"declaration_id": "D-1", "revision": 2, "acts": [], "spent": True}
    told = {"declaration_id": "D-1", "revision": 2, "spent": ["a", "2026-03-01"]}
    assert list(UPGRADE.written_out(kin, there, [{"fingerprint": "b", "key_day": "2026-03-05"}])) == [told]
    assert list(UPGRADE.written_out(kin, there, there)) == []
    assert list(UPGRADE.written_out(kin, [], there)) == []
    assert list(UPGRADE.written_out(told, there, there)) == [told]
