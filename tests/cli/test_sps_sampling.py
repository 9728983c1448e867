"""Samples and plans at the command line: the number, why, what it does not say, and errors that help."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped
from darvoza.cli.sampling_arguments import LEVELS, PLANS
from darvoza.flow.intake.sampling_rules import read_sampling_rules

Said = pytest.CaptureFixture[str]


def said(capsys: Said, *words: str, code: int = 0) -> str:
    assert main(["sps", *words]) == code
    captured = capsys.readouterr()
    return captured.out if code < 2 else captured.err


def test_a_sample_size_is_told_with_its_formula_convention_and_limits(capsys: Said) -> None:
    told = said(capsys, "sample-size", "--lot-size", "1000", "--level", "0.01", "--confidence", "0.95")
    assert told.splitlines()[0] == "258"
    for words in (
        "C(N − D, n)/C(N, n)",
        "= 10 marked units",
        "exact gives 258 as well",
        "does not show that the lot is free",
    ):
        assert words in told


@pytest.mark.parametrize(
    ("words", "first", "also"),
    [
        (
            "--lot-size 1000 --level 0.01 --sensitivity 0.8",
            "312",
            "the exact convention gives 323 units instead of 312",
        ),
        ("--lot-size 1000 --level 0.01 --sensitivity 0.8 --convention exact", "323", "gives 312 units instead of 323"),
        ("--lot-size 50 --level 0.1", "22", "would be 1 and find it with a chance of 10.0%"),
        ("--level 0.01", "299", "binomial"),
        ("--level 0.01 --distribution poisson", "300", "exp(−n·p·s)"),
        ("--level 0.01 --clustering 0.05 --units-per-box 20", "440", "20 from each of 22 boxes"),
        ("--level 0.01 --rho 0.05 --units-per-box 20 --lot-size 400", "440", "examine the whole lot"),
        ("--size 600", "0.00498044", "an endless lot"),
        ("--size 258 --lot-size 1000", "0.01", "258 units of 1,000"),
        ("--size 1 --sensitivity 0.5", "none", "not even a lot of marked units only"),
        ("--lot-size 1000 --level 0.01 --acceptance 1", "393", "more than 1 marked units"),
    ],
)
def test_each_way_to_ask_has_its_answer(words: str, first: str, also: str, capsys: Said) -> None:
    told = said(capsys, "sample-size", *words.split())
    assert told.splitlines()[0] == first
    assert also in told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("--lot-size 100 --level 0.001", "which holds 0 whole"),
        ("--lot-size 100 --level 0.01 --sensitivity 0.8 --convention exact", "even the whole lot is not found"),
    ],
)
def test_where_no_sample_will_do_the_command_says_why_and_ends_with_one(words: str, why: str, capsys: Said) -> None:
    assert why in said(capsys, "sample-size", *words.split(), code=1)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("--lot-size 0 --level 0.01", "lot_size"),
        ("--lot-size -5 --level 0.01", "lot_size"),
        ("--lot-size 0 --level 0.01 --distribution binomial", "lot-size"),
        ("--lot-size 100 --level 1.01", "level"),
        ("--lot-size 100 --level 0", "level"),
        ("--lot-size 100 --level nan", "level"),
        ("--lot-size 100 --level -0.1", "level"),
        ("--lot-size 100 --level 0.1 --sensitivity 0", "sensitivity"),
        ("--lot-size 100 --level 0.1 --confidence 1", "confidence"),
        ("--lot-size 100 --size 101", "size"),
        ("--level 0.1 --distribution hypergeometric", "lot-size"),
        ("--level 0.1 --distribution beta-binomial", "clustering"),
        ("--level 0.1 --rho 0.1", "units-per-box"),
        ("--level 0.1 --rho 1 --units-per-box 2", "rho"),
        ("--size 10 --rho 0.1 --units-per-box 2", "size"),
    ],
)
def test_a_wrong_option_of_a_sample_is_named_with_what_was_expected(words: str, field: str, capsys: Said) -> None:
    told = said(capsys, "sample-size", *words.split(), code=2)
    assert told.startswith(f"darvoza: {field}: expected")
    assert "got" in told


def test_a_plan_is_told_by_formula_and_simulated_and_drawn(capsys: Said, tmp_path: Path) -> None:
    picture = tmp_path / "plan.svg"
    words = ["plan", "--p", "0.05", "--i", "10", "--f", "0.1", "--units", "50000", "--svg", str(picture)]
    told = said(capsys, *words)
    assert "15.6528%" in told
    assert "AOQL" in told
    assert "● examined" in told
    root = ET.parse(picture).getroot()  # noqa: S314 - our own file
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 2
    assert "does not exist yet" in said(capsys, *words, code=2)


@pytest.mark.parametrize(
    ("words", "share"),
    [
        ("--plan csp-2 --i 10 --f 0.1 --p 0.02", "10.3105%"),
        ("--plan csp-3 --i 10 --f 0.1 --p 0.05", "13.4497%"),
        ("--plan step-down --p 0.05", "12.8873%"),
        ("--plan skip-lot --p 0.05", "27.7"),
        ("--plan step-down --fractions 1,0.5 --clearances 3 --p 0", "50.0000%"),
        ("--named imported_food_step_down --p 0.05", "12.8873%"),
    ],
)
def test_each_kind_of_plan_has_its_intervention(words: str, share: str, capsys: Said) -> None:
    assert share in said(capsys, "plan", *words.split(), "--units", "2000")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("--p 0.05", "i"),
        ("--p 0.05 --i 10", "f"),
        ("--p 2 --i 10 --f 0.1", "p"),
        ("--p nan --i 10 --f 0.1", "p"),
        ("--p 0.05 --i 0 --f 0.1", "i"),
        ("--p 0.05 --i 10 --f 0", "f"),
        ("--p 0.05 --i 10 --f 0.1 --units 0", "units"),
        ("--p 0.05 --i 10 --f 0.1 --seed -1", "seed"),
        ("--p 0.05 --named none", "named"),
        ("--p 0.05 --plan step-down --fractions 0.1,0.5", "fractions"),
    ],
)
def test_a_wrong_option_of_a_plan_is_named(words: str, field: str, capsys: Said) -> None:
    assert said(capsys, "plan", *words.split(), code=2).startswith(f"darvoza: {field}: expected")


def test_a_plan_by_attributes_is_found_shown_and_taken_from_the_table(capsys: Said, tmp_path: Path) -> None:
    told = said(capsys, "acceptance", "--find", "0.05", "0.95", "0.15", "0.075", "--svg", str(tmp_path / "oc.svg"))
    for words in ("n = 80, c = 7", "n = 26, k = 1.322271", "n = 49"):
        assert words in told
    assert (tmp_path / "oc.svg").is_file()
    assert "AOQL 0.5716%" in said(capsys, "acceptance", "--n", "60", "--c", "0", "--lot-size", "1000")
    table = ["acceptance", "--aql", "1.5", "--lot-size", "5000"]
    assert "code letter L, AQL 1.5 %, normal: n = 200, c = 7" in said(capsys, *table)
    assert "tightened: n = 200, c = 5" in said(capsys, *table, "--tightened")
    assert "examine all 3 units" in said(capsys, "acceptance", "--aql", "2.5", "--lot-size", "3")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("", "n"),
        ("--n 5", "c"),
        ("--n 5 --c 5", "acceptance"),
        ("--n 5 --c 0 --aql 1.5", "n"),
        ("--find 0.1 0.9 0.05 0.1", "consumer"),
        ("--aql 1.5", "lot-size"),
        ("--aql 1.2 --lot-size 100", "aql_percent"),
        ("--n 100 --c 1 --lot-size 50", "size"),
    ],
)
def test_a_wrong_option_of_a_plan_by_attributes_is_named(words: str, field: str, capsys: Said) -> None:
    assert said(capsys, "acceptance", *words.split(), code=2).startswith(f"darvoza: {field}: expected")


def test_packages_are_drawn_alike_by_officer_and_auditor(capsys: Said, tmp_path: Path) -> None:
    key = tmp_path / "key.json"
    assert main(["key", "new", "--agency", "a", "--agency", "b", "--out", str(key)]) == 0
    capsys.readouterr()
    words = ["packages", "--key-file", str(key), "--day", "2026-03-01", "--consignment", "C-1", "--packages", "1000"]
    first, again = said(capsys, *words), said(capsys, *words)
    assert first == again
    ten = set(first.splitlines()[1].split())
    assert len(ten) == 10
    assert ten < set(said(capsys, *words, "--size", "20").splitlines()[1].split())
    assert set(said(capsys, *words, "--lot", "2").splitlines()[1].split()) != ten
    assert "13 of 1,000" in said(capsys, *words, "--rule", "gost_12430_table_34")
    assert "rule: expected one of" in said(capsys, *words, "--rule", "none", code=2)
    assert "size: expected" in said(capsys, *words, "--size", "1001", code=2)


def test_the_packages_of_a_day_stay_when_the_key_is_changed_after_it(capsys: Said, tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    soon = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    assert main(["key", "new", "--agency", "a", "--out", str(old)]) == 0
    assert main(["key", "new", "--agency", "a", "--after", str(old), "--from", soon, "--out", str(new)]) == 0
    capsys.readouterr()
    words = ["--consignment", "C-1", "--packages", "1000", "--day"]
    before = said(capsys, "packages", "--key-file", str(old), *words, "2026-03-01")
    assert said(capsys, "packages", "--key-file", str(new), *words, "2026-03-01") == before
    assert said(capsys, "packages", "--key-file", str(new), *words, soon) != before


def test_the_words_of_the_command_line_are_those_of_the_rules() -> None:
    assert tuple(LEVELS) == read_sampling_rules(shipped("sampling_rules.yaml")).attributes.levels
    assert set(PLANS) == {"csp-1", "csp-2", "csp-3", "step-down", "skip-lot"}


@pytest.mark.parametrize(
    ("words", "first", "also"),
    [
        ("D --tonnes 60 --package-kg 25", "200", "2 sublots of about 30 t"),
        ("C --tonnes 12", "100", "3 laboratory samples"),
        ("A --tonnes 0.05", "3", "sampled as a whole"),
        ("E --tonnes 0.005", "5", "together 0.5 kg"),
    ],
)
def test_increments_are_told_with_division_and_source(words: str, first: str, also: str, capsys: Said) -> None:
    told = said(capsys, "increments", *words.split())
    assert told.splitlines()[0] == first
    assert also in told
    assert "(EU) 2023/2782" in told


def test_the_groups_of_goods_that_increments_are_known_for_are_named(capsys: Said) -> None:
    assert said(capsys, "increments").splitlines()[1].startswith("B  Dried fruit")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("B", "tonnes: expected the mass of the lot"),
        ("Z --tonnes 3", "part: expected one of A, B"),
        ("B --tonnes 0", "tonnes: expected a number above 0"),
        ("B --tonnes nan", "tonnes: expected a number above 0"),
        ("B --tonnes -1", "tonnes: expected a number above 0"),
        ("A --tonnes 2000", "For lots of 1,500 tonnes and more"),
        ("C --tonnes 12 --package-kg 0", "package: expected a mass above 0"),
    ],
)
def test_increments_that_cannot_be_told_are_refused(words: str, field: str, capsys: Said) -> None:
    assert field in said(capsys, "increments", *words.split(), code=2)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("--lot-size 0 --level 0.01", "lot_size"),
        ("--lot-size 1000 --level 1.5", "level"),
        ("--lot-size 1000 --level 0", "level"),
        ("--lot-size 1000 --level 0.01 --sensitivity 0", "sensitivity"),
        ("--lot-size 1000 --level 0.01 --confidence 1", "confidence"),
    ],
)
def test_bad_numbers_of_a_sample_are_refused_at_the_door(words: str, field: str, capsys: Said) -> None:
    told = said(capsys, "sample-size", *words.split(), code=2)
    assert told.startswith(f"darvoza: {field}: expected ")


def test_russian_numbers_are_spelled_as_on_papers_and_the_first_line_is_a_bare_number(capsys: Said) -> None:
    words = ("sample-size", "--lot-size", "1000", "--level", "0.1175", "--confidence", "0.95", "--language", "ru")
    first, rest = said(capsys, *words).split("\n", 1)
    assert first.isdigit()
    assert "из 1\N{NO-BREAK SPACE}000" in rest
    assert "11,75 %" in rest
    assert "11.75" not in rest
    assert "0,1" in said(capsys, *words[:2], "10", "--level", "0.01", *words[5:], code=1)
    assert said(capsys, "sample-size", "--lot-size", "50", "--level", "1", "--confidence", "0.95").startswith("1\n")
