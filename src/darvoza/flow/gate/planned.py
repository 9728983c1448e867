"""Where traders' goods stand in the sampling plans, moved by every result that became known; nobody has to replay them."""

from collections.abc import Collection, Mapping
from datetime import datetime

import polars as pl

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.folding import folded_trader
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.enrichment.enrich import Sources
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.learning.plan_states import SCHEMA, plan_states, superseded
from darvoza.flow.plan_book import in_scope, in_turn, rule_of, terms_of
from darvoza.flow.tables import Table, with_folded

_GOODS = (
    "declaration_id", "version", "item", "importer_id", "hs", "origin", "lodged_at", "net_mass", "inclusion_probability",
)  # fmt: skip
_RESULT: Mapping[str, pl.DataType] = {
    "examined": pl.Boolean(),
    "finding": pl.Boolean(),
    "result_at": pl.Datetime("us", "UTC"),
}
_PLACE = ["plan", "declaration_id", "item"]
ROWS = {
    "plan": pl.String(), **{name: ITEM_SCHEMA[name] for name in _GOODS}, "superseded_at": pl.Datetime("us", "UTC"), **_RESULT,
}  # fmt: skip
"""A row a goods item, plan and version, without a result; and one more for each result that was told of the item."""

_KNOWN = pl.col("examined").is_not_null()


class PlanBook:
    """Goods in the scope of sampling plans as they came, with what the act that each plan asks for has found.

    What another service finds, or a look at the documents, moves no plan: it looked for something else.

    Parameters
    ----------
    plans
        The plans.
    competence
        Who is competent for which goods.
    since
        Where streams stood when goods began to come here, as ``darvoza sps states`` writes it; ``None``: at their start.
    settings
        How facts are made; the day on which a plan begins or ends is a local one.
    """

    def __init__(
        self,
        plans: tuple[SamplingPlan, ...],
        competence: CompetenceRegister | None,
        since: pl.DataFrame | None = None,
        *,
        settings: FactSettings = DEFAULT,
    ) -> None:
        self.plans, self._since = plans, None if since is None else with_folded(since, "importer_id")
        self._sources = Sources(settings, competence)
        self._declarations: set[str] = set()
        self._importers = set() if self._since is None else set(self._since.get_column("importer_id"))
        self._rows = pl.DataFrame(schema=ROWS)

    @property
    def rows(self) -> pl.DataFrame:
        """The goods items, by plan."""
        return self._rows

    def take(self, rows: pl.DataFrame) -> None:
        """Take the place of a book that was closed."""
        self._rows = rows = with_folded(rows, "importer_id")
        self._declarations.update(rows.get_column("declaration_id"))
        self._importers.update(rows.get_column("importer_id"))

    def enter(self, items: pl.DataFrame, decisions: Table) -> None:
        """Note goods that were decided, in all their versions, with the probability of the act that each plan asks for."""
        about = in_scope(items, self.plans, sources=self._sources) if self.plans else []
        names = items.get_column("declaration_id").unique()
        # most goods are in the scope of no plan
        if not any(rows.size for rows in about) and self._declarations.isdisjoint(names):
            return
        dated, made = superseded(items), []
        for plan, rows in zip(self.plans, about, strict=True):
            drawn = decisions.frame.filter(agency=plan.agency.value, act=plan.act.value)
            share = pl.col("probability").max().cast(ROWS["inclusion_probability"]).alias("inclusion_probability")
            scoped = dated[rows].drop("inclusion_probability")
            came = scoped.join(
                drawn.group_by("declaration_id").agg(share), on="declaration_id", how="left", maintain_order="left"
            )
            made.append(came.select(pl.lit(plan.code).alias("plan"), *_GOODS, "superseded_at"))
        new = with_folded(pl.concat(made), "importer_id")
        new = new.with_columns(pl.lit(None, kind).alias(name) for name, kind in _RESULT.items())
        new = new.with_columns(pl.col("version").fill_null(1)).select(*ROWS)
        if self._declarations.isdisjoint(names):
            self._rows = pl.concat([self._rows, new])
        else:
            before, others = self._apart(names)
            known = pl.concat([_amended(before, items), new])
            known = known.unique([*_PLACE, "version", *_RESULT], keep="last", maintain_order=True)
            self._rows = pl.concat([others, known])
        self._declarations.update(names)
        self._importers.update(with_folded(items, "importer_id").get_column("importer_id"))

    def _apart(self, declarations: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Set the rows of declarations apart from all others, which are many more and stay as they are."""
        of_these = pl.col("declaration_id").is_in(declarations.to_list())
        return self._rows.filter(of_these), self._rows.filter(~of_these)

    def note(self, results: pl.DataFrame) -> None:
        """Note what examinations found: ``declaration_id``, ``item``, ``agency``, ``act``, ``examined``, ``finding``, ``result_at``.

        What was told of an item before is kept: it was known until now. A result is known no earlier than the one it corrects.
        """
        names = results.get_column("declaration_id")
        if self._declarations.isdisjoint(names):
            return
        mine, others = self._apart(names)
        asked = [(plan.code, plan.agency.value, plan.act.value) for plan in self.plans]
        of_plans = pl.DataFrame(asked, schema=["plan", "agency", "act"], orient="row")
        told = results.join(of_plans, on=["agency", "act"], how="inner", maintain_order="left")
        casts = (pl.col(name).cast(kind) for name, kind in _RESULT.items())
        told = told.select(pl.col("plan"), pl.col("declaration_id"), pl.col("item").cast(ROWS["item"]), *casts)
        told = told.filter(_KNOWN).join(mine, on=_PLACE, how="semi", maintain_order="left")
        if told.is_empty():
            return
        here = mine.join(told, on=_PLACE, how="semi", maintain_order="left")
        known = pl.concat([here.filter(_KNOWN).select(*_PLACE, *_RESULT), told])
        known = in_turn(known, _PLACE)
        of_goods = here.filter(~_KNOWN).unique(_PLACE, keep="last", maintain_order=True).drop(*_RESULT)
        heard = known.join(of_goods, on=_PLACE, how="inner", maintain_order="left").select(*ROWS)
        untold = mine.join(told, on=_PLACE, how="anti", maintain_order="left")
        self._rows = pl.concat([others, untold, here.filter(~_KNOWN), heard])

    def states(self, importers: Collection[str], until: datetime) -> pl.DataFrame:
        """Give the states of the streams of some importers, however typed, by all that was lodged and known before a moment."""
        folded = {importer and folded_trader(importer) for importer in importers}
        if self._importers.isdisjoint(folded):
            return pl.DataFrame(schema=SCHEMA)
        of_these = pl.col("importer_id").is_in(list(folded))
        rows = self._rows.filter(of_these)
        since = None if self._since is None else self._since.filter(of_these)
        made = [pl.DataFrame(schema=SCHEMA)]
        for plan in self.plans:
            mine = rows.filter(plan=plan.code)
            made.append(
                plan_states(
                    mine,
                    rule_of(plan),
                    code=plan.code,
                    day=until.date(),
                    until=until,
                    since=since,
                    terms=terms_of(plan),
                )
            )
        return pl.concat(made)

    def everything(self, until: datetime) -> pl.DataFrame:
        """Give the states of all streams."""
        known = [
            self._rows.select("importer_id"),
            *([] if self._since is None else [self._since.select("importer_id")]),
        ]
        return self.states(pl.concat(known).get_column("importer_id").unique().to_list(), until)


def _amended(rows: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Give goods known so far, with the moment at which another version came in the place of theirs."""
    later = items.select("declaration_id", _later=pl.col("version").fill_null(1), _at="lodged_at")
    ends = (
        rows.select("declaration_id", "version")
        .unique()
        .join(later, on="declaration_id")
        .filter(pl.col("_later") > pl.col("version"))
        .group_by("declaration_id", "version")
        .agg(pl.col("_at").min())
    )
    held = rows.join(ends, on=["declaration_id", "version"], how="left", maintain_order="left")
    return held.with_columns(superseded_at=pl.min_horizontal("superseded_at", "_at")).select(*ROWS)
