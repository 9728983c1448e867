"""Rows of the profiles and the records they hold; the one place that knows both."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from darvoza.domain.codes import Agency
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import RiskProfile
from darvoza.domain.profile_version import EntryIntoForce, ProfileState, ProfileVersion
from darvoza.flow.assessment.profile_files import parse_profile
from darvoza.flow.fields import parse_yaml
from darvoza.office.profiles import models


def version_record(row: models.Version) -> ProfileVersion:
    """Give the version that a row holds."""
    return ProfileVersion(
        code=row.code,
        number=row.number,
        agency=Agency(row.agency),
        author=row.author,
        state=ProfileState(row.state),
        approver=row.approver,
        reason=row.reason,
        answer=row.answer,
        ends=row.ends,
    )


ENTRY: Final = ("code", "version__number", "at", "decided_at", "by", "reason")
"""Columns of an entry into force, in the order of its record."""


def entry_record(values: tuple[Any, ...]) -> EntryIntoForce:
    """Give the entry into force that the columns `ENTRY` hold."""
    return EntryIntoForce(*values)


def list_row(named: NamedList, now: datetime, *, at: datetime | None = None) -> models.CodeList:
    """Make the row of a named list, in use from a moment on; at once when none is said."""
    return models.CodeList(
        name=named.name,
        version=named.version,
        source=named.source,
        dated=named.dated,
        expires=named.expires,
        values=list(named.values),
        size=len(named.values),
        digest=named.digest,
        taken_in_at=now,
        starts_at=at or now,
    )


def list_record(row: models.CodeList) -> NamedList:
    """Give the named list that a row holds."""
    return NamedList(row.name, tuple(row.values), row.source, row.dated, row.expires, row.version)


def columns_of(profile: RiskProfile) -> dict[str, Any]:
    """Give what the row of a version keeps of its profile in columns."""
    return {
        "agency": profile.agency.value,
        "title": profile.title[:300],
        "risk_area": profile.risk_area.value,
        "act": profile.treatment.act.value,
        "share": profile.treatment.share,
        "floor": profile.floor.value,
        "visibility": profile.visibility.value,
        "valid_from": profile.valid.start,
        "valid_to": profile.valid.end,
        "review_by": profile.review_by,
        "digest": profile.digest,
    }


@lru_cache(maxsize=1024)
def read_text(text: str, source: str, lists: tuple[NamedList, ...], *, approved: bool) -> RiskProfile:
    """Read the text of a profile; kept, since approved texts never change.

    Parameters
    ----------
    approved
        See `darvoza.flow.assessment.profile_files.parse_profile`.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with it, each a `ProfileError`.
    """
    return parse_profile(parse_yaml(text, source), source, lists=lists, approved=approved)
