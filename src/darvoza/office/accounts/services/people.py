"""What changes people: enter, close, give a new password."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from darvoza.domain.codes import Agency
from darvoza.errors import SettingsError
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.queries import known
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.rules import check_person, check_username

SYLLABLES = "bafidoguhajekilomunapesirotuvawezo"
"""Pairs of letters a password is made of: easy to read out, the same on a Latin and a Cyrillic keyboard label."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be entered.

    Attributes
    ----------
    agency, post
        Where the person works; nothing for every agency and every post.
    """

    username: str
    name: str
    roles: tuple[Role, ...]
    agency: Agency | None = None
    post: str = ""


def random_password(choose: Callable[[int], int] = secrets.randbelow) -> str:
    """Make a password of 17 pairs to the power of 16, 65 bits of chance, in four groups.

    Parameters
    ----------
    choose
        Gives a whole number below its argument.

    Examples
    --------
    >>> random_password(lambda bound: 1)
    'fifififi-fifififi-fifififi-fifififi'
    """
    pairs = [SYLLABLES[2 * at : 2 * at + 2] for at in (choose(len(SYLLABLES) // 2) for _ in range(16))]
    return "-".join("".join(pairs[start : start + 4]) for start in range(0, 16, 4))


def enter(new: NewPerson, password: str, *, must_change: bool = False) -> Person:
    """Enter a person with a password, which must be changed at the first sign-in where somebody else knows it.

    Raises
    ------
    SettingsError
        When somebody has the user name, or nobody can be what is said; see `check_person`.
    """
    check_username(new.username)
    check_person(new.name, frozenset(new.roles), new.agency or "", new.post)
    if known(new.username):
        raise SettingsError(field="username", expected="a name that nobody has", got=new.username)
    person = Person(
        must_change_password=must_change,
        username=new.username,
        name=new.name,
        agency=new.agency or "",
        post=new.post,
        roles=[role.value for role in new.roles],
    )
    person.set_password(password)
    person.save()
    return person


def choose_password(person: Person, password: str) -> None:
    """Give a person the password that the person chose and nobody else knows; other sessions of the person end."""
    person.set_password(password)
    person.must_change_password = False
    person.save(update_fields=["password", "must_change_password"])


def enter_all(people: Iterable[NewPerson], password: Callable[[], str] = random_password) -> dict[str, str]:
    """Enter people with passwords of their own; give user name → password, which is kept nowhere else."""
    given = {}
    for new in people:
        given[new.username] = password()
        enter(new, given[new.username], must_change=True)
    return given
