"""Rows of the journal and what they say."""

from darvoza.office.journal.chain import Line
from darvoza.office.journal.models import Entry


def as_line(entry: Entry) -> Line:
    """Give what a row says."""
    return Line(entry.number, entry.at, entry.by, entry.action, entry.subject, entry.data)


def as_row(line: Line, digest: str) -> Entry:
    """Make a row of what is to be kept."""
    return Entry(
        number=line.number,
        at=line.at,
        by=line.by,
        action=line.action,
        subject=line.subject,
        data=line.data,
        digest=digest,
    )
