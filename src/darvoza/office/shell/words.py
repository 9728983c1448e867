"""Words for the closed vocabularies of the field; the core knows only their codes."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from darvoza.domain.codes import Act, Agency, Channel
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
PURSES: Final[Mapping[str, Promise]] = {
    Purse.SEVERITY: _("for its severity"),
    Purse.MONEY: _("for the money at stake"),
    Purse.PROBABILITY: _("for the probability of a finding"),
    Purse.CHANCE: _("by chance: capacity that no worth claims"),
}

WORDS: Final[Mapping[str, Promise]] = {**AGENCIES, **ACTS, **CHANNELS, **FLOORS}


def word(code: object) -> str:
    """Give the word for a code in the language of the page; the code itself where there is none."""
    return str(WORDS.get(str(code), code))
