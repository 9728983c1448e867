"""Parts that several papers share: consignment, goods, checks, samples, tests, decisions."""

from darvoza.domain.sps.control import AgencyDecision, Check, LaboratoryTest, Sample
from darvoza.domain.sps.entry import EntryDocument, FollowUp
from darvoza.flow.inspection.laboratory import laboratory_verdict
from darvoza.flow.inspection.papers.paper import Fields, Rows
from darvoza.flow.inspection.papers.writing import EMPTY, Writing, known


def consignment(document: EntryDocument, write: Writing) -> Fields:
    """Who brings what from where, and where it lies."""
    part, say = document.consignment, write.say
    declared = part.declaration
    rows = (
        (say("declaration"), known(declared.declaration_id)),
        (say("lodged"), write.moment(declared.lodged_at)),
        (say("post"), known(declared.border_post or declared.post)),
        (say("arrived"), write.moment(part.arrived_at)),
        (say("importer"), known(declared.importer_name, declared.importer_id)),
        (say("exporter"), known(declared.exporter_name, declared.exporter_id, declared.exporter_country)),
        (say("country"), known(declared.export_country)),
        (say("transport"), known(declared.transport_document, declared.vehicle_id, declared.trailer_id)),
        (say("containers"), known(*declared.container_ids)),
        (say("seals"), known(*declared.seal_ids)),
        (say("certificates"), known(*part.certificates)),
        (say("responsible"), known(part.responsible)),
    )
    return Fields(rows)


def goods(document: EntryDocument, write: Writing) -> Rows:
    """The goods items as declared."""
    say = write.say
    rows = tuple(
        (
            str(item.item), item.hs, known(item.description), item.origin, write.amount(item.net_mass),
            known(write.amount(item.packages), item.package_kind),
        )
        for item in document.consignment.declaration.items
    )  # fmt: skip
    head = tuple(map(say, ("item", "code", "description", "origin", "mass", "packages")))
    return Rows(say("goods"), head, rows, (2, 4, 9, 3, 4, 4))


def ordered(document: EntryDocument, write: Writing) -> Rows:
    """What is to be done; never what chose it."""
    say = write.say
    rows = tuple(
        (write.named(act.act), write.items(act.items), dict(act.instructions).get(write.language, EMPTY))
        for act in document.control.ordered
    )
    return Rows(say("ordered"), tuple(map(say, ("act_word", "items", "instruction"))), rows, (4, 3, 17))


def checks(found: tuple[Check, ...], write: Writing) -> Rows:
    """The checks, each by itself."""
    say = write.say
    rows = tuple(
        (
            write.named(check.act), write.named(check.status), known(check.officer), write.moment(check.at),
            write.items(check.items), known(check.method), known(check.notes),
        )
        for check in found
    )  # fmt: skip
    head = tuple(map(say, ("act_word", "status", "officer", "at", "items", "method", "remark")))
    return Rows(say("checks"), head, rows, (4, 4, 4, 4, 2, 4, 6))


def substitutions(document: EntryDocument, write: Writing) -> tuple[str, ...]:
    """What was checked in place of what was selected."""
    return tuple(
        write.say(
            "substitution", selected=each.selected, category=each.category, origin=each.origin, reason=each.reason
        )
        for each in document.control.substitutions
    )


def samples(found: tuple[Sample, ...], write: Writing) -> Rows:
    """The samples taken, with their seals."""
    say = write.say
    rows = tuple(
        (
            sample.number, str(sample.item), sample.lot, f"{len(sample.drawn)} / {sample.packages}",
            write.moment(sample.taken_at), known(sample.officer), known(sample.seal), known(sample.kept_seal),
        )
        for sample in found
    )  # fmt: skip
    head = tuple(map(say, ("sample", "item", "lot", "packages", "taken", "officer", "seal", "kept_seal")))
    return Rows(say("samples"), head, rows, (4, 2, 2, 3, 4, 4, 3, 3))


def tests(found: tuple[LaboratoryTest, ...], write: Writing) -> Rows:
    """The tests with result, uncertainty and verdict."""
    say = write.say
    head = tuple(
        map(say, ("sample", "analyte", "laboratory_word", "result", "uncertainty", "limit", "unit", "verdict"))
    )
    rows = tuple(
        (
            test.sample, test.analyte, known(test.laboratory), write.amount(test.result),
            write.amount(test.expanded_uncertainty), write.amount(test.limit), test.unit,
            write.named(laboratory_verdict(test)),
        )
        for test in found
    )  # fmt: skip
    return Rows(say("results"), head, rows, (4, 5, 4, 3, 2, 3, 3, 4))


def decisions(found: tuple[AgencyDecision, ...], write: Writing) -> Rows:
    """What the service decided."""
    say = write.say
    rows = tuple(
        (
            write.named(each.outcome)
            + (f" {say('quarantine_until', until=write.moment(each.until))}" if each.until else ""),
            write.moment(each.at), write.items(each.items), known(each.reason),
        )
        for each in found
    )  # fmt: skip
    return Rows(say("decisions"), tuple(map(say, ("decision", "at", "items", "reason"))), rows, (6, 5, 3, 10))


def follow_ups(found: tuple[FollowUp, ...], write: Writing) -> Rows:
    """What was seen to after the decision."""
    say = write.say
    rows = tuple(
        (
            write.named(each.kind), write.moment(each.at), known(each.officer), write.items(each.items),
            write.flag(value=each.satisfied), known(each.remark),
        )
        for each in found
    )  # fmt: skip
    head = tuple(map(say, ("follow_up_kind", "at", "officer", "items", "satisfied", "remark")))
    return Rows(say("follow_up"), head, rows, (5, 4, 4, 2, 3, 6))
