"""Write a practice world down as files, as a customs office would hand them over, with the truth kept apart."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from darvoza.domain.fields import FIELDS, Kind
from darvoza.errors import OutputError
from darvoza.simulation.schemes import SCHEMES
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import MonthOfTrade, World

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class LegacyPolicy:
    """The crude way of choosing that the written history was made with.

    Every declaration has the chance `random_share` to be examined, recorded as its inclusion probability. Of the
    others, those with an item whose rate of duty and tax is at least `high_rate`, from one of `origins`, are examined
    at the officers' discretion in the share `discretion`; nobody recorded with what chance.
    """

    random_share: float = 0.05
    high_rate: float = 0.3
    origins: tuple[str, ...] = ("CN", "TR")
    discretion: float = 0.25


@dataclass(frozen=True, slots=True)
class WrittenWorld:
    """What was written: where, and how much of it."""

    directory: Path
    months: int
    declarations: int
    items: int
    examined: int
    findings: int


def write_world(
    world: World,
    directory: Path | str,
    *,
    legacy_rng: np.random.Generator,
    policy: LegacyPolicy | None = None,
    until: datetime | None = None,
    on_progress: Progress | None = None,
) -> WrittenWorld:
    """Write the months, the truth, and a note that says what is what.

    ``declarations/2026-01.csv`` and so on hold the canonical columns with the outcomes of those examined under the
    legacy policy; ``truth.parquet`` holds what no office would know; ``world.json`` the settings; ``README.md`` the
    explanation. Files of an earlier world in the same place are replaced.

    Parameters
    ----------
    legacy_rng
        The chance of the legacy policy and of the officers.
    policy
        How the declarations to examine were chosen; `LegacyPolicy()` by default.
    until
        The moment at which the files are as they stand: nothing that was lodged or known at it or later. Aware; without
        one, everything. The truth is whole either way.
    on_progress
        Called after each month with the number of months done and of all months.

    Raises
    ------
    OutputError
        When the directory cannot be written to.
    """
    place, chosen = Path(directory), policy or LegacyPolicy()
    counts = WrittenWorld(place, world.settings.months, 0, 0, 0, 0)
    try:
        (place / "declarations").mkdir(parents=True, exist_ok=True)
        for old in (place / "declarations").glob("*.csv"):
            old.unlink()
        (place / ".truth").mkdir(exist_ok=True)
        for k in range(world.settings.months):
            counts = _write_month(world, k, counts, policy=chosen, rng=legacy_rng, until=until)
            if on_progress is not None:
                on_progress(k + 1, world.settings.months)
        _join_truth(place)
        _explain(world, counts, chosen)
    except OSError as error:
        raise OutputError(
            f"cannot be written: {error.strerror}", field=str(place), hint="choose a directory you may write to"
        ) from error
    return counts


def examined_under(policy: LegacyPolicy, month: MonthOfTrade, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Choose as the legacy policy does: the declarations drawn at random, and those picked at discretion."""
    rate = pl.col("tax_rate").cast(pl.Float64)
    suspect = (rate >= policy.high_rate) & pl.col("origin").is_in(list(policy.origins))
    declarations = month.items.group_by("declaration_id", maintain_order=True).agg(suspect=suspect.any())
    n = len(declarations)
    drawn = rng.random(n) < policy.random_share
    picked = ~drawn & declarations["suspect"].to_numpy() & (rng.random(n) < policy.discretion)
    ids = declarations["declaration_id"]
    return ids.filter(pl.Series(drawn)).to_list(), ids.filter(pl.Series(picked)).to_list()


def with_outcomes(
    items: pl.DataFrame, findings: pl.DataFrame, inclusion_probability: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Put findings into the outcome columns of the items they belong to; the rest are marked as not examined.

    `inclusion_probability` has the columns ``declaration_id`` and ``inclusion_probability``; declarations it does not
    name were chosen in a way nobody recorded.
    """
    known = [
        "examined",
        "finding",
        "finding_area",
        "finding_severity",
        "recovered",
        "result_at",
        "inclusion_probability",
    ]
    outcome = findings.select("declaration_id", "item", *known[:-1])
    if inclusion_probability is None:
        outcome = outcome.with_columns(inclusion_probability=pl.lit(None, pl.Float64))
    else:
        outcome = outcome.join(inclusion_probability, on="declaration_id", how="left", maintain_order="left")
    joined = items.drop(known).join(outcome, on=["declaration_id", "item"], how="left", maintain_order="left")
    joined = joined.with_columns(
        pl.col("examined").fill_null(value=False),
        pl.col("recovered", "inclusion_probability").cast(pl.Decimal(38, 6)),
    )
    return joined.select(field.name for field in FIELDS)


def with_release(items: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Say when the goods of each declaration were released: about two hours after lodging, or after the last result."""
    run = items.get_column("declaration_id").rle_id().to_numpy()
    count = int(run[-1]) + 1 if run.size else 0
    hours = np.exp(rng.normal(0.7, 0.6, count))[run]
    ready = pl.max_horizontal("lodged_at", pl.col("result_at").max().over("declaration_id"))
    spent = pl.Series("spent", (hours * 3600).astype(np.int64) * 1_000_000).cast(pl.Duration("us"))
    return items.with_columns(released_at=ready + spent)


def as_known(items: pl.DataFrame, until: datetime) -> pl.DataFrame:
    """Give items as they are known at a moment: what was lodged before it, without results and releases of later."""
    lodged = items.filter(pl.col("lodged_at") < until)
    told = pl.col("result_at") < until
    results = ("finding", "finding_area", "finding_severity", "recovered", "result_at")
    return lodged.with_columns(
        *(pl.when(told).then(name).alias(name) for name in results),
        examined=pl.col("examined") & told.fill_null(value=False),
        released_at=pl.when(pl.col("released_at") < until).then("released_at"),
    )


def _write_month(
    world: World,
    k: int,
    counts: WrittenWorld,
    *,
    policy: LegacyPolicy,
    rng: np.random.Generator,
    until: datetime | None,
) -> WrittenWorld:
    month = world.month(k)
    drawn, picked = examined_under(policy, month, rng)
    findings = world.inspect(month, [*drawn, *picked], rng=rng)
    chance = pl.DataFrame(
        {"declaration_id": drawn, "inclusion_probability": [policy.random_share] * len(drawn)},
        schema={"declaration_id": pl.String, "inclusion_probability": pl.Float64},
    )
    name = f"{world.settings.month_start(k):%Y-%m}"
    told = with_release(with_outcomes(month.items, findings, chance), rng.spawn(1)[0])
    as_text(told if until is None else as_known(told, until)).write_csv(
        counts.directory / "declarations" / f"{name}.csv"
    )
    month.truth.write_parquet(counts.directory / ".truth" / f"{name}.parquet")
    return replace(
        counts,
        declarations=counts.declarations + month.items["declaration_id"].n_unique(),
        items=counts.items + len(month.items),
        examined=counts.examined + len(findings),
        findings=counts.findings + int(findings["finding"].sum()),
    )


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Render every column as the text of the own format: lists joined by spaces, moments in ISO 8601, plain numbers.

    Examples
    --------
    >>> from decimal import Decimal
    >>> as_text(pl.DataFrame({"net_mass": [Decimal("12.50")], "documents": [["INV", "CO"]]}).cast(
    ...     {"net_mass": pl.Decimal(38, 6)})).rows()
    [('12.5', 'INV CO')]
    """
    kinds = {field.name: field.kind for field in FIELDS}
    return frame.select(_text(name, kinds[name]) for name in frame.columns)


def _text(name: str, kind: Kind) -> pl.Expr:
    column = pl.col(name)
    if kind is Kind.CODES:
        return column.list.join(" ")
    if kind is Kind.MOMENT:
        return column.dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    if kind is Kind.AMOUNT:
        return column.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
    return column


def _join_truth(place: Path) -> None:
    """One file of truth out of the months, without holding them all."""
    parts = sorted((place / ".truth").glob("*.parquet"))
    pl.scan_parquet(parts).sink_parquet(place / "truth.parquet")
    for part in parts:
        part.unlink()
    (place / ".truth").rmdir()


def _settings(settings: WorldSettings) -> dict[str, object]:
    return {**asdict(settings), "start": settings.start.isoformat()}


def _explain(world: World, counts: WrittenWorld, policy: LegacyPolicy) -> None:
    place = counts.directory
    note = {"settings": _settings(world.settings), "legacy_policy": asdict(policy), "declarations": counts.declarations}
    (place / "world.json").write_text(json.dumps(note, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    schemes = "\n".join(
        f"- {scheme.code}: {scheme.title} (months {first:.1f} to {last:.1f})"
        for scheme in (SCHEMES if world.settings.schemes else ())
        for first, _, last in [scheme.window(world.settings.months)]
    )
    (place / "README.md").write_text(
        NOTE.format(
            seed=world.settings.seed,
            counts=counts,
            share=policy.random_share,
            rate=policy.high_rate,
            origins=" and ".join(policy.origins),
            discretion=policy.discretion,
            schemes=schemes or "- none",
        ),
        encoding="utf-8",
    )


NOTE = """# A practice world

Everything here is invented: traders, prices, rates, findings. Nobody real is meant. Seed {seed}; all settings are in
`world.json`, and the same settings make the same world.

- `declarations/*.csv`: {counts.declarations} declarations, {counts.items} goods items, one file a month, one row an
  item, in the columns of the canonical declaration (UTF-8, comma; lists separated by spaces; moments in UTC).
- The outcome columns tell what a crude legacy policy saw: {counts.examined} items examined, {counts.findings}
  findings. {share:.0%} of declarations were drawn at random: `inclusion_probability` is theirs. Of the others, goods
  from {origins} with duty and tax of {rate:.0%} or more were examined in the share {discretion:.0%}, at the officers'
  discretion; their probability was not recorded and is empty.
- Officers miss some offences: no finding is not innocence.
- `truth.parquet`: what is true of every item. No office would have it; never learn from it, only compare with it.
- `world.json`: settings, seed and legacy policy.

Schemes, in months since the start:

{schemes}
"""
