import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from architecture.house import ROOT
from cli.declared import assessed, declared
from darvoza.cli.main import main
from darvoza.cli.standing_words import CATEGORIES, CHANGES, LANGUAGES, RULES, standing_sentences
from darvoza.cli.trader_registers import LINKS, linked_traders
from darvoza.domain.codes import Role
from darvoza.domain.standing import Standing, StandingCategory, StandingRule
from darvoza.flow.intake.registers import TraderRegister
from darvoza.flow.learning.standing_store import STANDINGS

A_STANDING = Standing(
    "I-1", Role.IMPORTER, date(2026, 1, 1), StandingCategory.NEW, StandingRule.FEW_DECLARATIONS,
    0.05, 0.01, 0.1, 4, 1, 0, 0.5, 200, wanted=6.0,
)  # fmt: skip


def test_every_category_and_rule_has_words_in_every_language() -> None:
    for language in LANGUAGES:
        assert set(CATEGORIES[language]) == set(StandingCategory)
        assert set(RULES[language]) == set(StandingRule)
        assert set(CHANGES[language]) == set(CHANGES["en"])


def test_the_words_tell_category_rule_counts_and_change() -> None:
    assert standing_sentences(A_STANDING) == (
        "Standing of I-1 on 2026-01-01: new.",
        "You have lodged too few declarations to be judged.",
        "Declarations: 4; results of examinations: 1; with non-compliance: 0.",
        "It is judged anew after 6 more declarations.",
    )
    assert all(re.search(r"[а-яё]", sentence) for sentence in standing_sentences(A_STANDING, "ru"))


def test_traders_are_judged_explained_and_operators_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world, out = tmp_path / "world", tmp_path / "standing"
    assert main(["simulate", "--months", "2", "--per-month", "400", "--out", str(world)]) == 0
    files = [str(path) for path in sorted((world / "declarations").glob("*.csv"))]
    mapping = ["--mapping", str(ROOT / "mappings" / "own.yaml")]
    assert main(["trader", "standing", *files, *mapping, "--day", "2026-03-01", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    assert "base rate" in said
    assert "authorised" in said
    assert main(["trader", "explain", "nobody", "--in", str(out)]) == 2
    assert "expected a trader of this table" in capsys.readouterr().err
    run = tmp_path / "run"
    options = [*mapping, "--profiles", str(ROOT / "profiles"), "--capacity", "0.1", "--standing", str(out)]
    assert main(["assess", files[0], *options, "--out", str(run)]) == 0
    capsys.readouterr()
    register = tmp_path / "operators.csv"
    register.write_text("trader,role,authorised_on\nI-1,importer,2026-01-01\n", encoding="utf-8")
    assert main(["trader", "operators", str(register), *files, *mapping]) == 0
    assert "all together" in capsys.readouterr().out


def test_findings_that_are_set_aside_as_light_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen = {"examined": "true", "finding": "true", "result_at": "2026-03-26T08:00:00Z", "inclusion_probability": "0.5"}
    rows = [{"declaration_id": f"D{n}", **seen, "finding_severity": "0" if n < 3 else "2"} for n in range(9)]
    words = declared(tmp_path, *rows)
    assert main(["trader", "standing", *words, "--day", "2026-04-20", "--out", str(tmp_path / "out")]) == 0
    assert "3 declarations whose findings are stated to be of less than severity 1" in capsys.readouterr().out


def test_a_day_before_any_result_is_refused_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world = tmp_path / "world"
    assert main(["simulate", "--months", "1", "--per-month", "50", "--out", str(world)]) == 0
    files = [str(path) for path in (world / "declarations").glob("*.csv")]
    options = ["--mapping", str(ROOT / "mappings" / "own.yaml"), "--day", "2020-01-01", "--out", str(tmp_path / "o")]
    assert main(["trader", "standing", *files, *options]) == 2
    assert "a later day" in capsys.readouterr().err


def test_a_finding_is_not_lost_by_another_row_of_its_declaration_that_cannot_be_read(tmp_path: Path) -> None:
    seen = {"examined": "true", "finding": "false", "result_at": "2026-03-26T08:00:00Z", "inclusion_probability": "0.5"}
    rows = [{"declaration_id": f"D{n}", **seen} for n in range(9)]
    found = {**rows[0], "declaration_id": "X", "finding": "true"}
    words = declared(tmp_path, *rows, found, {**found, "item": "2", "finding": "false", "hs": "dried"})
    assert main(["trader", "standing", *words, "--day", "2026-04-20", "--out", str(tmp_path / "out")]) == 0
    table = pl.read_parquet(tmp_path / "out" / STANDINGS)
    assert table.select("declarations", "results", "findings").row(0) == (10, 10, 1)


def test_of_what_a_run_decided_only_results_that_it_drew_count_as_drawn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [{"declaration_id": f"D{n}", "establishment": f"E{n}"} for n in range(40)]
    decisions = assessed(tmp_path, declared(tmp_path, *names, name="lodged"))
    drawn = decisions.filter("selected", agency="customs", act="physical").height
    seen = {"examined": "true", "finding": "false", "result_at": "2026-03-26T08:00:00Z"}
    words = declared(tmp_path, *({**row, **seen} for row in names))
    options = [*words, "--day", "2026-04-20", "--run", str(tmp_path / "run"), "--out", str(tmp_path / "out")]
    assert main(["trader", "standing", *options]) == 0
    table = pl.read_parquet(tmp_path / "out" / STANDINGS)
    assert 0 < table["chance_results"].item() <= drawn < table["results"].item()
    assert f"40 declarations decided by runs; {drawn} results count as drawn" in capsys.readouterr().out


def judged(place: Path, register: str, *, operators: str = "", traders: Sequence[str] = ("A", "B", "007")) -> Path:
    """Judge some traders with registers beside them; B is found out again and again."""
    seen = {"examined": "true", "result_at": "2026-03-26T08:00:00Z", "inclusion_probability": "0.5"}
    rows = [
        {**seen, "declaration_id": f"{name}-{n}", "importer_id": name, "finding": str(name == "B").lower()}
        for name in traders
        for n in range(12)
    ]
    blank = [{"declaration_id": f"{name}x{n}", "importer_id": name} for name in traders for n in range(12)]
    words, more = declared(place, *rows, *blank), []
    for option, text in (("register", register), ("operators", operators)):
        if text:
            (place / f"{option}.csv").write_text(text, encoding="utf-8")
            more += [f"--{option}", str(place / f"{option}.csv")]
    assert main(["trader", "standing", *words, "--day", "2026-04-20", *more, "--out", str(place / "out")]) == 0
    return place / "out"


def test_links_are_named_with_what_is_shared_and_how_the_other_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = judged(
        tmp_path, "trader,phone,director\nA,+996 555 123456,Иванов И.И.\nB,0555123456,IVANOV I.I.\nZ,,Ivanov I I\n"
    )
    assert "linked with who stands low: A with B (director, phone)" in capsys.readouterr().out
    assert pl.read_parquet(out / LINKS).filter(trader="A").rows() == [
        ("A", "B", ["director", "phone"], "low"),
        ("A", "Z", ["director"], None),
    ]
    assert pl.read_parquet(out / STANDINGS).filter(trader="A")["linked"].item() == 2
    assert main(["trader", "explain", "A", "--in", str(out)]) == 0
    told = capsys.readouterr().out
    assert "a telephone (1), a director (2). This changes no category." in told
    assert "B" not in told  # how another stands is not for the trader
    assert main(["trader", "explain", "A", "--in", str(out), "--links", "--language", "ru"]) == 0
    assert "B (руководитель, телефон): низкая\nZ (руководитель): не оценивался" in capsys.readouterr().out


def test_a_trader_is_explained_however_his_identifier_is_typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = judged(tmp_path, "trader,phone\nA-1,0555123456\nB,0555123456\n", traders=("A1", "B"))
    assert main(["trader", "explain", "A1", "--in", str(out)]) == 0
    as_kept = capsys.readouterr().out.partition("standings: ")[2].partition("\n")[2]
    assert "Standing of A1" in as_kept
    assert "a telephone (1)" in as_kept
    for typed in ("a-1", " А1"):  # the second is Cyrillic
        assert main(["trader", "explain", typed, "--in", str(out)]) == 0
        assert capsys.readouterr().out == as_kept


def test_who_was_judged_before_identifiers_were_folded_is_explained_by_either(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = judged(tmp_path, "", traders=("A1", "B"))
    table = pl.read_parquet(out / STANDINGS).with_columns(pl.col("trader").replace({"A1": "a-1"}))
    table.write_parquet(out / STANDINGS)
    for typed in ("a-1", "A1"):
        capsys.readouterr()
        assert main(["trader", "explain", typed, "--in", str(out)]) == 0
        assert "Standing of a-1" in capsys.readouterr().out


def test_identifiers_without_a_letter_or_digit_are_not_one_trader() -> None:
    links = pl.DataFrame({"trader": ["?", "B"], "other": ["B", "?"], "by": "phone"})
    register = TraderRegister(("?", "B"), pl.DataFrame(), links)
    table = pl.DataFrame({"trader": ["!", "?"], "category": ["low", "medium"]})
    assert linked_traders(register, table).rows() == [("?", "B", ["phone"], None)]


def test_several_debts_of_a_trader_are_added_up(tmp_path: Path) -> None:
    out = judged(tmp_path, "trader,open_debt\na.,5\nA,7\nB,\n")
    assert pl.read_parquet(out / STANDINGS).select("trader", "open_debt").rows() == [
        ("007", None),
        ("A", 12.0),
        ("B", None),
    ]


def test_rows_that_name_nobody_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heading, rest = "trader,role,authorised_on", "2026-01-01"
    operators = f"{heading}\na,importer,{rest}\nTYPO,importer,{rest}\nB,carrier,{rest}\n"
    judged(tmp_path, "trader,open_debt\n7,500\nNOSUCH,1\nA,2\n", operators=operators)
    said = capsys.readouterr().out
    assert "1 of 3 rows of the register of operators name a trader of the files; the others: TYPO, B" in said
    assert "1 of 3 rows of register.csv name a trader of the files; the others: 7, NOSUCH" in said
    assert "ATTENTION: 1 of the others would name one with zeros in front" in said


def test_a_register_that_names_nobody_at_all_is_an_attention(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judged(tmp_path, "trader,open_debt\nQ,500\n")
    assert "ATTENTION: 0 of 1 rows of register.csv name a trader of the files; the others: Q" in capsys.readouterr().out


def test_what_nobody_can_reach_is_said_aloud(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(tmp_path, "", traders=["A", "C"])
    said = capsys.readouterr().out
    assert re.search(r"ATTENTION: nobody can stand low: that takes 5 findings .* the most that anybody has is 0", said)
    judged(tmp_path / "again", "", traders=["A", "B"])
    assert "nobody can stand low" not in capsys.readouterr().out


def test_light_findings_are_told() -> None:
    told = standing_sentences(replace(A_STANDING, light_findings=3))
    assert told[2].endswith("with non-compliance: 0. Slight shortcomings that do not count: 3.")
