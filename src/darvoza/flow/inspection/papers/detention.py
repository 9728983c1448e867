"""The notice to the trader: what is held or refused, why, and what he may do about it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from darvoza.domain.sps.control import CustomsWord
from darvoza.domain.sps.entry import EntryDocument
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.joint import JointWord, WhyCode
from darvoza.flow.inspection.laboratory import deciding, second_test_until
from darvoza.flow.inspection.papers import sections
from darvoza.flow.inspection.papers.control_papers import joint_rows, made
from darvoza.flow.inspection.papers.paper import Block, Fields, Paper, PaperKind, Part, Prose, Signatures
from darvoza.flow.inspection.papers.writing import Writing, known


def detention_paper(
    document: EntryDocument, joint: JointWord, language: str, *, deadline: datetime | None = None, delay: str = ""
) -> Paper:
    """Write the notice to the trader.

    Parameters
    ----------
    document
        The entry document of the service that gives the notice.
    joint
        The word of all services; its moment is that of the notice.
    language
        Language of the paper.
    deadline
        By when the goods were to be seen; ``None`` where nothing says.
    delay
        The written reason of a delay, owed when the deadline has passed.

    Raises
    ------
    InvalidValue
        When nothing is held or refused, or the deadline has passed and no reason is recorded.

    References
    ----------
    WTO TFA 5.2 (the trader is told at once of a detention), 5.3 (second test), 4 (appeal), 7.9.4 (written reason of a delay of
    goods that do not keep).
    """
    held = tuple(item for item in joint.items if item.word is not CustomsWord.RELEASE)
    if not held:
        raise InvalidValue(field=document.number, expected="goods held or refused", got="all may be released")
    late = deadline is not None and _seen(document, joint) > deadline
    if late and not delay:
        raise InvalidValue(
            field=f"{document.number}: delay", expected="the reason of the delay, in words fit for the trader", got="",
            hint="the goods were to be seen by the deadline of their order; record `delay` (WTO TFA 7.9.4)",
        )  # fmt: skip
    write = Writing(language)
    owed = write.say("deadline_passed", deadline=write.moment(deadline)) if late else ""
    blocks = _detention(document, replace(joint, items=held), write, reason=(owed, delay))
    return made(PaperKind.DETENTION, write, agency=document.agency, reference=document.number, blocks=blocks)


def _seen(document: EntryDocument, joint: JointWord) -> datetime:
    """Give when the service had done its checks; the moment of the notice while one is open."""
    waits = any(
        why.reason is WhyCode.CHECK_OPEN and why.agency is document.agency
        for item in joint.items
        for why in item.reasons
    )
    done = [check.at for check in document.control.checks if check.at is not None]
    return joint.at if waits or not done else max(done)


def _detention(document: EntryDocument, joint: JointWord, write: Writing, reason: tuple[str, str]) -> Iterator[Block]:
    say = write.say
    yield Part(say("consignment"))
    yield sections.consignment(document, write)
    yield sections.goods(document, write)
    yield Part(say("held"))
    yield joint_rows(joint, write)
    yield sections.decisions(document.control.decisions, write)
    yield sections.tests(document.control.tests, write)
    owed, delay = reason
    if delay:
        yield Fields(((say("delay"), known(delay)),))
    yield Prose(tuple(sentence for sentence in (owed, *_second(document, joint.at, write), say("appeal")) if sentence))
    yield Signatures(((say("officer"), ""), (say("representative"), document.consignment.responsible)))


def _second(document: EntryDocument, at: datetime, write: Writing) -> Iterator[str]:
    """Say for each test against the goods until when a second one may be asked for; nothing where the time is over."""
    for test in deciding(document.control.tests):
        until = second_test_until(test)
        if until is not None and at <= until:
            yield write.say("detention_second", sample=test.sample, analyte=test.analyte, until=write.moment(until))
