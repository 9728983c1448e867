"""The nouns of an officer's work on an order: who holds it, what was found, what was overridden and why.

A case is an order in the hands of people. Its states and the moves between them are data: what is not in the table does
not happen. Nothing here stores or forbids by role; doors do that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from darvoza.domain.codes import Act, Agency, RiskArea, Severity
from darvoza.domain.goods_told import other_goods

LARGEST_AMOUNT: Final = 10**15
"""The largest amount that can be found: of money, pieces or kilograms; as large as one that can be declared."""

FEWEST_WORDS: Final = 10
"""Characters that a reason must have: a full stop is not a reason."""

WITHOUT_A_SAMPLE: Final = (
    f"the numbers of its samples, with a digit, or at least {FEWEST_WORDS} characters that say why none was taken"
)
"""What is expected in the words of an act of sampling that found nothing, where samples have no field of their own."""

A_NUMBER: Final = "[0-9]"
"""What the number of a sample has, as a regular expression."""

AN_AMOUNT: Final = f"an amount from 0 to {LARGEST_AMOUNT:,}"
"""What is expected where one is told, in words."""


def is_amount(amount: Decimal | None) -> bool:
    """Tell whether an amount can have been found, or none was told.

    Examples
    --------
    >>> is_amount(None), is_amount(Decimal("12.5")), is_amount(Decimal(-1)), is_amount(Decimal("1e16"))
    (True, True, False, False)
    """
    return amount is None or (amount.is_finite() and 0 <= amount <= LARGEST_AMOUNT)


def tells_of_samples(words: str) -> bool:
    """Tell whether the words of an act of sampling that found nothing name its samples, or say why none was taken.

    Examples
    --------
    >>> [tells_of_samples(words) for words in ("S-17", "frozen through", "none", " ")]
    [True, True, False, False]
    """
    return len(words.strip()) >= FEWEST_WORDS or any(digit in words for digit in "0123456789")


class CaseState(StrEnum):
    """Where a case stands."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    AWAITING = "awaiting"  # samples were taken; the laboratory has not spoken yet, and nobody holds it
    LOWERING = "lowering"  # less was proposed, or a finding to be taken back; a second person has not spoken yet
    RECORDED = "recorded"
    WITHDRAWN = "withdrawn"  # less was agreed on, or the declaration was cancelled


class CaseMove(StrEnum):
    """What can happen to a case."""

    CLAIM = "claim"
    GIVE_BACK = "give_back"
    ASSIGN = "assign"
    RECORD = "record"
    CORRECT = "correct"
    RAISE = "raise"
    PROPOSE_LOWERING = "propose_lowering"
    PROPOSE_CLEARING = "propose_clearing"
    CONFIRM_LOWERING = "confirm_lowering"
    REFUSE_LOWERING = "refuse_lowering"
    LAPSE = "lapse"
    CANCEL = "cancel"
    REOPEN = "reopen"
    REFER = "refer"


MOVES: dict[tuple[CaseState, CaseMove], CaseState] = {
    (CaseState.WAITING, CaseMove.CLAIM): CaseState.CLAIMED,
    (CaseState.WAITING, CaseMove.ASSIGN): CaseState.CLAIMED,
    (CaseState.CLAIMED, CaseMove.GIVE_BACK): CaseState.WAITING,
    (CaseState.CLAIMED, CaseMove.RECORD): CaseState.RECORDED,  # or awaiting, while a laboratory has not spoken
    (CaseState.AWAITING, CaseMove.CLAIM): CaseState.CLAIMED,  # its result is known, and is recorded
    (CaseState.AWAITING, CaseMove.CORRECT): CaseState.AWAITING,
    (CaseState.AWAITING, CaseMove.PROPOSE_CLEARING): CaseState.LOWERING,
    (CaseState.RECORDED, CaseMove.CORRECT): CaseState.RECORDED,
    (CaseState.WAITING, CaseMove.CORRECT): CaseState.WAITING,  # it opened again; an earlier word was wrong
    (CaseState.CLAIMED, CaseMove.CORRECT): CaseState.CLAIMED,
    (CaseState.RECORDED, CaseMove.PROPOSE_CLEARING): CaseState.LOWERING,
    (CaseState.CLAIMED, CaseMove.PROPOSE_CLEARING): CaseState.LOWERING,
    (CaseState.WAITING, CaseMove.RAISE): CaseState.WAITING,
    (CaseState.CLAIMED, CaseMove.RAISE): CaseState.CLAIMED,
    (CaseState.WAITING, CaseMove.PROPOSE_LOWERING): CaseState.LOWERING,
    (CaseState.CLAIMED, CaseMove.PROPOSE_LOWERING): CaseState.LOWERING,
    (CaseState.LOWERING, CaseMove.CONFIRM_LOWERING): CaseState.WITHDRAWN,
    (CaseState.LOWERING, CaseMove.REFUSE_LOWERING): CaseState.WAITING,
    (CaseState.LOWERING, CaseMove.LAPSE): CaseState.WAITING,  # other goods are declared than those that were spoken of
    (CaseState.WAITING, CaseMove.CANCEL): CaseState.WITHDRAWN,
    (CaseState.CLAIMED, CaseMove.CANCEL): CaseState.WITHDRAWN,
    (CaseState.LOWERING, CaseMove.CANCEL): CaseState.WITHDRAWN,
    (CaseState.RECORDED, CaseMove.REOPEN): CaseState.WAITING,  # goods came to it that no result speaks of
    (CaseState.WITHDRAWN, CaseMove.REOPEN): CaseState.WAITING,
    (CaseState.RECORDED, CaseMove.REFER): CaseState.CLAIMED,  # an officer suspects what nobody had looked for
    (CaseState.WITHDRAWN, CaseMove.REFER): CaseState.CLAIMED,
    (CaseState.WAITING, CaseMove.REFER): CaseState.CLAIMED,
}
"""Every move that exists, and the state it leads to; where only a laboratory has yet to speak, it awaits instead."""

FINISHED = frozenset({CaseState.RECORDED, CaseState.WITHDRAWN})
"""States in which nobody waits for anything."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What was found on one goods item.

    Attributes
    ----------
    item
        Its number in the declaration.
    areas
        Risk areas of what was found, in order of weight; empty when nothing was: that must be recorded, too.
    severity
        How grave it is where harm is not money; ``None`` leaves it to the area.
    quantity, net_mass
        What was counted [supplementary unit] and weighed [kg], where it was.
    corrected_hs, corrected_origin, corrected_value
        What the declaration should have said; the value in the currency of the customs value.
    additional_duty
        Duty and tax recovered [currency of the customs value].
    seized
        Whether goods were seized.
    samples
        Numbers of the samples taken.
    awaited
        Samples of which the laboratory has not spoken yet, also of goods that were declared under the number before: there is no
        finding so far, and not that there is none.
    words
        What the officer says in his own words.
    goods
        Digest of the goods on which it was said; ``None`` where that is not known.
    examined_at
        When the goods were looked at, where it was before the result: a correction looks at nothing.
    analysed
        Samples of which this is the word of the laboratory.
    """

    item: int
    areas: tuple[RiskArea, ...] = ()
    severity: Severity | None = None
    quantity: Decimal | None = None
    net_mass: Decimal | None = None
    corrected_hs: str | None = None
    corrected_origin: str | None = None
    corrected_value: Decimal | None = None
    additional_duty: Decimal | None = None
    seized: bool = False
    samples: tuple[str, ...] = ()
    words: str = ""
    goods: str | None = None
    awaited: tuple[str, ...] = ()
    examined_at: datetime | None = None
    analysed: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether anything was found."""
        return bool(self.areas)

    @property
    def undecided(self) -> bool:
        """Whether it is no outcome: a laboratory has yet to speak, and nothing was found that holds the goods without it."""
        return bool(self.awaited) and not self.found


def of_a_finding(item: ItemResult) -> list[str]:
    """Give the names of what is told of an item that only a finding has: nothing of it is said where nothing was found.

    Examples
    --------
    >>> of_a_finding(ItemResult(1, severity=Severity.GRAVE, net_mass=Decimal(3), corrected_value=Decimal(0)))
    ['severity', 'corrected_value']
    """
    names = ("severity", "corrected_hs", "corrected_origin", "corrected_value", "additional_duty", "seized")
    # no duty, or a grade of none, is said of goods in order, too; that they are worth nothing is not
    return [
        name
        for name in names
        if getattr(item, name) or (name == "corrected_value" and item.corrected_value is not None)
    ]


def impossible_amounts(item: ItemResult) -> dict[str, Decimal]:
    """Give the amounts of an item, by their names, that cannot have been found.

    Examples
    --------
    >>> impossible_amounts(ItemResult(1, quantity=Decimal(3), net_mass=Decimal(-1)))
    {'net_mass': Decimal('-1')}
    """
    amounts = {name: getattr(item, name) for name in ("quantity", "net_mass", "corrected_value", "additional_duty")}
    return {name: amount for name, amount in amounts.items() if not is_amount(amount)}


@dataclass(frozen=True, slots=True)
class ExaminationResult:
    """What an act of control found, item by item, by whom and when; times are aware."""

    by: str
    at: datetime
    items: tuple[ItemResult, ...]
    words: str = ""

    def examined(self) -> dict[int, datetime]:
        """Give when the goods were looked at of which it speaks, by their numbers."""
        return {item.item: item.examined_at or self.at for item in self.items}


@dataclass(frozen=True, slots=True)
class Override:
    """A departure from what was decided: counted, reasoned, and when it does less, agreed on by two.

    Attributes
    ----------
    move
        Whether the act was raised, or ordered anew on a suspicion, or lowering, or that a finding is taken back, was proposed, confirmed or refused.
    before, after
        The act that was ordered, and the act instead of it; ``None`` is no act.
    reason
        Why, in words.
    by, at
        Who, and when.
    result
        What is to be recorded instead of a finding, or of samples, once a second person agrees.
    known
        How many results there were by then: those that came later neither of the two may have seen.
    """

    move: CaseMove
    before: Act
    after: Act | None
    reason: str
    by: str
    at: datetime
    result: ExaminationResult | None = None
    known: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An order in the hands of people.

    Attributes
    ----------
    order_id
        The order, as ``declaration:agency:act``.
    agency, post, act
        Whose it is, where, and what is to be done now.
    declared
        Numbers of the goods items of the declaration.
    items
        Numbers of those that are to be examined; empty for the whole consignment.
    state, holder
        Where it stands, and who holds it; nobody while it waits.
    results
        Every result recorded; of each item the last word counts, the others are kept.
    overrides
        Every departure, in order.
    referral
        The suspicion of the officer who asked for this case himself; empty when a decision made it.
    goods
        Digests of the goods items of the declaration as they are now, by their numbers; none where it is not known.
    """

    order_id: str
    agency: Agency
    post: str
    act: Act
    declared: tuple[int, ...]
    state: CaseState = CaseState.WAITING
    holder: str | None = None
    results: tuple[ExaminationResult, ...] = ()
    overrides: tuple[Override, ...] = field(default_factory=tuple)
    referral: str = ""
    items: tuple[int, ...] = ()
    goods: Mapping[int, str] = field(default_factory=dict)

    @property
    def result(self) -> ExaminationResult | None:
        """The last result, or ``None``."""
        return self.results[-1] if self.results else None

    @property
    def due(self) -> frozenset[int]:
        """The items that are to be examined; all of them where none is named, or none that is named is declared any more."""
        return frozenset(self.items) & frozenset(self.declared) or frozenset(self.declared)

    @property
    def words(self) -> dict[int, ItemResult]:
        """The last word on each item of which any result speaks."""
        return {item.item: item for result in self.results for item in result.items}

    @property
    def suspicions(self) -> tuple[str, ...]:
        """What officers suspected who asked for the case, or for the act anew."""
        anew = (each.reason for each in self.overrides if each.move is CaseMove.REFER)
        return (*((self.referral,) if self.referral else ()), *anew)

    def spoken_by(self, person: str) -> ExaminationResult | None:
        """The last result of a person that has the last word on any item, with those words alone; ``None`` where there is none."""
        last = {item.item: place for place, result in enumerate(self.results) for item in result.items}
        own = [
            replace(result, items=tuple(item for item in result.items if last[item.item] == place))
            for place, result in enumerate(self.results)
            if result.by == person
        ]
        return next((result for result in reversed(own) if result.items), None)

    @property
    def changed(self) -> frozenset[int]:
        """The items that were declared otherwise when the last word on them was given: it was given on other goods."""
        return frozenset(
            number for number, word in self.words.items() if other_goods(word.goods, self.goods.get(number))
        )

    @property
    def spoken(self) -> frozenset[int]:
        """The items of which a result speaks that was given on these goods, and that were looked at since the last suspicion."""
        asked = [each.at for each in self.overrides if each.move is CaseMove.REFER]
        examined = ((item, at) for result in self.results for item, at in result.examined().items())
        return frozenset(item for item, at in examined if not asked or at >= asked[-1]) - self.changed

    @property
    def awaited(self) -> frozenset[int]:
        """The items of which samples are at a laboratory that has not spoken of them, whatever is declared by now.

        Neither an amendment nor a suspicion ends that, nor another look at the goods: a word of the laboratory does.
        """
        return frozenset(number for number, word in self.words.items() if word.undecided)

    @property
    def unseen(self) -> frozenset[int]:
        """The items that are to be examined, and that nobody has looked at."""
        return self.due - self.spoken

    @property
    def standing(self) -> frozenset[int]:
        """The items on which a word stands: it was given on these goods, since the last suspicion, and awaits nothing."""
        return self.spoken - self.awaited

    @property
    def lacking(self) -> frozenset[int]:
        """The items that are to be examined, or were sampled, and on which no word stands."""
        return (self.due - self.standing) | self.awaited

    @property
    def at_laboratory(self) -> bool:
        """Whether it lacks nothing but the word of a laboratory."""
        return bool(self.awaited) and not self.unseen


@dataclass(frozen=True, slots=True)
class Hand:
    """Someone who acts on a case: identifier, agency and posts (empty: every post of the agency)."""

    person: str
    agency: Agency
    posts: frozenset[str] = frozenset()

    def reaches(self, case: Case) -> bool:
        """Whether the case is within the agency and posts of this person."""
        return self.agency is case.agency and (not self.posts or case.post in self.posts)
