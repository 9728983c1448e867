"""The order of things: the one place that knows which stage follows which.

    intake → enrichment → assessment → selectivity → (inspection) → learning → oversight

Every function here reads as that sentence; what each verb does stands in its stage.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.capacity import Duty
from darvoza.domain.expression import facts_used
from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.features import FEATURES
from darvoza.domain.profile import ProfileSet
from darvoza.domain.selection import ReasonScope
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.domain.standing import StandingRules
from darvoza.flow.assessment.hazard_floors import hazard_floors
from darvoza.flow.assessment.matcher import matcher_of
from darvoza.flow.assessment.plan_floors import plan_scopes
from darvoza.flow.assessment.reasoning import PEERS, typical_ranges
from darvoza.flow.assessment.scoring import Scores, all_alike, score_in_slices
from darvoza.flow.assessment.standing_floors import Judged
from darvoza.flow.assessment.telling import Telling
from darvoza.flow.enrichment.certificate_checks import NOTHING_ATTESTED, Attested, CertificateChecks, check_certificates
from darvoza.flow.enrichment.certificate_lookup import CheckedCertificates
from darvoza.flow.enrichment.enrich import HISTORY_COLUMNS, NO_REGISTERS, Registers, Sources, enrich, fact_table
from darvoza.flow.enrichment.remembered import Remembered
from darvoza.flow.enrichment.routing import CompetenceRegister, competent_services
from darvoza.flow.enrichment.vectors import Vectors, vectors
from darvoza.flow.fact_table import FactTable
from darvoza.flow.forms import FEW, Beside, Draws, Form, InColumns, InRows, Lodged
from darvoza.flow.intake.versions import examined_versions
from darvoza.flow.learning.card import ModelCard
from darvoza.flow.learning.examples import PLAIN_REPLAY, Replay, examples_of, known_before, latest_rows
from darvoza.flow.learning.hazard_store import HazardBook
from darvoza.flow.learning.training import train
from darvoza.flow.oversight.breaker import UNWATCHED, Asked, Ceiling, Watched
from darvoza.flow.oversight.watch import Watch
from darvoza.flow.selectivity.capacity import Budget, Lodgings, Worths, spend_capacity
from darvoza.flow.selectivity.durations import hours_of
from darvoza.flow.selectivity.floor_table import AnyFloors
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.load import Demand, load_of
from darvoza.flow.selectivity.same_goods import Earlier
from darvoza.flow.selectivity.spending import Memory
from darvoza.flow.tables import Table
from darvoza.methods.boosting import BoostingSettings
from darvoza.methods.score_model import ScoreModel

Progress = Callable[[str, int], None]
"""Called when a stage is done, with its name and the number of rows it made."""


LEARNED = frozenset(feature.fact for feature in FEATURES) | PEERS
"""Facts that a score and its reasons need."""

ALWAYS = frozenset({"lodged_on", "hs", "origin", "importer", "sps_agencies", "perishable", "establishment"})
"""Facts that every decision needs: which profiles are in force, who is competent, which plan, by when to look."""


def silent(_stage: str, _rows: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What decides: profiles, score, capacity and key.

    Attributes
    ----------
    profiles
        The profiles; those in force on the day of lodging count, and those in force on `day`.
    budget
        Capacity, random floor and dial.
    ring
        The key of the draw.
    model, model_digest
        The score, or ``None``: then every declaration is worth the same and chance spends what the profiles leave.
    challenger, challenger_digest
        A score that runs beside it on the same facts and decides nothing; ``None``: the smoothed rates of `model`.
    past
        Earlier goods items with their outcomes, in the light of which the new ones are seen, or ``None``.
    remembered
        The same, in order, where few are seen at a time; in place of `past`.
    earlier
        Earlier decisions, whose goods keep their draw.
    ceiling, watched
        How much of a post one profile may ask for before it is slowed and reported; what was asked for before.
    competence
        Which service is competent for which goods; ``None``: the facts about it are unknown.
    registers
        The registers of the health services; none by default.
    attested, used
        Certificates and permits that goods are held against, and who used them before; nothing by default.
    memory
        What posts remember of the declarations before these, by duty; nothing by default.
    plans, plan_states
        Sampling plans, and where each trader's goods stand in them; ``None``: all at the start.
    hazards
        How likely goods carry what, for a floor in proportion, or ``None``.
    standings, standing_rules
        Categories of traders (``trader``, ``role``, ``category``), or ``None``; and what they do to a selection.
    settings
        How facts are made; those that the score was fitted with.
    reasons
        Of which examinations the reasons of the score are told.
    day
        The day on which is decided, where that matters; ``None``: only that of lodging does.
    """

    profiles: ProfileSet
    budget: Budget
    ring: KeyRing
    model: ScoreModel | None = None
    model_digest: str | None = None
    challenger: ScoreModel | None = None
    challenger_digest: str | None = None
    past: pl.DataFrame | None = None
    remembered: Remembered | None = None
    earlier: Earlier | None = None
    ceiling: Ceiling = field(default_factory=Ceiling)
    watched: Watched | Watch = UNWATCHED
    competence: CompetenceRegister | None = None
    registers: Registers = NO_REGISTERS
    attested: Attested = NOTHING_ATTESTED
    used: pl.DataFrame | None = None
    memory: Mapping[Duty, Memory] = field(default_factory=dict)
    plans: tuple[SamplingPlan, ...] = ()
    plan_states: pl.DataFrame | None = None
    hazards: HazardBook | None = None
    standings: pl.DataFrame | Judged | None = None
    standing_rules: StandingRules = field(default_factory=StandingRules)
    settings: FactSettings = DEFAULT
    reasons: ReasonScope = ReasonScope.SELECTED
    day: date | None = None

    def facts(self) -> frozenset[str]:
        """Name the facts that decide."""
        scopes = (facts_used(scope.condition) for scope in plan_scopes(self.plans))
        spoken = self.profiles.facts.union(*scopes)
        return ALWAYS | spoken | (LEARNED if self.model or self.challenger else frozenset())

    def rival(self) -> tuple[ScoreModel | None, str | None]:
        """Give the score that runs beside the model and decides nothing, and its digest."""
        if self.challenger is None and self.model is not None:
            return self.model.transparent(), f"{self.model_digest}:rates"
        return self.challenger, self.challenger_digest if self.challenger else None


@dataclass(frozen=True)  # without slots: the load is reckoned when it is asked for, and kept
class Assessed:
    """What came of assessing declarations.

    Attributes
    ----------
    told
        The decisions, in the form in which they were made.
    demands
        What was demanded of posts, by duty.
    memory
        What the posts remember for the declarations that come next.
    asked
        What profiles asked for.
    certificates
        What certificates and permits were found to be worth, and who has used them; ``None`` where there are neither.
    """

    told: Table
    demands: tuple[Demand, ...]
    memory: Mapping[Duty, Memory]
    asked: Watched | Asked
    certificates: CertificateChecks | None

    @property
    def decisions(self) -> pl.DataFrame:
        """One row per declaration, agency and act, as ``decisions.parquet`` holds them."""
        return self.told.frame

    @cached_property
    def load(self) -> pl.DataFrame:
        """What each post could do each day, and what was asked of it; one row per agency, act, post and day."""
        return load_of(self.demands)

    def watched(self, policy: Policy) -> Watched:
        """Give what profiles asked for before and now, as far as it still counts."""
        before = Watched(policy.watched.declarations, policy.watched.floors)
        return before.followed_by(self.asked).lately(policy.ceiling.window_days)


def assess(items: pl.DataFrame, policy: Policy, *, threads: int = 1, progress: Progress = silent) -> pl.DataFrame:
    """Give the decisions of `assess_all` alone."""
    return assess_all(items, policy, threads=threads, progress=progress).decisions


def assess_all(items: pl.DataFrame, policy: Policy, *, threads: int = 1, progress: Progress = silent) -> Assessed:
    """Decide every act of control for each declaration.

    Parameters
    ----------
    items
        Canonical goods items, sorted by time of lodging, rows of a declaration next to each other. Outcomes among
        the columns are not looked at.
    policy
        What decides.
    threads
        Threads used; the result does not depend on it.
    progress
        Told of every finished stage.
    """
    lodged = Lodged.of(items)
    # both calls are the same, but for the types of what they give each other
    if lodged.starts.size <= FEW:
        return _assessed(InRows(), lodged, policy, threads=threads, progress=progress)
    return _assessed(InColumns(), lodged, policy, threads=threads, progress=progress)


def _assessed(
    form: Form[AnyFloors, Draws], lodged: Lodged, policy: Policy, *, threads: int, progress: Progress
) -> Assessed:
    """Decide in one of the two forms."""
    facts, draws, certificates = _enriched(form, lodged, policy, threads=threads, progress=progress)
    _, items, starts = lodged
    plan = policy.budget.capacity()
    matches = matcher_of(policy.profiles, policy.day).match(facts, starts)
    asked, where = form.asked(policy.profiles, matches, facts.get_column("item"), starts), form.where(draws)
    floors = form.restrained(
        asked, where, policy.watched, ceiling=policy.ceiling, random_floor=policy.budget.random_floor
    )
    more, factors = _plans_and_standing(form, lodged, facts, policy)
    floors = form.joined(floors, more)
    progress("assessment", len(floors))
    features = Vectors(facts)
    scored = _scores(features, policy, starts, threads)
    known = scored[0] if policy.model and scored else all_alike(starts)
    draws = form.pressing(form.beside(draws, _beside(known, scored, policy)), facts, starts, plan)
    lodgings = Lodgings(
        where, _worths(known, policy, factors), hours_of(items, starts, plan), competent_services(facts, starts)
    )
    spent = spend_capacity(floors, lodgings, policy.budget, policy.memory)
    decisions = form.decided(spent.floors, draws)
    progress("selectivity", len(decisions))
    telling = Telling(policy.model, facts, known.top, features.__getitem__)
    told = form.told(decisions, telling, scope=policy.reasons, threads=threads)
    progress("reasons", told.holding("contributions"))
    return Assessed(told, spent.demands, spent.memory, form.noted(asked, where), certificates)


def _enriched(
    form: Form[AnyFloors, Draws], lodged: Lodged, policy: Policy, *, threads: int, progress: Progress
) -> tuple[FactTable, Draws, CertificateChecks | None]:
    """Give the facts of goods items in the light of all, the draws, and certificates."""
    items, current, starts = lodged
    checked, registers = None, policy.registers
    if policy.attested.known:
        checked = check_certificates(current, policy.attested, policy.settings, policy.used)
        registers = replace(registers, attested=CheckedCertificates.of(checked, policy.attested))
    sources = Sources(policy.settings, policy.competence, registers)
    draw = partial(form.draw, current, starts, policy.ring, policy.earlier)
    with ExitStack() as aside:
        # A draw asks for nothing but the goods: where there are many, it is made beside the facts.
        drawn = aside.enter_context(ThreadPoolExecutor(max_workers=1)).submit(draw).result if form.many else draw
        past, asked = policy.remembered or policy.past, policy.facts()
        facts = fact_table(items, past, many=form.many, sources=sources, only=asked, threads=threads)
    if current.height < items.height:
        progress("superseded", items.height - current.height)
        facts = facts.at(lodged.rows())
    progress("enrichment", current.height)
    return facts, drawn(), checked


def _plans_and_standing(
    form: Form[AnyFloors, Draws], lodged: Lodged, facts: FactTable, policy: Policy
) -> tuple[list[pl.DataFrame | AnyFloors], NDArray[np.float64]]:
    """Give the floors of sampling plans and of low standing, and what expected harm counts for each declaration."""
    starts, factors = lodged.starts, np.ones(lodged.starts.size)
    floors: list[pl.DataFrame | AnyFloors] = []
    if policy.plans:
        floors.append(form.of_plans(facts.frame, policy.plans, policy.plan_states, starts=starts))
    if policy.hazards is not None:
        book = policy.hazards
        floors.append(hazard_floors(facts.frame, book.cells, book.usual, book.settings, starts=starts))
    if policy.standings is not None:
        traders = lodged.current[starts].with_columns(facts.get_column("lodged_on")[starts])
        low, factors = form.of_standing(traders, policy.standings, policy.standing_rules)
        floors.append(low)
    return floors, factors


def _scores(features: Vectors, policy: Policy, starts: NDArray[np.int64], threads: int) -> list[Scores]:
    """Score declarations, some at a time, with the model and with what runs beside it."""
    models = [model for model in (policy.model, policy.rival()[0]) if model]
    if not models or not starts.size:
        return []
    return score_in_slices(
        models,
        lambda first, last: features[first:last],
        starts=starts,
        height=features.height,
        threads=threads,
        money_power=policy.budget.money_power,
    )


def _beside(known: Scores, scored: Sequence[Scores], policy: Policy) -> Beside:
    """Write the score beside the decisions, empty where nothing scored, what decided, and what the challenger says.

    What the challenger says decides nothing.
    """
    score = (known.probability, known.worth, known.money, known.severity) if policy.model else (None,) * 4
    return {
        **dict(zip(("score", "harm", "money", "severity"), score, strict=True)),
        "profiles_digest": policy.profiles.digest,
        "model_digest": policy.model_digest,
        "challenger_score": scored[-1].probability if scored else None,
        "score_source": policy.model.kind if policy.model else "none",
        "challenger_digest": policy.rival()[1],
    }


def _worths(known: Scores, policy: Policy, factors: NDArray[np.float64]) -> Worths:
    """Say what each declaration is worth to each purse; without a model nothing is known, and chance spends.

    The harm of traders who stand high counts by their factor.
    """
    if policy.model is None:
        nothing = np.zeros(known.worth.size)
        return Worths(nothing, nothing, nothing, nothing)
    worths = Worths(known.severity, known.worth, known.money, known.probability)
    return Worths(*(worth * factors for worth in worths))


@dataclass(frozen=True, slots=True)
class Learned:
    """A fitted score, the history behind it, its card, and how its facts were made."""

    model: ScoreModel
    history: pl.DataFrame
    card: ModelCard
    settings: FactSettings


def learn(
    items: pl.DataFrame,
    *,
    seed: int = 0,
    threads: int = 1,
    past: pl.DataFrame | None = None,
    replay: Replay = PLAIN_REPLAY,
    progress: Progress = silent,
) -> Learned:
    """Replay declarations in time order and fit a score on what was found.

    Of an amended declaration, the version that was examined is learned from, never one lodged after its result.

    Parameters
    ----------
    items
        Canonical goods items with outcomes where something was examined, sorted by time of lodging.
    seed
        Seed of the fit.
    threads
        Threads used; the result does not depend on it.
    past
        Goods items before these, seen only as history.
    replay
        How facts are made, and what is already known.
    progress
        Told of every finished stage.

    Raises
    ------
    UnfitModel
        If there are too few findings, or they tell nothing of later ones.
    """
    known = items if replay.until is None else known_before(items, replay.until)
    facts = enrich(known, past, sources=Sources(replay.settings), only=LEARNED, replay=True, threads=threads)
    progress("enrichment", facts.height)
    examined = examined_versions(known.with_row_index("_row"))
    if examined.height < items.height:
        progress("superseded", items.height - examined.height)
    examined = examined.filter(pl.col("examined").fill_null(value=False) & pl.col("finding").is_not_null())
    examples = examples_of(examined, vectors(facts[examined.get_column("_row")]))
    trained = train(examples, settings=BoostingSettings(seed=seed), threads=threads)
    progress("learning", examples.findings.size)
    present = known.select(HISTORY_COLUMNS)
    history = present if past is None else pl.concat([past.select(HISTORY_COLUMNS), present])
    latest = latest_rows(known)
    model = replace(trained.model, typical=typical_ranges(vectors(facts[latest]), np.arange(latest.size)))
    return Learned(model, history, trained.card, replay.settings)
