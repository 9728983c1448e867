"""Why a move was refused, in words; the flow gives the field and the values."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from darvoza.domain.casework import LARGEST_AMOUNT
from darvoza.errors import CaseRefused
from darvoza.office.desk.fields import NOT_IN_A_CHAPTER
from darvoza.office.desk.forms import WITHOUT_A_SAMPLE
from darvoza.office.shell.typed import Refusal

REFUSALS: Final[Mapping[str, Promise]] = {
    "state": gettext_lazy("Somebody was quicker, or this is no longer possible. The page shows how it stands now."),
    "holder": gettext_lazy("Somebody else holds this order."),
    "agency": gettext_lazy("This order belongs to another agency."),
    "post": gettext_lazy("This order belongs to another post."),
    "items": gettext_lazy("Every item needs a result; that nothing was found is one, too."),
    "reason": gettext_lazy("Say why, in at least ten characters."),
    "suspicion": gettext_lazy("Say what makes you suspicious, in at least ten characters."),
    "roster": gettext_lazy("Nobody is on duty today: fill the roster first."),
    "photo": gettext_lazy("All photos of an order together have at most 20 megabytes."),
    "picture": gettext_lazy("Only photos in JPEG, PNG or WebP are taken."),
    "damaged picture": gettext_lazy(
        "This photo is damaged, cut off, or of a kind that cannot be shown. Take it again."
    ),
    "huge picture": gettext_lazy("This photo is too large to be shown. Take it with fewer pixels."),
    "finding": gettext_lazy("What was found can be taken back only once the order has its result: record that first."),
    "samples": gettext_lazy(
        "Samples are at the laboratory: the order ends with what it says, or once two people agree that none was taken."
    ),
    "second": gettext_lazy("Nobody lowers alone: a second person decides."),
    "act": gettext_lazy(
        "This act cannot be chosen here: it was ordered already, or is not more or less than the order."
    ),
}


OF_A_FINDING: Final = gettext_lazy(
    "Item %(number)s: a seizure, duty, a severity or a corrected value is entered, so say what was found."
)
IMPOSSIBLE: Final = gettext_lazy("Item %(number)s: an amount is entered that cannot be; it is from 0 to %(largest)s.")


def refusal_of(refused: CaseRefused) -> Refusal:
    """Give why a result was refused, with the field of its form.

    Examples
    --------
    >>> refusal_of(CaseRefused(field="items.2.words", expected="why", got="")).at
    'id_item2-words'
    """
    field = refused.field or ""
    if field.startswith("items."):
        number, name = field.split(".")[1:3]
        return Refusal(in_words(refused), f"id_item{number}-{name}{'_0' if name == 'areas' else ''}")
    return Refusal(in_words(refused), "reason" if field == "reason" else "")


def refusal_at(refused: CaseRefused, field: str = "") -> Refusal:
    """Give why a form of a page was refused, with its field there, of those whose names begin with a word.

    Examples
    --------
    >>> refusal_at(CaseRefused(field="reason", expected="a reason", got=""), "depart")
    Refusal(words='Say why, in at least ten characters.', at='depart-reason')
    >>> refusal_at(CaseRefused(field="suspicion", expected="a suspicion", got="")).at
    'suspicion'
    """
    named = refused.field if refused.field in {"reason", "act", "suspicion"} else ""
    return Refusal(in_words(refused), "-".join(filter(None, (field, named))) if named else "")


def in_words(refused: CaseRefused) -> str:
    """Give the sentence for a refusal.

    Examples
    --------
    >>> in_words(CaseRefused(field="holder", expected="a case that asel holds", got="bakyt"))
    'Somebody else holds this order.'
    """
    field = refused.field or ""
    if field in REFUSALS:
        return str(REFUSALS[field])
    if field.startswith("items."):
        number, name = field.split(".")[1:3]
        if name == "words":
            told = _(
                "Item %(number)s: a finding is taken back, so say why in your own words, in at least ten characters."
            )
            return told % {"number": number}
        if name == "samples":
            return str(WITHOUT_A_SAMPLE)
        if name == "corrected_hs":
            return str(NOT_IN_A_CHAPTER)
        return (OF_A_FINDING if name == "areas" else IMPOSSIBLE) % {"number": number, "largest": f"{LARGEST_AMOUNT:,}"}
    return str(refused)
