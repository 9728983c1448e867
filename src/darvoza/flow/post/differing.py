"""In what a record that a post brought back differs from what the centre has: a code and values, and the line that is told of it.

The terminal and the journal tell the line; a page tells the same in the words of its reader.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

NOTHING: Final = "nothing of it is taken in"


class Differs(StrEnum):
    """How what a post wrote down differs from what the centre has, or what is to be known of it."""

    ONLY_POST = "only the post"
    ONLY_CENTRE = "only the centre"
    TWO_DRAWS = "two draws"
    OTHERWISE = "otherwise than by its bundle"
    UNKEPT = "bundle not kept"
    UNMADE = "cannot be decided again"
    NO_KEY = "no key"
    FOREIGN_BUNDLE = "foreign bundle"
    OTHER_DAY = "day not in its bundle"
    REVEALED = "key revealed"
    CLOCK_BACK = "clock set back"
    CLOCK_AHEAD = "clock ahead"
    SAME_GOODS = "same goods"
    NO_DECISION = "no decision"
    UNREADABLE = "unreadable"
    GOODS_ELSEWHERE = "goods elsewhere"
    DECLARED_ELSEWHERE = "declared elsewhere"
    ORDER_ELSEWHERE = "order elsewhere"
    NO_SUCH_ORDER = "no such order"
    CANCELLED = "cancelled"
    AMENDED = "amended"
    MOVED = "lodging moved"
    DECLARED_OTHERWISE = "declared otherwise"
    MORE_ITEMS = "more items"
    MORE_ITEMS_WAIT = "more items wait"
    ORDER_GONE = "order gone"
    RESULTS_BEFORE = "results before"
    WITHDRAWN = "withdrawn"
    HELD = "held"
    AT_LABORATORY = "at a laboratory"
    LAPSED = "proposal lapsed"
    PROPOSAL_WAITS = "proposal waits"
    LESS_IS_OVER = "less is over"
    TAKEN_BACK = "taken back"
    TOGETHER = "proposed together"
    PROPOSE_AGAIN = "propose again"
    NOT_MARKED = "not marked"
    LEFT_OUT = "left out"
    WORDS = "words"
    """What an earlier version told in a line."""


LINES: Final[Mapping[Differs, str]] = {
    Differs.ONLY_POST: "only the post asked for {acts}",
    Differs.ONLY_CENTRE: "only the centre asked for {acts}",
    Differs.TWO_DRAWS: "two draws, of {there} and {here}",
    Differs.OTHERWISE: "decided otherwise than by its bundle: {details}; the stricter of both stands",
    Differs.UNKEPT: "not decided again: of bundle {serial} nothing was kept",
    Differs.UNMADE: "cannot be decided again: {problem}",
    Differs.NO_KEY: "not decided again: the key was not given",
    Differs.FOREIGN_BUNDLE: "decided by bundle {serial}, which this office did not make",
    Differs.OTHER_DAY: "decided on {day}, by bundle {serial} for {start} to {end}",
    Differs.REVEALED: "drawn with the key of {days}, which was revealed before",
    Differs.CLOCK_BACK: "written down at {at}, after an entry of {latest}: the clock of the post was set back",
    Differs.CLOCK_AHEAD: "written down at {at}, which is to come: the clock of the post runs ahead",
    Differs.SAME_GOODS: "the same goods were drawn for as {references}, by another draw",
    Differs.NO_DECISION: f"not a decision on {{subject}}, for {{fault}}: {NOTHING}",
    Differs.UNREADABLE: f"not a decision, {{problem}}: {NOTHING}",
    Differs.GOODS_ELSEWHERE: f"it is of goods at {{held}}, and not at {{post}}: {NOTHING}",
    Differs.DECLARED_ELSEWHERE: f"it is declared for {{held}}, and not for {{post}}: {NOTHING}; look where the goods are",
    Differs.ORDER_ELSEWHERE: f"it is an order of {{held}}, and not of {{post}}: {NOTHING}",
    Differs.NO_SUCH_ORDER: f"{{post}} gave no such order: {NOTHING}",
    Differs.CANCELLED: "it was cancelled at the centre, and the goods came all the same: it stands again",
    Differs.AMENDED: "amended at the post: {fields}; what was declared before is kept",
    Differs.MOVED: "lodged at {held}, and not at {stated}",
    Differs.DECLARED_OTHERWISE: "declared otherwise at the post: {fields}",
    Differs.MORE_ITEMS: "the post asked for more of {acts}: it is of {items} now",
    Differs.MORE_ITEMS_WAIT: "the post asked for more of {acts}: it is of {items} now, which waits again",
    Differs.ORDER_GONE: "there is no order {order} any more: what was found stands in the record of the post alone",
    Differs.RESULTS_BEFORE: "results it had already: {known}; all are kept, the last counts",
    Differs.WITHDRAWN: "it was withdrawn at the centre; the result is kept",
    Differs.HELD: "somebody at the centre held it; the result is kept",
    Differs.AT_LABORATORY: "the samples {numbers} are at a laboratory, which is awaited still",
    Differs.LAPSED: "what {who} proposed lapses, for there is a newer word on it; the result is kept",
    Differs.PROPOSAL_WAITS: "what {who} proposed still waits for a second person; the result is kept",
    Differs.LESS_IS_OVER: "{who} proposed to do less, which is over: all is done, and the result is kept",
    Differs.TAKEN_BACK: "it takes back what was found on item {items}: a second person decides",
    Differs.TOGETHER: "with it, on what was proposed before",
    Differs.PROPOSE_AGAIN: "what {who} proposed before can be decided on no more, and has to be proposed again",
    Differs.NOT_MARKED: "nothing found on item {item}, though there is {names}",
    Differs.LEFT_OUT: "left out, for it cannot be: {what}",
    Differs.WORDS: "{words}",
}
"""The line that is told of each; what stands in braces is one of its values."""

REFUSED: Final = frozenset(
    {Differs.NO_DECISION, Differs.UNREADABLE, Differs.GOODS_ELSEWHERE, Differs.DECLARED_ELSEWHERE}
)
"""Decisions of which nothing is taken in."""


class Difference(NamedTuple):
    """One difference: how, and what it is told with.

    `acts` are the acts of control that it is about, by agency; `details` tell what differs in each of them.

    Examples
    --------
    >>> Difference(Differs.ONLY_POST, acts=(("customs", "physical"),)).told
    'only the post asked for customs physical'
    >>> Difference.of(Difference(Differs.UNKEPT, {"serial": 3}).plain()).told
    'not decided again: of bundle 3 nothing was kept'
    """

    how: Differs
    values: Mapping[str, Any] = {}
    acts: tuple[tuple[str, str], ...] = ()
    details: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The line that is told of it."""
        acts = [" ".join(act) for act in self.acts]
        each = "; ".join(f"{act}: {detail}" for act, detail in zip(acts, self.details, strict=False))
        return LINES[self.how].format_map({**self.values, "acts": ", ".join(acts), "details": each})

    def plain(self) -> dict[str, Any]:
        """Give it as JSON holds it."""
        told = {"values": dict(self.values), "acts": [list(act) for act in self.acts], "details": list(self.details)}
        return {"how": self.how.value, **{name: value for name, value in told.items() if value}}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Difference":
        """Read one back."""
        acts = tuple((str(agency), str(act)) for agency, act in plain.get("acts", ()))
        return cls(Differs(plain["how"]), plain.get("values", {}), acts, tuple(plain.get("details", ())))


def lines(differences: Iterable[Difference]) -> str:
    """Tell some differences in one line; empty where there is none."""
    return "; ".join(each.told for each in differences)
