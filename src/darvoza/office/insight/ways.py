"""The way around the figures: which pages there are for whom."""

from typing import Final, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.scope import Placed


class Reader(Placed, Protocol):
    """Somebody who reads figures."""

    def may(self, permission: Permission) -> bool:
        """Tell whether it is allowed."""
        ...


class Way(NamedTuple):
    """One page of the figures."""

    address: str
    label: Promise
    needs: Permission


WAYS: Final = (
    Way("insight:figures", _("Overview"), Permission.FIGURES_READ),
    Way("insight:posts", _("Map of posts"), Permission.FIGURES_READ),
    Way("insight:frontier", _("Frontier"), Permission.FIGURES_READ),
    Way("insight:score", _("Score"), Permission.DECISION_READ),
    Way("comparisons:compared", _("Beside another system"), Permission.DECISION_READ),
    Way("returns:differences", _("Without a line"), Permission.RETURNS_READ),
)


def ways_of(person: Reader) -> list[Way]:
    """Give the pages a person may read; the map only to whoever sees more than one post."""
    return [way for way in WAYS if person.may(way.needs) and not (person.post and way.address == "insight:posts")]
