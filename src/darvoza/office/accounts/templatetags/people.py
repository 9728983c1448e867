"""Filters for what is said of people."""

from django import template

from darvoza.office.accounts.roles import WORDS, Role

register = template.Library()


@register.filter
def role(code: str) -> str:
    """Write the name of a role.

    Examples
    --------
    >>> role("chief")
    'Chief'
    """
    return str(WORDS[Role(code)])
