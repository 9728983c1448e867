"""Notices: of non-compliance to the exporting country, of measures to all."""

from collections.abc import Iterator

from darvoza.domain.sps.entry import EntryDocument
from darvoza.domain.sps.measure import Measure, MeasureScope
from darvoza.domain.sps.non_compliance import NonCompliance
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.papers import sections
from darvoza.flow.inspection.papers.control_papers import made
from darvoza.flow.inspection.papers.paper import Block, Fields, Paper, PaperKind, Part, Signatures
from darvoza.flow.inspection.papers.writing import Writing, known


def non_compliance_paper(notice: NonCompliance, document: EntryDocument, language: str) -> Paper:
    """Write the notification of non-compliance, or its withdrawal, to the service of the exporting country.

    Raises
    ------
    InvalidValue
        When it names goods items that the consignment does not have.

    References
    ----------
    ISPM 13, section 6 (recalled); WTO TFA 5.1 for the withdrawal.
    """
    strange = sorted(set(notice.items) - set(document.items))
    if strange:
        raise InvalidValue(field=f"{notice.number}: items", expected=f"items of {document.items}", got=strange)
    write = Writing(language)
    blocks = _non_compliance(notice, document, write)
    paper = made(PaperKind.NON_COMPLIANCE, write, agency=notice.agency, reference=notice.number, blocks=blocks)
    return titled(paper, write.say("non_compliance_withdrawn")) if notice.withdrawn_on else paper


def titled(paper: Paper, title: str) -> Paper:
    """Give a paper another title."""
    return Paper(paper.kind, paper.language, paper.service, title, paper.reference, paper.blocks, paper.footing)


def _non_compliance(notice: NonCompliance, document: EntryDocument, write: Writing) -> Iterator[Block]:
    say = write.say
    extent = say("extent_part", items=write.items(notice.items)) if notice.items else say("extent_whole")
    rows = [
        (say("at"), write.day(notice.notified_on)),
        (say("from_service"), write.named(notice.agency)),
        (say("notified"), notice.notified),
        (say("first_action"), write.day(notice.first_action_on)),
        (say("nature"), "; ".join(say(f"nature_{nature}") for nature in notice.natures)),
        (say("subject"), known(notice.subject)),
        (say("requirement"), known(notice.requirement)),
        (say("extent"), extent),
        (say("emergency"), known(notice.emergency)),
    ]
    if notice.withdrawn_on is not None:
        rows += [(say("withdrawn"), write.day(notice.withdrawn_on)), (say("withdrawn_reason"), notice.withdrawal)]
    yield Fields(tuple(rows))
    yield Part(say("consignment"))
    yield sections.consignment(document, write)
    yield sections.goods(document, write)
    yield Part(say("disposition"))
    about = tuple(
        each
        for each in document.control.decisions
        if not notice.items or set(each.items) & set(notice.items) or not each.items
    )
    yield sections.decisions(about, write)
    yield sections.tests(document.control.tests, write)
    yield Signatures(((say("officer"), ""),))


def measure_paper(measure: Measure, language: str) -> Paper:
    """Write the notice that a measure was introduced or ended, to be published (WTO TFA 5.1)."""
    write = Writing(language)
    fields = Fields(tuple(_measure(measure, write)))
    paper = made(PaperKind.MEASURE, write, agency=measure.agency, reference=measure.code, blocks=iter([fields]))
    return titled(paper, write.say("measure_end" if measure.terminated_on else "measure_start"))


def _does(measure: Measure, write: Writing) -> str:
    """Say what a measure does: its kind, and with it the acts or what must be shown."""
    say, requires = write.say, measure.requires
    acts = [f"{write.named(act)} {write.amount(share * 100)} %" for act, share in measure.acts]
    shown = [say("measure_documents", codes=", ".join(measure.required))] if measure.required else []
    shown += [say("measure_statement", text=text) for text in requires.statements]
    if requires.zone_free_of:
        shown.append(say("measure_zone_free", codes=", ".join(requires.zone_free_of)))
    shown += [say(f"measure_{name}") for name in ("approved_establishment", "permit") if getattr(requires, name)]
    return ": ".join(filter(None, (say(f"measure_kind_{measure.kind}"), "; ".join((*acts, *shown)))))


def _scope(scope: MeasureScope, write: Writing) -> Iterator[tuple[str, str]]:
    """Say what a measure is about: goods, origin and posts always, the rest as far as it limits anything."""
    say, everything = write.say, write.say("measure_all")
    named = ("veterinary", "plant_risk", "sanitary", "processes", "uses")
    rest = {name: ", ".join(getattr(scope, name)) for name in named}
    listed = ", ".join(scope.goods)
    yield say("measure_goods"), listed or (say("measure_by_category") if any(rest.values()) else everything)
    for name, codes in rest.items():
        if codes:
            yield say(f"measure_{name}"), codes
    yield say("measure_origin"), ", ".join(scope.origins) or everything
    for name in ("regions", "establishments", "zone_hazards"):
        if getattr(scope, name):
            yield say(f"measure_{name}"), ", ".join(getattr(scope, name))
    yield say("measure_flows"), ", ".join(say(f"measure_flow_{flow}") for flow in scope.flows or ("I", "T"))
    yield say("measure_posts"), ", ".join(scope.posts) or everything
    if scope.dispatched_from is not None:
        yield say("measure_dispatched"), write.day(scope.dispatched_from)


def _measure(measure: Measure, write: Writing) -> Iterator[tuple[str, str]]:
    say, scope = write.say, measure.scope
    yield say("measure_code"), f"{measure.code}, {measure.title}"
    yield say("measure_agency"), write.named(measure.agency)
    yield say("measure_kind"), _does(measure, write)
    yield from _scope(scope, write)
    until = f" {say('measure_until')} {write.day(measure.end)}" if measure.end else ""
    yield say("measure_from"), f"{write.day(measure.start)}{until}"
    if measure.hazard:
        yield say("measure_hazard"), measure.hazard
    if measure.terminated_on:
        yield say("measure_ended"), write.day(measure.terminated_on)
        yield say("measure_reason"), measure.termination
    elif measure.review_by:
        yield say("measure_review"), write.day(measure.review_by)
    yield say("measure_basis"), measure.legal_basis
