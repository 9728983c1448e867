"""What would be ordered if silent posts took over now: counted beforehand, so that nobody is surprised by a full queue."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from darvoza.errors import SettingsError
from darvoza.flow.gate.state_file import read_state
from darvoza.office.api.declared import on_what_is_there
from darvoza.office.api.documents import acts_of
from darvoza.office.api.services.binding import ANYWHERE, PLACE
from darvoza.office.api.services.opening import with_library
from darvoza.office.api.services.reassessing import FRESH, still_open
from darvoza.office.registry.models import Declaration, Order

AT_ONCE: Final = 500
"""Declarations that are asked about together."""


@dataclass(slots=True)
class Foreseen:
    """What taking over would order, by what was decided last of each declaration.

    Attributes
    ----------
    posts
        Posts that would take over; ``*`` for every one that is silent.
    orders, declarations
        Acts that would be ordered, and of how many declarations.
    long_ago
        Acts on goods that were lodged longer ago than goods count as on their way where nobody tells of arrivals.
    oldest
        When the first of those declarations was lodged.
    """

    posts: tuple[str, ...]
    orders: int = 0
    declarations: int = 0
    long_ago: int = 0
    oldest: datetime | None = None


def foreseen(posts: Collection[str], now: datetime) -> Foreseen:
    """Count what would be ordered if some silent posts, or all, took over; nothing is changed.

    Another state may decide otherwise than what was decided last; that it does not know beforehand.

    Raises
    ------
    SettingsError
        When one of them is not silent.
    DarvozaError, ExceptionGroup
        When the state in force cannot be read.
    """
    state = with_library(read_state(settings.GATE_FILE), now)
    for post in posts:
        if state.binds(post):
            raise SettingsError(field="--post", expected=f"a silent post, of {sorted(state.silent)}", got=post)
    told = Foreseen(tuple(posts) or tuple(sorted(state.silent)))
    rows = still_open(replace(state, silent=frozenset()), now).filter(_at(told.posts), Q(unbound=True))
    source = rows.order_by("pk").iterator(chunk_size=AT_ONCE)
    while batch := list(islice(source, AT_ONCE)):
        orders = Order.objects.filter(declaration__declaration_id__in=[row.declaration_id for row in batch])
        given = set(orders.values_list("declaration__declaration_id", "agency", "act"))
        for row in batch:
            acts = acts_of(on_what_is_there(vars(row)))
            new = sum((row.declaration_id, act["agency"], act["act"]) not in given for act in acts)
            told.orders += new
            told.declarations += bool(new)
            told.long_ago += new if row.lodged_at < now - FRESH else 0
            if new:
                told.oldest = min(told.oldest or row.lodged_at, row.lodged_at)
    return told


def _at(posts: Collection[str]) -> Q:
    """Tell of declarations whose goods are at some posts, or declared for them."""
    if ANYWHERE in posts:
        return Q()
    return Q(
        Exists(Declaration.objects.filter(declaration_id=OuterRef("declaration_id")).alias(p=PLACE).filter(p__in=posts))
    )
