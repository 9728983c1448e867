"""Papers of the control itself: entry document, act, and the blank act for days without the system."""

from collections.abc import Iterator

from darvoza.domain.codes import Agency
from darvoza.domain.sps.entry import EntryDocument
from darvoza.flow.inspection.entry import state_of
from darvoza.flow.inspection.joint import JointWord, Why, WhyCode
from darvoza.flow.inspection.papers import sections
from darvoza.flow.inspection.papers.paper import (
    Blanks,
    Block,
    Fields,
    Paper,
    PaperKind,
    Part,
    Prose,
    Rows,
    Signatures,
)
from darvoza.flow.inspection.papers.writing import Writing


def made(kind: PaperKind, write: Writing, *, agency: Agency, reference: str, blocks: Iterator[Block]) -> Paper:
    """Make a paper of a service, titled by its kind; tables without rows are left out."""
    kept = tuple(block for block in blocks if not isinstance(block, Rows) or block.rows)
    footing = (write.say("digest"), write.say("page"))
    service = write.say("service", agency=write.named(agency))
    return Paper(kind, write.language, service[0].upper() + service[1:], write.say(kind), reference, kept, footing)


def entry_paper(document: EntryDocument, language: str) -> Paper:
    """Write the entry document with its three parts and the state that follows from them.

    Raises
    ------
    InvalidValue
        When the records contradict one another.
    """
    write = Writing(language)
    return made(
        PaperKind.ENTRY, write, agency=document.agency, reference=document.number, blocks=_entry(document, write)
    )


def _entry(document: EntryDocument, write: Writing) -> Iterator[Block]:
    control, say = document.control, write.say
    yield Fields(((say("state"), write.named(state_of(document))),))
    yield Part(say("part_1"))
    yield sections.consignment(document, write)
    yield sections.goods(document, write)
    yield Part(say("part_2"))
    yield sections.ordered(document, write)
    yield from _records(document, write)
    yield sections.decisions(control.decisions, write)
    yield Part(say("part_3"))
    yield sections.follow_ups(document.follow_up, write)
    if not document.follow_up:
        yield Prose((say("none"),))
    yield Signatures((_signed(document, write),))


def _records(document: EntryDocument, write: Writing) -> Iterator[Block]:
    """Checks, substitutions, samples and tests, as far as there are any."""
    control = document.control
    yield sections.checks(control.checks, write)
    if control.substitutions:
        yield Prose(sections.substitutions(document, write))
    yield sections.samples(control.samples, write)
    yield sections.tests(control.tests, write)


def _signed(document: EntryDocument, write: Writing) -> tuple[str, str]:
    """The officer of the last check."""
    names = [check.officer for check in document.control.checks if check.officer]
    return write.say("officer"), names[-1] if names else ""


def act_paper(document: EntryDocument, language: str, joint: JointWord | None = None) -> Paper:
    """Write the act of control: what was checked, found, taken, decided; and the word of all services where given."""
    write = Writing(language)
    blocks = _act(document, write, joint)
    return made(PaperKind.ACT, write, agency=document.agency, reference=document.number, blocks=blocks)


def _act(document: EntryDocument, write: Writing, joint: JointWord | None) -> Iterator[Block]:
    say = write.say
    yield Part(say("consignment"))
    yield sections.consignment(document, write)
    yield sections.goods(document, write)
    yield Part(say("control"))
    yield from _records(document, write)
    yield Part(say("outcome"))
    yield sections.decisions(document.control.decisions, write)
    if joint is not None:
        yield joint_rows(joint, write)
    yield Signatures((_signed(document, write), (say("representative"), document.consignment.responsible)))


def joint_rows(joint: JointWord, write: Writing) -> Rows:
    """Write the word of all services, a row for each goods item, with every reason."""
    rows = tuple(
        (str(item.item), write.named(item.word), item.customs, "; ".join(_why(why, write) for why in item.reasons))
        for item in joint.items
    )
    head = tuple(map(write.say, ("item", "word", "customs_code", "reason")))
    return Rows(write.say("joint", at=write.moment(joint.at)), head, rows, (2, 4, 3, 15))


_DETAILED = frozenset(
    {
        WhyCode.BEFORE_RESULT, WhyCode.TEST_PENDING, WhyCode.TEST_REJECTED, WhyCode.TEST_UNCERTAIN,
        WhyCode.WITHIN_UNCERTAINTY, WhyCode.NO_REQUEST, WhyCode.OVERRULED, WhyCode.NO_REASON,
    }
)  # fmt: skip
"""Reasons whose detail is for all to read: samples, and what is written for the trader; never the remarks of an officer."""


def _why(why: Why, write: Writing) -> str:
    """Write one reason: whose, about which check, what, and which word until when."""
    whose = ", ".join(write.named(each) for each in (why.agency, why.act) if each is not None)
    told = write.say(f"why_{why.reason}")
    until = write.say("quarantine_until", until=write.moment(why.until)) if why.until else ""
    detail = why.detail if why.reason in _DETAILED else ""
    word = "; ".join(filter(None, (" ".join(filter(None, (why.outcome and write.named(why.outcome), until))), detail)))
    return (f"{whose}: " if whose else "") + told + (f" ({word})" if word else "")


def blank_act(agency: Agency, language: str) -> Paper:
    """Write an act with empty lines, to be kept in a drawer for days without electricity or network."""
    write = Writing(language)
    return made(PaperKind.BLANK_ACT, write, agency=agency, reference="", blocks=_blank(write))


def _blank(write: Writing) -> Iterator[Block]:
    say = write.say
    yield Prose((say("blank_note"),))
    names = ("number", "at", "post", "declaration", "importer", "exporter", "transport", "seals", "certificates")
    yield Blanks(tuple((say(name), 1) for name in names))
    yield Part(say("goods"))
    yield Blanks(((f"{say('code')}, {say('description')}, {say('origin')}, {say('mass')}, {say('packages')}", 3),))
    yield Part(say("checks"))
    acts = (("documentary", 1), ("identity", 1), ("physical", 2))
    yield Blanks(tuple((f"{write.named(act)}: {say('status')}, {say('remark')}", lines) for act, lines in acts))
    yield Blanks(((say("samples"), 1), (say("seal"), 1), (say("kept_seal"), 1)))
    yield Part(say("decision"))
    yield Blanks(((f"{say('decision')}, {say('reason')}", 2),))
    yield Signatures(((say("officer"), ""), (say("representative"), ""), (say("witness"), "")))
