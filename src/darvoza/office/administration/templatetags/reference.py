"""Filters for what is said of reference data."""

from django import template

from darvoza.office.administration.data_words import KINDS, STATES, STEPS, WHEN

register = template.Library()


@register.filter
def data_kind(code: object) -> str:
    """Give the word for what a version is of."""
    return str(KINDS[str(code)])


@register.filter
def data_state(code: object) -> str:
    """Give the word for where a version stands."""
    return str(STATES[str(code)])


@register.filter
def data_when(code: object) -> str:
    """Give the word for whether something is, was or is to be in force."""
    return str(WHEN[str(code)])


@register.filter
def data_step(code: object) -> str:
    """Give the word for what happened to a version; the code itself where there is none."""
    return str(STEPS.get(str(code), code))
