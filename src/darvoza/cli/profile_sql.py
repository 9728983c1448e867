"""``darvoza profile sql``: a profile as a statement for the warehouse."""

from argparse import Namespace

from darvoza.cli.profile_explain import profile_of
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.sql import profile_query


def run(options: Namespace) -> int:
    """Print the statement that gives the matches of one profile.

    Raises
    ------
    ProfileError
        There is no such profile, or the dialect cannot express it.
    """
    profile = profile_of(load_profiles(options.profiles), options.code)
    print(profile_query(profile, options.dialect, table=options.table) + ";")
    return 0
