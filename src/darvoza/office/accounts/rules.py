"""What holds for everybody who is entered or changed, by whatever door."""

from typing import Final, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.errors import SettingsError
from darvoza.office.accounts.roles import Role

ALONE: Final = frozenset({Role.AUDITOR, Role.ADMINISTRATOR})
"""Roles that go with no other: who checks does not act, who enters people does not work with what they see."""

PLACED: Final = frozenset({Role.LINE_OFFICER, Role.SUPERVISOR})
"""Roles that need an agency: nobody examines for all of them."""

LONGEST_NAME: Final = 120
POST: Final = RegexValidator(r"\A[A-Z0-9][A-Z0-9-]{1,19}\Z", _("Capitals, digits and hyphens, such as KG-AKT."))
USERNAME: Final = RegexValidator(
    r"\A[a-z][a-z0-9._-]{1,59}\Z", _("Small Latin letters, digits, full stop, hyphen, underscore; a letter first.")
)


class Conflict(NamedTuple):
    """What is wrong with a person, and where."""

    field: str
    words: Promise


def conflict(roles: frozenset[Role], agency: str) -> Conflict | None:
    """Say what is wrong with roles and agency together; nothing when they go together.

    Examples
    --------
    >>> conflict(frozenset({Role.ANALYST, Role.CHIEF}), "customs") is None
    True
    >>> found = conflict(frozenset({Role.ANALYST, Role.APPROVER}), "customs")
    >>> found.field, str(found.words)
    ('roles', 'Nobody drafts profiles and approves them.')
    """
    if not roles:
        return Conflict("roles", _("A person needs a role."))
    if roles >= {Role.ANALYST, Role.APPROVER}:
        return Conflict("roles", _("Nobody drafts profiles and approves them."))
    if roles & ALONE and len(roles) > 1:
        return Conflict("roles", _("An auditor and an administrator have no other role."))
    if roles & PLACED and not agency:
        return Conflict("agency", _("Officers and supervisors belong to an agency."))
    return None


def check_username(username: str) -> None:
    """Refuse a user name that is none; errors as for `check_person`."""
    _check("username", username, USERNAME)


def check_person(name: str, roles: frozenset[Role], agency: str, post: str) -> None:
    """Refuse what nobody can be.

    Raises
    ------
    SettingsError
        When the name is empty or too long, roles and agency do not go together, or the post is no code of a post.
    """
    if not name.strip() or len(name) > LONGEST_NAME:
        raise SettingsError(field="name", expected=f"a name of 1 to {LONGEST_NAME} characters", got=name)
    if wrong := conflict(roles, agency):
        got = sorted(map(str, roles)) if wrong.field == "roles" else agency
        raise SettingsError(field=wrong.field, expected=EXPECTED[wrong.field], got=got, hint=str(wrong.words))
    if post:
        _check("post", post, POST)


EXPECTED: Final = {
    "username": "2 to 60 characters of a user name",
    "roles": "roles that go together",
    "agency": "the agency of an officer",
    "post": "2 to 20 characters of the code of a post, or nothing for every post",
}


def _check(field: str, value: str, rule: RegexValidator) -> None:
    try:
        rule(value)
    except ValidationError as problem:
        hint = str(problem.message)
        raise SettingsError(field=field, expected=EXPECTED[field], got=value, hint=hint) from problem
