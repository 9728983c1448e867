"""Files of the journal as the command line reads them: a file that cannot be read is told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darvoza.errors import UnreadableFile
from darvoza.flow.fields import read_text


@contextmanager
def readable(path: Path, what: str) -> Iterator[None]:
    """Turn what goes wrong while a file is read into an error that names it."""
    try:
        yield
    except OSError as problem:
        raise UnreadableFile(field=str(path), expected=what, got=problem.strerror) from problem
    except UnicodeDecodeError as problem:
        raise UnreadableFile(field=str(path), expected=what, got="bytes that are no text in UTF-8") from problem


def text_of(path: Path, what: str) -> str:
    """Read a file of text, without the mark that some editors put in front of it.

    Raises
    ------
    UnreadableFile
        When it is missing or no text.
    """
    return read_text(path, str(path), error=UnreadableFile, expected=what)
