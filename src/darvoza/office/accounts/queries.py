"""What can be asked of the people."""

from darvoza.office.accounts.models import Person


def anybody() -> bool:
    """Tell whether anybody was entered yet."""
    return Person.objects.exists()


def known(username: str) -> bool:
    """Tell whether somebody has this name."""
    return Person.objects.filter(username=username).exists()
