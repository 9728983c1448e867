"""Filters for what a result says."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.domain.codes import Severity
from darvoza.office.shell.templatetags.darvoza import country, money, number
from darvoza.office.shell.words import SEVERITIES

register = template.Library()


def _amount(places: int) -> Callable[[Any], str]:
    return lambda value: number(Decimal(value), places)


def _money(value: str) -> str:
    return money(Decimal(value))


SAID: Final[Mapping[str, tuple[Promise, Callable[[Any], str]]]] = {
    "quantity": (_("quantity counted"), _amount(3)),
    "net_mass": (_("net mass weighed, kg"), _amount(3)),
    "severity": (_("severity"), lambda value: str(SEVERITIES[Severity(value)])),
    "additional_duty": (_("additional duty"), _money),
    "corrected_hs": (_("code"), str),
    "corrected_origin": (_("origin"), country),
    "corrected_value": (_("value"), _money),
    "samples": (_("samples"), ", ".join),
}
"""What a result says of an item beside its areas, in the order of the page: how each is called, and how it is written."""


@register.filter
def measured(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give what a result says of an item beside its areas, each with its name: also what is exactly nothing.

    Parameters
    ----------
    said
        The plain values of an ``ItemResult``, as a result or a proposal keeps them.

    Examples
    --------
    >>> measured({"item": 1, "net_mass": "0", "samples": ["S-1", "S-2"], "words": "the container was empty"})
    [('net mass weighed, kg', '0'), ('samples', 'S-1, S-2')]
    """
    known = ((name, said.get(name)) for name in SAID)
    return [(str(SAID[name][0]), SAID[name][1](value)) for name, value in known if value is not None and value != []]
