"""Filters for what is said of profiles."""

import re
from collections.abc import Mapping

from django import template
from django.forms import Form
from django.utils.translation import gettext as _

from darvoza.office.profiles.forms import DOTTED, FIELD_OF
from darvoza.office.profiles.words import OUTCOMES, POLICIES, RELATIONS, VERDICTS, VISIBILITIES, said

register = template.Library()


GATE = re.compile("gate ([0-9a-f]{16})")
POST = re.compile("post (.+), entry ([0-9]+)")


@register.filter
def run_named(name: str) -> str:
    """Give the name of a run: what decided at the gate, or at a post without a line, in words; any other as it is.

    Examples
    --------
    >>> run_named("gate d07177ae01234567"), run_named("post KG-13, entry 7"), run_named("2026-03-01")
    ('Gate, state d07177ae01234567', 'Post KG-13, entry 7', '2026-03-01')
    """
    if found := GATE.fullmatch(name):
        return _("Gate, state %(digest)s") % {"digest": found[1]}
    if found := POST.fullmatch(name):
        return _("Post %(post)s, entry %(number)s") % {"post": found[1], "number": found[2]}
    return name


@register.filter
def say(code: object) -> str:
    """Give the word for a code of the profiles."""
    return said(code)


@register.filter
def outcome(code: object) -> str:
    """Give the word for what a sentence says of a declaration."""
    return str(OUTCOMES[str(code)])


@register.filter
def policy(code: object) -> str:
    """Give the words for what a missing fact means."""
    return str(POLICIES[str(code)])


@register.filter
def relation(code: object) -> str:
    """Give the words for how the matches of two profiles lie."""
    return str(RELATIONS[str(code)])


@register.filter
def verdict(code: object) -> str:
    """Give the words for what is proposed for a profile in force."""
    return str(VERDICTS[str(code)])


@register.filter
def readers(code: object) -> str:
    """Give the words for who may read a profile."""
    return str(VISIBILITIES[str(code)])


@register.filter
def at(values: Mapping[str, object] | None, name: str) -> object:
    """Give what stands under a name."""
    return (values or {}).get(name, ())


@register.filter
def field_label(field: str, form: Form) -> str:
    """Give the words for a field of the file, or for those below it; of a worked case with its number."""
    name = FIELD_OF.get(field, field)
    if name in form.fields:
        return str(form.fields[name].label)
    if inner := [each for each, (above, _name) in DOTTED.items() if above == field]:
        return " · ".join(str(form.fields[each].label) for each in inner)
    part, _dot, rest = field.partition(".")
    place, _dot, fact = rest.partition(".")
    if part == "cases" and place.isdecimal():
        return _("Case %(number)s") % {"number": int(place) + 1} + (f", {fact}" if fact else "")
    return _("Worked cases") if part == "cases" else field
