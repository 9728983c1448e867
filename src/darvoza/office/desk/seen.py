"""What an officer saw when a form was opened: a result is of the goods and of the act that the page showed, and of no others."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from darvoza.domain.casework import Case
from darvoza.office.shell.words import word

UNSEEN: Final = gettext_noop(
    "This form does not say what it showed. Look at the page again, and decide on what it shows."
)
"""What one is told who agrees or refuses without having seen what: nobody agrees to what is not said."""


class Seen(NamedTuple):
    """An order as a page shows it.

    Attributes
    ----------
    version
        Of the order.
    act
        What is to be done.
    goods
        Digests of the goods items, by their numbers.
    """

    version: int
    act: str
    goods: Mapping[int, str]

    def __str__(self) -> str:
        """Write it down for a hidden field; `seen_in` reads it."""
        return " ".join((str(self.version), self.act, *(f"{number}:{each}" for number, each in self.goods.items())))


def seen_now(version: int, case: Case) -> Seen:
    """Give what a page shows now."""
    return Seen(version, case.act.value, case.goods)


def seen_in(text: str) -> Seen | None:
    """Read what was seen when a form was opened; nothing where the form does not say it, or says something else.

    Examples
    --------
    >>> seen_in("3 scan 1:ab 2:cd")
    Seen(version=3, act='scan', goods={1: 'ab', 2: 'cd'})
    >>> seen_in(""), seen_in("x y"), seen_in("3 scan 1"), seen_in("3 scan a:b")
    (None, None, None, None)
    """
    version, _space, rest = text.partition(" ")
    act, *goods = rest.split() or [""]
    told = [each.partition(":") for each in goods]
    if not version.isdecimal() or not all(number.isdecimal() and digest for number, _colon, digest in told):
        return None
    return Seen(int(version), act, {int(number): digest for number, _colon, digest in told})


def changes(text: str, now: Seen) -> list[str]:
    """Say in words what was changed since a form was opened; nothing where nothing was, or the form does not say what it showed."""
    before = seen_in(text)
    if before is None or before == now:
        return []
    return list(_changes(before, now)) or [_("The order was changed since this form was opened.")]


def _changes(before: Seen, now: Seen) -> Iterator[str]:
    if before.act != now.act:
        yield _("The act is another one now: %(act)s.") % {"act": word(now.act)}
    for number in sorted(before.goods.keys() | now.goods.keys()):
        told = {"number": number}
        if number not in before.goods:
            yield _("Item %(number)s was added since this form was opened.") % told
        elif number not in now.goods:
            yield _("Item %(number)s was left out since this form was opened.") % told
        elif before.goods[number] != now.goods[number]:
            yield _("Item %(number)s: other goods are declared than when this form was opened.") % told
