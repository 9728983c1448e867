"""Profiles taken in from files, and the set in force written out as files for the gate."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.domain.profile_version import ProfileState
from darvoza.errors import OutputError
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.profile_text import fields_text, profile_fields, profile_text
from darvoza.office.journal.services import record
from darvoza.office.profiles.mapping import columns_of, list_row
from darvoza.office.profiles.models import CodeList, Force, Version
from darvoza.office.profiles.queries import in_force, lists, profile_of, readable

LISTS = "lists"

TAKEN_IN_LISTS: Final = "lists taken in"
"""Where the journal tells of each list that came with files."""


class TakenIn(NamedTuple):
    """How many profiles of a directory were new, other than before, the same; and how many lists were."""

    new: int
    changed: int
    same: int
    lists: int


def take_in(profiles: ProfileSet, *, by: str, now: datetime) -> TakenIn:
    """Put profiles of files in force at once, each as a version of its own where it differs from what is in force.

    Whoever can write the files of the office answers for them; the journal tells what was taken in.
    """
    with transaction.atomic():
        lists_in = _take_in_lists(profiles.lists, now)
        known = lists(now)
        held = {row.code: row for row in in_force(now)}
        counts = [_take_in_one(profile, held.get(profile.code), known, by=by, now=now) for profile in profiles]
        made = TakenIn(counts.count("new"), counts.count("changed"), counts.count("same"), len(lists_in))
        told = {"what": "taken in", **made._asdict(), "digest": profiles.digest, TAKEN_IN_LISTS: lists_in}
        record(EntryKind.PROFILE_CHANGE, "profiles", told, by=by, now=now)
    return made


def _take_in_lists(given: Iterable[NamedList], now: datetime) -> list[dict[str, object]]:
    """Take in the lists that are others; tell of each what it is."""
    known = {named.name: named for named in lists(now)}
    fresh = [list_row(named, now) for named in given if known.get(named.name) != named]
    CodeList.objects.bulk_create(fresh)
    return [{"name": row.name, "codes": row.size, "digest": row.digest} for row in fresh]


def _take_in_one(
    profile: RiskProfile, held: Version | None, known: tuple[NamedList, ...], *, by: str, now: datetime
) -> str:
    """Take one profile in; tell whether it was ``new``, ``changed`` or the ``same``."""
    text = profile_text(profile)
    if held is not None and _unsigned(readable(held, known)) == _unsigned(profile):
        return "same"
    last = Version.objects.filter(code=profile.code).order_by("-number").first()
    row = Version.objects.create(
        code=profile.code,
        number=last.number + 1 if last else 1,
        text=text,
        state=ProfileState.APPROVED,
        imported=True,
        author=profile.author or by,
        approver=profile.approver,
        created_at=now,
        answered_at=now,
        **columns_of(profile),
    )
    Force.objects.create(code=row.code, version=row, at=now, decided_at=now, by=by)
    return "changed" if last else "new"


def _unsigned(profile: RiskProfile | None) -> dict[str, Any]:
    """Give the fields of a profile but its signatures, which the office adds."""
    fields = profile_fields(profile) if profile else {}
    return {name: value for name, value in fields.items() if name not in {"author", "approver"}}


def write_out(directory: Path, *, moment: datetime) -> ProfileSet:
    """Write the profiles in force at a moment, with their lists, and read them back before they count.

    Parameters
    ----------
    directory
        An empty directory, or one that does not exist yet.

    Raises
    ------
    OutputError
        When nothing is in force then, the directory holds something, or what was written does not read back to the same
        set.
    """
    if directory.exists() and any(directory.iterdir()):
        raise OutputError(field="out", expected="an empty directory", got=str(directory), hint="choose another")
    known = lists(moment)
    rows = in_force(moment)
    if not rows:
        expected = f"profiles in force at {moment.isoformat(timespec='minutes')}"
        hint = (
            "who decided by none would decide by chance alone; put some in force: darvoza office profiles --take-in DIR"
        )
        raise OutputError(field="out", expected=expected, got="none", hint=hint)
    profiles = ProfileSet(tuple(profile_of(row, known) for row in rows))
    for row in rows:
        _write(directory / row.agency / f"{row.code}.yaml", _signed(row, known))
    for named in profiles.lists:
        _write(directory / LISTS / f"{named.name.replace('/', '-')}.yaml", fields_text(_list_fields(named)))
    if load_profiles(directory, approved=True).digest != profiles.digest:
        raise OutputError(field="out", expected=f"the set {profiles.digest}", got="another")
    return profiles


def _signed(row: Version, known: tuple[NamedList, ...]) -> str:
    """Give the text of a version with the names of those who answer for it."""
    fields = profile_fields(profile_of(row, known))
    if row.approver:
        fields |= {"author": row.author, "approver": row.approver}
    return fields_text(fields)


def _list_fields(named: NamedList) -> dict[str, Any]:
    fields = {
        "name": named.name,
        "version": named.version,
        "source": named.source,
        "date": named.dated and named.dated.isoformat(),
        "expires": named.expires and named.expires.isoformat(),
        "values": list(named.values),
    }
    return {name: value for name, value in fields.items() if value}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
