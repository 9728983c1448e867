"""Papers around samples: the order that says which packages to open, and the request to a laboratory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from darvoza.domain.sps.control import LaboratoryTest, Sample
from darvoza.domain.sps.entry import EntryDocument
from darvoza.errors import InvalidValue
from darvoza.flow.inspection.laboratory import SECOND_TEST_DAYS, second_test_until
from darvoza.flow.inspection.papers import sections
from darvoza.flow.inspection.papers.control_papers import made
from darvoza.flow.inspection.papers.paper import (
    Blanks,
    Block,
    Fields,
    Numbers,
    Paper,
    PaperKind,
    Part,
    Prose,
    Rows,
    Signatures,
)
from darvoza.flow.inspection.papers.writing import Writing, known


@dataclass(frozen=True, slots=True)
class Proof:
    """What an auditor needs to recompute the numbers drawn: day of the key, and the published commitment to it (hex)."""

    key_day: date
    commitment: str


def order_paper(document: EntryDocument, samples: tuple[Sample, ...], language: str, *, proof: Proof) -> Paper:
    """Write the sampling order: for each lot the packages to open, and how the sample is divided and sealed.

    Raises
    ------
    InvalidValue
        When there is nothing to sample.
    """
    if not samples:
        raise InvalidValue(
            field=document.number, expected="a lot to be sampled", got="none",
            hint="no act of sampling was selected for this service; name the items if you order one yourself",
        )  # fmt: skip
    write = Writing(language)
    blocks = _order(document, samples, write, proof)
    return made(PaperKind.ORDER, write, agency=document.agency, reference=document.number, blocks=blocks)


def _order(document: EntryDocument, samples: tuple[Sample, ...], write: Writing, proof: Proof) -> Iterator[Block]:
    say = write.say
    yield Part(say("consignment"))
    yield sections.consignment(document, write)
    for sample in samples:
        yield from _lot(document, sample, write)
    told = say("commitment", day=write.day(proof.key_day), commitment=proof.commitment)
    yield Prose((say("second_kept"), say("before_result"), told))
    yield Signatures(((say("officer"), ""), (say("representative"), document.consignment.responsible)))


def _lot(document: EntryDocument, sample: Sample, write: Writing) -> Iterator[Block]:
    say = write.say
    item = next(each for each in document.consignment.declaration.items if each.item == sample.item)
    yield Part(f"{say('sample')} {sample.number}")
    rows = [
        (say("item"), f"{item.item}, {item.hs}, {known(item.description)}"),
        (say("lot"), sample.lot),
        (say("basis"), known(sample.basis)),
    ]
    if sample.increments is not None:
        value = say("increments_value", count=sample.increments, mass=write.amount(sample.aggregate_kg))
        rows.append((say("increments"), value))
    yield Fields(tuple(rows))
    title = say("packages_open", count=len(sample.drawn), packages=sample.packages)
    yield Numbers(title, tuple(map(str, sample.drawn)))
    share = f"{len(sample.drawn) / sample.packages:.3g}".replace(".", "," if write.language == "ru" else ".")
    yield Prose((say("probability", probability=share),))
    yield Blanks(((say("taken"), 1), (say("seal"), 1), (say("kept_seal"), 1)))


def laboratory_paper(document: EntryDocument, sample: Sample, language: str) -> Paper:
    """Write the request to a laboratory for one sample, with its results as far as they are there.

    Raises
    ------
    InvalidValue
        When nothing is asked for of the sample.
    """
    tests = tuple(test for test in document.control.tests if test.sample == sample.number)
    if not tests:
        raise InvalidValue(field=f"sample {sample.number}", expected="tests asked for", got="none")
    write = Writing(language)
    blocks = _laboratory(document, sample, tests, write)
    reference = f"{document.number}/{sample.number}"
    return made(PaperKind.LABORATORY, write, agency=document.agency, reference=reference, blocks=blocks)


def _laboratory(
    document: EntryDocument, sample: Sample, tests: tuple[LaboratoryTest, ...], write: Writing
) -> Iterator[Block]:
    say = write.say
    item = next(each for each in document.consignment.declaration.items if each.item == sample.item)
    yield Fields(
        (
            (say("laboratory_word"), known(*dict.fromkeys(test.laboratory for test in tests))),
            (say("sample"), sample.number),
            (say("description"), known(item.description, item.hs, item.origin)),
            (say("taken"), write.moment(sample.taken_at)),
            (say("officer"), known(sample.officer)),
            (say("seal"), known(sample.seal)),
            (say("kept_seal"), known(sample.kept_seal)),
        )
    )
    yield _asked(tests, write)
    if any(test.result is not None for test in tests):
        yield sections.tests(tests, write)
    yield Prose((say("test_rule"), *_second(tests, write)))
    if any(test.result is None for test in tests):
        names = ("result", "uncertainty", "unit", "at")
        yield Blanks((("; ".join(map(say, names)), len(tests)),))
    yield Signatures(((say("officer"), sample.officer), (say("laboratory_word"), "")))


def _asked(tests: tuple[LaboratoryTest, ...], write: Writing) -> Rows:
    say = write.say
    rows = tuple(
        (
            test.analyte, known(test.method), write.amount(test.limit), test.unit, write.moment(test.requested_at),
            write.moment(test.accepted_at),
        )
        for test in tests
    )  # fmt: skip
    head = (*map(say, ("analyte", "method", "limit", "unit", "requested")), say("accepted"))
    return Rows(say("tests"), head, rows, (6, 6, 3, 3, 4, 4))


def _second(tests: tuple[LaboratoryTest, ...], write: Writing) -> tuple[str, ...]:
    """Say the right to a second test: until when, where a result gives it; else the rule."""
    until = [moment for test in tests if (moment := second_test_until(test)) is not None]
    if until:
        return (write.say("second_right", until=write.moment(max(until))),)
    return (write.say("second_rule", days=SECOND_TEST_DAYS),)
