"""What was typed in a form that was refused: the page of the form is given once more, with it."""

from collections.abc import Mapping
from typing import NamedTuple

from django.http import HttpRequest


class Refusal(NamedTuple):
    """Why a form was refused, and the field where that is put right; none where it is not a field."""

    words: str
    at: str = ""


def typed(request: HttpRequest) -> dict[str, Mapping[str, Mapping[str, str]]]:
    """Give every template what was sent to this address, under the address's name, for the one form that leads there.

    Whoever takes a form leads on to another address when it is done, so what is found here was refused: a template writes
    ``{{ typed.depart.reason }}`` into the field, and opens what is folded in where there is ``typed.depart``.
    """
    if request.method != "POST" or request.resolver_match is None:
        return {"typed": {}}
    return {"typed": {str(request.resolver_match.url_name): {name: request.POST[name] for name in request.POST}}}
