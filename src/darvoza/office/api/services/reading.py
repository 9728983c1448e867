"""What is stored of lodgings and of runs, read as the gate remembers it: no more of it than is asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import polars as pl
from django.db import connection
from django.db.models import Exists, Max, Model, OuterRef, QuerySet

from darvoza.domain.capacity import Duty
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS
from darvoza.flow.enrichment.register import IDENTITY
from darvoza.flow.gate.deciding import DRAW_COLUMNS, RESULTS
from darvoza.flow.gate.records import decisions_of, drawn_of, items_of, watched_of
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.oversight.breaker import Watched
from darvoza.flow.pipeline import Policy
from darvoza.flow.selectivity.memory_file import read_memory
from darvoza.flow.selectivity.spending import Memory, joined_memories
from darvoza.flow.tables import DECISION_SCHEMA
from darvoza.office.api.models import DecidedBatch, KeptState, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.services.kinship import asked_for
from darvoza.office.journal.models import Entry
from darvoza.office.profiles.models import Force
from darvoza.office.registry.attested import RETENTION
from darvoza.office.registry.models import AWAITED, Decision, Declaration, Finding, Item, Result, Run

Row = TypeVar("Row")
ERASING = ("identities", "declarations")
"""Classes of data with which goes what a gate remembers."""
PAGE = 2_000
DECIDED = tuple(dict.fromkeys((*DRAW_COLUMNS, "agency", "act", "probability")))
ASKED = ("declaration_id", "post", "lodged_at", "floors")
WRITERS = """
    SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
    WHERE datname = current_database() AND relation = %s::regclass AND mode = 'RowExclusiveLock'
        AND pid IS DISTINCT FROM pg_backend_pid()
    LIMIT 1
"""
"""Whoever writes holds this lock on the table from before his first row is numbered until his rows can be seen."""

NEWEST = """
    SELECT
        (SELECT MAX(id) FROM {run} WHERE NOT EXISTS (SELECT 1 FROM {state} WHERE {state}.digest = {run}.digest)),
        (SELECT MAX(id) FROM {result}),
        (SELECT COUNT(*) FROM {force}),
        (SELECT COUNT(*) FROM {force} WHERE at <= %s),
        (SELECT MAX(sequence) FROM {entry} WHERE subject = %s)
"""

_MARKED = ("transport_document", "container_ids", "vehicle_id", "trailer_id")
_DRAWS = {name: DECISION_SCHEMA[name] for name in ("declaration_id", "lodged_at", "fingerprint", "key_day")}


class Known(NamedTuple):
    """What was decided elsewhere: goods items, what of the decisions is remembered, and what profiles asked for."""

    items: pl.DataFrame
    decisions: pl.DataFrame
    asked: Watched


def columns_for(policy: Policy) -> tuple[str, ...]:
    """Name the fields of goods items that are remembered under a state; plans and certificates look at all of them."""
    return tuple(ITEM_SCHEMA) if policy.plans or policy.attested.known else HISTORY_COLUMNS


def lodged_after(batch: int, policy: Policy, *, before: int | None = None) -> Iterator[Known]:
    """Give what was lodged after a batch, and before another one, some of it at a time."""
    rows = Lodgement.objects.filter(batch__gt=batch).exclude(kind=LodgementKind.CANCELLED).order_by("pk")
    if before is not None:
        rows = rows.filter(batch__lt=before)
    for page in _pages(rows.values_list("kind", "items", "decisions", "kin").iterator(PAGE)):
        # goods that were looked at again stand as they stood, but for the probability, which plans ask for
        told = (item for kind, goods, *_ in page if policy.plans or kind != LodgementKind.REASSESSED for item in goods)
        items = items_of(told, columns_for(policy)).unique(IDENTITY, keep="first", maintain_order=True)
        decisions = decisions_of((each for *_, made, _ in page for each in made), DECIDED)
        lodged = ((made, kin) for kind, _, made, kin in page if kind == LodgementKind.LODGED)
        first = (each for made, kin in lodged for each in asked_for(made, kin))
        yield Known(items, decisions, watched_of(decisions_of(first, ASKED), policy.profiles.shares))


class Newest(NamedTuple):
    """What there is by now that a gate has to hear of.

    Attributes
    ----------
    run
        The last run that was taken in; those of states in force hold what was lodged here.
    result
        The last result, as far as can be seen.
    entries, begun
        Entries into force in the library of profiles, and how many of them have begun.
    gone
        The last entry of the journal on data that went.
    """

    run: int
    result: int
    entries: int
    begun: int
    gone: int


def newest(now: datetime) -> Newest:
    """Look for all of it with one question: it is asked before every batch."""
    with connection.cursor() as cursor:
        cursor.execute(_newest(), [connection.ops.adapt_datetimefield_value(now), RETENTION])
        return Newest(*(number or 0 for number in cursor.fetchone()))


@cache
def _newest() -> str:
    names = {
        name: connection.ops.quote_name(table._meta.db_table)  # noqa: SLF001 - public, in spite of its name
        for name, table in {"run": Run, "state": KeptState, "result": Result, "force": Force, "entry": Entry}.items()
    }
    return NEWEST.format_map(names)


def turns(batch: int, run: int, *, until: int, newest: int) -> Iterator[tuple[int, int]]:
    """Give in which order to hear of runs and of batches: up to which run, then up to which batch, and so on to the last of both.

    Parameters
    ----------
    batch, run
        The last ones that were heard of.
    until, newest
        The last ones to hear of.

    Notes
    -----
    Whoever decided a batch had heard of its runs. What a post brought is decided by nobody, in a batch that may tell of fewer runs
    than there were: it is heard of with the next that was decided.
    """
    if newest > run and until > batch:
        brought = Exists(Lodgement.objects.filter(batch=OuterRef("number"), kind=LodgementKind.RETURNED))
        decided = DecidedBatch.objects.filter(~brought, number__gt=batch, number__lte=until, runs__lt=newest)
        yield from decided.values_list("runs").annotate(last=Max("number")).order_by("last")
    yield newest, until


def spent_by_runs(memory: Mapping[Duty, Memory], first: int, last: int) -> Mapping[Duty, Memory]:
    """Give what posts remember when they go on from the runs after one, up to another one."""
    runs = Run.objects.filter(pk__gt=first, pk__lte=last).exclude(memory="").order_by("pk")
    for text in runs.values_list("memory", flat=True):
        memory = joined_memories(memory, read_memory(text, "run"))
    return memory


def last_loaded(first: int, last: int) -> int:
    """Give the last declaration that came into the register with runs after one, up to another one; 0 where none did.

    Runs are taken in one after another, so that none of their declarations comes to light later than this one.
    """
    here = Exists(KeptState.objects.filter(digest=OuterRef("digest")))
    loaded = Run.objects.filter(~here, pk__gt=first, pk__lte=last)
    return Decision.objects.filter(run__in=loaded).aggregate(last=Max("declaration"))["last"] or 0


def loaded_after(
    declaration: int, policy: Policy, *, until: int | None = None, runs: int | None = None
) -> Iterator[Known]:
    """Give what came into the register after a declaration by runs, up to another one or up to a run, and was not lodged."""
    here = Lodgement.objects.filter(declaration_id=OuterRef("declaration_id"), revision=1)
    here = here.exclude(kind=LodgementKind.RETURNED)  # what was never lodged is known from the register all the same
    rows = Declaration.objects.filter(~Exists(here), pk__gt=declaration).order_by("pk")  # as they came
    if until is not None:
        rows = rows.filter(pk__lte=until)
    if runs is not None:
        came = Exists(Decision.objects.filter(declaration=OuterRef("pk"), run__lte=runs))
        rows = rows.filter(came | Exists(_came_with(runs)))
    for page in _pages(rows.values_list("pk", "record", "declaration_id", "lodged_at", "post").iterator(PAGE)):
        yield _loaded(page, policy)


def _came_with(runs: int) -> QuerySet[Lodgement]:
    """Give the first forms of declarations that came with a run up to one, and that a post brought otherwise since.

    What stands in the register of them since was decided under the run of the post.
    """
    digests = Run.objects.filter(pk__lte=runs).values("digest")
    first = Lodgement.objects.filter(kind=LodgementKind.RETURNED, revision=1, state__in=digests)
    return first.filter(declaration_id=OuterRef("declaration_id"))


def _loaded(page: Sequence[tuple[Any, ...]], policy: Policy) -> Known:
    """Give declarations as they came, also those of which a post brought something else since: that is heard of apart."""
    forms = _first_forms(page)
    items = items_of(_goods(page, forms), tuple(dict.fromkeys((*columns_for(policy), *_MARKED))))
    names = {pk: (name, at, forms[pk].post if pk in forms else post) for pk, _, name, at, post in page}
    rows = list(_decided(names, forms))
    draws = pl.DataFrame(
        [(*names[row["declaration"]][:2], row["fingerprint"], row["key_day"]) for row in rows],
        schema=_DRAWS,
        orient="row",
    )
    drawn = drawn_of(items, draws.unique("declaration_id", keep="first", maintain_order=True)).select(DRAW_COLUMNS)
    acts = pl.DataFrame(
        [(names[row["declaration"]][0], row["agency"], row["act"], row["probability"]) for row in rows],
        schema={name: DECISION_SCHEMA[name] for name in ("declaration_id", "agency", "act", "probability")},
        orient="row",
    )
    asked = pl.DataFrame(
        [(*_placed(names[row["declaration"]]), row["floors"]) for row in rows],
        schema={name: DECISION_SCHEMA[name] for name in ASKED},
        orient="row",
    ).sort("lodged_at", maintain_order=True)
    decisions = acts.join(drawn, on="declaration_id", how="inner", maintain_order="left")
    return Known(items.select(columns_for(policy)), decisions, watched_of(asked, policy.profiles.shares))


class _Form(NamedTuple):
    """A declaration as it came with a run, before a post brought something else of it."""

    post: str
    items: list[dict[str, Any]]
    decisions: list[dict[str, Any]]


def _first_forms(page: Sequence[tuple[Any, ...]]) -> dict[int, _Form]:
    """Give the first forms of those declarations of which a post brought something else, by their keys in the register."""
    keys = {name: pk for pk, _, name, *_ in page}
    first = Lodgement.objects.filter(declaration_id__in=keys, kind=LodgementKind.RETURNED, revision=1).exclude(items=[])
    told = first.values_list("declaration_id", "post", "items", "decisions")
    return {keys[name]: _Form(post, items, decisions) for name, post, items, decisions in told}


def _goods(page: Sequence[tuple[Any, ...]], forms: Mapping[int, _Form]) -> Iterator[Mapping[str, Any]]:
    """Give the goods items of declarations, those of a declaration next to each other."""
    heads = {pk: record for pk, record, *_ in page}
    goods = Item.objects.filter(declaration__in=heads).order_by("declaration__lodged_at", "declaration", "number")
    for key, rows in groupby(goods.values_list("declaration", "record"), key=itemgetter(0)):
        yield from forms[key].items if key in forms else ({**heads[key], **record} for _, record in rows)


def _decided(keys: Iterable[int], forms: Mapping[int, _Form]) -> Iterator[Mapping[str, Any]]:
    """Give what was decided of declarations, in the order in which they came."""
    names = ("fingerprint", "key_day", "agency", "act", "probability", "floors")
    given: set[int] = set()
    for row in Decision.objects.filter(declaration__in=keys).order_by("pk").values("declaration", *names):
        key = row["declaration"]
        if key not in forms:
            yield row
        elif key not in given:
            given.add(key)
            made = decisions_of(forms[key].decisions).select(names)
            yield from ({"declaration": key, **each} for each in made.iter_rows(named=True))


def _placed(name: tuple[Any, ...]) -> tuple[Any, ...]:
    reference, at, post = name
    return reference, post, at


def last_erased() -> int:
    """Give the last entry of the journal on declarations, or on who traded, that were erased; 0 where none were."""
    told = Entry.objects.filter(subject=RETENTION, body__data__in=ERASING).order_by("-sequence")
    return told.values_list("sequence", flat=True).first() or 0


def settled_results(known: int, newest: int) -> int:
    """Give the number up to which every result there will ever be can be seen, where those up to one are known.

    Parameters
    ----------
    known
        The last result that is known.
    newest
        The last that can be seen.

    Notes
    -----
    Results are numbered when they are written and seen when they are kept: on PostgreSQL one may be kept after another with a
    higher number. So while somebody writes results, none is heard of that the last batch had not heard of; and whoever
    decides a batch again later knows by one number which results it knew.
    """
    if newest <= known or nobody_writes(Result):
        return max(newest, known)
    last = DecidedBatch.objects.order_by("-number").values_list("results", flat=True).first()
    return max(last or 0, known)


def nobody_writes(table: type[Model]) -> bool:
    """Tell whether no other transaction has written into a table without having ended yet."""
    if connection.vendor != "postgresql":
        return True  # one writes at a time, and is waited for
    with connection.cursor() as cursor:
        cursor.execute(WRITERS, [table._meta.db_table])  # noqa: SLF001 - public, in spite of its name
        return cursor.fetchone() is None


def results_after(number: int, until: int) -> pl.DataFrame:
    """Give what the results after one found, up to another one; what a laboratory has not said yet is not among it."""
    found = Finding.objects.filter(~AWAITED, result__gt=number, result__lte=until).order_by("result_id", "item")
    names = ("result__order__declaration__declaration_id", "item", "result__order__agency", "result__order__act")
    told = found.values_list(*names, "found", "result__at").iterator(PAGE)
    return pl.DataFrame([(*where, True, finding, at) for *where, finding, at in told], schema=RESULTS, orient="row")


def _pages(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while page := list(islice(source, PAGE)):
        yield page
