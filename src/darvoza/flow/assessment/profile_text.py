"""A profile written as the text of its file, so that it reads back to the same profile."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import yaml

from darvoza.domain.expression import plain_number
from darvoza.domain.profile import RiskProfile, WorkedCase
from darvoza.flow.assessment.formatting import ORDER

WIDTH: Final = 110


class _Dumper(yaml.SafeDumper):
    """Writes lists of texts on one line, and long texts folded."""


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    folds = len(value) > WIDTH - 30 and "\n" not in value and value == " ".join(value.split())
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=">" if folds else None)


def _list(dumper: yaml.SafeDumper, value: list[Any]) -> yaml.SequenceNode:
    flat = all(isinstance(each, str) for each in value)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flat)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _list)


def profile_fields(profile: RiskProfile) -> dict[str, Any]:
    """Give the fields of the file of a profile: texts, lists and mappings; what says nothing is left out."""
    valid, treatment = profile.valid, profile.treatment
    fields: dict[str, Any] = {
        name: str(getattr(profile, name))
        for name in (*("code", "title", "agency", "risk_area", "risk_register", "legal_basis", "rationale"),
                     *("justification", "unknown", "floor", "visibility", "national_data", "owner", "author", "approver"))
    }  # fmt: skip
    fields |= {
        "valid": {"from": _plain(valid.start), "to": _plain(valid.end)},
        "review_by": _plain(profile.review_by),
        "when": " ".join(profile.sentence.split()),
        "treatment": {"act": treatment.act.value, "share": plain_number(treatment.share)},
        "needs_national_data": "true" if profile.needs_national_data else "",
        "instructions": dict(profile.instructions),
        "cases": [_case(case) for case in profile.cases],
    }
    return {name: value for name, value in fields.items() if value}


def _case(case: WorkedCase) -> dict[str, Any]:
    given = {name: _plain(value) for name, value in case.given.items()}
    items = [{name: _plain(value) for name, value in item.items()} for item in case.items]
    return {"title": case.title, "given": given | ({"items": items} if items else {}), "expect": case.expect.value}


def _plain(value: object) -> object:
    """Give a value as the file holds it: nothing stays nothing."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [str(each) for each in value]
    return str(value)


def fields_text(fields: Mapping[str, Any]) -> str:
    """Write fields as the text of a profile file, in the one order.

    Examples
    --------
    >>> print(fields_text({"title": "Cars", "code": "A-1", "valid": {"from": "2026-01-01"}}))
    code: A-1
    title: Cars
    valid:
      from: '2026-01-01'
    <BLANKLINE>
    """
    ranked = sorted(fields, key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))
    plain = {name: fields[name] for name in ranked}
    return str(yaml.dump(plain, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH))


def profile_text(profile: RiskProfile) -> str:
    """Write a profile as the text of its file; reading it gives the same profile."""
    return fields_text(profile_fields(profile))
