"""Pages of the register: find a declaration, see one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from darvoza.office.accounts.guard import person_of
from darvoza.office.accounts.permissions import Permission
from darvoza.office.registry.queries import dossier, find
from darvoza.office.shell.typed import Refusal
from darvoza.office.shell.words import ACTS


@require_GET
def declarations(request: HttpRequest) -> HttpResponse:
    """List declarations, or go to the one that an identifier means."""
    words = request.GET.get("q", "")
    asked = request.GET.get("page", "1")
    found = find(person_of(request), words, int(asked) if asked.isdecimal() else 1)
    if words and found.paginator.count == 1:
        return redirect("registry:declaration", found.object_list[0].declaration_id)
    return render(request, "registry/declarations.html", {"words": words, "found": found})


@require_GET
def declaration(request: HttpRequest, declaration_id: str) -> HttpResponse:
    """Show one declaration: goods, documents, orders, decisions to whoever may see them, what happened."""
    return declaration_page(request, declaration_id)


def declaration_page(
    request: HttpRequest, declaration_id: str, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """Give the page of a declaration; where something was refused on it, with why.

    Raises
    ------
    Http404
        When the declaration is not the person's.
    """
    person = person_of(request)
    told = dossier(person, declaration_id)
    if told is None:
        raise Http404
    why = person.may(Permission.DECISION_READ)
    shown = {"told": told, "why": why, "refers": person.may(Permission.ORDER_WORK), "acts": ACTS.items()}
    shown["replays"] = person.may(Permission.JOURNAL_READ)
    shown["refusal"] = refusal
    return render(request, "registry/declaration.html", shown, status=status)
