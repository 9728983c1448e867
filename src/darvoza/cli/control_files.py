"""Consignments under control for a command: records, declarations and a run in, entry documents out."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import polars as pl

from darvoza.cli.results import read_decisions, read_orders
from darvoza.domain.sps.entry import EntryDocument
from darvoza.domain.sps.records import ControlRecords
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.inspection.documents import all_documented, declaration_of
from darvoza.flow.inspection.papers.sampling_papers import Proof
from darvoza.flow.inspection.records_file import last_moment, read_records
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Controlled:
    """An entry document with its records, and those of the other services on the same consignment.

    Attributes
    ----------
    records, document
        Those that the command is about.
    together
        The documents of all services that recorded something or, where a run is given, were ordered to.
    last
        The last moment that any of them recorded; ``None`` where none did.
    """

    records: ControlRecords
    document: EntryDocument
    together: tuple[EntryDocument, ...]
    last: datetime | None


def controlled(options: Namespace) -> Controlled:
    """Put together the entry document that a command is about.

    Raises
    ------
    SettingsError
        When the records hold several and none is named, or not the one named.
    OutputError
        When a run is given that did not decide on the declaration.
    """
    everything = read_records(options.records)
    records = chosen({each.number: each for each in everything}, options.number, "number")
    items = take_in(options.files, load_mapping(options.mapping)).items
    declaration = declaration_of(items, records.declaration_id)
    orders = read_orders(options.directory) if options.directory else None
    if orders is not None:
        _decided(options, records)
    together = all_documented(everything, declaration, orders)
    document = next(each for each in together if each.number == records.number)
    moments = [last_moment(each) for each in everything if each.declaration_id == records.declaration_id]
    last = max((at for at in moments if at is not None), default=None)
    return Controlled(records, document, together, last)


def chosen(known: Mapping[str, Kept], name: str | None, field: str) -> Kept:
    """Give the one of some things that is named; the only one where none is.

    Raises
    ------
    SettingsError
        When it is not there, or there are several and none is named.
    """
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None or name not in known:
        raise SettingsError(field=field, expected=f"one of {', '.join(known) or 'none that is recorded'}", got=name)
    return known[name]


def draw_of(options: Namespace, records: ControlRecords) -> tuple[float, Proof]:
    """Read the permanent random number of a consignment off a run, and what an auditor needs to verify it.

    Raises
    ------
    SettingsError
        When no run is given.
    OutputError
        When the run did not decide on the declaration.
    """
    if options.directory is None:
        raise SettingsError(field="run", expected="a run, whose draw also draws the packages", got=None)
    row = _decided(options, records).row(0, named=True)
    return float(row["u"]), Proof(row["key_day"], str(row["commitment"]))


def _decided(options: Namespace, records: ControlRecords) -> pl.DataFrame:
    """Read the decisions of a run on a declaration, of which there must be some: another run says nothing about it."""
    decisions = read_decisions(options.directory).filter(pl.col("declaration_id") == records.declaration_id)
    if decisions.is_empty():
        raise OutputError(field="run", expected=f"a run that decided on {records.declaration_id}", got="none of it")
    return decisions
