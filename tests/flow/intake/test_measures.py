from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from darvoza.domain.codes import Act
from darvoza.errors import InvalidMeasure
from darvoza.flow.intake.measures import expired, read_measures

GOOD = {
    "code": "M-1",
    "title": "Sheep",
    "agency": "veterinary",
    "kind": "frequency",
    "scope": '{goods: ["0104"], origins: [PK]}',
    "legal_basis": "Order 1",
    "from": "2026-01-01",
    "to": "2026-06-30",
    "review_by": "2026-06-01",
    "alert": "true",
    "acts": "{physical: 0.5}",
}


def written(place: Path, *measures: Mapping[str, str | None]) -> Path:
    lines = ["measures:"]
    for measure in measures:
        rows = [f"{name}: {value}" for name, value in measure.items() if value is not None]
        lines += [f"  - {rows[0]}", *(f"    {row}" for row in rows[1:])]
    path = place / "measures.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_measure_is_read_with_its_scope_and_frequencies(tmp_path: Path) -> None:
    (measure,) = read_measures(written(tmp_path, GOOD))
    assert measure.scope.goods == ("0104",)
    assert [(act, float(share)) for act, share in measure.acts] == [(Act.PHYSICAL, 0.5)]
    assert (measure.start, measure.last_day, measure.alert) == (date(2026, 1, 1), date(2026, 6, 30), True)


def test_a_measure_can_hold_for_goods_by_how_they_are_processed(tmp_path: Path) -> None:
    (measure,) = read_measures(written(tmp_path, {**GOOD, "scope": "{plant_risk: [high], processes: [raw, handled]}"}))
    assert (measure.scope.processes, measure.scope.goods) == (("raw", "handled"), ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"to": None}, "measures.1: to: expected a last day: enhanced controls must end (WTO TFA 5.1)"),
        ({"review_by": None}, "review_by: expected a day of review"),
        ({"review_by": "2026-08-01"}, "review_by: expected a day not after the end"),
        ({"to": "2025-01-01"}, "to: expected a day not before 2026-01-01"),
        ({"kind": "ban"}, "kind: expected one of prohibition"),
        ({"agency": "police"}, "agency: expected one of customs"),
        ({"acts": None}, "acts: expected acts with their frequency"),
        (
            {"yearly": "400", "scope": '{goods: ["0104"], flows: [E, T]}'},
            "yearly: expected a measure whose scope holds imports, flows with I: a least share is one of imports, got 'E, T'",
        ),
        ({"acts": "{phisical: 0.5}"}, "did you mean physical?"),
        ({"acts": "{physical: 1.5}"}, "acts.physical: expected a frequency above 0 and at most 1, got '1.5'"),
        ({"acts": "{physical: nan}"}, "acts.physical"),
        ({"acts": "{physical: 1e-999999}"}, "acts.physical"),
        ({"scope": "{origins: [Pakistan]}"}, "scope.origins: expected countries of ISO 3166-1"),
        ({"scope": "{goods: [sheep]}"}, "scope.goods: expected prefixes of commodity codes"),
        ({"scope": "{veterinary: [VI]}"}, "scope.veterinary: expected some of I, II"),
        ({"scope": "{goods: ['0805'], processes: [grated]}"}, "scope.processes: expected some of carbonised, cooked"),
        ({"scope": "{regions: [Punjab]}"}, "scope.regions: expected regions that begin with their country"),
        ({"scope": "{origins: [PK], regions: [KZ-2]}"}, "begin with their country, PK, such as PK-2, got 'KZ-2'"),
        ({"scope": "{establishments: ['/']}"}, "scope.establishments: expected approval numbers"),
        ({"scope": "{gods: ['01']}"}, "did you mean goods?"),
        ({"scope": "{dispatched_from: 2026-01-01}"}, "scope: expected a limit by one of goods"),
        ({"kind": "condition"}, "required: expected documents of which one must be presented"),
        ({"terminated_on": "2026-02-01"}, "termination: expected the reason of the termination"),
        ({"legal_basis": None}, "legal_basis: expected a text"),
        ({"from": "soon"}, "from: expected a date such as 2026-01-31, got 'soon'"),
    ],
)
def test_what_is_wrong_with_a_measure_is_told(changes: dict[str, str | None], said: str, tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        read_measures(written(tmp_path, {**GOOD, **changes}))
    assert any(said in str(error) for error in refused.value.exceptions), [str(e) for e in refused.value.exceptions]
    assert all(isinstance(error, InvalidMeasure) for error in refused.value.exceptions)


def test_all_errors_of_all_measures_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        read_measures(written(tmp_path, {**GOOD, "kind": "ban", "agency": "x"}, {**GOOD, "code": "M-2", "to": None}))
    assert len(refused.value.exceptions) >= 3


def test_a_code_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup, match="errors") as refused:
        read_measures(written(tmp_path, GOOD, GOOD))
    assert "a code of its own" in str(refused.value.exceptions[0])


@pytest.mark.parametrize("text", ["", "measures: 1", "a: [", "measures: []\nmore: 1", "- x"])
def test_a_file_that_holds_no_measures_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidMeasure):
        read_measures(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMeasure, match="a file that can be read"):
        read_measures(tmp_path / "none.yaml")


def test_measures_past_their_review_or_their_end_are_named(tmp_path: Path) -> None:
    measures = read_measures(written(tmp_path, GOOD, {**GOOD, "code": "M-2", "review_by": "2026-06-30"}))
    assert [one.code for one in expired(measures, date(2026, 6, 2))] == ["M-1"]
    assert len(expired(measures, date(2026, 7, 1))) == 2
    assert expired(measures, date(2026, 6, 1)) == ()


@pytest.mark.parametrize("name", ["ban.yml", "ban.YAML", "ban.Yml"])
def test_a_measure_that_would_be_passed_over_for_its_name_is_refused(name: str, tmp_path: Path) -> None:
    known = "measures:\n  - {code: A, title: T, agency: veterinary, kind: evidence, scope: {goods: ['01']}, legal_basis: L, from: 2026-01-01}\n"
    (tmp_path / "known.yaml").write_text(known, encoding="utf-8")
    assert [measure.code for measure in read_measures(tmp_path)] == ["A"]
    (tmp_path / name).write_text(known.replace("code: A", "code: B"), encoding="utf-8")
    with pytest.raises(InvalidMeasure, match="a name that ends in"):
        read_measures(tmp_path)


def test_a_measure_that_is_kept_keeps_places_that_nothing_declared_meets(tmp_path: Path) -> None:
    path = written(tmp_path, {**GOOD, "scope": '{goods: ["0104"], regions: ["2"], establishments: ["-"]}'})
    with pytest.raises(ExceptionGroup, match="2 errors"):
        read_measures(path)
    (measure,) = read_measures(path, kept=True)
    assert (measure.scope.regions, measure.scope.establishments) == (("2",), ("-",))
    unknown = written(tmp_path, {**GOOD, "scope": "{origins: [Pakistan]}"})
    with pytest.raises(ExceptionGroup, match="1 error"):
        read_measures(unknown, kept=True)


def test_a_measure_that_is_kept_keeps_a_least_share_of_other_goods_than_imports(tmp_path: Path) -> None:
    path = written(tmp_path, {**GOOD, "yearly": "400", "scope": '{goods: ["0104"], flows: [T]}'})
    with pytest.raises(ExceptionGroup, match="1 error"):
        read_measures(path)
    (measure,) = read_measures(path, kept=True)
    assert (measure.yearly, measure.scope.flows) == (400, ("T",))
