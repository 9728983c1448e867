"""What changed between two versions of a profile, or of a set of them: in meaning, and in words only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from darvoza.domain.expression import And, Expression, Or
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet, RiskProfile, UnknownPolicy
from darvoza.domain.wording import render
from darvoza.flow.assessment.implication import implies, pairs

SHOWN: Final = 5
"""Codes of a list that are named on each side."""

WORDS: Final = (
    *("title", "risk_area", "risk_register", "instructions", "legal_basis", "rationale", "justification", "owner"),
    *("author", "approver", "review_by", "visibility", "national_data", "cases"),
)
"""Fields that change no decision."""


class Effect(StrEnum):
    """What a change does to the set of declarations a profile matches."""

    SAME = "the same declarations, in other words"
    NARROWED = "narrowed"
    WIDENED = "widened"
    CHANGED = "changed, and its form does not tell which way"


class Status(StrEnum):
    """What became of a profile."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed in meaning"
    REWORDED = "changed in words only"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed in meaning.

    Attributes
    ----------
    what
        What it is: ``condition``, ``term``, ``share`` …
    old, new
        What it was and what it is; empty where it was or is nothing.
    effect
        What it does, in words; empty where there is nothing to tell.
    """

    what: str
    old: str
    new: str
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one profile.

    Attributes
    ----------
    code
        Its code; the new one where it changed.
    status
        What became of it.
    meaning
        What changed in meaning.
    words
        The fields that changed in words only.
    old, new
        The two versions; ``None`` where there is none.
    """

    code: str
    status: Status
    meaning: tuple[Change, ...] = ()
    words: tuple[str, ...] = ()
    old: RiskProfile | None = None
    new: RiskProfile | None = None

    @property
    def asks_otherwise(self) -> bool:
        """Whether the two versions may match different declarations."""
        if self.old is None or self.new is None:
            return False
        return (self.old.condition_digest, self.old.unknown) != (self.new.condition_digest, self.new.unknown)


def differences(old: ProfileSet, new: ProfileSet) -> tuple[Difference, ...]:
    """Compare two sets of profiles by code; two sets of one profile each are compared whatever their codes."""
    if len(old) == len(new) == 1:
        (before,), (after,) = old, new
        return (difference(before, after),)
    then, now = {one.code: one for one in old}, {one.code: one for one in new}
    return tuple(_of_code(code, then.get(code), now.get(code)) for code in sorted(then | now))


def _of_code(code: str, old: RiskProfile | None, new: RiskProfile | None) -> Difference:
    if old is None or new is None:
        return Difference(code, Status.ADDED if old is None else Status.REMOVED, old=old, new=new)
    return difference(old, new)


def difference(old: RiskProfile, new: RiskProfile) -> Difference:
    """Compare two versions of one profile."""
    meaning = (*_settings(old, new), *_condition(old, new), *_lists(old, new))
    words = tuple(name for name in WORDS if getattr(old, name) != getattr(new, name))
    if old.condition_digest == new.condition_digest and old.sentence.split() != new.sentence.split():
        words = ("sentence", *words)
    status = Status.CHANGED if meaning else Status.REWORDED if words else Status.UNCHANGED
    return Difference(new.code, status, meaning, words, old, new)


def _settings(old: RiskProfile, new: RiskProfile) -> Iterator[Change]:
    """Tell what changed beside the condition."""
    for what in ("code", "agency", "floor"):
        before, after = str(getattr(old, what)), str(getattr(new, what))
        if before != after:
            yield Change(what, before, after)
    if old.treatment.act != new.treatment.act:
        yield Change("act", old.treatment.act, new.treatment.act)
    before_share, after_share = old.treatment.share, new.treatment.share
    if before_share != after_share:
        effect = "raised" if after_share > before_share else "lowered"
        yield Change("share", f"{before_share.normalize():f}", f"{after_share.normalize():f}", effect)
    if old.unknown is not new.unknown:
        effect = Effect.WIDENED if new.unknown is UnknownPolicy.MATCH else Effect.NARROWED
        yield Change("unknown", old.unknown, new.unknown, effect)
    yield from _validity(old, new)


def _validity(old: RiskProfile, new: RiskProfile) -> Iterator[Change]:
    for what, before, after, earlier in (
        ("valid from", old.valid.start, new.valid.start, "begins earlier"),
        ("valid to", old.valid.end, new.valid.end, "ends earlier"),
    ):
        if before != after:
            edge = date.min if what == "valid from" else date.max
            is_earlier = (after or edge) < (before or edge)
            effect = earlier if is_earlier else earlier.replace("earlier", "later")
            yield Change(what, str(before or "open"), str(after or "open"), effect)


def effect_of(old: Expression, new: Expression) -> Effect:
    """Say what one condition in the place of another does, as far as their form tells."""
    narrower, wider = implies(new, old), implies(old, new)
    if narrower and wider:
        return Effect.SAME
    return Effect.NARROWED if narrower else Effect.WIDENED if wider else Effect.CHANGED


def _condition(old: RiskProfile, new: RiskProfile) -> Iterator[Change]:
    """Tell what changed in the condition, as a whole and term by term."""
    if render(old.condition) == render(new.condition):
        return  # the same sentence: if it means another thing, one of its lists has changed
    effect = effect_of(old.condition, new.condition)
    yield Change("condition", render(old.condition), render(new.condition), effect)
    kind = Or if isinstance(old.condition, Or) and isinstance(new.condition, Or) else And
    before, after = _terms(old.condition, kind), _terms(new.condition, kind)
    gone, come = [one for one in before if one not in after], [one for one in after if one not in before]
    for first, second in (found := pairs(gone, come)):
        if render(first) != render(second):
            yield Change("term", render(first), render(second), effect_of(first, second))
    lost, gained = (Effect.NARROWED, Effect.WIDENED) if kind is Or else (Effect.WIDENED, Effect.NARROWED)
    for term in gone:
        if term not in [first for first, _ in found]:
            yield Change("term removed", render(term), "", lost)
    for term in come:
        if term not in [second for _, second in found]:
            yield Change("term added", "", render(term), gained)


def _terms(condition: Expression, kind: type[And | Or]) -> tuple[Expression, ...]:
    return condition.terms if isinstance(condition, kind) else (condition,)


def _lists(old: RiskProfile, new: RiskProfile) -> Iterator[Change]:
    """Tell what changed in the named lists both versions speak of."""
    then = {used.name: used for used in ProfileSet((old,)).lists}
    for used in ProfileSet((new,)).lists:
        before = then.get(used.name)
        if before is not None and before != used:
            yield Change(f"list {used.name}", _version(before), _version(used), _codes(before, used))


def _version(used: NamedList) -> str:
    return f"version {used.version or '—'} of {used.dated}, {len(used.values)} codes"


def _codes(old: NamedList, new: NamedList) -> str:
    """Count the codes that came and went, and name the first."""
    come, gone = sorted(new.members - old.members), sorted(old.members - new.members)
    told = [
        f"{len(codes)} {verb} ({', '.join(codes[:SHOWN])}{', …' if len(codes) > SHOWN else ''})"
        for codes, verb in ((come, "added"), (gone, "removed"))
        if codes
    ]
    return "; ".join(told) or "the same codes"
