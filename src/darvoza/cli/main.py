"""The command line: read the arguments, load the one command that is asked for, say what went wrong in a line.

Commands are loaded by name when they run, so that ``darvoza --help`` does not wait for the libraries of all of them.
"""

import gc
import importlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from functools import cache

from darvoza.cli.arguments import build_parser
from darvoza.errors import DarvozaError

EXIT_FAILED = 2
"""Nothing could be done as asked."""

EXIT_PIPE = 141
"""The reader of the output went away, as shells count it."""

EXIT_INTERRUPTED = 130
"""Stopped from the keyboard, as shells count it."""

POLARS_THREADS = "POLARS_MAX_THREADS"
"""Read once, when the library is loaded; so it is set before any command is."""

MATRIX_THREADS = "OPENBLAS_NUM_THREADS"
"""Our matrices are small: threads that wait for one another on a busy machine make them fifty times as slow."""

COLLECT = 50_000, 10, 10
"""Objects made before cycles among them are looked for: libraries and tables that are loaded hold none, and seven hundred, as
Python has it, cost a tenth of the start of the office."""

SHOWN = 20
"""Most errors printed at once."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 a check failed, 2 nothing could be done.

    Parameters
    ----------
    arguments
        The words after ``darvoza``; those of the process by default.
    """
    options = _parser().parse_args(arguments)
    os.environ.setdefault(MATRIX_THREADS, "1")
    gc.set_threshold(*COLLECT)
    if hasattr(options, "workers"):
        os.environ.setdefault(POLARS_THREADS, str(options.workers))
    try:
        command = importlib.import_module(options.command_module)
        return int(command.run(options))
    except (DarvozaError, ExceptionGroup) as problem:
        _tell(problem)
        return EXIT_FAILED
    except BrokenPipeError:
        # whoever read the output has seen enough; nothing more may be written, at exit neither
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_PIPE
    except Exception as problem:
        told = _in_words(options, problem)
        if told is None:
            raise
        _tell(told)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print("darvoza: stopped; nothing half-written was left behind", file=sys.stderr)
        return EXIT_INTERRUPTED


@cache
def _parser() -> ArgumentParser:
    """Make the parser once: whoever runs many commands in one process does not wait for it at each."""
    return build_parser()


def _in_words(options: Namespace, problem: Exception) -> DarvozaError | None:
    """Let a door say what it knows of an error that is not of this house, such as that of its database."""
    words = getattr(options, "words_for_failures", None)
    return importlib.import_module(words).in_words(problem) if words else None


def _tell(problem: DarvozaError | ExceptionGroup[Exception]) -> None:
    """Print every error on a line of its own."""
    problems = list(_leaves(problem))
    foreign = [leaf for leaf in problems if not isinstance(leaf, DarvozaError)]
    if foreign:
        raise problem
    for leaf in problems[:SHOWN]:
        print(f"darvoza: {leaf}", file=sys.stderr)
    if len(problems) > SHOWN:
        print(f"darvoza: … and {len(problems) - SHOWN} more", file=sys.stderr)


def _leaves(problem: Exception) -> Iterator[Exception]:
    """Walk a group of errors down to the single ones."""
    if isinstance(problem, ExceptionGroup):
        for inner in problem.exceptions:
            yield from _leaves(inner)
    else:
        yield problem


if __name__ == "__main__":
    sys.exit(main())
