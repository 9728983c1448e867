"""The closed loop: assess, examine, learn, next month; scored against the truth that only a practice world knows.

The policy sees declarations and the results of its own examinations, each result from the moment it became known.
Truth is used for the score of the policy and for nothing else.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency
from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.profile import ProfileSet
from darvoza.errors import UnfitModel
from darvoza.flow.learning.examples import Replay
from darvoza.flow.pipeline import Assessed, Policy, assess_all, learn
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.keys import KeyRing, new_key_ring
from darvoza.methods.score_model import ScoreModel
from darvoza.practice.policies import PolicyName
from darvoza.practice.results import MonthResult, result_of
from darvoza.simulation.world import MonthOfTrade, World

_INSPECTION, _KEY = 2, 3

OUTCOMES = ("examined", "finding", "finding_area", "finding_severity", "recovered", "result_at")


@dataclass(frozen=True, slots=True)
class Practice:
    """What is practised.

    Attributes
    ----------
    world
        The practice world.
    profiles
        The risk profiles at hand.
    budget
        Capacity, random floor and dial.
    policy
        What spends the capacity.
    threads
        Threads used; results do not depend on it.
    settings
        How facts are made.
    """

    world: World
    profiles: ProfileSet
    budget: Budget
    policy: PolicyName
    threads: int = 1
    settings: FactSettings = DEFAULT


def practise(practice: Practice) -> Iterator[MonthResult]:
    """Play month after month and give the result of each.

    Yields
    ------
    MonthResult
        What was examined and found, what an oracle with as many examinations would have found, and the estimate of
        all that was wrong with its interval, beside the truth.
    """
    settings = practice.world.settings
    ring = _ring(settings.seed)
    past: pl.DataFrame | None = None
    model: ScoreModel | None = None
    done: Assessed | None = None
    for k in range(settings.months):
        month = practice.world.month(k)
        policy = Policy(
            practice.policy.profiles(practice.profiles),
            practice.budget,
            ring,
            model,
            past=past,
            memory=done.memory if done else {},
            settings=practice.settings,
        )
        done = assess_all(month.items, policy, threads=practice.threads)
        examinations = done.decisions.filter(agency=Agency.CUSTOMS.value, act=Act.PHYSICAL.value)
        outcomes = _examine(practice.world, month, examinations)
        yield result_of(month, examinations, outcomes, world=practice.world)
        seen = _with_outcomes(month.items, outcomes, examinations)
        past = seen if past is None else pl.concat([past, seen])
        if practice.policy.uses_score and k + 1 < settings.months:
            model = _learn(past, datetime.combine(settings.month_start(k + 1), time(), UTC), practice) or model


def _ring(seed: int) -> KeyRing:
    """Make a key from the seed: in practice a run must be repeatable."""
    return new_key_ring(
        ["customs", "phytosanitary"], lambda size: hashlib.shake_256(f"practice {seed} {_KEY}".encode()).digest(size)
    )


def _examine(world: World, month: MonthOfTrade, examinations: pl.DataFrame) -> pl.DataFrame:
    """Send officers to what was selected, and to nothing else."""
    chosen = examinations.filter("selected").get_column("declaration_id").to_list()
    return world.inspect(month, chosen, rng=np.random.default_rng([world.settings.seed, _INSPECTION, month.k]))


def _with_outcomes(items: pl.DataFrame, outcomes: pl.DataFrame, examinations: pl.DataFrame) -> pl.DataFrame:
    """Write results and the probability with which they were come by beside the items."""
    schema = items.schema
    joined = (
        items.drop(*OUTCOMES, "inclusion_probability")
        .join(
            outcomes.select("declaration_id", "item", *OUTCOMES),
            on=["declaration_id", "item"],
            how="left",
            maintain_order="left",
        )
        .join(
            examinations.select("declaration_id", inclusion_probability="probability"),
            on="declaration_id",
            how="left",
            maintain_order="left",
        )
    )
    return joined.select(pl.col(name).cast(kind) for name, kind in schema.items())


def _learn(past: pl.DataFrame, now: datetime, practice: Practice) -> ScoreModel | None:
    """Fit a score on the results known now; ``None`` while there are too few."""
    try:
        replay = Replay(practice.settings, until=now)
        return learn(past, seed=practice.world.settings.seed, threads=practice.threads, replay=replay).model
    except UnfitModel:
        return None
