"""What a named list holds is held against the journal, to the last code, however many there are."""

import hashlib
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.domain.named_list import NamedList
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_life import DataKind
from darvoza.office.administration.queries.reference import life_of
from darvoza.office.administration.services.reference import GoingBack, Place, offer_list, roll_back
from darvoza.office.insight.queries import lists_audit
from darvoza.office.insight.queries.lists_audit import lists_held
from darvoza.office.journal.queries import entries_on
from darvoza.office.journal.services import record
from darvoza.office.profiles.mapping import list_row
from darvoza.office.profiles.models import CodeList
from office.reference_sample import HEADER, LATER, approved
from office.sample import NOW
from people import Cast

MANY = [f"T-{n:04}" for n in range(250)]


def many_approved(cast: Cast, merdan: Person, place: Place) -> CodeList:
    """A list of 250 codes in the place of one of two."""
    row = offer_list(cast["oraz"], HEADER, "\n".join(["code", *MANY]).encode(), now=NOW)
    approved(cast, merdan, row, place, held="A-1\nB-2", at=NOW + timedelta(hours=1))
    return CodeList.objects.order_by("pk")[1]


def test_codes_that_are_not_named_are_counted_and_attested(
    cast: Cast,
    merdan: Person,
    debtors: NamedList,  # noqa: ARG001 - in use before
    place: Place,
) -> None:
    many_approved(cast, merdan, place)
    (body,) = [entry.body for entry in entries_on("list debtors") if (entry.body or {})["what"] == "approve"]
    assert body is not None
    assert (body["added"], body["codes added"], body["codes added not named"]) == (250, MANY[:100], 150)
    assert body["digest of codes added"] == hashlib.sha256("\n".join(MANY).encode()).hexdigest()
    assert "codes removed not named" not in body
    told = life_of(DataKind.LIST, "debtors", LATER)
    assert told is not None
    roll_back(merdan, GoingBack(DataKind.LIST, "debtors", told.current or 0, "it named the wrong traders"), now=LATER)


def test_a_code_beyond_the_hundredth_that_was_changed_is_found(
    cast: Cast,
    merdan: Person,
    debtors: NamedList,  # noqa: ARG001 - in use before
    place: Place,
) -> None:
    row = many_approved(cast, merdan, place)
    held = lists_held()
    assert (held.attested, held.unattested, held.differences) == (2, 0, [])
    row.values[200] = "T-9999"
    row.save(update_fields=["values"])
    changed = {(each.journal, each.register) for each in lists_held().differences}
    digest = hashlib.sha256("\n".join(sorted(row.values)).encode()).hexdigest()
    assert changed == {(None, digest), (row.digest, None)}
    row.digest = digest
    row.save(update_fields=["digest"])
    assert {(each.journal, each.register) for each in lists_held().differences} == {
        (None, digest),
        (hashlib.sha256("\n".join(MANY).encode()).hexdigest(), None),
    }


def test_a_list_that_slipped_in_or_is_gone_is_found(debtors: NamedList) -> None:
    row = CodeList.objects.get()
    assert lists_held().attested == 1
    row.pk, row.name = None, "others"
    row.save(force_insert=True)
    assert [each.declaration_id for each in lists_held().differences] == ["list others"]
    CodeList.objects.all().delete()
    assert [(each.declaration_id, each.journal) for each in lists_held().differences] == [
        ("list debtors", debtors.digest)
    ]


@pytest.mark.django_db
def test_a_list_of_before_the_journal_told_of_each_is_counted_and_there_are_as_many_as_came() -> None:
    told = {"what": "taken in", "new": 0, "changed": 0, "same": 0, "lists": 1, "digest": "ab"}
    with transaction.atomic():
        record(EntryKind.PROFILE_CHANGE, "profiles", told, by="system", now=NOW)
    list_row(NamedList("debtors", ("A-1",)), NOW).save()
    held = lists_held()
    assert (held.attested, held.unattested, held.differences) == (0, 1, [])
    list_row(NamedList("debtors", ()), NOW).save()
    list_row(NamedList("debtors", ()), NOW - timedelta(days=1)).save()
    held = lists_held()
    assert (held.unattested, len(held.differences)) == (1, 2), "no more came with files"
    CodeList.objects.all().delete()
    assert [(each.journal, each.register) for each in lists_held().differences] == [("1 more", None)]


def test_states_whose_codes_changed_places_are_found_and_one_that_begins_at_another_moment(
    cast: Cast,
    merdan: Person,
    debtors: NamedList,  # noqa: ARG001 - in use before
    place: Place,
) -> None:
    later = many_approved(cast, merdan, place)
    first = CodeList.objects.order_by("pk")[0]
    assert lists_held().attested == 2

    def put(start: CodeList, codes: CodeList, row: CodeList) -> None:
        told = {"values": codes.values, "digest": codes.digest, "size": codes.size, "starts_at": start.starts_at}
        CodeList.objects.filter(pk=row.pk).update(**told)

    put(first, later, first)
    put(later, first, later)
    assert len(lists_held().differences) == 4, "what was in use before is in use again"
    put(later, later, first)
    put(first, first, later)
    assert [each.field for each in lists_held().differences] == [f"turn, state {later.pk}"]
    put(first, first, first)
    put(first, later, later)
    (slipped, missing) = lists_held().differences
    assert (slipped.field, missing.field) == (
        f"codes, state {later.pk}, from {NOW.isoformat()}",
        f"codes, from {later.starts_at.isoformat()}",
    )
    put(later, later, later)
    assert (lists_held().attested, lists_held().differences) == (2, [])


def test_a_list_that_is_approved_while_the_audit_looks_is_no_difference(
    cast: Cast,
    merdan: Person,
    debtors: NamedList,  # noqa: ARG001 - in use before
    place: Place,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = lists_audit._taken_in_early
    done: list[CodeList] = []

    def meanwhile() -> Counter[datetime]:
        if not done:
            done.append(many_approved(cast, merdan, place))
        return told()

    monkeypatch.setattr(lists_audit, "_taken_in_early", meanwhile)
    held = lists_held()
    assert (held.attested, held.differences) == (2, [])
