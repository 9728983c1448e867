"""Profiles over many items and over one declaration, measured beside the engines one would otherwise take.

Every engine runs on one thread and must give identical match sets before its time counts. The workload is generated
from a seed: 40 % commodity prefix and origins, 20 % chapter and unit value, 15 % importer list and origins, 10 %
header only, 10 % history and commodity, 5 % text; 1 % of the values are missing; about one match an item.

Run ``python benchmarks/profiles.py --items 1000000 --profiles 500``; the table is Markdown.
"""

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

os.environ["POLARS_MAX_THREADS"] = "1"  # before Polars is first imported

import duckdb
import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import (
    And,
    Arithmetic,
    Comparison,
    Contains,
    Expression,
    FactValue,
    Flag,
    Number,
    OneOf,
    Or,
    StartsWith,
)
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.flow.assessment.columns import ColumnsExecutor
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.assessment.sentence import parse

DAY = date(2026, 3, 1)
COUNTRIES = 60
WORDS = [
    "used",
    "new",
    "car",
    "parts",
    "cotton",
    "fabric",
    "shoes",
    "leather",
    "phone",
    "battery",
    "plastic",
    "pipe",
    "steel",
    "tea",
    "apples",
    "toy",
    "set",
    "misc",
]
RARE = [
    "asbestos",
    "replica",
    "refurbished",
    "stripped",
    "ivory",
    "pirated",
    "crocodile",
    "counterfeit",
    "ephedrine",
    "mercury",
]


def a_frame(n_items: int, seed: int) -> pl.DataFrame:
    """Goods items in declarations of 1 to 20 (geometric, mean 5), with skewed codes and traders."""
    rng = np.random.default_rng(seed)
    sizes = np.minimum(rng.geometric(0.2, n_items), 20)
    declaration = np.repeat(np.arange(n_items), sizes)[:n_items]
    n_declarations = int(declaration[-1]) + 1
    first = np.concatenate(([0], np.flatnonzero(np.diff(declaration)) + 1))
    codes = np.unique(rng.integers(100, 9799, 5000)) * 100
    hs = np.array([f"{code + tail:06d}" for code in codes for tail in (10, 20, 90)])
    countries = np.array([chr(65 + n // 26) + chr(65 + n % 26) for n in range(COUNTRIES)])
    importers = np.array([f"{n:014d}" for n in range(3000)])

    def skewed(values: np.ndarray, size: int, power: float) -> np.ndarray:
        weight = 1 / np.arange(1, len(values) + 1) ** power
        return values[rng.choice(len(values), size, p=weight / weight.sum())]

    def missing(values: np.ndarray) -> pl.Series:
        return pl.Series(values).set(pl.Series(rng.random(len(values)) < 0.01), None)

    def header(values: np.ndarray) -> pl.Series:
        return missing(values).gather(declaration)

    words = np.array([*WORDS * 4, *RARE])
    phrases = [" ".join(rng.choice(words, 4)) for _ in range(20_000)]
    value, mass = rng.lognormal(7, 1.5, n_items), rng.lognormal(4, 1.5, n_items)
    decimal = pl.Decimal(38, 6)
    shuffled = rng.permutation(hs)
    importer = skewed(importers, n_declarations, 0.8)
    return pl.DataFrame(
        {
            "declaration_id": pl.Series([f"D{n:07d}" for n in range(n_declarations)]).gather(declaration),
            "item": np.arange(n_items) - first[declaration] + 1,
            "lodged_on": pl.Series([DAY]).gather(np.zeros(n_items, np.int64)),
            "hs": missing(skewed(shuffled, n_items, 0.6)),
            "origin": missing(skewed(countries, n_items, 0.8)),
            "importer": header(importer),
            "post": header(skewed(np.array([f"P{n:02d}" for n in range(30)]), n_declarations, 0.5)),
            "transport_mode": header(skewed(np.array(list("31245")), n_declarations, 1.0)),
            "importer_is_new": header(rng.random(n_declarations) < 0.03),
            "importer_findings_12m": header(rng.poisson(0.3, n_declarations)),
            "importer_finding_rate": header(rng.beta(1, 20, n_declarations)),
            "description": missing(np.array(phrases)[rng.integers(0, len(phrases), n_items)]),
            "customs_value": missing(value.round(2)).cast(decimal),
            "net_mass": missing(mass.round(3)).cast(decimal),
            "unit_value": missing((value / mass).round(6)).cast(decimal),
            "reference_unit_value": missing((value / mass * rng.lognormal(0, 0.6, n_items)).round(6)).cast(decimal),
            "total_gross_mass": header(rng.lognormal(8, 1, n_declarations).round(1)).cast(decimal),
        }
    )


def sentences(frame: pl.DataFrame, n_profiles: int, seed: int) -> list[str]:
    """The sentences of the workload, in the stated mix."""
    rng = np.random.default_rng(seed + 1)
    pools = {fact: frame[fact].drop_nulls().unique().sort().to_list() for fact in ("hs", "origin", "importer", "post")}

    def some(fact: str, low: int, high: int) -> str:
        chosen = rng.choice(pools[fact], int(rng.integers(low, high + 1)), replace=False)
        return "(" + ", ".join(f'"{value}"' for value in chosen) + ")"

    def prefix(length: int) -> str:
        return str(rng.choice(pools["hs"]))[:length]

    def number(low: float, high: float) -> str:
        return f"{rng.uniform(low, high):.2f}"

    kinds: list[tuple[float, Callable[[], str]]] = [
        (0.40, lambda: f"hs starts with {prefix(int(rng.integers(2, 5)))} and origin in {some('origin', 3, 15)}"),
        (
            0.20,
            lambda: (
                f"hs starts with {prefix(2)} and unit_value < {number(0.3, 0.9)} * reference_unit_value "
                f"and customs_value > {number(500, 5000)}"
            ),
        ),
        (0.15, lambda: f"importer in {some('importer', 3, 200)} and origin in {some('origin', 1, 12)}"),
        (
            0.10,
            lambda: (
                f"post in {some('post', 1, 2)} and transport_mode is {rng.integers(1, 4)} "
                f"and (importer_is_new or total_gross_mass > {number(15000, 60000)})"
            ),
        ),
        (
            0.10,
            lambda: (
                f"importer_findings_12m >= {rng.integers(1, 3)} and importer_finding_rate > {number(0.01, 0.1)} "
                f"and hs starts with ({prefix(2)}, {prefix(4)})"
            ),
        ),
        (0.05, lambda: f'description contains "{rng.choice(RARE)}" and net_mass < {number(5, 60)}'),
    ]
    counts = [round(share * n_profiles) for share, _ in kinds]
    counts[0] += n_profiles - sum(counts)
    return [make() for (_, make), count in zip(kinds, counts, strict=True) for _ in range(count)]


def a_profile(number: int, sentence: str) -> RiskProfile:
    """A profile with nothing but a sentence."""
    return RiskProfile(
        code=f"B-{number:04d}",
        title=sentence[:40],
        agency=Agency.CUSTOMS,
        risk_area=RiskArea.UNDECLARED,
        condition=parse(sentence),
        treatment=Treatment(Act.PHYSICAL),
        unknown=UnknownPolicy.NO_MATCH,
        valid=Validity(date(2026, 1, 1), date(2026, 12, 31)),
    )


def as_sql(node: Expression) -> str:  # noqa: PLR0911 - one return a kind of node
    """The condition in the best form found for DuckDB."""
    match node:
        case And(terms):
            return "(" + " AND ".join(map(as_sql, terms)) + ")"
        case Or(terms):
            return "(" + " OR ".join(map(as_sql, terms)) + ")"
        case OneOf(fact, values):
            return f"{fact} IN (" + ", ".join(f"'{value}'" for value in values) + ")"
        case StartsWith(fact, prefixes):
            return "(" + " OR ".join(f"starts_with({fact}, '{prefix}')" for prefix in prefixes) + ")"
        case Contains(fact, texts):
            return "(" + " OR ".join(f"contains({fact}, '{text}')" for text in texts) + ")"
        case Flag(fact):
            return fact
        case Comparison(left, relation, right):
            return f"{_sql_value(left)} {relation} {_sql_value(right)}"
    raise NotImplementedError(node)


def _sql_value(value: object) -> str:
    match value:
        case Number(number):
            return str(number)
        case FactValue(fact):
            return fact
        case Arithmetic(left, operation, right):
            return f"{_sql_value(left)} {operation} {_sql_value(right)}"
    raise NotImplementedError(value)


def as_polars(node: Expression) -> pl.Expr:  # noqa: PLR0911 - one return a kind of node
    """The condition as a Polars expression."""
    match node:
        case And(terms):
            return pl.all_horizontal([as_polars(term) for term in terms])
        case Or(terms):
            return pl.any_horizontal([as_polars(term) for term in terms])
        case OneOf(fact, values):
            return pl.col(fact).is_in(list(values))
        case StartsWith(fact, prefixes):
            return pl.any_horizontal([pl.col(fact).str.starts_with(prefix) for prefix in prefixes])
        case Contains(fact, texts):
            return pl.any_horizontal([pl.col(fact).str.contains(text, literal=True) for text in texts])
        case Flag(fact):
            return pl.col(fact)
        case Comparison(left, relation, right):
            first, second = _polars_value(left), _polars_value(right)
            return {"<": first < second, ">": first > second, ">=": first >= second, "<=": first <= second}[relation]
    raise NotImplementedError(node)


def _polars_value(value: object) -> pl.Expr:
    match value:
        case Number(number):
            return pl.lit(float(number))
        case FactValue(fact):
            return pl.col(fact)
        case Arithmetic(left, _, right):
            return _polars_value(left) * _polars_value(right)
    raise NotImplementedError(value)


def as_floats(frame: pl.DataFrame) -> pl.DataFrame:
    """The same items with money as floats: the other engines are given the faster form, ours keeps its decimals."""
    return frame.with_columns(pl.selectors.decimal().cast(pl.Float64))


def timed(run: Callable[[], object], repeats: int) -> tuple[float, object]:
    """Median seconds of some runs, and the last result."""
    times, result = [], None
    for _ in range(repeats):
        start = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), result


def identical(
    frame: pl.DataFrame, floats: pl.DataFrame, profiles: list[RiskProfile], connection: duckdb.DuckDBPyConnection
) -> int:
    """Assert that the three engines give the same rows for every profile, on the rows of the benchmark itself."""
    matches = ColumnsExecutor(profiles).match(frame)
    for place in range(len(profiles)):
        condition = profiles[place].condition
        ours = matches.rows[matches.profiles == place]
        peers = (
            floats.lazy()
            .select(pl.arg_where(as_polars(condition).fill_null(value=False)))
            .collect()
            .to_series()
            .to_numpy()
        )
        assert np.array_equal(ours, peers), profiles[place].title
        query = f"SELECT row FROM items WHERE {as_sql(condition)} ORDER BY row"
        assert np.array_equal(ours, connection.execute(query).fetchnumpy()["row"]), profiles[place].title
    return len(matches)


def over_many(frame: pl.DataFrame, profiles: list[RiskProfile], repeats: int) -> None:
    """Time and print the table for many items."""
    connection = duckdb.connect(config={"threads": 1})
    floats = as_floats(frame)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.parquet"
        floats.with_row_index("row").write_parquet(path)
        connection.execute(f"CREATE TABLE items AS SELECT * FROM read_parquet('{path}')")
    n_matches = identical(frame, floats, profiles, connection)
    counts = ", ".join(f"count(CASE WHEN {as_sql(profile.condition)} THEN 1 END)" for profile in profiles)
    selected = [as_polars(profile.condition).sum().alias(profile.code) for profile in profiles]
    executor = ColumnsExecutor(profiles)
    ours, _ = timed(lambda: executor.match(frame), repeats)
    duck, _ = timed(lambda: connection.execute(f"SELECT {counts} FROM items").fetchall(), max(1, repeats // 2))
    bears, _ = timed(lambda: floats.lazy().select(selected).collect(), max(1, repeats // 2))
    print(
        f"{frame.height:,} items × {len(profiles)} profiles, {n_matches:,} matches, one thread, identical match sets.\n"
    )
    print("| executor | seconds | items/s | ours is faster by |\n|---|---|---|---|")
    rows = [
        ("Darvoza columns, match rows, encoding and index included", ours),
        (f"DuckDB {duckdb.__version__}, count(CASE WHEN …) only, table loaded before", duck),
        (f"Polars {pl.__version__}, one select of {len(profiles)} sums only", bears),
    ]
    for name, seconds in rows:
        print(f"| {name} | {seconds:.2f} | {frame.height / seconds:,.0f} | {seconds / ours:.1f} × |")


def over_one(frame: pl.DataFrame, profiles: list[RiskProfile], n_declarations: int) -> None:
    """Time and print the table for declarations of five items, each seen for the first time."""
    rows = frame.head(n_declarations * 5).to_dicts()
    header = [
        name
        for name in frame.columns
        if name in {"importer", "post", "transport_mode", "total_gross_mass"} or name.startswith("importer_")
    ]
    declarations = []
    for start in range(0, len(rows), 5):
        shared = {name: rows[start][name] for name in header}
        declarations.append([{**row, **shared} for row in rows[start : start + 5]])
    executor = RecordExecutor(profiles)
    times = []
    for items in declarations:
        begin = time.perf_counter_ns()
        executor.match(items, DAY)
        times.append((time.perf_counter_ns() - begin) / 1000)
    p50, p99 = np.percentile(times, [50, 99])
    print(
        f"\n| one declaration of 5 items, {len(profiles)} profiles | µs |\n|---|---|\n| median | {p50:.0f} |\n| 99th percentile | {p99:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--profiles", type=int, default=500)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--seed", type=int, default=20260301)
    chosen = parser.parse_args()
    frame = a_frame(chosen.items, chosen.seed)
    profiles = [a_profile(number, text) for number, text in enumerate(sentences(frame, chosen.profiles, chosen.seed))]
    print(
        f"Python {platform.python_version()}, Polars {pl.__version__}, DuckDB {duckdb.__version__}, numpy {np.__version__}; seed {chosen.seed}\n"
    )
    over_many(frame, profiles, chosen.repeats)
    over_one(frame, profiles, min(5000, chosen.items // 5))


if __name__ == "__main__":
    main()
