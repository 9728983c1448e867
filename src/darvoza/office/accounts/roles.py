"""Roles and what each of them may do: code, not rows, so that a change of rights is a change that is reviewed."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.office.accounts.permissions import Permission


class Role(StrEnum):
    """What a person is here."""

    LINE_OFFICER = "line_officer"
    SUPERVISOR = "supervisor"
    ANALYST = "analyst"
    APPROVER = "approver"
    CHIEF = "chief"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


_READS = {Permission.DECLARATION_READ, Permission.DECISION_READ, Permission.FIGURES_READ}

PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.LINE_OFFICER: frozenset({Permission.DECLARATION_READ, Permission.QUEUE_READ, Permission.ORDER_WORK}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.DECLARATION_READ,
            Permission.QUEUE_READ,
            Permission.ORDER_ASSIGN,
            Permission.OVERRIDE_RAISE,
            Permission.OVERRIDE_LOWER,
            Permission.FIGURES_READ,
            Permission.RETURNS_READ,
        }
    ),
    Role.ANALYST: frozenset(_READS | {Permission.PROFILE_READ, Permission.PROFILE_DRAFT}),
    Role.APPROVER: frozenset(_READS | {Permission.PROFILE_READ, Permission.PROFILE_APPROVE}),
    Role.CHIEF: frozenset(_READS | {Permission.RETURNS_READ}),
    Role.AUDITOR: frozenset(
        _READS | {Permission.PROFILE_READ, Permission.RETURNS_READ, Permission.JOURNAL_READ, Permission.DATA_READ}
    ),
    Role.ADMINISTRATOR: frozenset({Permission.PEOPLE_MANAGE, Permission.DATA_READ, Permission.DATA_MANAGE}),
}

SECOND_FACTOR: Final = frozenset({Role.ANALYST, Role.APPROVER, Role.CHIEF, Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that must sign in with a second factor: those that decide over rules or people, and those that see all of a country."""

WORDS: Final[Mapping[Role, Promise]] = {
    Role.LINE_OFFICER: _("Line officer"),
    Role.SUPERVISOR: _("Supervisor"),
    Role.ANALYST: _("Analyst"),
    Role.APPROVER: _("Approver"),
    Role.CHIEF: _("Chief"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMINISTRATOR: _("Administrator"),
}


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Give what the holder of some roles may do.

    Examples
    --------
    >>> [str(each) for each in sorted(permissions_of(["line_officer"]))]
    ['declaration.read', 'order.work', 'queue.read']
    """
    return frozenset[Permission]().union(*(PERMISSIONS[Role(role)] for role in roles))
