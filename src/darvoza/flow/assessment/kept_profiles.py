"""Profiles kept as trees: those that this program makes of registers and measures decide later as they did, though it makes others."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import Expression, as_json
from darvoza.domain.expression_reading import from_json
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.domain.selection import FloorKind
from darvoza.errors import SettingsError
from darvoza.json_text import read_json

FORMAT: Final = 1
WORDS: Final = ("code", "title", "sentence", "legal_basis", "rationale", "justification")


def profiles_json(profiles: Iterable[RiskProfile]) -> bytes:
    """Write profiles with their trees; equal profiles give equal bytes."""
    told = {"darvoza_profiles": FORMAT, "profiles": [_told(profile) for profile in profiles]}
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode()


def read_profiles_json(data: bytes, source: str) -> tuple[RiskProfile, ...]:
    """Read profiles, in the order in which they were written.

    Raises
    ------
    SettingsError
        When they are not what `profiles_json` wrote.
    """
    try:
        made = read_json(data)
        if made["darvoza_profiles"] != FORMAT:
            raise ValueError(f"format {made['darvoza_profiles']!r:.40}")
        return tuple(_read(each) for each in made["profiles"])
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as problem:
        raise SettingsError(
            field=source,
            expected=f"profiles as they were kept, in format {FORMAT}",
            got=str(problem) or type(problem).__name__,
            hint="take this file from a copy of the state, or read it with the version that wrote it",
        ) from problem


def _told(profile: RiskProfile) -> dict[str, Any]:
    return {name: getattr(profile, name) for name in WORDS} | {
        "agency": profile.agency,
        "risk_area": profile.risk_area,
        "condition": as_json(profile.condition),
        "treatment": [profile.treatment.act, str(profile.treatment.share)],
        "unknown": profile.unknown,
        "valid": [day and day.isoformat() for day in (profile.valid.start, profile.valid.end)],
        "instructions": dict(profile.instructions),
        "floor": profile.floor,
        "review_by": profile.review_by and profile.review_by.isoformat(),
        "digest": profile.digest,
    }


def _read(told: Mapping[str, Any]) -> RiskProfile:
    """Read one profile, and see that it is the one that was written."""
    act, share = told["treatment"]
    profile = RiskProfile(
        **{name: told[name] for name in WORDS},
        agency=Agency(told["agency"]),
        risk_area=RiskArea(told["risk_area"]),
        condition=cast("Expression", from_json(told["condition"])),
        treatment=Treatment(Act(act), Decimal(share)),
        unknown=UnknownPolicy(told["unknown"]),
        valid=Validity(*map(_day, told["valid"])),
        instructions=told["instructions"],
        floor=FloorKind(told["floor"]),
        review_by=_day(told["review_by"]),
    )
    if profile.digest != told["digest"]:
        raise ValueError(f"{profile.code}: another profile than its digest says")
    return profile


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
