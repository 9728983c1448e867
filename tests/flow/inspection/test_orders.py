"""Orders tell what to check, and never what chose it."""

from datetime import UTC, datetime

import polars as pl

from builders import a_profile
from darvoza.domain.codes import Act
from darvoza.domain.profile import ProfileSet
from darvoza.flow.inspection.orders import STANDING, as_records, orders

FLOOR = pl.List(
    pl.Struct({"kind": pl.String, "source": pl.String, "probability": pl.Float64, "items": pl.List(pl.Int64)})
)


def decided(**changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "declaration_id": "D1", "post": "KG-IRK", "lodged_at": datetime(2026, 3, 1, 9, tzinfo=UTC), "agency": "customs",
        "deadline": datetime(2026, 3, 2, 9, tzinfo=UTC), "act": "physical", "items": [2], "channel": "red", "selected": True, "harm": 1.0, "basis": "random",
        "floors": [{"kind": "random", "source": "random", "probability": 0.01, "items": []}],
    }  # fmt: skip
    return {**row, **changes}


def table(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema_overrides={"floors": FLOOR, "items": pl.List(pl.Int64)})


def floor(kind: str, source: str) -> dict[str, object]:
    return {"kind": kind, "source": source, "probability": 0.5, "items": [2]}


NOTHING = ProfileSet(())


def test_an_officer_cannot_tell_chance_from_score() -> None:
    chance = orders(table(decided()), NOTHING)
    scored = orders(table(decided(basis="score", floors=[floor("score", "score")])), NOTHING)
    assert chance.equals(scored)


def test_what_is_wrong_with_documents_is_told_alike_whatever_chose_and_to_the_service_that_answers_for_them() -> None:
    faulty = {
        ("D1", "customs"): {"en": ("Permit P-1 (item 2): it was issued to another trader.",), "ru": ("Разрешение",)}
    }
    chance = orders(table(decided()), NOTHING, faulty)
    scored = orders(table(decided(basis="score", floors=[floor("score", "score")])), NOTHING, faulty)
    assert chance.equals(scored)
    assert chance["instructions_en"][0] == f"{STANDING['en'][Act.PHYSICAL]}\n{faulty['D1', 'customs']['en'][0]}"
    assert chance["instructions_ru"][0].endswith("\nРазрешение")
    others = table(decided(agency="veterinary"), decided(declaration_id="D2"))
    assert orders(others, NOTHING, faulty).equals(orders(others, NOTHING))


def test_nothing_in_an_order_tells_floors_score_or_draw() -> None:
    assert set(orders(table(decided()), NOTHING).columns).isdisjoint(
        {"floors", "basis", "u", "probability", "score", "harm"}
    )


def test_only_what_was_selected_becomes_an_order() -> None:
    assert orders(table(decided(), decided(declaration_id="D2", selected=False)), NOTHING).height == 1


def test_the_greatest_expected_harm_comes_first_at_each_post_and_day() -> None:
    made = orders(
        table(decided(), decided(declaration_id="D2", harm=9.0), decided(declaration_id="D3", post="KG-TOR")), NOTHING
    )
    assert made.select("declaration_id", "turn").rows() == [("D2", 1), ("D1", 2), ("D3", 1)]


def test_what_does_not_keep_comes_before_the_greatest_harm_and_among_itself_by_harm() -> None:
    soon = datetime(2026, 3, 1, 13, tzinfo=UTC)
    made = orders(
        table(
            decided(harm=9.0),
            decided(declaration_id="D2", harm=0.1, deadline=soon),
            decided(declaration_id="D3", harm=0.2, deadline=soon),
        ),
        NOTHING,
    )
    assert made["declaration_id"].to_list() == ["D3", "D2", "D1"]
    assert made["deadline"].to_list() == [soon, soon, datetime(2026, 3, 2, 9, tzinfo=UTC)]


def test_all_acts_of_a_consignment_share_one_turn() -> None:
    made = orders(table(decided(), decided(agency="veterinary", act="sampling")), NOTHING)
    assert made["turn"].to_list() == [1, 1]


def test_a_profile_says_what_to_look_at_after_what_the_act_always_comprises() -> None:
    profile = a_profile("net_mass > 0", code="P1", instructions={"en": "Weigh it.", "ru": "Взвесить."})
    made = orders(table(decided(floors=[floor("profile", "P1")])), ProfileSet((profile,)))
    assert made["instructions_en"][0] == STANDING["en"][Act.PHYSICAL] + "\nWeigh it."
    assert made["instructions_ru"][0].endswith("\nВзвесить.")


def test_every_act_has_a_standing_instruction_in_each_language() -> None:
    assert all(set(texts) == set(Act) for texts in STANDING.values())


def test_orders_read_as_records() -> None:
    (order,) = as_records(orders(table(decided()), NOTHING))
    assert (order.declaration_id, order.act, order.items, order.turn) == ("D1", Act.PHYSICAL, (2,), 1)
