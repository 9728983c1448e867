"""The service that people sign in with (OpenID Connect), as the surroundings name it; most offices have none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from darvoza.errors import SettingsError
from darvoza.office.variables import (
    OIDC,
    OIDC_CLAIM,
    OIDC_CLIENT_ID,
    OIDC_ISSUER,
    OIDC_NAME,
    OIDC_SECOND_FACTOR,
    OIDC_SECRET,
    OIDC_SECRET_FILE,
)

LIBRARY: Final = "jwt"
"""What reads signed tokens; the extra ``oidc`` brings it."""

USUAL_CLAIM: Final = "preferred_username"
THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Provider:
    """A service that tells who somebody is.

    Attributes
    ----------
    issuer
        Its address, just as its tokens say it.
    client_id, secret
        What the office is called there, and how it proves that it is the office.
    name
        What people call the service; shown on the button.
    claim
        The claim that carries the user name of the office.
    second_factor
        Values of ``amr`` or ``acr`` that stand for a second factor; with none, the office asks for its own.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    name: str
    claim: str = USUAL_CLAIM
    second_factor: frozenset[str] = frozenset()


def read_provider(variables: Mapping[str, str]) -> Provider | None:
    """Read which service people sign in with; nothing where none is named.

    Raises
    ------
    SettingsError
        When only a part is told, the address is not HTTPS, or the library that reads tokens is not installed.

    Examples
    --------
    >>> read_provider({}) is None
    True
    """
    if not any(variables.get(name) for name in OIDC):
        return None
    issuer = _issuer(_told(variables, OIDC_ISSUER, "the address of the service"))
    _library()
    return Provider(
        issuer,
        _told(variables, OIDC_CLIENT_ID, "what the office is called at the service"),
        _secret(variables),
        variables.get(OIDC_NAME) or urlsplit(issuer).netloc,
        variables.get(OIDC_CLAIM) or USUAL_CLAIM,
        frozenset(variables.get(OIDC_SECOND_FACTOR, "").replace(",", " ").split()),
    )


def _told(variables: Mapping[str, str], name: str, expected: str) -> str:
    """Give a variable that cannot be left out."""
    told = variables.get(name, "").strip()
    if not told:
        hint = "set it, or take every DARVOZA_OIDC variable away"
        raise SettingsError(field=name, expected=expected, got="nothing", hint=hint)
    return told


def _issuer(told: str) -> str:
    """Check the address of the service: what it says must not be changed on the way."""
    parts = urlsplit(told)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in THIS_MACHINE)
    if not safe or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingsError(field=OIDC_ISSUER, expected="https://HOST/PATH, just as its tokens say `iss`", got=told)
    return told


def _secret(variables: Mapping[str, str]) -> str:
    """Give the secret of the client, out of a variable or a file."""
    place = variables.get(OIDC_SECRET_FILE, "")
    if not place:
        return _told(variables, OIDC_SECRET, f"the secret of the client, or {OIDC_SECRET_FILE}")
    try:
        found = Path(place).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        got = type(problem).__name__
        raise SettingsError(field=OIDC_SECRET_FILE, expected="a file that can be read", got=got) from problem
    if not found:
        raise SettingsError(field=OIDC_SECRET_FILE, expected="a file that holds the secret", got="an empty one")
    return found


def _library() -> None:
    """See that tokens can be read."""
    if find_spec(LIBRARY) is None:
        raise SettingsError(
            field=OIDC_ISSUER,
            expected="what reads signed tokens to be installed",
            got="no PyJWT",
            hint="pip install 'darvoza[oidc]', or --require-hashes -r requirements/oidc.txt",
        )
