"""``darvoza profile check``: read every profile and run its worked cases."""

import sys
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.manifest import expiry_warnings
from darvoza.cli.profile_dates import date_warnings
from darvoza.domain.expression import facts_used
from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.forms import IDENTITIES, KEPT_FOLDED
from darvoza.flow.assessment.list_doubts import doubts
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.worked_cases import run_case
from darvoza.plural import several

SAID = {True: "match", False: "no match", None: "unknown"}


def run(options: Namespace) -> int:
    """Check a directory of profiles; 1 if a worked case fails, or there is none to check."""
    profiles = load_profiles(options.directory)
    failed = 0
    for profile in profiles:
        for case in profile.cases:
            outcome = run_case(profile, case)
            if outcome != case.expect.truth:
                failed += 1
                print(f"{profile.code}: {case.title}: expected {case.expect}, got {SAID[outcome]}")
    day = options.day or datetime.now(UTC).date()
    for warning in (*date_warnings(profiles, day), *expiry_warnings(profiles, day)):
        print(warning, file=sys.stderr)
    for named in profiles.lists:
        for doubt in doubts(named, day):
            print(f"DOUBTFUL LIST: {named.name}: {doubt}", file=sys.stderr)
    for told in _compared_folded(profiles):
        print(told)
    if not len(profiles):
        print(f"ATTENTION: no profile (*.yaml) lies below {options.directory}", file=sys.stderr)
    cases = sum(len(profile.cases) for profile in profiles)
    counted = f"{several(len(profiles), 'profile')}, {several(cases, 'worked case')}"
    print(f"{counted}, {failed} failed; digest {profiles.digest}")
    return 1 if failed or not len(profiles) else 0


def _compared_folded(profiles: ProfileSet) -> list[str]:
    """Say which facts of the profiles are compared by letters and digits alone, so that nobody lists each way of writing."""
    users: dict[str, list[str]] = {}
    for profile in profiles:
        for fact in facts_used(profile.condition) & (IDENTITIES | KEPT_FOLDED):
            users.setdefault(fact, []).append(profile.code)
    return [
        f"compared folded, whatever case, blanks, signs or look-alike letters: {fact} in {', '.join(codes)}"
        for fact, codes in sorted(users.items())
    ]
