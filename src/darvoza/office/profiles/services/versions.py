"""What people do with versions of profiles; each is one transaction with its entry in the journal, and of two at once one wins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate, localtime

from darvoza.domain.codes import Agency
from darvoza.domain.journal import EntryKind
from darvoza.domain.profile_version import EntryIntoForce, ProfileMove, ProfileVersion
from darvoza.errors import ProfileRefused
from darvoza.flow.assessment import profile_life
from darvoza.flow.assessment.profile_text import fields_text
from darvoza.flow.fields import parse_yaml
from darvoza.office.journal.services import record
from darvoza.office.profiles.mapping import columns_of, version_record
from darvoza.office.profiles.models import Force, Version
from darvoza.office.profiles.queries import digests_of, entries_of, lists, profile_of, readable
from darvoza.office.profiles.services.going_back import SIGNATURES

LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What whoever reviews a version says.

    Attributes
    ----------
    approved
        Whether it is approved; otherwise it is returned.
    reason
        Why.
    at
        From when on it is in force.
    seen
        The version in force that it was compared with, as the reviewer saw it; ``None`` when none was.
    digests
        What the reviewer saw it made of, see `darvoza.office.profiles.queries.digests_of`.
    """

    approved: bool
    reason: str
    at: datetime | None = None
    seen: int | None = None
    digests: tuple[str, ...] = ()


def begin(person: Any, fields: Mapping[str, Any], *, now: datetime, ends: bool = False) -> Version:  # noqa: ANN401 - a person, placed
    """Begin a version of a profile as a draft; of a new code it is the first.

    Raises
    ------
    ProfileRefused
        The code or the profile belongs to another agency, the code has no form, or somebody begins one at the same moment.
    """
    code, agency = str(fields.get("code", "")).strip(), _agency(person, fields)
    if not profile_life.is_code(code) or len(code) > LONGEST_CODE:
        raise ProfileRefused(field="code", expected="letters, digits, dots, hyphens and underscores", got=code)
    try:
        with transaction.atomic():
            if Version.objects.filter(code=code).exclude(agency=agency).exists():
                raise ProfileRefused(field="code", expected="a code of your agency", got=code)
            last = Version.objects.filter(code=code).aggregate(last=Max("number"))["last"] or 0
            row = Version(code=code, number=last + 1, author=person.username, created_at=now, ends=ends)
            _fill(row, {**fields, "code": code, "agency": agency}, now)
            row.save(force_insert=True)
            _tell(row, "begun", by=person.username, now=now)
    except IntegrityError as problem:
        raise ProfileRefused(field="state", expected="a version as you saw it", got="another") from problem
    return row


def save(person: Any, row: Version, fields: Mapping[str, Any], *, now: datetime) -> Version:  # noqa: ANN401 - as above
    """Write on at one's own draft; code and agency stay."""
    by = person.username
    with transaction.atomic():
        _fill(row, {**fields, "code": row.code, "agency": row.agency}, now)
        changed = {name: getattr(row, name) for name in _FILLED}
        _move(row, lambda version: profile_life.edit(version, by), _Step(ProfileMove.EDIT, by, now, changed))
    return row


def submit(
    person: Any,  # noqa: ANN401 - as above
    row: Version,
    *,
    reason: str,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> ProfileVersion:
    """Ask for approval; a text that cannot be read is refused with everything that is wrong with it.

    `more` is what else the journal is told.
    """
    by = person.username
    with transaction.atomic():
        profile = profile_of(row, lists(now))
        step = _Step(ProfileMove.SUBMIT, by, now, columns_of(profile) | {"submitted_at": now}, more or {})
        today = localdate(now)
        return _move(row, lambda version: profile_life.submit(version, by, profile, reason=reason, day=today), step)


def take_back(person: Any, row: Version, *, now: datetime) -> None:  # noqa: ANN401 - as above
    """Have one's own version back before anybody answered."""
    by = person.username
    with transaction.atomic():
        _move(row, lambda version: profile_life.take_back(version, by), _Step(ProfileMove.TAKE_BACK, by, now, {}))


def discard(person: Any, row: Version, *, now: datetime) -> None:  # noqa: ANN401 - as above
    """Give up one's own draft; a shadow run of it ends."""
    by = person.username
    with transaction.atomic():
        step = _Step(ProfileMove.DISCARD, by, now, {"shadow_from": None})
        _move(row, lambda version: profile_life.discard(version, by), step)


def answer(person: Any, row: Version, said: Answer, *, now: datetime) -> ProfileVersion:  # noqa: ANN401 - as above
    """Approve a version and put it in force from a moment on, or return it; give it as it is then.

    Raises
    ------
    ProfileRefused
        One's own version, none that waits, no reason, a moment that is past or on which it is not valid, another version
        is in force by now than the reviewer saw, or a list that it speaks of holds other codes.
    ExceptionGroup
        It cannot be read as a profile.
    """
    by, reason, at = person.username, said.reason, said.at or now
    with transaction.atomic():
        if not said.approved:
            step = _Step(ProfileMove.RETURN, by, now, {"answered_at": now})
            return _move(row, lambda version: profile_life.send_back(version, by, reason=reason), step)
        hold(row.code)
        current = _current(row.code, now)
        told = {"in force from": at, "instead of": current, **falling(row.code, at, now)}
        step = _Step(ProfileMove.APPROVE, by, now, {"answered_at": now}, told)
        after = _move(row, lambda version: profile_life.approve(version, by, reason=reason), step)
        if current != said.seen:
            raise ProfileRefused(field="seen", expected=f"the comparison with version {current}", got=said.seen)
        profile = profile_of(row, lists(now))
        _unchanged(digests_of(profile), said.digests)
        put(profile_life.put_in_force(after, profile, at=localtime(at), now=now, by=by, reason=reason), row)
    return after


def _unchanged(now: tuple[str, ...], seen: tuple[str, ...]) -> None:
    """Refuse what is made of something else than was seen, and name what changed: digests alone tell nobody."""
    if now != seen:
        changed = sorted(each.rpartition(" ")[0] for each in set(now) ^ set(seen))
        raise ProfileRefused(field="digests", expected="what was looked at", got=", ".join(dict.fromkeys(changed)))


_FILLED = ("agency", "title", "risk_area", "act", "share", "floor", "visibility", "valid_from", "valid_to", "review_by",
           "digest", "text")  # fmt: skip


def _agency(person: Any, fields: Mapping[str, Any]) -> str:  # noqa: ANN401 - as above
    """Give the agency of a new version: the person's, or for whoever works for all of them the one that is named.

    A profile that names another agency is refused: kept as one's own, it would hold a code that is the other's.
    """
    asked = str(fields.get("agency") or "")
    if person.agency:
        if asked not in {"", person.agency}:
            hint = "leave it out, or have it submitted by whoever works there"
            raise ProfileRefused(field="agency", expected=str(person.agency), got=asked, hint=hint)
        return str(person.agency)
    if asked not in set(Agency):
        raise ProfileRefused(field="agency", expected="an agency", got=asked)
    return asked


def _fill(row: Version, fields: Mapping[str, Any], now: datetime) -> None:
    """Put fields into a row: its text, and the columns as far as the text can be read."""
    row.agency = str(fields["agency"])
    row.title = str(fields.get("title", ""))[:300]
    row.text = fields_text({name: value for name, value in fields.items() if value and name not in SIGNATURES})
    profile = readable(row, lists(now))
    for name, value in (columns_of(profile) if profile else {"digest": ""}).items():
        setattr(row, name, value)


def fields_of(row: Version) -> dict[str, Any]:
    """Give the fields of the text of a version, signatures aside."""
    return {name: value for name, value in parse_yaml(row.text, row.code).items() if name not in SIGNATURES}


class _Step(NamedTuple):
    """Something that happens to a version: what, by whom, when; columns that change, and what else is told."""

    what: ProfileMove
    by: str
    now: datetime
    changed: Mapping[str, Any]
    more: Mapping[str, Any] = {}


def _move(row: Version, decide: Callable[[ProfileVersion], ProfileVersion], step: _Step) -> ProfileVersion:
    """Let one thing happen to a version: gather, decide, keep it where nobody was quicker, tell the journal."""
    after = decide(version_record(row))
    kept = {"state": after.state, "approver": after.approver, "reason": after.reason, "answer": after.answer}
    won = Version.objects.filter(pk=row.pk, moves=row.moves).update(**step.changed, **kept, moves=row.moves + 1)
    if not won:
        raise ProfileRefused(
            field="state",
            expected="the version as you saw it",
            got="another",
            hint="somebody was quicker; load it again",
        )
    row.refresh_from_db()
    if step.what is not ProfileMove.EDIT:  # what a draft said in between is nobody's business yet
        _tell(row, step.what.value, by=step.by, now=step.now, more=step.more)
    return after


def _tell(row: Version, what: str, *, by: str, now: datetime, more: Mapping[str, Any] | None = None) -> None:
    """Tell the journal what happened to a version, and what it said then."""
    reason = row.answer if what in {ProfileMove.APPROVE, ProfileMove.RETURN} else row.reason
    told = {"what": what, "state": str(row.state), "digest": row.digest, "reason": reason, **(more or {})}
    record(EntryKind.PROFILE_CHANGE, f"{row.code} {row.number}", told, by=by, now=now)


def _current(code: str, now: datetime) -> int | None:
    entry = profile_life.in_force(entries_of([code]).get(code, []), now)
    return entry.number if entry else None


def falling(code: str, begins: datetime, now: datetime) -> dict[str, object]:
    """Tell the journal what was planned and does not come into force, since something else does at its moment or before."""
    coming = (entry for entry in profile_life.standing(entries_of([code]).get(code, [])) if entry.at > now)
    falls = [{"version": entry.number, "in force from": entry.at.isoformat()} for entry in coming if entry.at >= begins]
    return {"falls": falls} if falls else {}


def hold(code: str) -> None:
    """Hold the versions of a profile until the transaction ends, so that only one decision on it is taken at a time."""
    list(Version.objects.select_for_update().filter(code=code).values_list("pk"))


def put(entry: EntryIntoForce, row: Version | None) -> None:
    """Keep an entry into force of a version."""
    version = row if entry.number is not None else None
    Force.objects.create(
        code=entry.code, version=version, at=entry.at, decided_at=entry.decided_at, by=entry.by, reason=entry.reason
    )
