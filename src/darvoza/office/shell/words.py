"""Words for the closed vocabularies of the field; the core knows only their codes."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.domain.casework import CaseMove, CaseState
from darvoza.domain.codes import Act, Agency, Channel, RiskArea, Severity
from darvoza.domain.journal import EntryKind
from darvoza.domain.selection import FloorKind, Purse

AGENCIES: Final[Mapping[str, Promise]] = {
    Agency.CUSTOMS: _("customs"),
    Agency.VETERINARY: _("veterinary service"),
    Agency.PHYTOSANITARY: _("phytosanitary service"),
    Agency.QUARANTINE: _("quarantine service"),
    Agency.SANITARY: _("sanitary-epidemiological service"),
}
ACTS: Final[Mapping[str, Promise]] = {
    Act.AUDIT: _("audit after release"),
    Act.DOCUMENTARY: _("documentary check"),
    Act.IDENTITY: _("identity check"),
    Act.SCAN: _("scan"),
    Act.SAMPLING: _("sampling"),
    Act.PHYSICAL: _("physical examination"),
}
CHANNELS: Final[Mapping[str, Promise]] = {
    Channel.GREEN: _("green"),
    Channel.BLUE: _("blue"),
    Channel.YELLOW: _("yellow"),
    Channel.RED: _("red"),
}
FLOORS: Final[Mapping[str, Promise]] = {
    FloorKind.LAW: _("the law"),
    FloorKind.ALERT: _("an alert in force"),
    FloorKind.PROFILE: _("a risk profile"),
    FloorKind.PLAN: _("a sampling plan"),
    FloorKind.SCORE: _("the score"),
    FloorKind.RANDOM: _("chance"),
}
SOURCES: Final[Mapping[str, Promise]] = {"hazard": _("the hazard score of the goods")}
"""What a floor names as its source, where that is no code of a profile, measure or plan."""

PURSES: Final[Mapping[str, Promise]] = {
    Purse.SEVERITY: _("for its severity"),
    "harm": _("for the expected harm"),
    Purse.MONEY: _("for the money at stake"),
    Purse.PROBABILITY: _("for the probability of a finding"),
    Purse.CHANCE: _("by chance: capacity that no worth claims"),
}

STATES: Final[Mapping[str, Promise]] = {
    CaseState.WAITING: _("waiting"),
    CaseState.CLAIMED: _("in hand"),
    CaseState.AWAITING: _("awaiting the laboratory"),
    CaseState.LOWERING: _("lowering proposed"),
    CaseState.RECORDED: _("result recorded"),
    CaseState.WITHDRAWN: _("withdrawn"),
}
MOVES: Final[Mapping[str, Promise]] = {
    CaseMove.CLAIM: _("taken into hand"),
    CaseMove.GIVE_BACK: _("given back"),
    CaseMove.ASSIGN: _("assigned by draw"),
    CaseMove.RECORD: _("result sent"),
    CaseMove.CORRECT: _("result corrected"),
    CaseMove.RAISE: _("raised"),
    CaseMove.PROPOSE_LOWERING: _("lowering put forward"),
    CaseMove.PROPOSE_CLEARING: _("taking back of a finding put forward"),
    CaseMove.CONFIRM_LOWERING: _("lowering confirmed"),
    CaseMove.REFUSE_LOWERING: _("lowering refused"),
    CaseMove.LAPSE: _("proposal lapsed: other goods are declared"),
    CaseMove.CANCEL: _("cancelled"),
    CaseMove.REOPEN: _("opened again"),
    "goods": _("goods changed"),
    "items": _("goods changed"),
    "instructions": _("instructions changed"),
    CaseMove.REFER: _("referred on suspicion"),
    "photo": _("photo added"),
    "lodged": _("lodged"),
    "rerouted": _("sent to another post"),
    "take_back": _("taken back by the supervisor"),
    "holder_left": _("given back: who held it is not at the post any more"),
}
ACCOUNTS: Final[Mapping[str, Promise]] = {
    "entered": _("account entered"),
    "changed": _("account data changed"),
    "closed": _("account closed"),
    "opened": _("account opened again"),
    "password reset": _("new password given"),
    "second factor reset": _("second factor taken away"),
    "sessions ended": _("sessions ended"),
    "post named": _("post named"),
    "roster": _("roster set"),
    "roster key": _("key of the roster told"),
}
AREAS: Final[Mapping[str, Promise]] = {
    RiskArea.UNDERVALUATION: _("undervaluation"),
    RiskArea.MISCLASSIFICATION: _("misclassification"),
    RiskArea.ORIGIN: _("origin"),
    RiskArea.UNDECLARED: _("undeclared goods"),
    RiskArea.PROHIBITED: _("prohibited goods"),
    RiskArea.QUANTITY: _("quantity"),
    RiskArea.DOCUMENTS: _("documents"),
    RiskArea.INTELLECTUAL_PROPERTY: _("intellectual property"),
    RiskArea.SAFETY: _("safety"),
    RiskArea.SPS: _("sanitary, veterinary or phytosanitary risk"),
    RiskArea.TRANSIT: _("transit"),
    RiskArea.PROCEDURE: _("procedure"),
}
SEVERITIES: Final[Mapping[Severity, Promise]] = {
    Severity.MINOR: _("minor: put right on the spot"),
    Severity.MODERATE: _("moderate: goods held until treated or documented"),
    Severity.SERIOUS: _("serious: goods returned or destroyed"),
    Severity.GRAVE: _("grave: danger to life, health or security; a crime"),
}

KINDS: Final[Mapping[str, Promise]] = {
    EntryKind.DECISION: _("decision"),
    EntryKind.OVERRIDE: _("override"),
    EntryKind.ORDER: _("order"),
    EntryKind.FINDING: _("outcome recorded"),
    EntryKind.RELEASE: _("release"),
    EntryKind.PROFILE_CHANGE: _("profile changed"),
    EntryKind.MEASURE_CHANGE: _("measure changed"),
    EntryKind.LIST_CHANGE: _("list changed"),
    EntryKind.MODEL_CHANGE: _("model changed"),
    EntryKind.SETTINGS_CHANGE: _("settings changed"),
    EntryKind.KEY_COMMITMENT: _("key committed to"),
    EntryKind.KEY_REVEAL: _("key revealed"),
    EntryKind.SENSITIVE_READ: _("sensitive reading"),
    EntryKind.EXPORT: _("export"),
    EntryKind.SIGN_IN: _("sign-in"),
    EntryKind.SIGN_IN_REFUSED: _("access refused"),
    EntryKind.SIGN_OUT: _("sign-out"),
    EntryKind.ACCOUNT_CHANGE: _("account changed"),
    EntryKind.ERASURE: _("erasure"),
}

WORDS: Final[Mapping[str, Promise]] = {
    **KINDS,
    **STATES,
    **MOVES,
    **ACCOUNTS,
    **AREAS,
    **PURSES,
    **AGENCIES,
    **ACTS,
    **CHANNELS,
    **FLOORS,
    **SOURCES,
}


def word(code: object) -> str:
    """Give the word for a code in the language of the page; the code itself where there is none."""
    return str(WORDS.get(str(code), code))
