"""Filters for what is said of profiles."""

from django import template

from darvoza.office.profiles.words import OUTCOMES, POLICIES, VISIBILITIES, said

register = template.Library()


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
def readers(code: object) -> str:
    """Give the words for who may read a profile."""
    return str(VISIBILITIES[str(code)])
