"""How long what is kept: a file of rules, each with its period and its basis."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

import darvoza
from darvoza.domain.journal import EntryKind
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.office.journal.keeping import WORK_AT_LEAST

FILE: Final = "retention.yaml"
_PERIOD: Final = re.compile(r"(\d{1,5}) (days|years)")


class KeptData(StrEnum):
    """A class of data that is kept for a time of its own."""

    SESSIONS = "sessions"
    DRAFTS = "drafts"
    RECEIPTS = "receipts"
    """Answers of the interface, kept so that a repeated request gets the same one."""
    EVENTS = "events"
    """What was to be told to other systems."""
    IDENTITIES = "identities"
    """Names and identifiers in declarations: who traded, by which vehicle. What was declared and found stays."""
    DECLARATIONS = "declarations"
    """Declarations with everything about them."""
    JOURNAL_ACCESS = "journal-access"
    JOURNAL_READS = "journal-reads"
    JOURNAL_WORK = "journal-work"


JOURNAL: Final = {
    KeptData.JOURNAL_ACCESS: (EntryKind.SIGN_IN, EntryKind.SIGN_IN_REFUSED, EntryKind.SIGN_OUT),
    KeptData.JOURNAL_READS: (EntryKind.SENSITIVE_READ, EntryKind.EXPORT),
    KeptData.JOURNAL_WORK: (
        EntryKind.DECISION,
        EntryKind.OVERRIDE,
        EntryKind.ORDER,
        EntryKind.FINDING,
        EntryKind.RELEASE,
    ),
}
"""Entries whose bodies end with a class; those of other kinds stay for ever: they tell by which rules was decided."""

LEAST: Final[Mapping[KeptData, timedelta]] = {
    KeptData.IDENTITIES: timedelta(days=365),
    KeptData.DECLARATIONS: timedelta(days=365),
    KeptData.JOURNAL_ACCESS: timedelta(days=90),
    KeptData.JOURNAL_READS: timedelta(days=365),
    KeptData.JOURNAL_WORK: WORK_AT_LEAST,
}
"""Shortest periods of what shows who did what: one person with a file of rules must not be able to erase it."""


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long a class of data is kept, and on what basis.

    Attributes
    ----------
    days, years
        The period; one of them is 0.
    digest
        SHA-256 (hexadecimal) of the file of rules in which it stands.

    Examples
    --------
    >>> from datetime import UTC
    >>> RetentionRule(KeptData.DRAFTS, 0, 4, "law").end(datetime(2028, 2, 29, tzinfo=UTC)).date().isoformat()
    '2024-02-29'
    >>> RetentionRule(KeptData.DRAFTS, 0, 1, "law").end(datetime(2028, 2, 29, tzinfo=UTC)).date().isoformat()
    '2027-02-28'
    """

    data: KeptData
    days: int
    years: int
    basis: str
    digest: str = ""

    @property
    def keep(self) -> str:
        """The period as a file of rules states it."""
        return f"{self.days} days" if self.days else f"{self.years} years"

    def told(self, before: datetime) -> dict[str, object]:
        """Give what the journal is told of the rule by which something of before a moment goes."""
        return {"data": self.data.value, "keep": self.keep, "before": before.isoformat(), "rules": self.digest}

    def end(self, now: datetime) -> datetime:
        """Give the moment before which everything of this class is past its time."""
        try:
            back = now.replace(year=now.year - self.years)
        except ValueError:  # 29 February
            back = now.replace(year=now.year - self.years, day=28)
        return back - timedelta(days=self.days)


def read_retention(path: Path) -> tuple[RetentionRule, ...]:
    """Read the rules.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong in the file, periods among it that are shorter than `LEAST`.
    """
    whole = Fields(read_yaml(path, path.name, error=SettingsError), path.name, error=SettingsError)
    whole.only({"title", "status", "note", "rules"})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    listed = as_sequence(whole.mapping.get("rules"))
    if not listed:
        whole.refuse("rules", "a list of rules", whole.mapping.get("rules"))
    rules: list[RetentionRule] = []
    for place, each in enumerate(listed, start=1):
        fields = Fields(each, path.name, prefix=f"rules.{place}.", errors=whole.errors, error=SettingsError)
        fields.only({"data", "keep", "basis"})
        data = fields.choice("data", KeptData)
        keep, basis = fields.text("keep", required=True), fields.text("basis", required=True)
        period = _PERIOD.fullmatch(keep)
        if period is None or int(period[1]) == 0:
            fields.refuse("keep", "a period, such as 30 days or 5 years", keep)
        elif data is not None and data in {rule.data for rule in rules}:
            fields.refuse("data", "a class once", data.value)
        elif data is not None:
            number = int(period[1])
            rule = RetentionRule(data, *((number, 0) if period[2] == "days" else (0, number)), basis, digest)
            rules.append(rule)
            if (least := LEAST.get(data)) and timedelta(days=rule.days + 365 * rule.years) < least:
                expected = f"{least.days} days or more for {data.value}, which shows who did what"
                hint = f"write keep: {least.days} days, or longer; no rule makes it shorter, and with this file nothing was deleted"
                fields.refuse("keep", expected, keep, hint)
    whole.finish()
    return tuple(rules)


def shipped_rules() -> Path:
    """Give the rules that are proposed.

    Raises
    ------
    OutputError
        When the installation lacks them.
    """
    package = Path(darvoza.__file__).parent
    for place in (package / "reference_data", package.parents[1] / "reference_data"):
        if (place / FILE).is_file():
            return place / FILE
    raise OutputError(field="reference_data", expected=f"the file {FILE}", got="none", hint="give rules of your own")
