"""``darvoza profile explain``: everything about one profile that an approver asks, in words."""

import difflib
import textwrap
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from darvoza.cli.languages import POLICIES, RUSSIAN, named
from darvoza.domain.expression import Known, facts_used, nodes
from darvoza.domain.facts import FACT, FIELD_OF_FACT
from darvoza.domain.fields import FIELDS
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.domain.titles import TITLE
from darvoza.domain.wording import render
from darvoza.domain.wording_ru import render_ru
from darvoza.errors import ProfileError
from darvoza.flow.assessment.guards import guards
from darvoza.flow.assessment.profile_files import load_profile, load_profiles
from darvoza.flow.assessment.sentence import DEEPEST, LONGEST, MOST_NODES, weigh
from darvoza.flow.assessment.worked_cases import run_case

SAID = {True: "match", False: "no match", None: "unknown"}
REQUIRED = {field.name for field in FIELDS if field.required}
WIDTH = 110


def run(options: Namespace) -> int:
    """Explain one profile, by its file or by its code; 1 if a worked case fails.

    Raises
    ------
    ProfileError
        There is no such profile, or it cannot be read.
    """
    path = Path(options.profile)
    if path.is_file() or path.suffix:
        (profile,) = load_profile(path)
    else:
        profile = profile_of(load_profiles(options.profiles, approved=True), options.profile)
    print("\n".join(explained(profile, options.day or datetime.now(UTC).date())))
    return 0 if all(run_case(profile, case) == case.expect.truth for case in profile.cases) else 1


def profile_of(profiles: ProfileSet, code: str) -> RiskProfile:
    """Give the profile of a code; raises `ProfileError`, with the nearest code, when there is none."""
    codes = [profile.code for profile in profiles]
    if code not in codes:
        close = difflib.get_close_matches(code, codes, n=1)
        hint = f"did you mean {close[0]}?" if close else None
        raise ProfileError(field="code", expected="the code of a profile", got=code, hint=hint)
    return profiles[code]


def explained(profile: RiskProfile, day: date) -> Iterator[str]:
    """Tell everything about a profile, line by line; `day` is the day on which it is asked what has expired."""
    yield f"{profile.code}  {profile.title}"
    yield from _told("en", render(profile.condition))
    yield from _told("ru", render_ru(profile.condition))
    yield ""
    yield from _asked(profile)
    yield ""
    yield from _facts(profile)
    yield ""
    yield from _cost(profile)
    yield from _guards(profile)
    yield from _lists(profile, day)
    yield f"  digest        {profile.digest}"
    yield f"                {profile.condition_digest} (the condition alone)"
    yield ""
    yield from _cases(profile)


def _told(label: str, text: str) -> Iterator[str]:
    """Tell a labelled text, wrapped."""
    lines = textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False) or ["—"]
    yield f"  {label:<13} {lines[0]}"
    yield from (f"  {'':<13} {line}" for line in lines[1:])


def _asked(profile: RiskProfile) -> Iterator[str]:
    """Tell what it asks for, on what grounds, who answers for it and when."""
    treatment, valid = profile.treatment, profile.valid
    yield from _told("asks for", f"the act {treatment.act} for {treatment.share:.0%} of its matches, by {profile.agency}; floor of "
                     f"the kind {profile.floor} ({RUSSIAN[treatment.act]}, {RUSSIAN[profile.agency]})")  # fmt: skip
    register = f"; risk register {profile.risk_register}" if profile.risk_register else ""
    yield from _told("risk area", f"{named(profile.risk_area, 'en')} ({RUSSIAN[profile.risk_area]}){register}")
    yield from _told("valid", f"{valid.start or 'open'} to {valid.end or 'open'}; review by {profile.review_by or '—'}")
    for label in ("legal_basis", "rationale", "justification"):
        yield from _told(label.replace("_", " "), str(getattr(profile, label)))
    yield from _told("national", profile.national_data or "no number that must be set on national data first")
    people = ", ".join(f"{role} {getattr(profile, role) or '—'}" for role in ("owner", "author", "approver"))
    yield from _told("people", f"{people}; may be read by: {profile.visibility}")
    for language, text in profile.instructions.items():
        yield from _told(f"officer, {language}", text)


def _facts(profile: RiskProfile) -> Iterator[str]:
    """Tell what a missing fact does, and what every fact means."""
    asked = {node.fact for node in nodes(profile.condition) if hasattr(node, "fact") and not isinstance(node, Known)}
    used = sorted(facts_used(profile.condition))
    missing = [fact for fact in used if fact in asked and FIELD_OF_FACT.get(fact, fact) not in REQUIRED]
    policy = POLICIES["en"][profile.unknown]
    yield from _told(
        "unknown", f"when a fact it needs is missing, {policy}; which may be: {', '.join(missing) or 'none'}"
    )
    yield "  facts"
    for name in used:
        fact, title = FACT[name], TITLE[name]
        level = "goods item" if fact.item else "declaration"
        yield f"    {name} — {title.english}; {title.russian}"
        yield f"      {fact.meaning} [{fact.unit or '—'}; {fact.type}, {level}, {fact.source}]"


def _cost(profile: RiskProfile) -> Iterator[str]:
    """Tell how large the sentence is beside its bound."""
    weight = weigh(profile.sentence or render(profile.condition))
    yield from _told("cost", f"{weight.parts} of {MOST_NODES} parts, {weight.levels} of {DEEPEST} levels, "
                     f"{weight.characters} of {LONGEST} characters")  # fmt: skip


def _guards(profile: RiskProfile) -> Iterator[str]:
    """Tell by what its candidates are found, or that nothing narrows them down."""
    found = guards(profile.condition)
    if not found:
        warning = "none: every goods item is looked at. Ask for goods, a country or a trader, if you can"
        yield from _told("guard", f"WARNING: {warning}")
    for guard in found:
        yield from _told("guard", " or ".join(render(test) for test in guard))


def _lists(profile: RiskProfile, day: date) -> Iterator[str]:
    """Tell the named lists it speaks of."""
    for used in ProfileSet((profile,)).lists:
        expired = used.expires is not None and used.expires < day
        until = (
            f"EXPIRED on {used.expires}, in use as it is" if expired else f"vouched for until {used.expires or 'open'}"
        )
        yield from _told("list", f"{used.name}, version {used.version or '—'} of {used.dated}, {len(used.values):,} codes, "
                         f"{until}; source: {used.source}; digest {used.digest}")  # fmt: skip


def _cases(profile: RiskProfile) -> Iterator[str]:
    """Tell what the sentence makes of every worked case."""
    yield "  worked cases"
    for case in profile.cases:
        outcome = run_case(profile, case)
        agrees = outcome == case.expect.truth
        yield f"    {SAID[outcome]:<9} {'as expected' if agrees else f'BUT EXPECTED {case.expect}'}: {case.title}"
