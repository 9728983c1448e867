"""What can be asked of the people."""

from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role


def anybody() -> bool:
    """Tell whether anybody was entered yet."""
    return Person.objects.exists()


def known(username: str) -> bool:
    """Tell whether somebody has this name."""
    return Person.objects.filter(username=username).exists()


def who_may_sign_in(username: str) -> Person | None:
    """Give the person of this name whose account is open; nobody when there is none."""
    return Person.objects.filter(username=username, is_active=True).first()


def officers_of(agency: str, post: str) -> list[Person]:
    """Give the line officers who can be on duty at a post: of the agency, at this post or at every one."""
    people = Person.objects.filter(agency=agency, post__in=["", post], is_active=True)
    return [person for person in people if Role.LINE_OFFICER in person.roles]


def name_of(username: str) -> str:
    """Give the name of somebody as it is shown; the user name itself where nobody has it."""
    found = Person.objects.filter(username=username).first()
    return str(found) if found else username
