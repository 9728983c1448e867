"""Laboratory tests read from records: asked for, taken on, reported, in that order and in one unit."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from darvoza.domain.sps.control import LaboratoryTest
from darvoza.errors import InvalidValue
from darvoza.flow.fields import Fields
from darvoza.flow.inspection.laboratory import accepted, deciding, laboratory_verdict, second_test, with_result
from darvoza.flow.inspection.record_fields import moment

TEST = (
    "sample", "analyte", "unit", "limit", "suspicion", "laboratory", "method", "requested_at", "accepted_at", "second", "result",
)  # fmt: skip
RESULT = ("value", "unit", "uncertainty", "at")


def read_test(fields: Fields) -> LaboratoryTest | None:
    """Read one test; ``None`` after an error that leaves nothing to build on.

    Raises
    ------
    InvalidValue
        When it breaks a rule of tests: reported without having been taken on, in another unit, without uncertainty.
    """
    fields.only(TEST)
    requested, suspicion = moment(fields, "requested_at", required=True), fields.flag("suspicion")
    test = _asked(fields, requested, suspicion=suspicion)
    taken = moment(fields, "accepted_at")
    if test is None or taken is None:
        return test
    test = accepted(test, at=taken)
    return test if "result" not in fields.mapping else _reported(fields.part("result"), test)


def _asked(fields: Fields, requested: datetime | None, *, suspicion: bool | None) -> LaboratoryTest | None:
    sample, analyte = fields.text("sample", required=True), fields.text("analyte", required=True)
    unit, limit = fields.text("unit", required=True), fields.number("limit")
    second = bool(fields.flag("second")) if "second" in fields.mapping else False
    if "result" in fields.mapping and "accepted_at" not in fields.mapping:
        fields.refuse("accepted_at", "when the laboratory took the test on, before it reported", None)
    if requested is None or suspicion is None or not (sample and analyte and unit):
        return None
    return LaboratoryTest(
        sample, analyte, unit, suspicion, requested, limit=limit, second=second, laboratory=fields.text("laboratory"),
        method=fields.text("method"),
    )  # fmt: skip


def _reported(fields: Fields, test: LaboratoryTest) -> LaboratoryTest | None:
    fields.only(RESULT)
    value, uncertainty, at = fields.number("value"), fields.number("uncertainty"), moment(fields, "at", required=True)
    if value is None or at is None:
        fields.refuse("value", "what was measured", fields.mapping.get("value"))
        return None
    unit = fields.text("unit", required=True)
    told = with_result(test, value, unit=unit, expanded_uncertainty=uncertainty or Decimal(0), at=at)
    if uncertainty is None:
        fields.refuse("uncertainty", "the expanded uncertainty U, 0 where the laboratory states none", None)
        return None
    laboratory_verdict(told)
    return told


def check_second_tests(tests: Sequence[LaboratoryTest], fields: Fields) -> None:
    """Refuse a second test that nobody had a right to: no first one against the goods, too late, in the same laboratory.

    References
    ----------
    WTO TFA 5.3.
    """
    first: dict[tuple[str, str], LaboratoryTest] = {}
    for test in deciding(test for test in tests if not test.second):
        first.setdefault((test.sample, test.analyte), test)  # one that rejected stands before all asked for since
    for test in tests:
        if not test.second:
            continue
        name = f"tests, second of {test.sample}: {test.analyte}"
        before = first.get((test.sample, test.analyte))
        if before is None:
            fields.refuse(name, "the first test of the same sample and analyte", None)
            continue
        try:
            second_test(before, at=test.requested_at, laboratory=test.laboratory)
        except InvalidValue as problem:
            fields.refuse(f"{name}, {problem.field}", problem.expected or problem.message, problem.got, problem.hint)
