"""``darvoza profile sql``: a profile as a statement for the warehouse."""

import difflib
from argparse import Namespace

from darvoza.errors import ProfileError
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.sql import profile_query


def run(options: Namespace) -> int:
    """Print the statement that gives the matches of one profile.

    Raises
    ------
    ProfileError
        There is no such profile, or the dialect cannot express it.
    """
    profiles = load_profiles(options.profiles)
    codes = [profile.code for profile in profiles]
    if options.code not in codes:
        close = difflib.get_close_matches(options.code, codes, n=1)
        hint = f"did you mean {close[0]}?" if close else None
        raise ProfileError(field="code", expected="the code of a profile", got=options.code, hint=hint)
    print(profile_query(profiles[options.code], options.dialect, table=options.table) + ";")
    return 0
