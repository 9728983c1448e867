"""``darvoza journal verify``: ask the one file that other agencies ask too."""

from argparse import Namespace

from darvoza.darvoza_verify import Unreadable
from darvoza.darvoza_verify import run as checked
from darvoza.errors import UnreadableFile


def run(options: Namespace) -> int:
    """Check a journal, a proof, or heads alone; 0 if it is intact, 1 otherwise."""
    try:
        return checked(options.journal, options.heads, options.key, options.proof)
    except OSError as problem:
        got = problem.strerror
        raise UnreadableFile(field=str(problem.filename), expected="a file that can be read", got=got) from problem
    except (Unreadable, ValueError) as problem:
        raise UnreadableFile(str(problem)) from problem
