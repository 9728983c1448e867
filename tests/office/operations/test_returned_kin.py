"""Goods that a post decided on, and that are lodged at the gate under another paper once its record came back."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.db import transaction

from darvoza.domain.casework import CaseState
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.gate.deciding import Decided
from darvoza.flow.post.deciding import PostDecision, decision_of
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.office.api.models import Lodgement
from darvoza.office.api.services.kinship import Kin, Kinship
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.api.services.standing import Together
from darvoza.office.journal.queries import key_subject
from darvoza.office.journal.services import record as record_entry
from darvoza.office.operations.services.returning import take_in
from darvoza.office.registry.models import Order
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.operations.test_returned_forged import as_green, signed
from office.operations.test_returned_joined import brought
from office.operations.test_returning import a_bundle, a_record, chosen
from post_world import NOW, POST, Centre, a_centre

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    a_bundle(1)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[JournalEntry]:
    """The record of a post."""
    return read_record(complete_lines(a_record(tmp_path_factory.mktemp("post"))))


def lodged_again(state: Path, made: PostDecision) -> tuple[Decided, Kin]:
    """The same goods, written down as next to nothing, at the gate of the centre under another reference."""
    less = (pl.lit("NEXT-1").alias("declaration_id"), pl.lit("FR").alias("origin"), pl.col("net_mass") / 100)
    items = made.items.with_columns(*less).cast(made.items.schema)
    gate = OpenGate.open(state, now=NOW).gate
    kinship = Kinship.of(gate, items)
    return kinship.minded(gate, gate.decide(items, spent=kinship.spent, held=kinship.held), Together())


def test_what_a_post_chose_stays_chosen_under_the_next_paper(place: Centre, entries: list[JournalEntry]) -> None:
    made = decision_of(chosen(entries))
    assert take_in(POST, signed(chosen(entries)), ring=None, now=NOW).new == 1
    assert not Lodgement.objects.exists()
    decided, kin = lodged_again(place.state, made)
    [told] = kin["NEXT-1"]
    assert (told["declaration_id"], told["revision"]) == (made.declaration_id, 1)
    acts = set(made.orders.select("agency", "act").iter_rows())
    assert {(act["agency"], act["act"]) for act in told["acts"]} == acts
    assert acts <= set(decided.orders.select("agency", "act").iter_rows())
    assert set(decided.decisions["u"]) == set(made.decisions["u"]), "it is the draw of the post"


def test_what_a_post_chose_and_found_in_order_is_done(place: Centre, entries: list[JournalEntry]) -> None:
    made = decision_of(chosen(entries))
    take_in(POST, signed(chosen(entries)), ring=None, now=NOW)
    Order.objects.update(state=CaseState.RECORDED)
    assert lodged_again(place.state, made)[1] == {}


def test_a_draw_of_a_post_that_anybody_can_know_and_that_chose_nothing_is_spent(
    place: Centre, entries: list[JournalEntry]
) -> None:
    entry = chosen(entries)
    made = as_green(decision_of(entry))
    take_in(POST, brought(place, entry, made), ring=None, now=NOW)
    day = made.decisions.item(0, "key_day")
    with transaction.atomic():
        record_entry(EntryKind.KEY_REVEAL, key_subject(day), {"what": "day key"}, by="system", now=datetime.now(UTC))
    _, kin = lodged_again(place.state, made)
    assert [each["spent"] for each in kin["NEXT-1"]] == [[made.decisions.item(0, "fingerprint"), day.isoformat()]]


def test_what_another_run_brought_keeps_its_draw_and_no_more(place: Centre, entries: list[JournalEntry]) -> None:
    made = decision_of(chosen(entries))
    load(RunFiles("a run", "ab" * 32, made.decisions, made.orders, {}), made.items, by="system", now=NOW)
    decided, kin = lodged_again(place.state, made)
    assert kin == {}
    assert set(decided.decisions["u"]) == set(made.decisions["u"])
