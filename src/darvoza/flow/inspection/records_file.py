"""Records of control read from a file; every error is told, each with the record and field it is about."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from darvoza.domain.codes import Act, Agency
from darvoza.domain.sps.control import AgencyDecision, Check, CheckStatus, ControlOutcome, Sample, Substitution
from darvoza.domain.sps.entry import EntryControl, FollowUp, FollowUpKind
from darvoza.domain.sps.non_compliance import NonCompliance, NonComplianceNature
from darvoza.domain.sps.records import ControlRecords
from darvoza.errors import DarvozaError, InvalidValue
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.inspection.entry import Candidate, substitute
from darvoza.flow.inspection.record_fields import moment, texts, wholes, words
from darvoza.flow.inspection.tests_file import check_second_tests, read_test

Made = TypeVar("Made")
KEYS = (
    "declaration", "number", "agency", "arrived_at", "responsible", "certificates", "checks", "samples", "tests", "decisions",
    "follow_up", "non_compliance", "withdrawn_at", "delay",
)  # fmt: skip
CHECK = ("act", "status", "officer", "at", "method", "items", "remark", "in_place_of")
IN_PLACE_OF = ("declaration", "category", "origin", "own_category", "own_origin", "reason")
SAMPLE = ("number", "item", "lot", "packages", "drawn", "basis", "taken_at", "officer", "seal", "kept_seal", "increments", "aggregate_kg")  # fmt: skip
DECISION = ("outcome", "at", "items", "until", "reason")
FOLLOW_UP = ("kind", "at", "officer", "satisfied", "items", "remark")
NOTICE = (
    "number", "notified", "natures", "subject", "requirement", "first_action_on", "notified_on", "items", "emergency",
    "withdrawn_on", "withdrawal",
)  # fmt: skip


def read_records(path: Path) -> tuple[ControlRecords, ...]:
    """Read the records of a file.

    Parameters
    ----------
    path
        YAML with ``controls``, a list: one entry for each entry document.

    Raises
    ------
    InvalidValue
        When the file cannot be read.
    ExceptionGroup
        Of `InvalidValue`, everything that is wrong with any record.
    """
    content = read_yaml(path, path.name, error=InvalidValue)
    given = content.get("controls")
    if set(content) != {"controls"} or not isinstance(given, list) or not given:
        raise InvalidValue(field=path.name, expected="`controls`, a list", got=sorted(map(str, content)))
    errors: list[DarvozaError] = []
    made: dict[str, ControlRecords] = {}
    for place, mapping in enumerate(given, start=1):
        fields = Fields(mapping, path.name, prefix=f"controls.{place}.", errors=errors, error=InvalidValue)
        found = _records(fields)
        if found is not None and found.number in made:
            fields.refuse("number", "a number of its own", found.number)
        elif found is not None:
            made[found.number] = found
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors in the records of {path.name}", errors)
    return tuple(made.values())


def _records(fields: Fields) -> ControlRecords | None:
    fields.only(KEYS)
    agency = fields.choice("agency", Agency)
    declaration, number = fields.text("declaration", required=True), fields.text("number", required=True)
    if agency is None or not declaration or not number:
        return None
    checks = tuple(_each(fields, "checks", lambda each: _check(each, agency, declaration)))
    control = EntryControl(
        checks=tuple(check for check, _ in checks),
        substitutions=tuple(record for _, record in checks if record is not None),
        samples=tuple(_each(fields, "samples", _sample)),
        tests=tuple(_each(fields, "tests", read_test)),
        decisions=tuple(_each(fields, "decisions", lambda each: _decision(each, agency))),
    )
    check_second_tests(control.tests, fields)
    return ControlRecords(
        declaration, number, agency, control,
        follow_up=tuple(_each(fields, "follow_up", _follow_up)),
        arrived_at=moment(fields, "arrived_at"),
        responsible=fields.text("responsible"),
        certificates=texts(fields, "certificates"),
        notices=tuple(_each(fields, "non_compliance", lambda each: _notice(each, agency))),
        withdrawn_at=moment(fields, "withdrawn_at"),
        delay=words(fields, "delay"),
    )  # fmt: skip


def _each(fields: Fields, name: str, read: Callable[[Fields], Made | None]) -> list[Made]:
    """Read the entries of a list; what cannot be read has told its errors. What a rule of the noun refuses is told here."""
    made = []
    given = fields.mapping.get(name)
    if given is not None and not isinstance(given, list):
        fields.refuse(name, "a list", given)
    for place, mapping in enumerate(as_sequence(given), start=1):
        each = Fields(mapping, fields.source, prefix=f"{fields.prefix}{name}.{place}.", errors=fields.errors, error=InvalidValue)  # fmt: skip
        try:
            found = read(each)
        except InvalidValue as problem:
            each.refuse(problem.field or "", problem.expected or problem.message, problem.got, problem.hint)
            continue
        if found is not None:
            made.append(found)
    return made


def _check(fields: Fields, agency: Agency, declaration: str) -> tuple[Check, Substitution | None] | None:
    fields.only(CHECK)
    act, status = fields.choice("act", Act), fields.choice("status", CheckStatus)
    officer, at = fields.text("officer") or None, moment(fields, "at")
    if status in {CheckStatus.COMPLIANT, CheckStatus.NOT_COMPLIANT} and (officer is None or at is None):
        fields.refuse("officer, at", "both, of a check that was done", fields.mapping.get("officer"))
    if act is None or status is None:
        return None
    method, remark = fields.text("method"), words(fields, "remark")
    check = Check(agency, act, status, officer, at, method, wholes(fields, "items"), notes=remark)
    return (check, None) if "in_place_of" not in fields.mapping else _substituted(fields, check, declaration)


def _substituted(fields: Fields, check: Check, declaration: str) -> tuple[Check, Substitution]:
    part = fields.part("in_place_of")
    part.only(IN_PLACE_OF)
    category, origin = part.text("category", required=True), part.text("origin", required=True)
    selected = Candidate(part.text("declaration", required=True), category, origin)
    own = Candidate(declaration, part.text("own_category", required=True), part.text("own_origin", required=True))
    return substitute(check, selected=selected, checked=own, reason=part.text("reason"))


def _sample(fields: Fields) -> Sample | None:
    fields.only(SAMPLE)
    number, item, packages = fields.text("number", required=True), fields.number("item"), fields.number("packages")
    drawn, increments = wholes(fields, "drawn"), fields.number("increments")
    for name, value in (("item", item), ("packages", packages)):
        if value is None or value < 1 or value % 1:
            fields.refuse(name, "a whole number of at least 1", fields.mapping.get(name))
            return None
    if drawn and (min(drawn) < 1 or packages is None or max(drawn) > packages):
        fields.refuse("drawn", f"numbers from 1 to {packages}", drawn)
    if len(set(drawn)) != len(drawn):
        fields.refuse("drawn", "each package once", drawn)
    return Sample(
        number, int(item or 0), fields.text("lot") or "1", int(packages or 0), tuple(sorted(drawn)),
        fields.text("basis"), None if increments is None else int(increments), fields.number("aggregate_kg"),
        moment(fields, "taken_at"), fields.text("officer"), fields.text("seal"), fields.text("kept_seal"),
    )  # fmt: skip


def _decision(fields: Fields, agency: Agency) -> AgencyDecision | None:
    fields.only(DECISION)
    outcome, at, until = fields.choice("outcome", ControlOutcome), moment(fields, "at", required=True), moment(fields, "until")  # fmt: skip
    if outcome is None or at is None:
        return None
    if until is not None and (outcome is not ControlOutcome.QUARANTINE or until <= at):
        fields.refuse("until", "an end after the decision, of a quarantine only", until.isoformat())
    return AgencyDecision(agency, outcome, at, wholes(fields, "items"), until, words(fields, "reason"))


def _follow_up(fields: Fields) -> FollowUp | None:
    fields.only(FOLLOW_UP)
    kind, at, satisfied = fields.choice("kind", FollowUpKind), moment(fields, "at", required=True), fields.flag("satisfied")  # fmt: skip
    officer = fields.text("officer", required=True)
    if kind is None or at is None or satisfied is None:
        return None
    items, remark = wholes(fields, "items"), words(fields, "remark")
    return FollowUp(kind, at, officer, satisfied=satisfied, items=items, remark=remark)


def _notice(fields: Fields, agency: Agency) -> NonCompliance | None:
    fields.only(NOTICE)
    known = [nature.value for nature in NonComplianceNature]
    natures = texts(fields, "natures")
    strange = [nature for nature in natures if nature not in known]
    if strange:
        fields.refuse("natures", f"some of {', '.join(known)}", strange[0], fields.nearest(strange[0], known))
    first, notified = fields.day("first_action_on", required=True), fields.day("notified_on", required=True)
    if first is None or notified is None or strange:
        return None
    return NonCompliance(
        fields.text("number", required=True), agency, fields.text("notified", required=True),
        tuple(map(NonComplianceNature, natures)), words(fields, "subject"), words(fields, "requirement"), first, notified,
        wholes(fields, "items"), words(fields, "emergency"), fields.day("withdrawn_on"), words(fields, "withdrawal"),
    )  # fmt: skip


def last_moment(records: ControlRecords) -> datetime | None:
    """Give the moment of the last thing recorded; ``None`` where nothing is."""
    control = records.control
    found = [
        records.arrived_at, records.withdrawn_at,
        *(check.at for check in control.checks),
        *(sample.taken_at for sample in control.samples),
        *(at for test in control.tests for at in (test.requested_at, test.accepted_at, test.reported_at)),
        *(decision.at for decision in control.decisions),
        *(each.at for each in records.follow_up),
    ]  # fmt: skip
    return max((at for at in found if at is not None), default=None)
