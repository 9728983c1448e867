"""Words for what is said of profiles; the core knows only the codes."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.domain.profile import Outcome, UnknownPolicy, Visibility
from darvoza.domain.profile_version import ProfileState
from darvoza.flow.assessment.differences import Effect, Status
from darvoza.flow.oversight.retirement import Verdict
from darvoza.office.profiles import builder
from darvoza.office.shell.templatetags.darvoza import day
from darvoza.office.shell.words import word

DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")

STATES: Final[Mapping[str, Promise]] = {
    ProfileState.DRAFT: _("draft"),
    ProfileState.SUBMITTED: _("waits for approval"),
    ProfileState.RETURNED: _("returned to its author"),
    ProfileState.APPROVED: _("approved"),
    ProfileState.DISCARDED: _("discarded"),
}
STEPS: Final[Mapping[str, Promise]] = {
    "begun": _("draft begun"),
    "submit": _("submitted"),
    "take_back": _("taken back by its author"),
    "return": _("returned"),
    "approve": _("approved by a second person"),
    "rolled back": _("rolled back"),
    "called off": _("planned version called off"),
    "shadow": _("shadow run begun"),
    "shadow ended": _("shadow run ended"),
    "discard": _("discarded by its author"),
    "back-tested": _("back-tested"),
    "figures made": _("figures made"),
    "search kept": _("search kept"),
    "search forgotten": _("search forgotten"),
}
OUTCOMES: Final[Mapping[str, Promise]] = {
    Outcome.MATCH: _("match"),
    Outcome.NO_MATCH: _("no match"),
    Outcome.UNKNOWN: _("cannot say"),
}
POLICIES: Final[Mapping[str, Promise]] = {
    UnknownPolicy.NO_MATCH: _("it does not match"),
    UnknownPolicy.MATCH: _("it matches"),
}
VISIBILITIES: Final[Mapping[str, Promise]] = {
    Visibility.AGENCY: _("its own agency"),
    Visibility.JOINT: _("every agency at the border"),
    Visibility.RESTRICTED: _("its author, its approver and the auditor"),
}
RELATIONS: Final[Mapping[str, Promise]] = {
    "same": _("the same declarations"),
    "inside": _("always inside it"),
    "around": _("always contains it"),
    "partly": _("partly"),
}
OVERS: Final[Mapping[str, Promise]] = {
    "": _("these rows"),
    builder.ANY_ITEM: _("at least one goods item"),
    builder.ALL_ITEMS: _("every goods item"),
    builder.COUNT: _("the number of goods items"),
    builder.SUM: _("the sum over the goods items"),
    builder.DISTINCT: _("the number of different values"),
}
"""What a group of rows asks."""
VERDICTS: Final[Mapping[str, Promise]] = {
    Verdict.RETIRE: _("proposed for retirement"),
    Verdict.ENDED: _("validity has ended"),
    Verdict.WATCH: _("keep watching"),
    Verdict.KEEP: _("keep"),
    Verdict.EXEMPT: _("asked for by law or alert"),
}
CHANGED: Final[Mapping[str, Promise]] = {
    "condition": _("condition"),
    "term": _("part of the condition"),
    "term removed": _("part removed"),
    "term added": _("part added"),
    "share": _("share"),
    "unknown": _("what a missing fact means"),
    "valid from": _("valid from"),
    "valid to": _("valid to"),
    "agency": _("agency"),
    "floor": _("kind of floor"),
    "act": _("act"),
    "code": _("code"),
    "title": _("title"),
    "risk_area": _("risk area"),
    "risk_register": _("entry of the risk register"),
    "instructions": _("instructions"),
    "legal_basis": _("legal basis"),
    "rationale": _("rationale"),
    "justification": _("reason for differentiating"),
    "owner": _("owner"),
    "author": _("author"),
    "approver": _("approver"),
    "review_by": _("review by"),
    "visibility": _("who may read it"),
    "national_data": _("number to be set on national data"),
    "cases": _("worked cases"),
    "sentence": _("wording of the sentence"),
}
EFFECTS: Final[Mapping[str, Promise]] = {
    Effect.SAME: _("the same declarations, in other words"),
    Effect.NARROWED: _("fewer declarations"),
    Effect.WIDENED: _("more declarations"),
    Effect.CHANGED: _("other declarations; its form does not tell which way"),
    "raised": _("raised"),
    "lowered": _("lowered"),
    "begins earlier": _("begins earlier"),
    "begins later": _("begins later"),
    "ends earlier": _("ends earlier"),
    "ends later": _("ends later"),
    "open": _("not limited"),
    Status.REWORDED: _("changed in words only"),
    Status.UNCHANGED: _("unchanged"),
}
SAYS: Final[Mapping[str, Promise]] = {**CHANGED, **EFFECTS, **STATES, **STEPS}
"""Words that do not depend on where they stand; outcomes, policies and visibilities have their own."""


def said(code: object) -> str:
    """Give the word for a code of the profiles, or of the whole office; a day as pages write it."""
    if DAY.fullmatch(str(code)):
        return day(date.fromisoformat(str(code)))
    found = SAYS.get(str(code))
    return str(found) if found is not None else word(code)
