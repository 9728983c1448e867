"""Declarations decided one after another, in the light of all that were decided before.

The decision is the one that `darvoza.flow.pipeline.assess_all` would make of the same declarations all at once: the same
stages are run on those that have just been lodged, and what they need to know of earlier ones is remembered. Three
things differ, because nobody knows what will be lodged later. An amended declaration was decided when it was first
lodged, and took its part of the capacity then. A declaration that arrives after others with a later moment of lodging
is paced as one of the latest. And turns are counted among those that are decided together.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Self

import polars as pl

from darvoza.domain.capacity import Duty
from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.standing_floors import Judged
from darvoza.flow.enrichment.certificate_checks import check_certificates, refolded
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, OUTCOMES, SEEN
from darvoza.flow.enrichment.merging import Apart, at_once
from darvoza.flow.enrichment.remembered import Remembered
from darvoza.flow.forms import Lodged
from darvoza.flow.gate.draws import NONE_HELD, DrawBook, Met, Number, Standing
from darvoza.flow.gate.keeping import needs
from darvoza.flow.gate.past import NOTHING, joined, unheard
from darvoza.flow.gate.planned import PlanBook
from darvoza.flow.gate.renewing import inherited, renewed, renewed_few
from darvoza.flow.inspection.faulty_documents import NONE_FAULTY, Faulty, faulty_documents
from darvoza.flow.inspection.orders import ORDER_SCHEMA, orders, orders_of_few
from darvoza.flow.intake.versions import latest_versions
from darvoza.flow.oversight.breaker import Watched
from darvoza.flow.oversight.watch import Watch
from darvoza.flow.pipeline import Assessed, Policy, assess_all
from darvoza.flow.plan_book import RESULTS as OF_PLANS
from darvoza.flow.selectivity.fingerprint import fingerprints_of_few
from darvoza.flow.selectivity.same_goods import Lodging
from darvoza.flow.selectivity.spending import Memory
from darvoza.flow.tables import DECISION_SCHEMA, Table

DRAW_COLUMNS = Lodging._fields
"""What must be kept of a decision so that the same goods keep their draw."""

OF_EXAMINATION = ("declaration_id", "item", "agency", "act")
RESULTS: Mapping[str, pl.DataType] = {name: kind for name, kind in OF_PLANS.items() if name != "probability"}
"""Columns of results, as the gate hears of them."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of declarations that were lodged together.

    Attributes
    ----------
    items
        Their goods items.
    told
        One row per declaration, agency and act, as ``darvoza assess`` writes them; in whichever form they were made.
    ordered
        What officers are to do.
    assessed
        All that came of it.
    again
        Whether declarations were looked at again: their part of the capacity was taken before.
    """

    items: pl.DataFrame
    told: Table
    ordered: Table
    assessed: Assessed
    again: bool = False

    @property
    def decisions(self) -> pl.DataFrame:
        """The decisions as columns."""
        return self.told.frame

    @property
    def orders(self) -> pl.DataFrame:
        """The orders as columns."""
        return self.ordered.frame


class Gate:
    """Decides declarations as they are lodged; to be used by one thread at a time.

    To decide changes nothing: what was decided is remembered when it is handed to `keep`, which whoever stores it does
    once it is stored. So a decision that was lost on the way never counts.

    Parameters
    ----------
    policy
        The state in force. What it holds of the past is where remembering begins.
    asked
        What `needs` to be remembered under the state as it was read; worked out without it.
    apart
        Has the past put in order, which takes long where it is long: at once, or by another thread.

    Attributes
    ----------
    policy
        The state in force, with what is remembered so far.
    draws
        Every draw that is remembered.
    asked
        What `needs` to be remembered under the state in force.
    """

    def __init__(self, policy: Policy, *, asked: str = "", apart: Apart = at_once) -> None:
        self._apart = apart
        self._past = Remembered(NOTHING if policy.past is None else policy.past.select(HISTORY_COLUMNS), apart=apart)
        self.draws, self._watch = DrawBook(), Watch(policy.watched, days=policy.ceiling.window_days)
        if isinstance(policy.earlier, pl.DataFrame):
            self.draws.enter(policy.earlier.select(DRAW_COLUMNS).iter_rows(named=True))
        self.policy = self._looking(policy)
        self.asked = asked or needs(policy)
        self._plans = PlanBook(policy.plans, policy.competence, policy.plan_states, settings=policy.settings)
        self._results = pl.DataFrame(schema=RESULTS)

    @classmethod
    def of(cls, policy: Policy, lodged: pl.DataFrame, decisions: pl.DataFrame) -> Self:
        """Make a gate that remembers goods items lodged before, besides those the state in force holds.

        Parameters
        ----------
        policy
            The state in force, with the draws of what was lodged before.
        lodged
            The goods items.
        decisions
            What was decided of them: ``declaration_id``, ``agency``, ``act``, ``probability``.
        """
        made = cls(replace(policy, past=joined(policy.past, lodged)))
        made._follow(lodged, Table(decisions, DECISION_SCHEMA))
        return made

    @classmethod
    def again(
        cls, policy: Policy, frames: Mapping[str, pl.DataFrame], *, asked: str = "", apart: Apart = at_once
    ) -> Self:
        """Make the gate that remembered this, under a state that asks for the same to be remembered.

        Parameters
        ----------
        policy
            The state in force, with what posts remember.
        frames
            What `remembered` gave.
        asked, apart
            As for a gate.
        """
        watched = Watched(frames["declarations"], frames["floors"]).lately(policy.ceiling.window_days)
        past, draws = joined(policy.past, frames["past"]), frames["draws"]
        used = refolded(frames["used"]) if "used" in frames else policy.used
        made = cls(
            replace(policy, past=past, earlier=draws if draws.height else None, watched=watched, used=used),
            asked=asked or needs(policy),
            apart=apart,
        )
        made._plans.take(frames["plans"])
        made.note_results(frames["results"])
        return made

    def remembered(self) -> dict[str, pl.DataFrame]:
        """Give all that is remembered of what was lodged here, but for what posts remember."""
        draws, past, policy, watched = self.drawn(), self.past(), self.policy, self._watch.told()
        here = [] if draws is None else draws.get_column("declaration_id").to_list()
        frames = {
            "past": past.filter(pl.col("declaration_id").is_in(here)),
            "draws": pl.DataFrame() if draws is None else draws,
            "declarations": watched.declarations,
            "floors": watched.floors,
            "results": self._results,
            "plans": self._plans.rows,
        }
        return frames | ({} if policy.used is None else {"used": policy.used})

    def drawn(self) -> pl.DataFrame | None:
        """Give every draw that is remembered, with `DRAW_COLUMNS`."""
        return self.draws.frame()

    def knows_enough_for(self, policy: Policy) -> bool:
        """Tell whether what is remembered is all that another state asks for; else everything has to be read again."""
        return needs(policy) == self.asked

    def taking(self, policy: Policy) -> Self:
        """Give the gate with another state in force, that asks for the same to be remembered: as if it had been opened now.

        Another score brings the history it was fitted on.
        """
        if policy.model_digest == self.policy.model_digest:
            self.swap(policy)
            return self
        policy = replace(policy, memory=self.policy.memory or policy.memory)
        return self.again(policy, self.remembered(), asked=self.asked, apart=self._apart)

    def swap(self, policy: Policy) -> None:
        """Put another state in force as a whole; what is remembered stays."""
        kept = self.policy
        self.policy = replace(self._looking(policy), memory=kept.memory or policy.memory, used=kept.used)

    def _looking(self, policy: Policy) -> Policy:
        """Give a state that looks at what this gate remembers."""
        judged = policy.standings if policy.standings is None else Judged(policy.standings)
        return replace(policy, past=None, remembered=self._past, earlier=None, watched=self._watch, standings=judged)

    def stands(self, until: datetime) -> pl.DataFrame:
        """Give where all traders' goods stand in the sampling plans, by what was known before a moment."""
        return self._plans.everything(until)

    def decide(
        self,
        items: pl.DataFrame,
        *,
        spent: Collection[Number] = (),
        held: Mapping[str, Number] = NONE_HELD,
        day: date | None = None,
    ) -> Decided:
        """Decide declarations that have just been lodged.

        Parameters
        ----------
        items
            Their canonical goods items in order of lodging, rows of a declaration next to each other, each declaration
            in one version.
        spent
            Draws that stand for the same goods no longer.
        held
            Marks that stand for a draw whoever came under them later.
        day
            The day on which is decided; profiles in force on it count, as those do that were on the day of lodging.
        """
        policy = self._seeing(items, day)
        if spent or held:
            policy = replace(policy, earlier=Standing(self.draws, spent, held))
        assessed = assess_all(items, policy)
        return Decided(items, assessed.told, _ordered(assessed.told, policy, assessed), assessed)

    def lodged_before(self, items: pl.DataFrame) -> dict[str, list[Met]]:
        """Give the last lodgings of the same goods, by the reference of those that have just been lodged.

        Parameters
        ----------
        items
            As for `decide`. Declarations that bear no mark of earlier ones are left out.
        """
        starts = Lodged.of(items).starts
        marked, moments = fingerprints_of_few(items, starts), items.get_column("lodged_at").gather(starts).to_list()
        found = {
            one.declaration_id: self.draws.met(one.marks, moment.date())
            for one, moment in zip(marked, moments, strict=True)
        }
        return {name: lodgings for name, lodgings in found.items() if lodgings}

    def inheriting(self, decided: Decided, before: Mapping[str, Iterable[Mapping[str, Any]]]) -> Decided:
        """Give decisions with the floors that stand under earlier lodgings of the same goods; see `inherited`."""
        told = inherited(decided.told, before, decided.items)
        return replace(decided, told=told, ordered=_ordered(told, self.policy, decided.assessed))

    def decide_again(self, items: pl.DataFrame, before: pl.DataFrame, *, day: date | None = None) -> Decided:
        """Decide declarations again: amended, or because other profiles, measures or scores are in force.

        There is no second draw, and nothing is taken back: each act keeps the floors it had, and gets those it has now.

        Parameters
        ----------
        items
            Goods items as they stand now.
        before
            The decisions on them so far.
        day
            As for `decide`.
        """
        policy = self._seeing(items, day)
        assessed = assess_all(items, policy)
        now = assessed.told
        made = renewed_few(before.iter_rows(named=True), now.rows) if now.in_rows else renewed(before, now.frame)
        decisions = Table(made, DECISION_SCHEMA)
        return Decided(items, decisions, _ordered(decisions, policy, assessed), assessed, again=True)

    def keep(self, decided: Decided) -> None:
        """Remember what was decided and stored."""
        self._remember(decided.items, decided.told)
        if not decided.again:
            self.policy = replace(self.policy, memory=decided.assessed.memory)
            self._watch.enter(decided.assessed.asked, days=self.policy.ceiling.window_days)

    def hear(
        self, items: pl.DataFrame, decisions: pl.DataFrame, *, memory: Mapping[Duty, Memory], asked: Watched
    ) -> None:
        """Remember what another gate decided after what this one knows of.

        Parameters
        ----------
        items, decisions
            What was lodged there, and what was decided.
        memory
            What posts remember afterwards.
        asked
            What profiles asked for there.
        """
        self.remember(items, decisions)
        self._watch.enter(asked, days=self.policy.ceiling.window_days)
        self.policy = replace(self.policy, memory=memory)

    def remember(self, items: pl.DataFrame, decisions: pl.DataFrame) -> None:
        """Remember goods and draws; what is found later is told by `note_results`."""
        self._remember(items, Table(decisions, DECISION_SCHEMA))

    def _remember(self, items: pl.DataFrame, decisions: Table) -> None:
        self._past.enter(unheard(items), of=items)
        self.draws.enter(decisions.picked(DRAW_COLUMNS))
        # a version that comes after a result of its declaration has that result, too
        if self._results.height:
            self._tell_past(items.select("declaration_id").unique())
        self._follow(items, decisions)

    def _follow(self, items: pl.DataFrame, decisions: Table) -> None:
        """Remember which goods came under which plan, and who used which certificate or permit."""
        policy = self.policy
        if policy.plans:
            self._plans.enter(items, decisions)
        if policy.attested.known:
            made = check_certificates(latest_versions(items), policy.attested, policy.settings, policy.used)
            self.policy = replace(policy, used=made.uses)

    def note_results(self, results: pl.DataFrame) -> None:
        """Remember what examinations found; it counts from the moment it became known.

        Parameters
        ----------
        results
            The columns of `RESULTS`, in the order in which they were recorded; the last of each act counts.
        """
        if results.is_empty():
            return
        self._plans.note(results)
        known = pl.concat([self._results, results.select(*RESULTS).cast(RESULTS)])  # type: ignore[arg-type]
        self._results = known.unique(OF_EXAMINATION, keep="last", maintain_order=True)
        self._tell_past(results.select("declaration_id").unique())

    def _tell_past(self, declarations: pl.DataFrame) -> None:
        """Write what is known of some declarations beside their goods; one finding is one, whatever else was examined."""
        now = self._results.join(declarations, on="declaration_id", how="semi")
        if now.is_empty():
            return
        found = pl.col("result_at").filter(pl.col("finding")).min()
        told = (
            now.group_by("declaration_id", "item", maintain_order=True)
            .agg(pl.col("examined").any(), pl.col("finding").any(), pl.coalesce(found, pl.col("result_at").min()))
            .select("declaration_id", "item", *(pl.col(name).cast(NOTHING.schema[name]) for name in OUTCOMES))
        )
        self._past.note(told)

    def past(self) -> pl.DataFrame:
        """Give what is remembered of goods items, with their outcomes."""
        return self._past.frame()

    def _seeing(self, items: pl.DataFrame, day: date | None) -> Policy:
        """Give the state in force with what these declarations need to know of earlier ones."""
        policy = replace(self.policy, earlier=self.draws, day=day)
        if policy.plans and items.height:
            importers = items.get_column("importer_id").unique().to_list()
            policy = replace(policy, plan_states=self._plans.states(importers, _last_moment(items)))
        return policy if _looks_back(policy.facts()) else replace(policy, remembered=None)


def ordered(decisions: Table, profiles: ProfileSet, faulty: Faulty = NONE_FAULTY) -> Table:
    """Write the orders that follow from decisions, in the form in which these were made."""
    if decisions.in_rows:
        return Table(orders_of_few(decisions.rows, profiles, faulty), ORDER_SCHEMA)
    return Table(orders(decisions.frame, profiles, faulty), ORDER_SCHEMA)


def _ordered(decisions: Table, policy: Policy, assessed: Assessed) -> Table:
    """Write the orders with what assessing the goods found wrong with their documents."""
    checks = assessed.certificates.checks if assessed.certificates else None
    return ordered(decisions, policy.profiles, faulty_documents(checks, policy.attested.settings))


def _last_moment(items: pl.DataFrame) -> datetime:
    """Give when the last of these was lodged."""
    latest = items.get_column("lodged_at").max()
    assert isinstance(latest, datetime)  # noqa: S101 - intake refuses goods without it
    return latest


def _looks_back(facts: Collection[str]) -> bool:
    """Tell whether any fact that decides looks at other declarations."""
    return not SEEN.isdisjoint(facts)
