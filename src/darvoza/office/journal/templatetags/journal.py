"""Filters for what entries of the journal tell: moments by the clock of the office, lists without brackets."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django import template
from django.utils.translation import gettext

from darvoza.office.shell.templatetags.darvoza import day, moment

register = template.Library()

MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})")
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@register.filter
def detail(value: object) -> str:
    """Write a value of an entry as people read it; the file of the whole journal has it as it was written down."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {detail(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(detail, value)) or "—"
    return _text(str(value))


def _text(text: str) -> str:
    """Write moments and days by the clock and in the language of the page."""
    try:
        if MOMENT.fullmatch(text):
            return moment(datetime.fromisoformat(text))
        return day(date.fromisoformat(text)) if DAY.fullmatch(text) else text
    except (ValueError, OverflowError):
        return text
