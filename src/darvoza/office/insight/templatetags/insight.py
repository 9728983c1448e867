"""Filters for codes of reports."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise

register = template.Library()


@register.filter
def named(code: object, words: Mapping[str, Promise]) -> str:
    """Give the words for a code; the code itself where there are none."""
    return str(words.get(str(code), code))


@register.filter
def means(measure: Mapping[str, Any]) -> list[Any]:
    """Give a measure of the champion, of the challenger, and their difference, in this order."""
    return [measure[name] for name in ("champion", "challenger", "difference")]
