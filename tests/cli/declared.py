"""Declarations written by hand for tests of the command line: few columns, one mapping."""

from pathlib import Path

import polars as pl

from darvoza.cli.main import main

ORDINARY = {
    "declaration_id": "D1", "lodged_at": "2026-03-25T08:00:00Z", "dispatched_at": "2026-03-20T08:00:00Z", "post": "KG-TOR",
    "importer_id": "I1", "export_country": "TR", "destination_country": "KG", "item": "1", "hs": "0813100000",
    "origin": "TR", "origin_region": "", "net_mass": "5000", "customs_value": "9000", "establishment": "", "documents": "",
}  # fmt: skip


def declared(directory: Path, *rows: dict[str, str], name: str = "declared") -> list[str]:
    """Write declarations that are ordinary but for the changes; give the file and its mapping as words of a command."""
    directory.mkdir(parents=True, exist_ok=True)
    columns = list(dict.fromkeys([*ORDINARY, *(column for row in rows for column in row)]))
    lines = [",".join({**ORDINARY, **row}.get(column, "") for column in columns) for row in rows]
    file, mapping = directory / f"{name}.csv", directory / f"{name}.yaml"
    file.write_text("\n".join((",".join(columns), *lines)) + "\n", encoding="utf-8")
    fields = "".join(f"  {column}: {column}\n" for column in columns)
    mapping.write_text(f"title: T\nsource: S\nlicence: L\nfields:\n{fields}", encoding="utf-8")
    return [str(file), "--mapping", str(mapping)]


def one_profile(directory: Path) -> str:
    """Write a directory with one profile that matches nothing, for runs that are about something else."""
    place = directory / "one_profile"
    place.mkdir(exist_ok=True)
    (place / "NONE.yaml").write_text(
        "code: NONE\ntitle: Nothing\nagency: customs\nrisk_area: undervaluation\nlegal_basis: none\n"
        "owner: O\nauthor: A\napprover: B\nvisibility: agency\nvalid: {from: 2026-01-01, to: 2026-12-31}\n"
        "review_by: 2026-12-01\nrationale: none\n"
        "when: hs starts with 99\ntreatment: {act: documentary, share: 1.0}\nunknown: no match\n"
        "instructions: {en: Nothing., ru: Ничего.}\n"
        "cases:\n  - {title: Nothing, given: {hs: '990000'}, expect: match}\n"
        "  - {title: A car, given: {hs: '870323'}, expect: no match}\n",
        encoding="utf-8",
    )
    return str(place)


def assessed(directory: Path, words: list[str], *more: object, out: str = "run") -> pl.DataFrame:
    """Assess declarations with that one profile; give the decisions."""
    place = directory / out
    options = ["--profiles", one_profile(directory), "--capacity", "0.1", "--out", str(place)]
    assert main(["assess", *words, *options, *map(str, more)]) == 0
    return pl.read_parquet(place / "decisions.parquet")


def floors_of(decisions: pl.DataFrame, declaration: str) -> dict[str, float]:
    """Give the floors of a declaration, source and act → probability, those of chance and score left out."""
    floors = decisions.filter(declaration_id=declaration).explode("floors").unnest("floors", separator="_")
    kept = floors.filter(pl.col("floors_kind").is_in(["law", "alert", "profile"]))
    return {
        f"{source} {act}": p for source, act, p in kept.select("floors_source", "act", "floors_probability").iter_rows()
    }
