"""The page for traders: channels, kinds of criteria, authorised operators, release times; open to everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from darvoza.domain.codes import Channel
from darvoza.domain.operators import Benefit, OperatorCriterion
from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.release_times import ReleaseTime
from darvoza.office.insight.queries.public import published_times
from darvoza.office.shell.words import AREAS

CHANNELS: Final[Mapping[Channel, Promise]] = {
    Channel.GREEN: _("Released at once."),
    Channel.BLUE: _("Released at once; books and documents may be audited later."),
    Channel.YELLOW: _("Documents are checked before release."),
    Channel.RED: _("Goods are examined, scanned or sampled before release."),
}
GROUNDS: Final[Mapping[FloorKind, Promise]] = {
    FloorKind.LAW: _("The law asks for a check of certain goods, always or with a stated frequency."),
    FloorKind.ALERT: _(
        "An alert on a disease, a pest or a dangerous product is in force for the goods or their origin."
    ),
    FloorKind.PROFILE: _("A risk profile, approved by a second person, fits what was declared."),
    FloorKind.PLAN: _("A sampling plan of a health service asks for samples of the goods."),
    FloorKind.SCORE: _("Earlier results make a finding likelier or graver than usual."),
    FloorKind.RANDOM: _("Chance: every consignment may be chosen, whoever declares it."),
}
CRITERIA: Final[Mapping[OperatorCriterion, Promise]] = {
    OperatorCriterion.COMPLIANCE: _("A good record of compliance with customs and other laws."),
    OperatorCriterion.RECORDS: _("Records that allow the necessary checks."),
    OperatorCriterion.SOLVENCY: _("Financial solvency, with a guarantee where one is due."),
    OperatorCriterion.SECURITY: _("Security of the supply chain."),
}
BENEFITS: Final[Mapping[Benefit, Promise]] = {
    Benefit.FEW_DOCUMENTS: _("fewer documents and data"),
    Benefit.FEW_EXAMINATIONS: _("fewer examinations"),
    Benefit.RAPID_RELEASE: _("rapid release"),
    Benefit.DEFERRED_PAYMENT: _("deferred payment of duties, taxes and fees"),
    Benefit.REDUCED_GUARANTEE: _("a comprehensive or reduced guarantee"),
    Benefit.SINGLE_DECLARATION: _("one declaration for all goods of a period"),
    Benefit.OWN_PREMISES: _("clearance at the own premises"),
}


@dataclass(frozen=True, slots=True)
class ChannelTold:
    """A channel, what it means, how long goods wait in it; no time where too few were released to say."""

    channel: str
    meaning: Promise
    time: ReleaseTime | None


@require_GET
def selection(request: HttpRequest) -> HttpResponse:
    """Tell how consignments are selected."""
    times = published_times()
    told = {
        "channels": [
            ChannelTold(channel.value, words, times.get(channel.value)) for channel, words in CHANNELS.items()
        ],
        "grounds": GROUNDS.items(),
        "areas": AREAS.values(),
        "criteria": CRITERIA.values(),
        "benefits": BENEFITS.values(),
    }
    return render(request, "insight/selection.html", told)
