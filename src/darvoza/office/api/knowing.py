"""Who may know of a declaration: one rule, for whoever asks and for whoever is told."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from darvoza.domain.codes import Agency
from darvoza.office.accounts.scope import Placed
from darvoza.office.api.models import Lodgement


class Asker(Placed, Protocol):
    """A client, as a caller or as its row."""

    @property
    def name(self) -> str:
        """Its name, under which it lodges."""
        ...


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
    if revisions[0].client == asker.name:
        return True
    return any(row["agency"] == agency for row in revisions[-1].decisions)


def revisions_of(references: Iterable[str]) -> dict[str, list[Lodgement]]:
    """Give every decision on some declarations, the first one first, by reference."""
    made: dict[str, list[Lodgement]] = {}
    for row in Lodgement.objects.filter(declaration_id__in=list(references)).order_by("declaration_id", "revision"):
        made.setdefault(row.declaration_id, []).append(row)
    return made
