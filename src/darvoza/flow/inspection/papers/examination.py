"""The act of an examination, filled from its recorded result."""

from collections.abc import Iterator
from dataclasses import replace

from darvoza.domain.casework import Case, ExaminationResult, ItemResult
from darvoza.domain.declaration import Declaration
from darvoza.flow.inspection.papers.control_papers import made
from darvoza.flow.inspection.papers.paper import Block, Fields, Paper, PaperKind, Part, Prose, Rows, Signatures
from darvoza.flow.inspection.papers.writing import EMPTY, Writing, known


def examination_paper(
    declaration: Declaration,
    case: Case,
    result: ExaminationResult,
    language: str,
    *,
    officer: str = "",
    currency: str = "",
) -> Paper:
    """Write the act of an examination: what was declared, what was done, what was found on each item.

    Why the consignment was chosen is not in it: the act goes to the trader.

    Parameters
    ----------
    declaration
        What was declared.
    case
        The order, with the act that was done.
    result
        The result to be told, which may be one that was corrected later.
    language
        A code of the languages of papers.
    officer
        Name of the officer; without it, how the result names him.
    currency
        Currency of customs values, duties and taxes; without it, amounts stand without one.

    Raises
    ------
    SettingsError
        When the language is not held.
    """
    write = Writing(language)
    blocks = _blocks(declaration, case, result, write, officer=officer or result.by, currency=currency)
    return made(PaperKind.EXAMINATION, write, agency=case.agency, reference=case.order_id, blocks=blocks)


def summed_up(case: Case) -> ExaminationResult:
    """Give the last result of a case with the last word on every item of which any result speaks, and what those say.

    Raises
    ------
    ValueError
        When nothing was recorded.
    """
    if case.result is None:
        raise ValueError(case.order_id)
    words = case.words
    said = [each.words for each in case.results if each.words and any(words[item.item] is item for item in each.items)]
    return replace(case.result, items=tuple(words[item] for item in sorted(words)), words="\n".join(said))


def _blocks(
    declaration: Declaration, case: Case, result: ExaminationResult, write: Writing, *, officer: str, currency: str
) -> Iterator[Block]:
    say = write.say
    yield Part(say("consignment"))
    yield _consignment(declaration, write)
    yield _goods(declaration, write, currency)
    yield Part(say("control"))
    yield Fields(
        (
            (say("act_word"), write.named(case.act)),
            (say("officer"), officer),
            (say("at"), write.moment(result.at)),
            (say("status"), say(_status(result))),
        )
    )
    yield Part(say("outcome"))
    yield _found(result, write, currency)
    yield _corrected(result, write, currency)
    yield from _remarks(result, write)
    yield Signatures(((say("officer"), officer), (say("representative"), ""), (say("witness"), "")))


def _consignment(declared: Declaration, write: Writing) -> Fields:
    say = write.say
    rows = (
        (say("declaration"), declared.declaration_id),
        (say("lodged"), write.moment(declared.lodged_at)),
        (say("post"), declared.post),
        (say("importer"), known(declared.importer_name, declared.importer_id)),
        (say("exporter"), known(declared.exporter_name, declared.exporter_id, declared.exporter_country)),
        (say("transport"), known(declared.transport_document, declared.vehicle_id, declared.trailer_id)),
        (say("containers"), known(*declared.container_ids)),
        (say("seals"), known(*declared.seal_ids)),
    )
    return Fields(rows)


def _goods(declared: Declaration, write: Writing, currency: str) -> Rows:
    rows = tuple(
        (
            str(item.item), item.hs, known(item.description), item.origin, write.amount(item.net_mass),
            write.money(item.customs_value),
        )
        for item in declared.items
    )  # fmt: skip
    head = (*map(write.say, ("item", "code", "description", "origin", "mass")), _of(currency, write.say("value")))
    return Rows(write.say("goods"), head, rows, (2, 4, 9, 3, 4, 4))


def _found(result: ExaminationResult, write: Writing, currency: str) -> Rows:
    """What was found on each item, also that it was nothing."""
    say = write.say
    rows = tuple(
        (
            str(item.item), _areas(item, write), say(f"severity_{int(item.severity)}") if item.severity else EMPTY,
            write.money(item.additional_duty), write.flag(value=item.seized), known(*item.samples),
        )
        for item in result.items
    )  # fmt: skip
    duty = _of(currency, say("duty"))
    head = (*map(say, ("item", "subject", "severity")), duty, *map(say, ("seized", "samples")))
    return Rows(say("results"), head, rows, (2, 8, 4, 4, 3, 5))


def _of(currency: str, head: str) -> str:
    """Name the currency of a column, where it is known."""
    return f"{head}, {currency}" if currency else head


def _areas(item: ItemResult, write: Writing) -> str:
    found = ", ".join(write.named(area) for area in item.areas)
    return found or write.say("found_awaited" if item.awaited else "found_nothing")


def _status(result: ExaminationResult) -> str:
    """What a result amounts to: while a laboratory has not spoken, it is not that nothing was found."""
    if any(item.found for item in result.items):
        return "found_something"
    return "found_awaited" if any(item.undecided for item in result.items) else "found_nothing"


def _corrected(result: ExaminationResult, write: Writing, currency: str) -> Rows:
    """What was counted and weighed, and what the declaration should have said; only items of which that is known."""
    say = write.say
    told = (
        (
            item.item, write.amount(item.quantity), write.amount(item.net_mass), known(item.corrected_hs),
            known(item.corrected_origin), write.money(item.corrected_value),
        )
        for item in result.items
    )  # fmt: skip
    rows = tuple((str(number), *rest) for number, *rest in told if set(rest) != {EMPTY})
    head = (*map(say, ("item", "quantity", "mass", "code", "origin")), _of(currency, say("value")))
    return Rows(say("corrected"), head, rows, (2, 4, 4, 4, 3, 4))


def _remarks(result: ExaminationResult, write: Writing) -> Iterator[Block]:
    """What the officer says in his own words."""
    told = [f"{write.say('item')} {item.item}: {item.words}" for item in result.items if item.words]
    if result.words:
        told.append(result.words)
    if told:
        yield Part(write.say("remark"))
        yield Prose(tuple(told))
