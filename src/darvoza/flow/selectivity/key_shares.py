"""Shares of a key apart from each other: what an agency keeps sealed, and the key put together again when its file is lost.

A key that came in the place of others holds their shares, too; so does the share of an agency, for each ring it had part in.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from darvoza.errors import CommitmentMismatch, InvalidKey
from darvoza.flow.selectivity.keys import ChangedRing, KeyRing, read_share
from darvoza.json_text import read_json

FORMAT: Final = 1
IN_USE: Final = date.max
"""In the place of a last day: the ring that no other has followed."""


@dataclass(frozen=True, slots=True)
class AgencyShare:
    """What one agency holds of a key.

    Attributes
    ----------
    agency
        The agency.
    parts
        Its share of each ring that it has part in: last day of the ring, or `IN_USE`, its commitment, and the share.
    """

    agency: str
    parts: tuple[tuple[date, str, bytes], ...]


def share_text(ring: KeyRing, agency: str) -> str:
    """Write what one agency holds of a key.

    Raises
    ------
    InvalidKey
        When it holds nothing of it.
    """
    before = ring.before if isinstance(ring, ChangedRing) else ()
    parts = [
        {"until": None if until == IN_USE else until.isoformat(), "commitment": each.commitment(), "share": share.hex()}
        for until, each in (*before, (IN_USE, KeyRing(ring.shares)))
        for holder, share in each.shares
        if holder == agency
    ]
    if not parts:
        known = ", ".join(holder for holder, _ in ring.shares)
        raise InvalidKey(field="agency", expected=f"one that holds a share: {known}", got=agency)
    return json.dumps({"darvoza_key_share": FORMAT, "agency": agency, "rings": parts}, indent=2) + "\n"


def read_share_text(text: str) -> AgencyShare:
    """Read what `share_text` wrote.

    Raises
    ------
    InvalidKey
        When it is no such text.
    """
    try:
        content = read_json(text)
        if content["darvoza_key_share"] != FORMAT or not content["rings"]:
            raise ValueError("of another form")
        agency = str(content["agency"])
        return AgencyShare(agency, tuple(_part(agency, each) for each in content["rings"]))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidKey(
            field="share",
            expected='a share of a key, with "darvoza_key_share": 1, "agency" and "rings"',
            got="something else",
            hint="shares are written with: darvoza key share",
        ) from problem


def _part(agency: str, told: Mapping[str, Any]) -> tuple[date, str, bytes]:
    until = told["until"]
    return (
        IN_USE if until is None else date.fromisoformat(until),
        str(told["commitment"]),
        read_share(agency, told["share"]),
    )


def ring_of_shares(shares: Iterable[AgencyShare], committed: str) -> KeyRing:
    """Put a key together again from the shares of its agencies.

    Parameters
    ----------
    committed
        The commitment of the ring, as it was published.

    Raises
    ------
    InvalidKey
        When two shares are of one agency.
    CommitmentMismatch
        When a share is missing or belongs to another key, or all of them make another key than was committed to.
    """
    rings: dict[date, dict[str, list[tuple[str, bytes]]]] = {}
    agencies: set[str] = set()
    for each in shares:
        if each.agency in agencies:
            raise InvalidKey(field="share", expected="one of each agency", got=f"two of {each.agency}")
        agencies.add(each.agency)
        for until, commitment, share in each.parts:
            rings.setdefault(until, {}).setdefault(commitment, []).append((each.agency, share))
    made = [(until, _one_ring(until, told)) for until, told in sorted(rings.items())]
    if not made or made[-1][0] != IN_USE or made[-1][1].commitment() != committed:
        got = made[-1][1].commitment() if made and made[-1][0] == IN_USE else "no share of the ring in use"
        raise CommitmentMismatch(field="commitment", expected=committed, got=got, hint=_ALL)
    ring = made[-1][1]
    return ChangedRing(ring.shares, tuple(made[:-1])) if made[1:] else ring


_ALL: Final = "give the share of every agency, each of this key; the commitment is the one that was published"


def _one_ring(until: date, told: Mapping[str, list[tuple[str, bytes]]]) -> KeyRing:
    """Put one ring together, which all of its shares name alike."""
    when = "in use" if until == IN_USE else f"until {until}"
    if len(told) > 1:
        raise CommitmentMismatch(
            field=f"the ring {when}", expected="shares of one key", got=sorted(told), hint="a share is of another key"
        )
    ((commitment, held),) = told.items()
    ring = KeyRing(tuple(sorted(held)))
    if ring.commitment() != commitment:
        names = ", ".join(agency for agency, _ in ring.shares)
        raise CommitmentMismatch(
            field=f"the ring {when}", expected=commitment, got=f"{ring.commitment()}, of {names}", hint=_ALL
        )
    return ring
