"""Draws that anybody can know, for their key is revealed: who lodges for such a day, or brings such a draw other goods, is refused.

Goods are drawn for before anybody can know the draw. Could a declaration be amended afterwards to goods of which nothing was
declared then, whoever lodges several would bring the goods that matter under the one that was drawn high.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import polars as pl

from darvoza.flow.forms import Lodged
from darvoza.flow.selectivity.fingerprint import fingerprints_of_few
from darvoza.office.api.models import Lodgement
from darvoza.office.api.problems import Problem
from darvoza.office.journal.queries import moments_of_revealing

MARKS = "the transport document, a container or the vehicle"


def day_refusal(day: date, *, revealed: Collection[date], other: Collection[date]) -> Problem | None:
    """Say why nothing can be lodged for a day; nothing where it can.

    Parameters
    ----------
    revealed
        Days whose keys are revealed.
    other
        Days for which another key was committed to.
    """
    if day in revealed:
        code, which = "key-revealed", "whose key is not revealed yet"
    elif day in other:
        code, which = "other-key", "that is drawn by the key committed to"
    else:
        return None
    fault = {"field": "lodged_at", "code": code, "expected": f"a moment of a day {which}", "got": day.isoformat()}
    return Problem("invalid", errors=(fault,))


def goods_refusals(items: pl.DataFrame, known: Mapping[str, Sequence[Lodgement]], now: datetime) -> dict[str, Problem]:
    """Refuse amendments that bring a draw that anybody can know other goods than those it was made for.

    Those are the goods with which it was lodged, and those to which it was amended before the key was revealed.

    Parameters
    ----------
    items
        The goods items as they are amended.
    known
        Every decision so far, by reference.
    now
        The moment.

    Returns
    -------
    dict
        By reference.
    """
    names = items.get_column("declaration_id").unique().to_list()
    days = {name: date.fromisoformat(known[name][0].decisions[0]["key_day"]) for name in names}
    past = {name: day for name, day in days.items() if day < now.date()}
    revealed = moments_of_revealing(set(past.values())) if past else {}
    if not revealed:
        return {}
    refused = {}
    for one in fingerprints_of_few(items, Lodged.of(items).starts):
        at = revealed.get(days[one.declaration_id])
        if at is not None and _marks_before(known[one.declaration_id], at).isdisjoint(one.marks):
            refused[one.declaration_id] = _other_goods(one.declaration_id, days[one.declaration_id])
    return refused


def _marks_before(rows: Sequence[Lodgement], at: datetime) -> set[str]:
    """Give the marks of the goods with which a declaration was lodged, and of those to which it was amended before a moment."""
    then = (row for number, row in enumerate(rows) if not number or row.decided_at < at)
    return {mark for row in then for mark in row.decisions[0]["marks"]}


def _other_goods(reference: str, day: date) -> Problem:
    fault = {
        "field": "transport_document",
        "code": "other-goods",
        "expected": f"{MARKS} with which {reference} was declared before the key of {day} was revealed, and its importer and headings",
        "got": "goods that share none of them",
    }
    hint = (
        f"the draw of {reference} was made for other goods: cancel it, and lodge these under a reference of their own"
    )
    return Problem("invalid", hint, errors=(fault,))
