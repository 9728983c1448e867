"""In the words of whoever reads: in what a record that a post brought back differs, and what stands."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.flow.post.differing import Difference, Differs
from darvoza.office.shell.templatetags.darvoza import day, moment
from darvoza.office.shell.words import word as word_of


class Words(NamedTuple):
    """What happened, and what stands now and is to be done; both with places for values."""

    what: Promise
    stands: Promise


_KEPT: Final = _("The result is kept.")
_REFUSED: Final = _("Nothing of it was taken in.")
_ASK: Final = _("Everything stands. Ask the post why.")

WORDS: Final[Mapping[Differs, Words]] = {
    Differs.ONLY_POST: Words(
        _("Only the post asked for it: %(acts)s. The centre decided on the declaration, too, and did not ask for it."),
        _("It is ordered."),
    ),
    Differs.ONLY_CENTRE: Words(
        _("Only the centre asked for it: %(acts)s. The post did not know."), _("The order of the centre stays open.")
    ),
    Differs.TWO_DRAWS: Words(
        _(
            "Lodged at both before either knew of the other, so there were two draws: at the centre of %(there)s, at the post of %(here)s."
        ),
        _("Every act that either asked for. There is no further draw."),
    ),
    Differs.OTHERWISE: Words(
        _("The post decided otherwise than comes out of the goods and its bundle."),
        _("The stricter of both stands: every floor and every order. Ask who had the machine."),
    ),
    Differs.UNKEPT: Words(
        _("Of bundle %(serial)s nothing was kept, so the decision could not be made again."),
        _("What the post decided stands, unchecked."),
    ),
    Differs.UNMADE: Words(
        _("The decision cannot be made again: %(problem)s"),
        _("What the post decided stands, unchecked. Look at the goods."),
    ),
    Differs.NO_KEY: Words(
        _("It was taken in without the key, so neither the draw nor the decision was looked at."),
        _(
            "What the post decided stands, unchecked. An administrator can make it again with the key: darvoza office replay."
        ),
    ),
    Differs.FOREIGN_BUNDLE: Words(_("It was decided by bundle %(serial)s, which this office did not make."), _ASK),
    Differs.OTHER_DAY: Words(
        _("It was decided on %(day)s, by bundle %(serial)s, which holds from %(start)s to %(end)s."), _ASK
    ),
    Differs.REVEALED: Words(
        _("It was drawn with the key of %(days)s, which everybody knew by then: the draw could be foreseen."),
        _("The decision stands. Look at the goods."),
    ),
    Differs.CLOCK_BACK: Words(
        _("Written down at %(at)s, after an entry of %(latest)s: the clock of the post was set back."), _ASK
    ),
    Differs.CLOCK_AHEAD: Words(
        _("Written down at %(at)s, which was to come when the record was taken in: the clock of the post runs ahead."),
        _ASK,
    ),
    Differs.SAME_GOODS: Words(
        _("The same goods were drawn for under another reference, by another draw: %(references)s."),
        _("Both stand. Look at why they were lodged twice."),
    ),
    Differs.NO_DECISION: Words(_("This is no decision on %(subject)s: %(fault)s."), _REFUSED),
    Differs.UNREADABLE: Words(_("This is no decision that can be read: %(problem)s"), _REFUSED),
    Differs.GOODS_ELSEWHERE: Words(
        _("The goods are at %(held)s, and the record is of %(post)s."),
        _("Nothing of it was taken in. Look where the goods are."),
    ),
    Differs.DECLARED_ELSEWHERE: Words(
        _("It is declared for %(held)s, and the record is of %(post)s."),
        _("Nothing of it was taken in. Look where the goods are."),
    ),
    Differs.ORDER_ELSEWHERE: Words(
        _("The order is of %(held)s, and the record is of %(post)s."),
        _("Nothing of it was taken in, and the order waits on."),
    ),
    Differs.NO_SUCH_ORDER: Words(
        _("The post gave no such order itself."), _("Nothing of it was taken in, and the order waits on.")
    ),
    Differs.CANCELLED: Words(
        _("It was cancelled at the centre, and the goods came all the same."),
        _("The declaration stands again, and the orders that had ended with it wait again."),
    ),
    Differs.AMENDED: Words(
        _("A later version was declared at the post. Other than before: %(fields)s."),
        _("The later version. What was declared before is kept, with the results on it."),
    ),
    Differs.MOVED: Words(
        _("The post stated another moment of lodging: %(stated)s instead of %(held)s."),
        _("The moment that the register has."),
    ),
    Differs.DECLARED_OTHERWISE: Words(
        _("Declared otherwise at the post, under the same or an older version. Other: %(fields)s."),
        _("What the register holds, with the orders and results of both. Have the declaration amended."),
    ),
    Differs.MORE_ITEMS: Words(
        _("The post asked for more goods items of the same act: %(acts)s."),
        _("One order of the items of both: %(items)s."),
    ),
    Differs.MORE_ITEMS_WAIT: Words(
        _("The post asked for more goods items of the same act: %(acts)s."),
        _("One order of the items of both: %(items)s. It waits again."),
    ),
    Differs.ORDER_GONE: Words(
        _("There is no such order any more: its declaration went when its time was over."),
        _("What was found stands in the record of the post alone."),
    ),
    Differs.RESULTS_BEFORE: Words(
        _("The order had results already: %(known)s. Two examined the same, or the post corrected itself."),
        _("All results are kept, and the last one counts."),
    ),
    Differs.WITHDRAWN: Words(_("The order was withdrawn at the centre."), _KEPT),
    Differs.HELD: Words(_("Somebody at the centre held the order."), _KEPT),
    Differs.AT_LABORATORY: Words(
        _("Samples were taken at the centre, of which the post knew nothing: %(numbers)s."),
        _("The result is kept, and the goods wait for the laboratory."),
    ),
    Differs.LAPSED: Words(
        _("The post said more of goods on which %(who)s had proposed to take a finding back."),
        _("The newer word. The proposal lapses; who still wants it corrects that word."),
    ),
    Differs.PROPOSAL_WAITS: Words(
        _("A result on other goods came while a proposal of %(who)s was open."),
        _("The result is kept, and the proposal waits for a second person."),
    ),
    Differs.LESS_IS_OVER: Words(
        _("%(who)s had proposed to do less, while all was done at the post."),
        _("The result is kept, and the proposal is over."),
    ),
    Differs.TAKEN_BACK: Words(
        _("The post takes back what it had found on item %(items)s."),
        _("What was found, until a second person decides among the overrides."),
    ),
    Differs.TOGETHER: Words(
        _("The same person had proposed something before, on which nobody has decided."),
        _("One proposal, of both."),
    ),
    Differs.PROPOSE_AGAIN: Words(
        _("%(who)s had proposed something before, on which nobody has decided."),
        _("The later proposal. The earlier one has to be made again."),
    ),
    Differs.NOT_MARKED: Words(
        _("Nothing was marked as found on item %(item)s, though it tells of what only a finding has: %(names)s."),
        _("A result in which nothing was found. Correct it in the office."),
    ),
    Differs.LEFT_OUT: Words(
        _("Something was written that cannot be: %(what)s."), _("All the rest of the result is kept.")
    ),
    Differs.WORDS: Words(
        _("An earlier version told of it in English: %(words)s"),
        _("See how to decide without a line, in the handbook."),
    ),
}

_MOMENTS: Final = frozenset({Differs.CLOCK_AHEAD, Differs.CLOCK_BACK, Differs.MOVED})
_DAYS: Final = frozenset({Differs.TWO_DRAWS, Differs.OTHER_DAY})

_HIDDEN: Final = Words(
    _("An earlier version told of it in a line that can show why goods are chosen."), _("Ask the auditor.")
)


class Shown(NamedTuple):
    """One difference as it is shown.

    Attributes
    ----------
    what, stands
        What happened, and what stands.
    details
        Of an act of control, what the post decided otherwise; empty for whoever may not see why goods are chosen.
    """

    what: str
    stands: str
    details: tuple[tuple[str, str, str], ...] = ()


def in_words(difference: Difference, *, seen: Collection[str], details: Collection[str], whole: bool = False) -> Shown:
    """Tell a difference in the words of whoever reads.

    Parameters
    ----------
    seen
        The references of declarations that he may know of.
    details
        The agencies of which he may see why goods were chosen.
    whole
        Whether he may read a line of an earlier version, in which anything of any agency, post and declaration can stand.
    """
    how, words = difference.how, WORDS[difference.how]
    if how is Differs.WORDS and not whole:
        return Shown(str(_HIDDEN.what), str(_HIDDEN.stands))
    values = {name: _value(how, value) for name, value in difference.values.items()}
    values["acts"] = ", ".join(f"{word_of(agency)}, {word_of(act)}" for agency, act in difference.acts)
    if how is Differs.SAME_GOODS:
        known = [each for each in str(values["references"]).split(", ") if each in seen]
        values["references"] = ", ".join(known) or "—"
    told = zip(difference.acts, difference.details, strict=False)
    shown = tuple((agency, act, detail) for (agency, act), detail in told if agency in details)
    return Shown(str(words.what) % values, str(words.stands) % values, shown)


def _value(how: Differs, value: object) -> str:
    """Give a value as it is shown: moments and days in the way of the reader's language."""
    if how in _MOMENTS:
        return moment(datetime.fromisoformat(str(value)))
    text = str(value)
    if how in _DAYS and (found := _day(text)) is not None:
        return day(found)
    return text


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
