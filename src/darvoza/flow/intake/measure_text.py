"""Measures written as a file that `read_measures` reads back."""

from collections.abc import Iterable
from dataclasses import fields

import yaml

from darvoza.domain.sps.measure import Measure, MeasureScope, Requirements


def measures_text(measures: Iterable[Measure], heading: str) -> str:
    """Write measures; equal measures give equal text.

    Parameters
    ----------
    measures
        The measures, in the order in which they are to stand.
    heading
        What is said above them, one or more lines.
    """
    content = {"measures": [_plain(measure) for measure in measures]}
    said = "".join(f"# {line}\n" for line in heading.splitlines())
    return said + yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120)


def _plain(measure: Measure) -> dict[str, object]:
    """Give a measure as plain values, without what is empty."""
    days = {"from": measure.start, "to": measure.end, "review_by": measure.review_by}
    values: dict[str, object] = {
        "code": measure.code,
        "title": measure.title,
        "agency": measure.agency.value,
        "kind": measure.kind.value,
        "scope": _scope(measure.scope),
        "legal_basis": measure.legal_basis,
        **{name: day and day.isoformat() for name, day in days.items()},
        "alert": "true" if measure.alert else None,
        "acts": {act.value: str(share) for act, share in measure.acts},
        "required": list(measure.required),
        "requires": _requires(measure.requires),
        "hazard": measure.hazard,
        "source": measure.source,
        "reference": measure.reference,
        "terminated_on": measure.terminated_on and measure.terminated_on.isoformat(),
        "termination": measure.termination,
        "instructions": dict(measure.instructions),
    }
    return {name: value for name, value in values.items() if value}


def _requires(requires: Requirements) -> dict[str, object]:
    flags = {name: "true" for name in ("approved_establishment", "permit") if getattr(requires, name)}
    lists = {name: list(getattr(requires, name)) for name in ("statements", "zone_free_of")}
    return {name: held for name, held in (lists | flags).items() if held}


def _scope(scope: MeasureScope) -> dict[str, object]:
    read = {field.name: getattr(scope, field.name) for field in fields(scope)}
    held = {
        name: list(value) if isinstance(value, tuple) else value.isoformat() for name, value in read.items() if value
    }
    return {name: value for name, value in held.items() if value}
