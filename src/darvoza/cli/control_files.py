"""Consignments under control for a command: records, declarations and a run in, entry documents out."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from darvoza.cli.results import read_decisions, read_orders
from darvoza.domain.sps.entry import EntryDocument
from darvoza.domain.sps.records import ControlRecords
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.inspection.documents import declaration_of, documented, ordered_acts
from darvoza.flow.inspection.papers.sampling_papers import Proof
from darvoza.flow.inspection.records_file import read_records
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping

Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Controlled:
    """An entry document with its records, and those of the other services on the same consignment."""

    records: ControlRecords
    document: EntryDocument
    together: tuple[EntryDocument, ...]


def controlled(options: Namespace) -> Controlled:
    """Put together the entry document that a command is about.

    Raises
    ------
    SettingsError
        When the records hold several and none is named, or not the one named.
    """
    everything = read_records(options.records)
    records = chosen({each.number: each for each in everything}, options.number, "number")
    items = take_in(options.files, load_mapping(options.mapping)).items
    declaration = declaration_of(items, records.declaration_id)
    orders = read_orders(options.directory) if options.directory else None
    documents = {
        each.number: documented(each, declaration, () if orders is None else ordered_acts(orders, each))
        for each in everything
        if each.declaration_id == records.declaration_id
    }
    return Controlled(records, documents[records.number], tuple(documents.values()))


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
    decisions = read_decisions(options.directory).filter(pl.col("declaration_id") == records.declaration_id)
    if decisions.is_empty():
        raise OutputError(field="run", expected=f"a run that decided on {records.declaration_id}", got="none of it")
    row = decisions.row(0, named=True)
    return float(row["u"]), Proof(row["key_day"], str(row["commitment"]))
