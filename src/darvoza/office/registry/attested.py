"""What the journal keeps of a decision: all that an auditor needs to hold the register against it, or to make it again."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

DRAWN: Final = ("fingerprint", "key_day", "commitment")
"""What a decision says of its draw; the same for every act of a declaration."""

EACH: Final = "each"
"""Says in the entry of a run that was taken in that an entry on each of its declarations follows."""

RESULTS: Final = "results"
"""Under which name an entry holds what the journal keeps of results: digests, and nothing of what was found in clear."""

RESULTS_SUBJECT: Final = "results "
"""How the subject of an entry begins that tells of all results of a file."""

ERASED: Final = "erased"
"""What stands in place of an identifier that must stand, once identities were erased."""

FROM_FILE: Final = "file"
"""Says in the entry of a result that it was taken in with a file: who recorded it, and when, the result tells."""

RETENTION: Final = "retention"
"""Under which subject an entry tells of data whose time was over."""

ORDER: Final = "order"
"""Under which name an entry holds what the journal keeps of the order that it is on."""

ORDERS: Final = "orders"
"""Under which name an entry on a declaration holds what the journal keeps of orders that were given or moved; see `within`."""

WAS: Final = "was"
"""Digest of what an order was before a change, an order that was just given was nothing; or of what was kept of a result until then."""

GIVEN: Final = "given"
"""Under which name the journal keeps when an order was given, where that moves its time; empty where nothing does."""

WAS_GIVEN: Final = "was_given"
"""What stood so before a change."""

TOLD_AGAIN: Final = "told again"
"""Says that nobody did anything: of results that stand the journal keeps something else since."""

DECLARED: Final = "as_declared"
"""Under which name an entry on a declaration holds the digest of what is declared."""

IDENTITIES: Final = (
    "importer_name",
    "exporter_id",
    "exporter_name",
    "declarant_id",
    "carrier_id",
    "vehicle_id",
    "trailer_id",
    "transport_document",
    "container_ids",
    "seal_ids",
)
"""Fields of a declaration that tell who traded, or by what a person can be found; no digest of the journal is made of them."""

PAPERS: Final = "document_numbers"
"""Field of a goods item by which a person can be found."""

_OF_ACTS: Final = ("agency", "act", "probability", "u", "selected", "basis")


def run_subject(digest: str) -> str:
    """Give under which subject an entry tells of a run that was taken in.

    Examples
    --------
    >>> run_subject("739a8ac2d38e80a2aa6e")
    'run 739a8ac2d38e80a2'
    """
    return f"run {digest[:16]}"


def name_digest(declaration_id: str) -> str:
    """Give by what the journal names a declaration that was deleted because its time was over.

    Examples
    --------
    >>> name_digest("KG-1")
    '739a8ac2d38e80a2'
    """
    return hashlib.sha256(declaration_id.encode()).hexdigest()[:16]


def declaration_of(order: str) -> str:
    """Give the reference in the name of an order; it may hold colons of its own.

    Examples
    --------
    >>> declaration_of("KG:1:customs:physical")
    'KG:1'
    """
    return order.rsplit(":", 2)[0]


def within(order: str) -> str:
    """Name an order within the entry of its declaration: a name of the journal is plain ASCII, which a reference may not be.

    Examples
    --------
    >>> within("KG-Ж/1:customs:physical")
    'customs:physical'
    """
    return ":".join(order.rsplit(":", 2)[1:])


def told_of(decisions: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the draw and the acts as the journal keeps them.

    Parameters
    ----------
    decisions
        The decisions on one declaration, in plain values.

    Examples
    --------
    >>> act = {"agency": "customs", "act": "scan", "probability": 0.5, "u": 0.25, "selected": True, "basis": "random"}
    >>> told_of([act | {"floors": [{"kind": "random", "source": "random", "probability": 0.5}], "fingerprint": "ab"}])["acts"][0]["floors"]
    [['random', 'random', '0.5']]
    """
    rows = list(decisions)
    first: Mapping[str, Any] = next(iter(rows), {})
    return {**{name: first.get(name) for name in DRAWN}, "acts": [_act(row) for row in rows]}


def _act(row: Mapping[str, Any]) -> dict[str, Any]:
    floors = [[floor["kind"], floor["source"], _text(floor["probability"])] for floor in row["floors"]]
    return {name: _text(row.get(name)) for name in _OF_ACTS} | {"floors": floors}


def _text(value: object) -> object:
    """Write a fraction as text, as the journal keeps it."""
    return repr(value) if isinstance(value, float) else value
