"""Entry documents put together: what was declared, what was selected, what was recorded; and what is to be sampled."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import polars as pl

from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.sps.control import LaboratoryTest, Sample
from darvoza.domain.sps.entry import EntryConsignment, EntryControl, EntryDocument, OrderedAct
from darvoza.domain.sps.records import ControlRecords
from darvoza.domain.sps.sampling import IncrementPart, PackageRule
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.orders import LANGUAGES
from darvoza.flow.inspection.samples import division, packages_to_open
from darvoza.methods.sampling.units import key_of_number, units_drawn

_OF_ITEM = tuple(GoodsItem.__dataclass_fields__)
_OF_DECLARATION = tuple(name for name in Declaration.__dataclass_fields__ if name != "items")
_LISTS = ("transit_countries", "container_ids", "seal_ids")


def declaration_of(items: pl.DataFrame, declaration_id: str) -> Declaration:
    """Read the last version of a declaration off a table of goods items.

    Raises
    ------
    InvalidValue
        When the table does not hold it.
    """
    found = items.filter(pl.col("declaration_id") == declaration_id)
    if found.is_empty():
        raise InvalidValue(
            field="declaration", expected=f"one of {items.get_column('declaration_id').n_unique():,} taken in",
            got=declaration_id, hint="give the file that holds it",
        )  # fmt: skip
    rows = found.filter(pl.col("version").fill_null(1) == pl.col("version").fill_null(1).max()).sort("item").to_dicts()
    head = {name: rows[0][name] for name in _OF_DECLARATION if rows[0].get(name) is not None}
    head.update({name: tuple(rows[0][name] or ()) for name in _LISTS})
    return Declaration(**head, items=tuple(_item(row) for row in rows))


def _item(row: dict[str, object]) -> GoodsItem:
    values = {name: row.get(name) for name in _OF_ITEM}
    documents = values.pop("documents")
    return GoodsItem(**values, documents=tuple(documents) if isinstance(documents, list) else ())  # type: ignore[arg-type]


def ordered_acts(orders: pl.DataFrame, records: ControlRecords) -> tuple[OrderedAct, ...]:
    """Read what a service was told to do off the orders of a run; blind to what chose it."""
    mine = orders.filter(
        (pl.col("declaration_id") == records.declaration_id) & (pl.col("agency") == records.agency.value)
    )
    return tuple(
        OrderedAct(
            Act(row["act"]), tuple(row["items"]),
            tuple((language, " ".join(row[f"instructions_{language}"].split())) for language in LANGUAGES),
        )
        for row in mine.iter_rows(named=True)
    )  # fmt: skip


def documented(records: ControlRecords, declaration: Declaration, ordered: Sequence[OrderedAct] = ()) -> EntryDocument:
    """Put an entry document together.

    Raises
    ------
    InvalidValue
        When a record names a goods item, a sample, or the origin of a substitution, that is not there.
    """
    control = replace(records.control, ordered=tuple(ordered))
    samples = {sample.number for sample in control.samples}
    origins = {item.origin for item in declaration.items}
    for name, known, named in (
        ("items", {item.item for item in declaration.items}, _items_named(records)),
        ("tests", samples, {test.sample for test in control.tests}),
        ("in_place_of", origins, {each.origin for each in control.substitutions}),
    ):
        strange = named - known
        if strange:
            expected = f"some of {sorted(known, key=str)}, as declared and recorded"
            raise InvalidValue(field=f"{records.number}: {name}", expected=expected, got=sorted(strange, key=str))
    part = EntryConsignment(declaration, records.arrived_at, records.responsible, records.certificates)
    return EntryDocument(records.number, records.agency, part, control, records.follow_up, records.withdrawn_at)


def _items_named(records: ControlRecords) -> set[int]:
    """Give the numbers of all goods items that a record speaks of."""
    control = records.control
    about = [
        *(check.items for check in control.checks),
        *(decision.items for decision in control.decisions),
        *(each.items for each in records.follow_up),
        *(notice.items for notice in records.notices),
        *((sample.item,) for sample in control.samples),
    ]
    return {item for items in about for item in items}


def all_documented(
    records: Iterable[ControlRecords], declaration: Declaration, orders: pl.DataFrame | None = None
) -> tuple[EntryDocument, ...]:
    """Put together the entry documents of every service whose word on a consignment is needed.

    Parameters
    ----------
    records
        What services recorded, of this declaration or of others.
    declaration
        What was declared.
    orders
        The orders of a run. A service that was to check and recorded nothing has an empty document: it has said nothing, and
        the goods wait for it. An audit after release is no reason to wait.

    Raises
    ------
    InvalidValue
        When a record names something that is not there.
    """
    mine = [each for each in records if each.declaration_id == declaration.declaration_id]
    if orders is None:
        return tuple(documented(each, declaration) for each in mine)
    waiting = orders.filter(
        (pl.col("declaration_id") == declaration.declaration_id) & (pl.col("act") != Act.AUDIT.value)
    )
    silent = set(map(Agency, waiting.get_column("agency"))) - {each.agency for each in mine}
    mine.extend(ControlRecords(declaration.declaration_id, "", agency, EntryControl()) for agency in sorted(silent))
    return tuple(documented(each, declaration, ordered_acts(orders, each)) for each in mine)


def as_known(document: EntryDocument, at: datetime) -> EntryDocument:
    """Give an entry document as it stood at a moment: what was recorded for a later one had not happened."""
    control = document.control
    known = replace(
        control,
        checks=tuple(check for check in control.checks if check.at is None or check.at <= at),
        samples=tuple(
            sample if sample.taken_at is None or sample.taken_at <= at else replace(sample, taken_at=None)
            for sample in control.samples
        ),
        tests=tuple(_test_known(test, at) for test in control.tests if test.requested_at <= at),
        decisions=tuple(decision for decision in control.decisions if decision.at <= at),
    )
    return replace(document, control=known, follow_up=tuple(each for each in document.follow_up if each.at <= at))


def _test_known(test: LaboratoryTest, at: datetime) -> LaboratoryTest:
    if test.accepted_at is not None and test.accepted_at > at:
        test = replace(test, accepted_at=None)
    if test.reported_at is not None and test.reported_at > at:
        test = replace(test, reported_at=None, result=None, expanded_uncertainty=None)
    return test


def samples_to_take(
    document: EntryDocument, rule: PackageRule, *, u: float, part: IncrementPart | None = None
) -> tuple[Sample, ...]:
    """Draw the packages to open of every lot that is to be sampled and was not yet.

    The numbers come out of the permanent random number of the consignment, so that lodging the same goods again gives the
    same packages, and whoever can verify the number can verify the packages.

    Parameters
    ----------
    document
        Its recorded samples that were not taken yet are lots to sample; where it has none, the items of the acts of sampling
        selected are, each as one lot.
    rule
        How many packages are opened.
    u
        The permanent random number of the consignment, in [0, 1).
    part
        The group of goods whose increments are taken, and by which large lots are divided into sublots, each sampled by
        itself; ``None`` where no increments are.

    Raises
    ------
    InvalidValue
        When an item to be sampled does not say how many packages, or with `part` what net mass, it has.
    SettingsError
        When the table of `part` has no row for the mass.
    """
    planned = [sample for sample in document.control.samples if sample.taken_at is None]
    key = key_of_number(u)
    basis = f"{rule.provenance.source}: {rule.title}"
    made = []
    lots = planned or _lots(document)
    for sample in lots if part is None else _sublots(document, lots, part):
        size = packages_to_open(rule, sample.packages)
        drawn = units_drawn(key, lot=(str(sample.item), sample.lot), lot_size=sample.packages, size=size)
        made.append(sample if sample.drawn else replace(sample, drawn=drawn, basis=sample.basis or basis))
    return tuple(made)


def _lots(document: EntryDocument) -> Iterable[Sample]:
    """Take every item of an act of sampling as one lot."""
    acts = [act for act in document.control.ordered if act.act is Act.SAMPLING]
    taken = {sample.item for sample in document.control.samples}
    wanted = sorted({item for act in acts for item in act.items or document.items} - taken)
    by_number = {item.item: item for item in document.consignment.declaration.items}
    for number in wanted:
        packages = by_number[number].packages
        if packages is None or packages < 1:
            raise InvalidValue(
                field=f"items.{number}.packages", expected="how many packages there are", got=packages,
                hint="record a sample with `packages` as counted at the post",
            )  # fmt: skip
        yield Sample(f"{document.number}-{number}", number, "1", int(packages), ())


def _sublots(document: EntryDocument, lots: Iterable[Sample], part: IncrementPart) -> Iterable[Sample]:
    """Divide lots as the table says, and say what is taken of each part."""
    by_number = {item.item: item for item in document.consignment.declaration.items}
    for sample in lots:
        net_mass = by_number[sample.item].net_mass
        if net_mass is None:
            raise InvalidValue(field=f"items.{sample.item}.net_mass", expected="the net mass of the lot, kg", got=None)
        found = division(part, net_mass / 1000)
        taken = replace(sample, increments=found.each.increments, aggregate_kg=found.each.aggregate_kg)
        if found.sublots == 1:
            yield taken
            continue
        for place in range(1, found.sublots + 1):
            packages = (sample.packages * place) // found.sublots - (sample.packages * (place - 1)) // found.sublots
            lot, number = f"{sample.lot}, {place}/{found.sublots}", f"{sample.number}.{place}"
            yield replace(taken, number=number, lot=lot, packages=max(1, packages))
