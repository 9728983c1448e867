"""Named lists of codes: traders, countries or goods that many profiles speak of by one name."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class NamedList:
    """A dated list of codes with a source, kept beside the profiles.

    Two lists are the same when name, version and content are; the content is compared by its digest, so that lists
    of a million codes cost no more than short ones.

    Attributes
    ----------
    name
        The name a sentence calls it by.
    values
        The codes in it, sorted, without repetition.
    source
        Who made it.
    dated
        The day it was made.
    expires
        The last day its source vouches for it, ``None`` when it does not say. It is a warning to its owner, and
        does not change what a sentence means.
    version
        What its source calls this state of it; empty when there is only one.
    members
        The codes again, to be asked about in constant time.
    digest
        SHA-256 (hexadecimal) over the sorted codes.

    Examples
    --------
    >>> named = NamedList("watched", ("GE", "AE", "GE"))
    >>> named.values, "AE" in named.members
    (('AE', 'GE'), True)
    >>> named.digest == NamedList("other", ("AE", "GE")).digest
    True
    """

    name: str
    values: tuple[str, ...] = field(compare=False, repr=False)
    source: str = field(default="", compare=False)
    dated: date | None = field(default=None, compare=False)
    expires: date | None = field(default=None, compare=False)
    version: str = ""
    members: frozenset[str] = field(init=False, compare=False, repr=False)
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        members = frozenset(self.values)
        values = tuple(sorted(members))
        object.__setattr__(self, "members", members)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "digest", digest_of_codes(values))


def digest_of_codes(values: Iterable[str]) -> str:
    """Give the digest of codes that are sorted, each of them once.

    A line break cannot stand in a code, so the joined text is read one way only.
    """
    return hashlib.sha256("\n".join(values).encode()).hexdigest()
