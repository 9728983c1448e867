"""What clients can ask; every question passes the agency and the post of the client."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet

from darvoza.domain.casework import FINISHED, Case, CaseState
from darvoza.domain.codes import Act, Agency, Channel
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet, RiskProfile, Visibility
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.gate.cusres import ActTold, Response, Standing, cusres
from darvoza.flow.gate.state_file import State
from darvoza.office.accounts.scope import Placed, for_person
from darvoza.office.api.callers import Caller
from darvoza.office.api.declared import on_what_is_there
from darvoza.office.api.documents import acts_of, decided, explained, kin_told, said_of
from darvoza.office.api.models import Delivery, Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.words import AgencyWord, Release
from darvoza.office.registry.mapping import case_of
from darvoza.office.registry.models import Decision, Declaration, Item, Order
from darvoza.office.registry.plain import as_plain

PER_PAGE = 100
KEPT = frozenset({Release.HELD, Release.WAITING})
"""Where orders keep goods, also such of which another system decides now."""


class Asker(Placed, Protocol):
    """A client, as a caller or as its row; or a person, who lodges nothing."""

    @property
    def name(self) -> str:
        """Its name, under which it lodges; empty where it lodges nothing."""


def own_agency(asker: Placed) -> str:
    """Give the agency whose acts a client is told; customs and the clients of all agencies are told all of them."""
    return "" if asker.agency == Agency.CUSTOMS else asker.agency


def may_know(asker: Asker, revisions: Sequence[Lodgement]) -> bool:
    """Tell whether a client may know of a declaration: it is at its post, and concerns it.

    Parameters
    ----------
    revisions
        Every decision on the declaration, the first one first. At which post it is says the last one: an amendment can
        take a declaration to another.
    """
    return bool(revisions) and asker.post in {"", revisions[-1].post} and concerns(asker, revisions)


def concerns(asker: Asker, revisions: Sequence[Lodgement]) -> bool:
    """Tell whether a declaration concerns a client, wherever it is: its agency has an act in it, or it lodged it itself."""
    agency = own_agency(asker)
    if not agency:
        return True
    if not revisions:
        return False
    if asker.name and revisions[0].client == asker.name:
        return True
    return any(row["agency"] == agency for row in revisions[-1].decisions)


def revisions_of(references: Iterable[str]) -> dict[str, list[Lodgement]]:
    """Give every decision on some declarations, the first one first, by reference; none of what was never lodged here."""
    made: dict[str, list[Lodgement]] = {}
    for row in Lodgement.objects.filter(declaration_id__in=list(references)).order_by("declaration_id", "revision"):
        made.setdefault(row.declaration_id, []).append(row)
    return {name: rows for name, rows in made.items() if rows[0].kind != LodgementKind.RETURNED}


def revisions_for(caller: Caller, declaration_id: str) -> list[Lodgement]:
    """Give every decision on a declaration, the first one first.

    Raises
    ------
    Problem
        When there is none, or it is not the client's to know of.
    """
    found = revisions_of([declaration_id]).get(declaration_id, [])
    if not may_know(caller, found) and not (concerns(caller, found) and _there(caller, [declaration_id])):
        raise Problem("not-found", declaration_id)
    return found


def _there(asker: Placed, references: Iterable[str]) -> set[str]:
    """Give those declarations for another post whose goods have arrived at that of a client, or have an order there."""
    if not asker.post:
        return set()
    ordered = Exists(for_person(Order.objects.filter(declaration=OuterRef("pk")), asker))
    there = Declaration.objects.filter(Q(arrived_post=asker.post) | ordered, declaration_id__in=list(references))
    return set(there.values_list("declaration_id", flat=True))


def knows_of_all(asker: Placed) -> bool:
    """Tell whether a client may know of every declaration."""
    return not asker.post and not own_agency(asker)


def knowable(asker: Asker, references: Iterable[str]) -> set[str]:
    """Give those of some declarations that were decided here of which a client may know, as `revisions_for` tells."""
    if knows_of_all(asker):
        return set(references)
    rows = Lodgement.objects.filter(declaration_id__in=list(references)).order_by("declaration_id", "revision")
    made: dict[str, list[Lodgement]] = {}
    for row in rows.only("declaration_id", "revision", "kind", "client", "post", "decisions"):
        made.setdefault(row.declaration_id, []).append(row)
    concerned = {name: rows for name, rows in made.items() if concerns(asker, rows)}
    known = {name for name, rows in concerned.items() if may_know(asker, rows)}
    return known | _there(asker, concerned.keys() - known)


def may_tell_arrival(caller: Caller, declaration_id: str) -> bool:
    """Tell whether a declaration concerns a client, also one that was loaded and not lodged; goods arrive at any post."""
    if revisions := revisions_of([declaration_id]).get(declaration_id):
        return concerns(caller, revisions)
    agency = own_agency(caller)
    return not agency or Decision.objects.filter(declaration__declaration_id=declaration_id, agency=agency).exists()


def decision_for(caller: Caller, declaration_id: str) -> dict[str, Any]:
    """Give the decision that stands."""
    row = revisions_for(caller, declaration_id)[-1]
    return decided(said_of(vars(row)), on_what_is_there(vars(row)), agency=own_agency(caller))


def explanation_for(caller: Caller, declaration_id: str) -> dict[str, Any]:
    """Give why each act of the client's agency was chosen or not."""
    row = revisions_for(caller, declaration_id)[-1]
    rows = [each for each in row.decisions if not caller.agency or each["agency"] == caller.agency]
    return {
        "declaration_id": declaration_id,
        "revision": row.revision,
        "state": row.state,
        "same_goods": kin_for(caller, row),
        "decisions": explained(rows),
    }


def kin_for(caller: Caller, row: Lodgement) -> list[dict[str, Any]]:
    """Give which earlier lodgings of the same goods had a part in a decision, of those that a client may know of."""
    told = kin_told(row.kin, own_agency(caller))
    known = revisions_of(each["declaration_id"] for each in told) if told else {}
    return [each for each in told if may_know(caller, known.get(each["declaration_id"], []))]


def evidence_for(caller: Caller, declaration_id: str) -> dict[str, Any]:
    """Give all that an auditor needs to make every decision on a declaration again."""
    told = [
        {
            **decided(said_of(vars(row)), on_what_is_there(vars(row)), agency=caller.agency),
            "client": row.client,
            "same_goods": kin_for(caller, row),
            "items": row.items,
            "decisions": explained(
                each for each in row.decisions if not caller.agency or each["agency"] == caller.agency
            ),
        }
        for row in revisions_for(caller, declaration_id)
    ]
    return {"declaration_id": declaration_id, "revisions": told}


class Word(NamedTuple):
    """What an agency has said of a consignment so far."""

    agency: str
    word: str
    orders: int
    open: int


def release_for(caller: Caller, declaration_id: str) -> dict[str, Any]:
    """Give whether the goods may go: when no agency has anything left to do, and none has found anything.

    Where another system decides, nothing that is decided here lets goods go, and nothing keeps them but orders that were given:
    what was found, and what is still to be done, binds wherever the goods are declared for afterwards.
    """
    row = revisions_for(caller, declaration_id)[-1]
    words = _words(row)
    state = _release(row, {word.word for word in words})
    own = own_agency(caller)
    told = [word._asdict() for word in words if not own or word.agency == own]
    return {
        "declaration_id": declaration_id,
        "revision": row.revision,
        "channel": row.channel,
        "binding": row.binding or state in KEPT,
        "release": state.value,
        "agencies": told,
    }


def _release(row: Lodgement, said: set[str]) -> Release:
    """Say whether goods may go; what was found holds them, whatever the trader cancels, or declares instead."""
    if AgencyWord.FINDING in said:
        return Release.HELD
    if row.kind == LodgementKind.CANCELLED:
        return Release.CANCELLED
    if AgencyWord.OPEN in said:
        return Release.WAITING
    return Release.FREE if row.binding else Release.NOT_BINDING


def _words(row: Lodgement) -> list[Word]:
    """Say what each agency has said of what was decided: by its orders, and by the items on which there is no word."""
    given = Order.objects.filter(declaration__declaration_id=row.declaration_id).select_related("declaration")
    given = given.prefetch_related("results__findings")
    # the goods as the register holds them: words say on which of those they were given
    goods = list(Item.objects.filter(declaration__declaration_id=row.declaration_id).values_list("record", flat=True))
    held = {order.order_id: case_of(order, goods, order.results.all()) for order in given.order_by("agency", "act")}
    by_agency: dict[str, list[Case]] = {}
    for case in held.values():
        by_agency.setdefault(case.agency.value, []).append(case)
    lacking: dict[str, set[str]] = {}
    for act in acts_of(on_what_is_there(vars(row))) if row.binding and row.kind != LodgementKind.CANCELLED else ():
        name = _order_name(row, act)
        stands = held.get(name)
        if act["act"] != Act.AUDIT and (stands is None or _lacks(stands, act["items"])):
            lacking.setdefault(act["agency"], set()).add(name)
    return [
        _word(agency, by_agency.get(agency, []), lacking.get(agency, set()))
        for agency in sorted({*by_agency, *lacking})
    ]


def _order_name(row: Lodgement, act: Mapping[str, Any]) -> str:
    """Name the order of an act; an officer may have made another act of it, its name stays."""
    return f"{row.declaration_id}:{act['agency']}:{act['act']}"


def _lacks(case: Case, items: list[int]) -> bool:
    """Tell whether an act has items on which there is no word, though nobody agreed to do without."""
    return case.state is not CaseState.WITHDRAWN and bool(replace(case, items=tuple(items)).lacking)


def _word(agency: str, cases: Iterable[Case], lacking: set[str]) -> Word:
    """Say what the orders of an agency amount to, and acts on whose items there is no word."""
    held = list(cases)
    open_ = {each.order_id for each in held if each.state not in FINISHED and each.act is not Act.AUDIT} | lacking
    found = any(item.found for each in held for item in each.words.values())
    word = AgencyWord.FINDING if found else AgencyWord.OPEN if open_ else AgencyWord.DONE
    return Word(agency, word.value, len(held), len(open_))


def orders_for(
    caller: Caller, *, state: str, post: str = "", after: int, limit: int
) -> tuple[list[dict[str, Any]], int | None]:
    """Give a page of orders of the client's agency and post, in the order in which they were given, and where the next begins."""
    rows = for_person(Order.objects.select_related("declaration"), caller).filter(pk__gt=after).order_by("pk")
    rows = rows.prefetch_related("results__findings", "declaration__items")
    if state:
        rows = rows.filter(state=state)
    if post:
        rows = rows.filter(post=post)
    page = list(rows[: limit + 1])
    return [order_document(row) for row in page[:limit]], page[limit - 1].pk if len(page) > limit else None


def order_document(row: Order) -> dict[str, Any]:
    """Give an order as it is told: what is to be done, never why."""
    names = ("order_id", "agency", "post", "act", "items", "channel", "state", "version", "instructions")
    moments = {
        name: value and value.isoformat()
        for name, value in (("deadline", row.deadline), ("recorded_at", row.recorded_at))
    }
    told = {"declaration_id": row.declaration.declaration_id, "changed": _changed(row)}
    return {name: getattr(row, name) for name in names} | moments | told


def _changed(row: Order) -> list[int]:
    """Give the items of an order that are other goods now than those of which a result speaks."""
    results = row.results.all() or ()
    goods = [item.record for item in row.declaration.items.all()] if results else ()
    return sorted(case_of(row, goods, results).changed)


def order_of(caller: Caller, order_id: str) -> Order:
    """Give an order of the client's agency and post.

    Raises
    ------
    Problem
        When there is none.
    """
    row = for_person(Order.objects.select_related("declaration"), caller).filter(order_id=order_id).first()
    if row is None:
        raise Problem("not-found", order_id)
    return row


def readable(profiles: Iterable[RiskProfile], asker: Placed) -> list[RiskProfile]:
    """Keep the profiles a client may read: those of its agency, and joint ones; nothing that is restricted."""
    return [
        profile
        for profile in profiles
        if profile.visibility is not Visibility.RESTRICTED
        and (not asker.agency or profile.agency == asker.agency or profile.visibility is Visibility.JOINT)
    ]


def lists_for(caller: Caller, state: State) -> tuple[NamedList, ...]:
    """Give the named lists that a client may ask: those its own agency's profiles speak of, of which none is restricted.

    A joint profile is read by other agencies, but whom its list names is not told to them. A client without an agency may ask
    those of every agency. A list of which a restricted profile speaks, whosever it is, is told to nobody.
    """
    told = readable(state.policy.profiles, caller)
    hidden = tuple(each for each in state.policy.profiles if each.visibility is Visibility.RESTRICTED)
    kept_back = {named.name for named in ProfileSet(hidden).lists}
    lists = ProfileSet(tuple(each for each in told if caller.agency in {"", each.agency})).lists
    return tuple(named for named in lists if named.name not in kept_back)


def measures_for(caller: Caller, state: State) -> list[dict[str, Any]]:
    """Give the measures of a client's agency, each with the goods it is about and the acts it asks for."""
    told = []
    for measure in state.measures:
        if caller.agency in {"", measure.agency}:
            acts = [
                {"act": made.treatment.act, "share": str(made.treatment.share), "digest": made.digest}
                for made in measure_profiles([measure])
            ]
            names = (
                "code",
                "title",
                "agency",
                "kind",
                "alert",
                "legal_basis",
                "start",
                "required",
                "hazard",
                "reference",
            )
            said = {name: getattr(measure, name) for name in names}
            scope = {name: value for name, value in asdict(measure.scope).items() if value}
            told.append(as_plain({**said, "end": measure.last_day, "scope": scope, "acts": acts}))
    return told


def deliveries_for(caller: Caller, *, state: str, after: int, limit: int) -> tuple[list[dict[str, Any]], int | None]:
    """Give a page of the deliveries to a client."""
    rows: QuerySet[Delivery] = Delivery.objects.filter(subscription__client=caller.number, pk__gt=after).order_by("pk")
    if state:
        rows = rows.filter(state=state)
    page = list(rows.select_related("event")[: limit + 1])
    told = [
        {
            "delivery": row.pk, "event": row.event_id, "kind": row.event.kind, "declaration_id": row.declaration_id,
            "state": row.state, "attempts": row.attempts, "due_at": row.due_at.isoformat(), "fault": row.fault,
        }
        for row in page[:limit]
    ]  # fmt: skip
    return told, page[limit - 1].pk if len(page) > limit else None


def names_for(asker: Placed, state: State) -> set[str]:
    """Give the names of the profiles, measures and plans in force that a client may read, of acts that it is told of."""
    own = own_agency(asker)
    profiles = {each.code for each in readable(state.policy.profiles, asker) if not own or each.agency == own}
    measures = {each.code for each in state.measures if asker.agency in {"", each.agency}}
    return profiles | measures | {each.code for each in state.policy.plans if asker.agency in {"", each.agency}}


def message_for(caller: Caller, declaration_id: str) -> str:
    """Give the decision that stands as a CUSRES message."""
    row = revisions_for(caller, declaration_id)[-1]
    standing, acts = _standing(row), acts_of(on_what_is_there(vars(row)), own_agency(caller))
    if standing is Standing.BINDING and not row.binding:
        given = set(Order.objects.filter(declaration__declaration_id=declaration_id).values_list("order_id", flat=True))
        acts = [act for act in acts if _order_name(row, act) in given]
    told = tuple(ActTold(Agency(act["agency"]), Act(act["act"]), tuple(act["items"])) for act in acts)
    said = Response(row.declaration_id, row.revision, Channel(row.channel), row.decided_at, told, standing)
    return cusres(said, number=str(row.pk))


def _standing(row: Lodgement) -> Standing:
    """Give how a decision stands; orders that keep goods bind where another system decides of them, too."""
    if row.kind == LodgementKind.CANCELLED:
        return Standing.CANCELLED
    binding = row.binding or _release(row, {word.word for word in _words(row)}) in KEPT
    return Standing.BINDING if binding else Standing.NOT_BINDING
