"""Why something was refused, in words; the flow gives the field and the values."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from darvoza.errors import ProfileRefused
from darvoza.office.shell.templatetags.darvoza import day

REFUSALS: Final[Mapping[str, Promise]] = {
    "state": gettext_lazy("Somebody was quicker, or this is no longer possible. The page shows how it stands now."),
    "author": gettext_lazy("Somebody else wrote this version; begin one of your own from it."),
    "approver": gettext_lazy("Nobody approves what he wrote himself: a second person decides."),
    "agency": gettext_lazy("This profile belongs to another agency."),
    "code": gettext_lazy(
        "This code cannot be used: letters, digits, dots, hyphens and underscores, and no code of another agency."
    ),
    "reason": gettext_lazy("Say why, in at least ten characters."),
    "name": gettext_lazy("Give a name of at most 120 characters."),
    "at": gettext_lazy("That moment is past; a profile is put in force from now on or later."),
    "seen": gettext_lazy("Another version came into force meanwhile. Look at the comparison again."),
    "planned": gettext_lazy("Nothing is planned of this profile any more. The page shows how it stands now."),
    "waits": gettext_lazy("This waits for a second person already. The list of versions leads to it."),
    "two": gettext_lazy("Less could be controlled by it: that takes a second person."),
    "version": gettext_lazy(
        "That is not what two people had put in force before. The page shows how it stands now; to end a profile, propose"
        " that it ends."
    ),
}


def in_words(refused: ProfileRefused) -> str:
    """Give the sentence for a refusal.

    Examples
    --------
    >>> in_words(ProfileRefused(field="reason", expected="a reason", got=""))
    'Say why, in at least ten characters.'
    """
    if refused.field == "cases":
        return _("A worked case does not come out as stated: %(title)s") % {"title": refused.got}
    if refused.field == "digests":
        return _("It changed since you looked: %(names)s. Look at it again.") % {"names": refused.got}
    if refused.field == "valid":
        return _("It is valid %(days)s, which leaves out the day from which on it would be in force.") % {
            "days": _days(str(refused.got))
        }
    found = REFUSALS.get(refused.field or "")
    return str(found) if found is not None else str(refused)


def _days(text: str) -> str:
    """Give the days of a validity, which come as those of an interval of ISO 8601, as a page writes them."""
    return " – ".join(day(date.fromisoformat(each)) if each else "…" for each in text.split("/"))
