"""Words for reference data; the flow knows only the codes."""

import re
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from darvoza.errors import DataRefused
from darvoza.flow.assessment.list_files import ListKind
from darvoza.office.administration.data_life import DataKind, DataState
from darvoza.office.profiles.troubles import Trouble, troubles

KINDS: Final[Mapping[str, Promise]] = {
    DataKind.LIST: gettext_lazy("named list"),
    DataKind.MEASURES: gettext_lazy("measures of the health services"),
    DataKind.PLANS: gettext_lazy("sampling plans"),
    DataKind.COMPETENCE: gettext_lazy("which service controls which goods"),
    DataKind.CAPACITY: gettext_lazy("what posts can do"),
    DataKind.FACTS: gettext_lazy("how facts are made"),
}
STATES: Final[Mapping[str, Promise]] = {
    DataState.TRIED: gettext_lazy("tried"),
    DataState.SUBMITTED: gettext_lazy("waits for a second administrator"),
    DataState.RETURNED: gettext_lazy("returned"),
    DataState.APPROVED: gettext_lazy("approved"),
    DataState.DISCARDED: gettext_lazy("discarded"),
}
WHEN: Final[Mapping[str, Promise]] = {
    "current": gettext_lazy("in force"),
    "planned": gettext_lazy("planned"),
    "before": gettext_lazy("was in force"),
    "never": gettext_lazy("overtaken before it began"),
}
STEPS: Final[Mapping[str, Promise]] = {
    "tried": gettext_lazy("tried"),
    "submit": gettext_lazy("submitted"),
    "discard": gettext_lazy("discarded"),
    "approve": gettext_lazy("approved by a second administrator"),
    "return": gettext_lazy("returned"),
}
CODES: Final[Mapping[str, Promise]] = {
    ListKind.CODE: gettext_lazy("any code"),
    ListKind.HS: gettext_lazy("commodity codes, 2 to 10 digits"),
    ListKind.COUNTRY: gettext_lazy("countries, two capital letters"),
}
"""What the codes of a list may be."""

REFUSALS: Final[Mapping[str, Promise]] = {
    "state": gettext_lazy("Somebody was quicker, or this is no longer possible. The page shows how it stands now."),
    "author": gettext_lazy("Somebody else put this version forward."),
    "approver": gettext_lazy("Nobody approves what he put forward himself: a second administrator decides."),
    "reason": gettext_lazy("Say why, in at least ten characters."),
    "at": gettext_lazy("That moment is past; data is put in force from now on or later."),
    "seen": gettext_lazy("Something else came into force meanwhile. Look at the comparison again."),
    "waits": gettext_lazy("This return waits for a second administrator already."),
    "version": gettext_lazy("Something else is in force by now. The page shows how it stands."),
    "name": gettext_lazy("The state of the gate names no such file."),
    "file": gettext_lazy("The file is not UTF-8."),
}

HEADERS: Final[Mapping[str, Promise]] = {
    "name": gettext_lazy("Name"),
    "version": gettext_lazy("Version, as its source calls it"),
    "source": gettext_lazy("Source"),
    "date": gettext_lazy("Date of the source"),
    "expires": gettext_lazy("Vouched for until"),
    "kind": gettext_lazy("What the codes are"),
}
"""What the form calls the fields of the header of a list."""

ROW: Final = re.compile(r"row (\d+)")


def in_words(refused: DataRefused) -> str:
    """Give the sentence for a refusal.

    Examples
    --------
    >>> in_words(DataRefused(field="file", expected="UTF-8", got="other bytes"))
    'The file is not UTF-8.'
    """
    if refused.field == "profiles":
        return _("Profiles in force could not be read any more with it: %(count)s.") % {"count": refused.got}
    found = REFUSALS.get(refused.field or "")
    return str(found) if found is not None else str(refused)


def troubles_in(problems: BaseException) -> list[Trouble]:
    """Give everything that is wrong with a file, each with its row or field."""
    return [each._replace(field=_place(each.field)) for each in troubles(problems)]


def _place(field: str) -> str:
    row = ROW.fullmatch(field)
    if row:
        return _("Row %(number)s") % {"number": row[1]}
    return str(HEADERS.get(field, field))
