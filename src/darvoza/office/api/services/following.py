"""Who may change a declaration that was lodged, and what can be done instead by whoever may not."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Self

from darvoza.domain.codes import Agency
from darvoza.office.api.callers import Caller
from darvoza.office.api.declared import on_what_is_there
from darvoza.office.api.documents import decided, etag, names, said_of
from darvoza.office.api.models import Client, Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.queries import may_know, own_agency, revisions_of
from darvoza.office.api.requests import Request
from darvoza.office.registry.queries import declared_for

TWICE = "Do not lodge the goods again, they would be ordered twice"
TAKEN = "another declaration takes another reference, the same goods are not lodged again"
THEIRS = "the system that lodged it, another one of its agency, or customs amend or cancel it"
"""What is to be done about a declaration that cannot be lodged again, or that is another's."""
OVER = "what was declared was erased when its time was over, it can be changed or cancelled no more"


class Following(NamedTuple):
    """Declarations that clients want to amend, cancel, or lodge again.

    To know of a declaration is not to have a say in what is declared: an agency with an act in it reads it. It is changed by
    the client that lodged it, by another one of that client's agency, or by customs, to whom goods are declared. A client of no
    agency is told of all of them, and changes its own alone.

    Attributes
    ----------
    revisions
        Every decision on each, the first one first, by reference.
    agencies
        The agencies of the clients that lodged them, by their names; empty of a client of no agency.
    """

    revisions: Mapping[str, Sequence[Lodgement]]
    agencies: Mapping[str, str]

    @classmethod
    def of(cls, references: Iterable[str]) -> Self:
        """Look up who lodged some declarations."""
        known = revisions_of(references)
        lodgers = {rows[0].client for rows in known.values()}
        clients = Client.objects.filter(name__in=lodgers) if lodgers else Client.objects.none()
        return cls(known, {client.name: client.agency for client in clients})

    def is_of(self, caller: Caller, revisions: Sequence[Lodgement]) -> bool:
        """Tell whether a client has a say in what is declared, where it may know of it."""
        lodger = revisions[0].client
        if lodger == caller.name or caller.agency == Agency.CUSTOMS:
            return True
        return bool(caller.agency) and caller.agency == self.agencies.get(lodger)

    def allows(self, request: Request) -> bool:
        """Tell whether a declaration can be amended or cancelled by a client; say why not."""
        revisions = self.revisions.get(request.reference, [])
        latest = revisions[-1] if may_know(request.caller, revisions) else None
        if latest is None:
            brought = "" if revisions else _brought(request.caller, request.reference)
            request.outcome = Problem("not-found", brought or request.reference)
        elif not self.is_of(request.caller, revisions):
            request.outcome = Problem("forbidden", f"{request.reference} is not yours to change; {THEIRS}")
        elif latest.kind == LodgementKind.CANCELLED:
            request.outcome = Problem("cancelled", request.reference)
        elif latest.is_erased:
            request.outcome = Problem("not-found", f"{request.reference}: {OVER}")
        elif request.if_match is not None and not _is_meant(request, latest):
            request.outcome = Problem("changed", f"its revision is {latest.revision}")
        else:
            return True
        return False

    def taken(self, caller: Caller, reference: str) -> Problem:
        """Say what can be done instead of lodging under a reference that is taken; of what is another's, nothing more is told."""
        revisions = self.revisions.get(reference, [])
        if not may_know(caller, revisions):
            brought = "" if revisions else _brought(caller, reference)
            return Problem("already-lodged", brought or f"{reference} is not yours to amend; {TAKEN}")
        if not self.is_of(caller, revisions):
            return Problem("already-lodged", f"{reference} is not yours to amend; {THEIRS}; {TAKEN}")
        if revisions[-1].kind == LodgementKind.CANCELLED:
            return Problem("cancelled", f"{reference} stays cancelled: lodge the goods again under another reference")
        if revisions[-1].is_erased:
            return Problem("already-lodged", f"{reference}: {OVER}; {TAKEN}")
        return Problem("already-lodged", f"amend it: POST /declarations/{reference}/amendments")


def latest_of(known: Mapping[str, Sequence[Lodgement]]) -> dict[str, Lodgement]:
    """Give the latest revision of each declaration."""
    return {name: revisions[-1] for name, revisions in known.items()}


def _brought(caller: Caller, reference: str) -> str:
    """Say that a declaration came with a run, to whom it may be told; nothing where it may not."""
    if not declared_for(caller).filter(declaration_id=reference).exists():
        return ""
    told = f"{reference} came with a run of the office and cannot be changed or cancelled here; its orders stand"
    return f"{told}. {TWICE}: tell the post or the office what changed, officers see to it where they examine the goods"


def _is_meant(request: Request, latest: Lodgement) -> bool:
    """Tell whether the latest revision is the one a client read: by its number, or by the tag it was told with."""
    if isinstance(request.if_match, int):
        return request.if_match == latest.revision
    document = decided(said_of(vars(latest)), on_what_is_there(vars(latest)), agency=own_agency(request.caller))
    return names(str(request.if_match), f'"{latest.revision}"', etag(document))
