"""Who asks: a client with its agency, its post and its purposes. Tokens are random, and only their digests are kept."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from darvoza.office.accounts.permissions import Permission
from darvoza.office.api.purposes import Purpose

MARK = "dvz_"
TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Caller:
    """A client that showed its token.

    Attributes
    ----------
    number, name
        Of the client.
    agency, post
        Whose system it is, and where; empty for every one.
    purposes
        What it may do.
    per_minute
        Requests a minute it may make.
    digest
        Of the token it showed; empty where it showed none.
    """

    number: int
    name: str
    agency: str
    post: str
    purposes: frozenset[Purpose]
    per_minute: int
    digest: str = field(default="", repr=False)

    @property
    def username(self) -> str:
        """The name under which the journal knows it."""
        return f"client:{self.name}"

    def may(self, permission: Permission) -> bool:
        """Tell whether it may see why: what else a person may do, no client may."""
        return permission is Permission.DECISION_READ and Purpose.EXPLAIN in self.purposes


def new_token(random_text: Callable[[int], str] = secrets.token_urlsafe) -> str:
    """Make a token of 256 bits of chance."""
    return MARK + random_text(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Give the digest by which a token is known; a random text of 256 bits needs no slow one.

    Examples
    --------
    >>> len(digest_of("dvz_x"))
    64
    """
    return hashlib.sha256(token.encode()).hexdigest()
