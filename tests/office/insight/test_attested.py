"""What the journal does not tell is not said to agree with it."""

from typing import NamedTuple

import pytest

from darvoza.domain.journal import EntryKind
from darvoza.flow.selectivity.keys import day_keys_text
from darvoza.office.insight.queries import draws, register_audit
from darvoza.office.insight.queries.draws import held
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Decision, Declaration, Order
from office.insight.world import RING, START, references
from people import Cast

ADDRESS, SAME = "/figures/draws/verified/", "The journal tells the same"


class Seeing(NamedTuple):
    """Somebody who sees what one agency decided, or all."""

    agency: str = ""
    post: str = ""


def one_with_a_result() -> str:
    """A declaration of the first day of which a check has a result."""
    first = set(Decision.objects.filter(key_day=START.date(), selected=True).values_list("declaration__declaration_id", flat=True))  # fmt: skip
    return next(each for each in references() if each in first)


def replayed(world: Cast, declaration: str, language: str = "en") -> str:
    return world.browser("umar", language=language).get(f"/figures/draws/{declaration}/").text


def of_the_day(world: Cast) -> str:
    return world.browser("umar").post(ADDRESS, {"keys": day_keys_text(RING, [START.date()])}).text


def test_what_the_journal_tells_of_is_said_to_agree(world: Cast) -> None:
    page = replayed(world, one_with_a_result())
    assert f"{SAME} of every act, and of what was found." in page
    assert "not attested" not in page
    assert "Not all of it is attested" not in of_the_day(world)


def test_a_declaration_without_a_result_is_not_said_to_agree_in_what_was_found(world: Cast) -> None:
    idle = next(each for each in references() if not Order.objects.filter(declaration__declaration_id=each).exists())
    page = replayed(world, idle)
    assert f"{SAME} of every act." in page
    assert "and of what was found" not in page


def test_a_result_of_which_the_journal_tells_nothing_is_not_attested(world: Cast) -> None:
    declaration = one_with_a_result()
    [order] = Order.objects.filter(declaration__declaration_id=declaration)
    Entry.objects.filter(kind=EntryKind.FINDING, subject=order.order_id).update(body=None)  # as erasing leaves it
    page = replayed(world, declaration)
    assert "and of what was found" not in page
    assert "Results not attested: 1." in page
    assert "Результатов без подтверждения: 1." in replayed(world, declaration, "ru")
    day = of_the_day(world)
    assert "Everything agrees" in day
    assert "Not all of it is attested" in day
    assert "results: 1" in day


def test_a_decision_whose_entry_was_erased_is_not_attested(world: Cast) -> None:
    declaration = one_with_a_result()
    Entry.objects.filter(kind=EntryKind.DECISION, subject=declaration).update(body=None)
    page = replayed(world, declaration)
    assert SAME not in page
    assert "What was decided is not attested." in page
    assert "whose entry was erased: 1" in of_the_day(world)


def test_a_decision_of_a_run_from_before_is_not_attested(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_audit, "EACH", "told of each")  # as the entries of runs were written before
    Declaration.objects.filter(declaration_id=one_with_a_result()).update(declaration_id="OLD-1")
    page = replayed(world, "OLD-1")
    assert SAME not in page
    assert "before the journal told of each declaration" in page
    assert "declarations of runs before the journal told of each: 1" in of_the_day(world)


def test_of_the_acts_of_another_agency_nothing_is_told_but_that_something_differs(
    world: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    declaration = one_with_a_result()
    Decision.objects.filter(declaration__declaration_id=declaration).update(basis="law")
    done = register_audit.audit(Declaration.objects.filter(declaration_id=declaration))
    assert held(Seeing("customs"), declaration).differences == done.differences != []
    monkeypatch.setattr(draws, "audit", lambda _: done)
    elsewhere = held(Seeing("veterinary"), declaration)
    assert (elsewhere.differences, elsewhere.holds) == ([], False)
    monkeypatch.setattr(draws, "held", lambda *_: elsewhere)
    assert "The journal tells otherwise of an act of another agency." in replayed(world, declaration)
