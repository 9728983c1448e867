"""Filters for codes, moments, numbers and money, as the language of the page writes them."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from django import template
from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import get_language, get_language_info, gettext

from darvoza.office.shell.words import ACTS, AGENCIES
from darvoza.office.shell.words import word as word_of

register = template.Library()

SHORT = {"en": "d MMM y", "ru": "d MMM y"}

UNITS = {"tg": {"day": "рӯз", "hour": "соат", "minute": "дақ."}}
"""Words for units in languages for which CLDR has none; they stay the same after every number."""

OWN_NAMES = {"kk": "Қазақша"}
"""What a language is called in itself, where Django has the name of the people."""


def locale() -> Locale:
    """Give the locale of the page; English writes its dates as the rest of the world reads them."""
    language = get_language() or "en"
    try:
        return Locale.parse("en-GB" if language == "en" else language, sep="-")
    except UnknownLocaleError:
        return Locale("en", "GB")


@register.filter
def word(code: object) -> str:
    """Give the word for a code."""
    return word_of(code)


@register.filter
def concerning(subject: str) -> str:
    """Write to what something was done: an order is named by agency and act, anything else by itself.

    Examples
    --------
    >>> concerning("KG-1:customs:documentary"), concerning("KG-1")
    ('customs, documentary check', 'KG-1')
    """
    before, agency, act = ["", "", *str(subject).rsplit(":", 2)][-3:]
    if not before or agency not in AGENCIES or act not in ACTS:
        return str(subject)
    return f"{word_of(agency)}, {word_of(act)}"


@register.filter
def moment(value: datetime | None) -> str:
    """Write a moment in the time of the office."""
    return f"{day(localtime(value))}, {format_datetime(localtime(value), 'HH:mm', locale=locale())}" if value else "—"


@register.filter
def lodged(value: datetime | None) -> str:
    """Write when something was lodged; a day that was stated without a time is kept as its midnight in UTC, and is written alone.

    Examples
    --------
    >>> lodged(datetime(2026, 11, 27, tzinfo=UTC)), lodged(datetime(2026, 11, 27, 0, 1, tzinfo=UTC)) == "27 Nov 2026"
    ('27 Nov 2026', False)
    """
    if value is not None and value.astimezone(UTC).time() == time.min:
        return day(value.astimezone(UTC).date())
    return moment(value)


@register.filter
def day(value: date | str | None) -> str:
    """Write a day, or one that was kept as text in the form of ISO 8601: as CLDR has it, in English and Russian shorter.

    Examples
    --------
    >>> day("2026-11-27"), day(None)
    ('27 Nov 2026', '—')
    """
    here = locale()
    value = date.fromisoformat(value) if isinstance(value, str) and value else value
    return str(format_date(value, SHORT.get(here.language, "medium"), locale=here)) if value else "—"


@register.filter
def lasting(value: timedelta | None) -> str:
    """Write how long something lasts, in its two largest units."""
    if value is None:
        return "—"
    minutes = int(value.total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    parts = (("day", days), ("hour", hours)) if days else (("hour", hours), ("minute", minutes % 60))
    written = [_measured(amount, unit) for unit, amount in parts if amount]
    return " ".join(written) or _measured(0, "minute")


def _measured(amount: int, unit: str) -> str:
    own = UNITS.get(locale().language)
    return f"{amount} {own[unit]}" if own else str(format_unit(amount, f"duration-{unit}", "short", locale=locale()))


@register.filter
def number(value: float | Decimal | None, places: int = 0) -> str:
    """Write a number with at most so many places."""
    if value is None:
        return "—"
    return str(format_decimal(value, format="#,##0." + "#" * places if places else "#,##0", locale=locale()))


@register.filter
def money(value: float | Decimal | None, places: int = 2) -> str:
    """Write an amount in the currency of customs values, with its code where that is told; hundredths are two digits.

    Examples
    --------
    >>> [money(value).removesuffix(settings.CURRENCY).strip() for value in (1234567.5, 48000, None)]
    ['1,234,567.50', '48,000', '—']
    """
    if value is None:
        return number(None)
    hundredths = places == 2 and round(Decimal(value), 2) % 1
    written = format_decimal(value, format="#,##0.00", locale=locale()) if hundredths else number(value, places)
    return f"{written}\N{NO-BREAK SPACE}{settings.CURRENCY}" if settings.CURRENCY else str(written)


@register.filter
def percent(value: float | None, places: int = 1) -> str:
    """Write a share as a percentage."""
    if value is None:
        return "—"
    pattern = locale().percent_formats[None].pattern
    return str(
        format_percent(value, format=pattern.replace("#0", f"#0.{'0' * places}") if places else None, locale=locale())
    )


@register.filter
def own_name(code: str) -> str:
    """Give the name of a language in itself."""
    return OWN_NAMES.get(code) or str(get_language_info(code)["name_local"])


@register.filter
def country(code: str | None) -> str:
    """Write the name of a country with its code."""
    if not code:
        return "—"
    name = locale().territories.get(code)
    return f"{name} ({code})" if name else code


@register.filter
def pairs(values: dict[str, object] | None) -> list[tuple[str, object]]:
    """Give names and values; a template would take a value called items for the method."""
    return list((values or {}).items())


@register.filter
def known(value: object) -> object:
    """Write a value, or that it is not known."""
    return gettext("not known") if value is None or value == "" else value
