"""What a session knows of a sign-in with the service: of whom, and whether a second factor was used there."""

from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase

KEPT: Final = "provider"


def note(session: SessionBase, person: int, *, service: str, second_factor: str) -> None:
    """Note that a person signed in with the service; it counts for this person only, by the number of the row."""
    session[KEPT] = {"person": person, "service": service, "second_factor": second_factor}


def way_of(session: SessionBase, person: int) -> dict[str, str]:
    """Give by which service a person signed in, and with which second factor of it; empty where it was a password."""
    noted = _of(session, person) or {}
    return {name: str(noted[name]) for name in ("service", "second_factor") if noted.get(name)}


def signed_in_there(session: SessionBase, person: int) -> bool:
    """Tell whether the person signed in with the service."""
    return _of(session, person) is not None


def second_factor_there(session: SessionBase, person: int) -> str:
    """Give which second factor the person used there, of those that count; empty for none."""
    return str((_of(session, person) or {}).get("second_factor", ""))


def _of(session: SessionBase, person: int) -> dict[str, Any] | None:
    noted = session.get(KEPT)
    return noted if isinstance(noted, dict) and noted.get("person") == person else None
