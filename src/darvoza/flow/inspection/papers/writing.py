"""How papers spell: words, moments, days, amounts, lists of numbers, in a language."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from darvoza.domain.vocabulary import named
from darvoza.errors import SettingsError
from darvoza.flow.inspection.papers import words_en, words_ru

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": words_en.WORDS, "ru": words_ru.WORDS})
"""Language → name → words; another language is another module with the same names."""

EMPTY = "—"
"""Written where nothing is known, so that an empty place is seen to be meant."""


NO_BREAK = "\N{NO-BREAK SPACE}"
"""Between thousands in Russian: digits stay together at a line break."""


class Writing:
    """The spelling of one language.

    Parameters
    ----------
    language
        A code of `WORDS`.

    Raises
    ------
    SettingsError
        When the language is not held.

    Examples
    --------
    >>> Writing("ru").say("officer"), Writing("ru").amount(Decimal("12.50"))
    ('Инспектор', '12,5')
    """

    def __init__(self, language: str) -> None:
        if language not in WORDS:
            raise SettingsError(field="language", expected=f"one of {', '.join(WORDS)}", got=language)
        self.language, self._words = language, WORDS[language]

    def say(self, name: str, **values: object) -> str:
        """Give the words of a name, values put in."""
        return self._words[name].format(**values) if values else self._words[name]

    def named(self, code: str) -> str:
        """Give the words of a code."""
        return named(code, self.language)

    def moment(self, at: datetime | None) -> str:
        """Spell a moment with its offset from UTC.

        Examples
        --------
        >>> from datetime import timezone
        >>> Writing("ru").moment(datetime(2026, 3, 1, 8, 5, tzinfo=timezone.utc))
        '01.03.2026 08:05 UTC'
        """
        if at is None:
            return EMPTY
        return f"{self.day(at.date())} {at:%H:%M} {offset(at)}".rstrip()

    def day(self, on: date | None) -> str:
        """Spell a day."""
        if on is None:
            return EMPTY
        return f"{on:%d.%m.%Y}" if self.language == "ru" else on.isoformat()

    def amount(self, value: Decimal | None) -> str:
        """Spell an amount without needless zeros, its thousands apart.

        Examples
        --------
        >>> [Writing(each).amount(Decimal("1234567.50")).replace(NO_BREAK, " ") for each in ("en", "ru")]
        ['1,234,567.5', '1 234 567,5']
        """
        return EMPTY if value is None else self._spelt(f"{value.normalize():,f}")

    def money(self, value: Decimal | None) -> str:
        """Spell an amount of money: hundredths are two digits, where there are any.

        Examples
        --------
        >>> [Writing("ru").money(Decimal(each)).replace(NO_BREAK, " ") for each in ("1234567.5", "48000.00")]
        ['1 234 567,50', '48 000']
        """
        if value is None:
            return EMPTY
        places = -int(value.normalize().as_tuple().exponent)
        return self._spelt(f"{value:,.{max(places, 2)}f}") if places > 0 else self.amount(value)

    def _spelt(self, text: str) -> str:
        """Put the signs of the language in the place of comma and point."""
        return text.replace(",", NO_BREAK).replace(".", ",") if self.language == "ru" else text

    def items(self, numbers: Iterable[int]) -> str:
        """List numbers of goods items; the whole consignment where there are none."""
        return ", ".join(map(str, numbers)) or self.say("whole")

    def flag(self, *, value: bool) -> str:
        """Say yes or no."""
        return self.say("yes" if value else "no")


def offset(at: datetime) -> str:
    """Spell how far the clock of a moment is from UTC; nothing where its zone is not said.

    Examples
    --------
    >>> from zoneinfo import ZoneInfo
    >>> [offset(datetime(2026, 3, 1, tzinfo=ZoneInfo(zone))) for zone in ("UTC", "Asia/Bishkek", "Asia/Kolkata")]
    ['UTC', 'UTC+6', 'UTC+5:30']
    """
    away = at.utcoffset()
    if away is None:
        return ""
    minutes = round(away.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    sign = "+" if minutes > 0 else "\N{MINUS SIGN}"
    return f"UTC{sign}{hours}{f':{rest:02}' if rest else ''}" if minutes else "UTC"


def known(*values: str | None) -> str:
    """Join what is known of several values.

    Examples
    --------
    >>> known("KG-1", None, "Bereke"), known(None)
    ('KG-1, Bereke', '—')
    """
    return ", ".join(value for value in values if value) or EMPTY
