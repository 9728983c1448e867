"""What can be asked of the profiles; every question passes the agency of whoever asks, and what is restricted stays so."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import Max, Q, QuerySet

from darvoza.domain.codes import Agency
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet, RiskProfile, Visibility
from darvoza.domain.profile_version import EntryIntoForce, ProfileState
from darvoza.errors import ProfileError
from darvoza.flow.assessment import profile_life
from darvoza.flow.assessment.absence import asks_absence
from darvoza.flow.oversight.retirement import Verdict
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.scope import within
from darvoza.office.profiles.mapping import ENTRY, entry_record, list_record, read_text
from darvoza.office.profiles.models import Backtest, CodeList, Force, Performance, Search, ShadowCount, Version
from darvoza.office.profiles.shelf import Line, Shelved, Wanted, asked_for, lines_of
from darvoza.office.registry.queries import declarations_for

VersionRow: TypeAlias = Version
"""What views call the row of a version."""

OVERLAPS = 10
"""Profiles in force that a back-test names beside a version."""

RETIRING = (Verdict.RETIRE, Verdict.ENDED)
"""Verdicts of the history that propose that a profile ends."""


def versions_for(person: Any) -> QuerySet[Version]:  # noqa: ANN401 - a person, placed and with permissions
    """Give the versions a person may read: those of the agency, and joint ones; drafts of others are their own.

    What is restricted is read by its author, and by those who approve or audit.
    """
    shared = Q(visibility=Visibility.JOINT, state=ProfileState.APPROVED)
    rows = Version.objects.all()
    if person.agency:  # without one nothing is left out, and a condition that leaves nothing out cannot be joined by or
        rows = rows.filter(within(person, post="") | shared)
    if not (person.may(Permission.PROFILE_APPROVE) or person.may(Permission.JOURNAL_READ)):
        rows = rows.exclude(Q(visibility=Visibility.RESTRICTED) & ~Q(author=person.username))
    return rows


def version_for(person: Any, code: str, number: int) -> Version | None:  # noqa: ANN401 - as above
    """Give a version a person may read; nothing when there is none."""
    if not profile_life.is_code(code):  # what is no code is not even looked for
        return None
    return versions_for(person).filter(code=code, number=number).first()


def waiting_for(person: Any) -> int:  # noqa: ANN401 - as above
    """Count the versions that wait for the answer of a person: those of the agency that somebody else wrote."""
    return versions_for(person).filter(state=ProfileState.SUBMITTED).exclude(author=person.username).count()


def entries_of(codes: Iterable[str] | None = None) -> dict[str, list[EntryIntoForce]]:
    """Give the entries into force by code, in the order in which they were decided; of some profiles, or of all."""
    rows = Force.objects.order_by("pk").values_list(*ENTRY)
    if codes is not None:
        rows = rows.filter(code__in=list(codes))
    made = defaultdict(list)
    for row in rows:
        entry = entry_record(row)
        made[entry.code].append(entry)
    return dict(made)


def numbers_in_force(moment: datetime) -> dict[str, int]:
    """Give the number of the version in force at a moment by code: of the entries that have begun, the last decided holds.

    The same as `darvoza.flow.assessment.profile_life.in_force` of each profile, asked of the database at once.
    """
    begun = Force.objects.order_by().filter(at__lte=moment).values("code").annotate(last=Max("pk"))
    rows = Force.objects.filter(pk__in=begun.values("last"), version__isnull=False)
    return dict(rows.values_list("code", "version__number"))


def planned_after(moment: datetime) -> dict[str, EntryIntoForce]:
    """Give the next entry into force that is to come by code, those aside that a later decision undid."""
    codes = set(Force.objects.filter(at__gt=moment).values_list("code", flat=True))
    coming = {
        code: [entry for entry in profile_life.standing(entries) if entry.at > moment]
        for code, entries in (entries_of(codes).items() if codes else ())
    }
    return {code: entries[0] for code, entries in coming.items() if entries}


def in_force(moment: datetime) -> list[Version]:
    """Give the versions in force at a moment, by code."""
    wanted = numbers_in_force(moment)
    rows = Version.objects.filter(code__in=wanted, number__in=set(wanted.values())).order_by("code")
    return [row for row in rows if wanted[row.code] == row.number]


def list_rows(moment: datetime) -> QuerySet[CodeList]:
    """Give the rows of the named lists in use at a moment, by name."""
    begun = CodeList.objects.order_by().filter(starts_at__lte=moment).values("name")
    return CodeList.objects.filter(pk__in=begun.annotate(last=Max("pk")).values("last")).order_by("name")


def lists(moment: datetime) -> tuple[NamedList, ...]:
    """Give the named lists in use at a moment, by name."""
    return tuple(map(list_record, list_rows(moment)))


def list_before(name: str, moment: datetime) -> CodeList | None:
    """Give the state of a list to go back to at a moment; nothing when there is none before.

    A state that was gone back from is not reached again: whoever wants it puts it forward, and a second person approves.
    """
    rows = CodeList.objects.filter(name=name).order_by("pk").values_list("starts_at", "returns_to", "pk")
    stood = profile_life.way_back(((at, back or own) for at, back, own in rows), moment)
    return CodeList.objects.defer("values").get(pk=stood[-2]) if len(stood) > 1 else None


def lists_planned(name: str, moment: datetime) -> list[CodeList]:
    """Give the states of a list that are to come in use after a moment, without those that a later decision undid."""
    rows = CodeList.objects.filter(name=name).order_by("pk").defer("values")
    return profile_life.planned(((row.starts_at, row) for row in rows), moment)


def list_life(name: str) -> list[CodeList]:
    """Give every state of a list, the one decided last first."""
    return list(CodeList.objects.filter(name=name).order_by("-pk").defer("values"))


def lists_spoken_of(moment: datetime) -> Counter[str]:
    """Count by list the profiles in force that speak of it."""
    return Counter(named.name for profile in set_in_force(moment) for named in ProfileSet((profile,)).lists)


def lists_asked_absent(moment: datetime) -> frozenset[str]:
    """Name the lists of which a profile asks that a code does not stand there: codes added let goods through.

    Profiles count that are in force, and those that are to come. The codes of the lists are not read for it.
    """
    names = CodeList.objects.order_by("name").values_list("name", flat=True).distinct()
    known = tuple(NamedList(name, ()) for name in names)
    rows = [*in_force(moment), *_to_come(moment)]
    return frozenset[str]().union(*(asks_absence(profile_of(row, known).condition) for row in rows))


def _to_come(moment: datetime) -> list[Version]:
    """Give the versions that are to come in force after a moment."""
    codes = set(Force.objects.filter(at__gt=moment).values_list("code", flat=True))
    coming = {
        (entry.code, entry.number)
        for entries in (entries_of(codes).values() if codes else ())
        for entry in profile_life.standing(entries)
        if entry.at > moment and entry.number is not None
    }
    return [row for row in Version.objects.filter(code__in=codes) if (row.code, row.number) in coming]


def unreadable_with(named: NamedList, moment: datetime) -> int:
    """Count the profiles in force that could not be read any more with another state of a list."""
    known = (*(each for each in lists(moment) if each.name != named.name), named)
    return sum(readable(row, known) is None for row in in_force(moment))


def lists_begun(since: datetime, moment: datetime) -> bool:
    """Tell whether a list came into use after one moment and until another."""
    return CodeList.objects.filter(starts_at__gt=since, starts_at__lte=moment).exists()


def lists_standing(moment: datetime) -> tuple[object, ...]:
    """Say what stands of the named lists at a moment, so that a change is seen."""
    return tuple(list_rows(moment).values_list("name", "version", "digest"))


def profile_of(row: Version, known: tuple[NamedList, ...]) -> RiskProfile:
    """Read the profile of a version.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with it, each a `ProfileError`.
    """
    decided = row.state == ProfileState.APPROVED or row.ends
    return read_text(row.text, row.code, known, approved=decided)


def digests_of(profile: RiskProfile) -> tuple[str, ...]:
    """Name by their digests what a profile decides by: itself, and the lists it speaks of, each after its name."""
    lists_of = ProfileSet((profile,)).lists
    return (f"{profile.code} {profile.digest}", *(f"{named.name} {named.digest}" for named in lists_of))


def readable(row: Version, known: tuple[NamedList, ...]) -> RiskProfile | None:
    """Read the profile of a version; nothing where it cannot be read yet, as a draft may be."""
    made = None
    try:
        made = profile_of(row, known)
    except* ProfileError:
        pass  # a draft may be unfinished; the editor tells what is wrong with it
    return made


def set_in_force(moment: datetime, agency: str = "") -> ProfileSet:
    """Give the profiles in force at a moment; of one agency, or of all."""
    known = lists(moment)
    rows = [row for row in in_force(moment) if not agency or row.agency == agency]
    return ProfileSet(tuple(profile_of(row, known) for row in rows))


def library(person: Any, wanted: Wanted, *, now: datetime) -> list[Line]:  # noqa: ANN401 - as above
    """Give the profiles a person may read and asks for, by code."""
    rows = versions_for(person).exclude(state=ProfileState.DISCARDED).values_list(*Shelved._fields)
    kept = performance() if wanted.only == "retire" else None
    proposed = {code for code, figures in kept.answer.items() if figures["verdict"] in RETIRING} if kept else set()
    return asked_for(
        lines_of(map(Shelved._make, rows), numbers_in_force(now), planned_after(now), now.date()), wanted, proposed
    )


@dataclass(frozen=True, slots=True)
class Life:
    """All of one profile: its versions, the newest first, and what was in force when."""

    code: str
    versions: list[Version]
    entries: list[EntryIntoForce]
    current: EntryIntoForce | None
    planned: list[EntryIntoForce]

    @property
    def in_force(self) -> Version | None:
        """The version in force now."""
        return next((row for row in self.versions if self.current and row.number == self.current.number), None)


def life_of(person: Any, code: str, *, now: datetime) -> Life | None:  # noqa: ANN401 - as above
    """Give all of one profile that a person may read; nothing when there is none."""
    versions = list(versions_for(person).filter(code=code)) if profile_life.is_code(code) else []
    if not versions:
        return None
    entries = entries_of([code]).get(code, [])
    return Life(
        code=code,
        versions=versions,
        entries=entries,
        current=profile_life.in_force(entries, now),
        planned=[one for one in profile_life.standing(entries) if one.at > now],
    )


@dataclass(frozen=True, slots=True)
class TrialTold:
    """The kept back-test of a version, as its page tells it.

    Attributes
    ----------
    start, end, declarations, base
        What it was tried on; the base rate where there was one.
    effect, alone, replaced
        Parts of the answer, as `darvoza.flow.backtest` names them.
    overlaps
        The profiles in force it shares most with.
    groups
        Groups among whose matches less is found than elsewhere.
    extra, weekly
        Acts more than are asked for now, in all and a week.
    stale
        Whether the version was changed since.
    """

    start: str
    end: str
    declarations: int
    base: float | None
    made_at: datetime
    by: str
    effect: dict[str, Any]
    alone: dict[str, Any]
    replaced: dict[str, Any] | None
    overlaps: list[dict[str, Any]]
    groups: list[str]
    extra: float
    weekly: float
    stale: bool


def trial_of(row: Version) -> TrialTold | None:
    """Give the kept back-test of a version; nothing when it was never tried."""
    kept = Backtest.objects.filter(version=row).first()
    if kept is None:
        return None
    answer = kept.answer
    (one,) = answer["tried"]
    weeks = len(one["cost"]["weekly"])
    return TrialTold(
        start=answer["start"],
        end=answer["end"],
        declarations=answer["declarations"],
        base=answer["base"] and answer["base"]["rate"],
        made_at=kept.made_at,
        by=kept.by,
        effect=one["effect"],
        alone=one["alone"],
        replaced=one["replaced"],
        overlaps=one["overlaps"][:OVERLAPS],
        groups=[group["group"] for group in (*one["origins"], *one["sizes"]) if group["less_is_found"]],
        extra=one["cost"]["extra"],
        weekly=one["cost"]["extra"] / weeks if weeks else 0.0,
        stale=kept.digest != row.digest,
    )


def shadows_of(row: Version) -> list[ShadowCount]:
    """Give what a version would have matched in each run, the newest run first."""
    return list(row.shadows.select_related("run").order_by("-run"))


def gone_stale(kept: Performance, now: datetime) -> bool:
    """Tell whether the set in force is another than the figures were made of; where nothing began since, it is the same."""
    begun = Force.objects.filter(at__gt=kept.made_at, at__lte=now).exists()
    return (begun or lists_begun(kept.made_at, now)) and standing_digest(now) != kept.force_digest


def standing_digest(moment: datetime) -> str:
    """Name by a digest what is in force at a moment: the profiles, and the lists they may speak of."""
    wanted = numbers_in_force(moment)
    rows = Version.objects.filter(state=ProfileState.APPROVED).order_by("code").values_list("code", "number", "digest")
    parts = [*(f"{code} {digest}" for code, number, digest in rows if wanted.get(code) == number)]
    parts += map(str, lists_standing(moment))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def performance() -> Performance | None:
    """Give the newest figures of the set in force; nothing when there are none."""
    return Performance.objects.first()


def searches_for(person: Any) -> list[Search]:  # noqa: ANN401 - as above
    """Give the searches that the agency of a person kept, by name."""
    return list(Search.objects.filter(within(person, post="")))


def may_be_seen(person: Any) -> set[str] | None:  # noqa: ANN401 - as above
    """Give the references of the declarations that a person may see in the history; ``None`` when all of the post.

    Customs sees every declaration; another agency those of the register on which it has an order.
    """
    if not person.agency or person.agency == Agency.CUSTOMS:
        return None
    return set(declarations_for(person).values_list("declaration_id", flat=True))


def in_register(person: Any, references: list[str]) -> set[str]:  # noqa: ANN401 - as above
    """Keep of some references those whose page a person can open."""
    rows = declarations_for(person).filter(declaration_id__in=references)
    return set(rows.values_list("declaration_id", flat=True))
