"""Reports of the command line, read to be kept in the office: frontier, drift, model card, comparison, places of posts."""

import csv
import hashlib
from pathlib import Path
from typing import Any, Final, NamedTuple

from darvoza.errors import OutputError
from darvoza.json_text import read_json

FRONTIER, DRIFT, MODEL, COMPARISON, PLACES = "frontier", "drift", "model", "comparison", "places"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FILES: Final = {FRONTIER: "frontier.json", DRIFT: "drift.json", MODEL: "card.json"}
NEEDED: Final = {
    FRONTIER: ("all_posts", "posts", "start", "end"),
    DRIFT: ("charts", "model", "months", "expectations", "results", "findings"),
    MODEL: ("kind", "slices", "heads", "reliability", "verdict", "shares"),
    COMPARISON: ("champion", "challenger", "declarations", "share", "samples", "verdict"),
}
"""What must stand in a report of each kind."""

POINTS = 300
"""Most points kept of a chart: of each stretch the highest."""


class ReportFile(NamedTuple):
    """A report as it was found: what it is, its digest, what it says."""

    kind: str
    name: str
    digest: str
    content: dict[str, Any]


def read_report(path: Path) -> ReportFile:
    """Read a report: the directory that a command wrote, a comparison (JSON), or places of posts (CSV).

    Raises
    ------
    OutputError
        When it is none of these, or cannot be read.
    """
    try:
        if path.suffix == ".csv":
            return _places(path)
        if path.is_file():
            return _kept(COMPARISON, path.name, path.read_bytes())
        for kind, name in FILES.items():
            if (path / name).is_file():
                return _directory(kind, path)
    except (OSError, ValueError) as problem:
        raise _refused(path, str(problem)) from problem
    raise _refused(path, "no such report")


def _refused(path: Path, got: str) -> OutputError:
    return OutputError(
        field=str(path),
        expected="what `darvoza frontier`, `darvoza drift`, `darvoza learn` or `darvoza model compare` wrote, or a CSV of places",
        got=got,
    )


def _kept(kind: str, name: str, written: bytes, digest: str = "") -> ReportFile:
    content = read_json(written)
    missing = [key for key in NEEDED[kind] if not isinstance(content, dict) or key not in content]
    if missing:
        message = f"a {kind} without {', '.join(missing)}"
        raise ValueError(message)
    return ReportFile(kind, name, digest or hashlib.sha256(written).hexdigest(), content)


def _directory(kind: str, path: Path) -> ReportFile:
    """Read the report of a directory; a model has the digest of all its files, the others tell their settings."""
    sums = path / SUMS
    digest = hashlib.sha256(sums.read_bytes()).hexdigest() if kind == MODEL and sums.is_file() else ""
    made = _kept(kind, path.name, (path / FILES[kind]).read_bytes(), digest)
    manifest = path / MANIFEST
    if manifest.is_file():
        made.content["settings"] = read_json(manifest.read_bytes()).get("settings", {})
    if kind == DRIFT:
        made.content["charts"] = [_thinned(chart) for chart in made.content["charts"]]
    return made


def _thinned(chart: dict[str, Any]) -> dict[str, Any]:
    """Keep of a chart as many points as a line can show."""
    values = chart.get("values", [])
    stride = max(-(-len(values) // POINTS), 1)
    highest = [max(values[at : at + stride]) for at in range(0, len(values), stride)]
    return {**{name: value for name, value in chart.items() if name != "known_at"}, "values": highest}


def _places(path: Path) -> ReportFile:
    """Read where posts lie: ``code, name, latitude, longitude`` in degrees."""
    written = path.read_bytes()
    rows = csv.DictReader(written.decode("utf-8-sig").splitlines())
    places = {}
    for line, row in enumerate(rows, start=2):
        try:
            code, name = row["code"], row["name"]
            north, east = float(row["latitude"]), float(row["longitude"])
        except (KeyError, TypeError, ValueError) as problem:
            message = f"line {line} without code, name, latitude and longitude"
            raise ValueError(message) from problem
        if not (-90 <= north <= 90 and -180 <= east <= 180):
            message = f"line {line}: latitude {north}, longitude {east}"
            raise ValueError(message)
        places[code] = {"name": name, "latitude": north, "longitude": east}
    return ReportFile(PLACES, path.name, hashlib.sha256(written).hexdigest(), places)
