"""A decision as a message: customs response CUSRES, UN/EDIFACT directory D.96B, for systems that read nothing else.

The message names the declaration, the moment and the channel, and each act of control with its goods items. The channel
stands as a code of the processing indicator in GIS, which is agreed between the parties (code list qualifier ``ZZZ``), since the
directory has no code for it: it is CUSRES-like, and to be agreed with whoever reads it.

A decision that is not carried out tells no act, and in GIS no channel but why: that its declaration was cancelled, or that
another system decides. Whoever reads nothing but GIS and acts is never told to do anything then.

References
----------
UN/EDIFACT D.96B, message CUSRES; syntax ISO 9735 version 3: ``'`` ends a segment, ``+`` and ``:`` part its elements, and
``?`` goes before any of them within a text.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from darvoza.domain.codes import Act, Agency, Channel

MESSAGE = "CUSRES:D:96B:UN"
RESPONSE = "962"
"""Document name code: document response (customs)."""


class Standing(StrEnum):
    """Whether a decision is carried out, or why it is not; of what is not, the value stands in GIS."""

    BINDING = "binding"
    NOT_BINDING = "not-binding"
    CANCELLED = "cancelled"


class ActTold(NamedTuple):
    """One act of control; no items means all of them."""

    agency: Agency
    act: Act
    items: tuple[int, ...]


class Response(NamedTuple):
    """What a message tells.

    Attributes
    ----------
    reference, revision
        The declaration, and which decision on it.
    channel
        Its channel.
    decided_at
        When; aware.
    acts
        Acts of control that are carried out.
    standing
        Whether they are.
    """

    reference: str
    revision: int
    channel: Channel
    decided_at: datetime
    acts: tuple[ActTold, ...]
    standing: Standing = Standing.BINDING


def cusres(response: Response, *, number: str) -> str:
    r"""Write a decision as a message.

    Parameters
    ----------
    response
        What is told.
    number
        Reference number of the message, 1 to 14 characters.

    Examples
    --------
    >>> told = Response("KG-1", 1, Channel.GREEN, datetime(2026, 3, 2, 8, 30, tzinfo=UTC), ())
    >>> cusres(told, number="1").splitlines()
    ["UNH+1+CUSRES:D:96B:UN'", "BGM+962+KG-1:::1+11'", "DTM+148:202603020830:203'", "GIS+green:ZZZ'", "UNT+5+1'"]
    """
    binds = response.standing is Standing.BINDING
    decided = response.decided_at.astimezone(UTC)
    segments = [
        f"UNH+{_text(number)}+{MESSAGE}",
        f"BGM+{RESPONSE}+{_text(response.reference)}:::{response.revision}+11",
        f"DTM+148:{decided:%Y%m%d%H%M}:203",
        f"GIS+{(response.channel if binds else response.standing).value}:ZZZ",
        *(segment for place, act in enumerate(response.acts if binds else (), start=1) for segment in _act(place, act)),
    ]
    segments.append(f"UNT+{len(segments) + 1}+{_text(number)}")
    return "".join(f"{segment}'\n" for segment in segments)


def _act(place: int, told: ActTold) -> Iterable[str]:
    """Tell one act: a line of its own, with the goods items it is about."""
    yield f"ERP+{place}"
    yield f"FTX+AAO+++{_text(f'{told.agency.value} {told.act.value}')}"
    for item in told.items:
        yield f"RFF+LI:{item}"


def _text(text: str) -> str:
    """Write a text so that none of it parts elements."""
    plain = "".join(letter for letter in text if letter.isprintable())
    for mark in "?'+:":
        plain = plain.replace(mark, f"?{mark}")
    return plain
