"""How well the control of the health services works: by score, against chance, by plan, in time, and in packages opened."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import polars as pl

from darvoza.errors import OutputError
from darvoza.flow.oversight.health_deciles import Between, Decile, Rate, between_of, deciles, rate_of
from darvoza.flow.oversight.health_plans import PlanUse, plan_uses
from darvoza.flow.oversight.health_release import Release, releases
from darvoza.flow.oversight.health_workload import Workload, workloads
from darvoza.methods.order_statistics import middle_of
from darvoza.methods.plans.states import Plan

LOOKED = ("physical", "sampling")


@dataclass(frozen=True, slots=True)
class Waiting:
    """From lodging to the result of an act of one service, in hours: number, median with interval, and nine in ten."""

    agency: str
    act: str
    results: int
    median: float
    low: float | None
    high: float | None
    nine_in_ten: float


@dataclass(frozen=True, slots=True)
class Service:
    """One service.

    Attributes
    ----------
    agency
        Its name.
    examined
        Every consignment of which packages were opened and the result is known: how many of them failed.
    by_chance
        Of those, the ones that the random floor alone would have chosen: the base rate without bias; ``None`` where there
        is none.
    weighted
        The rate in all goods of the service, weighted by 1/π; ``None`` where too few were examined.
    deciles
        By hazard score, the highest first; empty without a score.
    """

    agency: str
    examined: Rate
    by_chance: Rate | None
    weighted: Between | None
    deciles: tuple[Decile, ...]


@dataclass(frozen=True, slots=True)
class HealthEvaluation:
    """The whole evaluation; see its parts."""

    declarations: int
    results: int
    services: tuple[Service, ...]
    plans: tuple[PlanUse, ...]
    waiting: tuple[Waiting, ...]
    releases: tuple[Release, ...]
    workloads: tuple[Workload, ...]

    def to_json(self) -> str:
        """Write everything as JSON with sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def evaluate(decisions: pl.DataFrame, results: pl.DataFrame, plans: Mapping[str, Plan]) -> HealthEvaluation:
    """Evaluate the control of the health services.

    Parameters
    ----------
    decisions
        Decisions of one run or several.
    results
        Results of what they selected, with ``score`` where there is a score; those of other declarations are left out.
    plans
        Sampling plans by code.

    Raises
    ------
    OutputError
        When no result is about a decision.
    """
    lodged = decisions.select("declaration_id").unique()
    known = results.join(lodged, on="declaration_id", how="semi", maintain_order="left")
    if known.is_empty():
        raise OutputError(
            field="results", expected="results of the declarations of the run", got="none",
            hint="give the results of what this run selected",
        )  # fmt: skip
    looked = consignments(known, decisions)
    return HealthEvaluation(
        declarations=lodged.height,
        results=known.height,
        services=tuple(_service(str(agency), own) for (agency,), own in sorted(looked.group_by("agency"))),
        plans=plan_uses(decisions, looked, plans),
        waiting=tuple(_waiting(known)),
        releases=releases(known, decisions),
        workloads=workloads(known),
    )


def consignments(known: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Give one row a consignment and service of which packages were opened: whether it failed, π, score, and chance.

    ``by_chance`` tells whether u was below the random floor, so that chance alone would have chosen it.
    """
    score = pl.col("score").max() if "score" in known.columns else pl.lit(None, pl.Float64).alias("score")
    opened = known.filter(pl.col("act").is_in(LOOKED)).group_by("declaration_id", "agency").agg(
        (~pl.col("passed")).any().alias("failed"), score
    )  # fmt: skip
    acts = decisions.filter(pl.col("act").is_in(LOOKED), pl.col("selected"))
    floor = pl.col("floors").list.eval(
        pl.element().filter(pl.element().struct.field("kind") == "random").struct.field("probability")
    )
    chance = acts.with_columns(floor=floor.list.max().fill_null(0.0)).group_by("declaration_id", "agency").agg(
        pl.col("probability").max(), (pl.col("u") < pl.col("floor")).any().alias("by_chance")
    )  # fmt: skip
    joined = opened.join(chance, on=["declaration_id", "agency"], how="inner")
    return joined.sort("agency", "declaration_id")


def _service(agency: str, own: pl.DataFrame) -> Service:
    drawn = own.filter("by_chance")
    failed = own.get_column("failed")
    return Service(
        agency,
        rate_of(int(failed.sum()), own.height),
        rate_of(int(drawn.get_column("failed").sum()), drawn.height) if drawn.height else None,
        between_of(own),
        deciles(own) if own.get_column("score").null_count() < own.height else (),
    )


def _waiting(known: pl.DataFrame) -> list[Waiting]:
    """Say how long results took; those of one act of one consignment count once, by the last of them."""
    spent = (pl.col("result_at") - pl.col("lodged_at")).dt.total_seconds() / 3600
    last = known.group_by("agency", "act", "declaration_id").agg(spent.max().alias("hours"))
    made = []
    for (agency, act), own in sorted(last.group_by("agency", "act")):
        hours = own.get_column("hours").to_numpy()
        made.append(Waiting(str(agency), str(act), hours.size, *middle_of(hours)))
    return made
