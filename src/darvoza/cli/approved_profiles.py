"""Profiles that a second person approved go on deciding where a rule that came later would refuse them, and it is said loudly."""

import sys
from pathlib import Path

from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.errors import ProfileError
from darvoza.flow.assessment.code_rules import looks_latin
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import leaves


def approved_profiles(directory: Path) -> ProfileSet:
    """Read profiles that decide, and tell of each approved one what is refused in those that are written now.

    Nothing stops at night because a version refuses what an earlier one took: such a code decided nothing, and decides
    nothing. A profile without an approver is held to all rules, as `darvoza profile check` holds every one.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong in any file, each a `ProfileError`.
    """
    try:
        return load_profiles(directory)
    except ExceptionGroup as refused:
        profiles = load_profiles(directory, approved=True)
        if any(not profile.approver and _refused(profile) for profile in profiles):
            raise
        for error in leaves(refused):
            print(f"ATTENTION: {error}. It was approved, and goes on as before: mend it", file=sys.stderr)
        return profiles


def _refused(profile: RiskProfile) -> bool:
    """Tell whether a profile that is read as approved would be refused as a new one."""
    try:
        parse(profile.sentence, ProfileSet((profile,)).lists)
    except ProfileError:
        return True
    return looks_latin(profile.code)
