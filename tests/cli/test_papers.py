"""Papers from the command line: from a run and records to a file, and back from a code."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from architecture.house import ROOT
from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped

MEASURES = """measures:
  - {code: PHY-1, title: Fruit, agency: phytosanitary, kind: frequency, scope: {goods: ["08"]}, legal_basis: Order 1,
     from: 2026-01-01, to: 2026-12-31, acts: {documentary: 1, sampling: 1}}
"""
RECORDS = """controls:
  - declaration: {declaration}
    number: KG-PHY-1
    agency: phytosanitary
    arrived_at: 2026-01-01T00:00:00+06:00
    delay: Snow on the pass
    checks: [{{act: documentary, status: compliant, officer: A. Asanov, at: "2026-02-01T09:00:00+06:00"}}]
    decisions: [{{outcome: release, at: "2026-02-01T10:00:00+06:00"}}]
    samples: [{{number: P-1, item: 1, packages: 120}}]
    tests:
      - {{sample: P-1, analyte: larvae, unit: 1/kg, limit: 0, suspicion: false, requested_at: "2026-02-01T09:30:00+06:00"}}
    non_compliance:
      - {{number: NC-1, notified: TJ, natures: [pest], first_action_on: 2026-02-01, notified_on: 2026-02-02}}
"""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where records and sources lie."""

    measures: Path
    words: tuple[str, ...]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Assess a small month in which every fruit is to be sampled, and record a control of one consignment."""
    root = tmp_path_factory.mktemp("desk")
    measures, records, run = root / "measures.yaml", root / "records.yaml", root / "run"
    measures.write_text(MEASURES, encoding="utf-8")
    assert main(["simulate", "--months", "1", "--per-month", "150", "--out", str(root / "world")]) == 0
    (file,) = (root / "world" / "declarations").glob("*.csv")
    mapping = str(ROOT / "mappings" / "own.yaml")
    assess = ["assess", str(file), "--mapping", mapping, "--profiles", str(ROOT / "profiles"), "--capacity", "0.1"]
    assert main([*assess, "--measures", str(measures), "--out", str(run)]) == 0
    orders = pl.read_parquet(run / "orders.parquet")
    # the draw is another each time: one of which no chance asks for more than its papers and the sample
    more = orders.filter(~pl.col("act").is_in(["documentary", "sampling"]))
    sampled = orders.filter(agency="phytosanitary", act="sampling").join(more, on="declaration_id", how="anti")
    records.write_text(RECORDS.format(declaration=sampled.item(0, "declaration_id")), encoding="utf-8")
    sources = (str(records), "--declarations", str(file), "--mapping", mapping, "--run", str(run))
    return Desk(measures, sources)


COMMANDS = {
    "entry": ((), "Entry document KG-PHY-1"),
    "act": ((), "Act of control KG-PHY-1"),
    "order": (("--rule", "gost_12430_table_34"), "Open these 5 of 120 packages"),
    "lab": (("--sample", "P-1"), "Request to a laboratory KG-PHY-1/P-1"),
    "non-compliance": ((), "Notification of non-compliance NC-1"),
    "detention": ((), "Reason of the delay: Snow on the pass"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_paper_is_told_written_and_verified(
    desk: Desk, command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    more, told = COMMANDS[command]
    words = ["sps", command, *desk.words, *more]
    assert main(words) == 0
    assert told in capsys.readouterr().out
    out = tmp_path / "p.pdf"
    assert main([*words, "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF-")
    code = capsys.readouterr().out.splitlines()[-1]
    assert main([*words, "--verify", code]) == 0
    assert main([*words, "--language", "ru", "--verify", code]) == 1
    assert main([*words, "--out", str(out)]) == 2
    assert "does not exist yet" in capsys.readouterr().err


def test_the_outcome_holds_what_was_released_before_it_was_sampled(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sps", "outcome", *desk.words, "--at", "2026-02-02T00:00:00+06:00"]
    assert main(words) == 1
    told = capsys.readouterr().out
    assert ": hold (H02)" in told
    assert "sampling: a check is still to be done" in told
    assert "H02: held, inspection (single window of Great Britain" in told
    assert main([*words, "--language", "ru"]) == 1
    assert "отбор проб: проверка ещё не проведена" in capsys.readouterr().out


def test_a_blank_and_a_notice_are_printed_the_same_every_time(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / f"{name}{turn}.pdf" for name in ("blank", "notice") for turn in "12"]
    for file in files[:2]:
        assert main(["sps", "blank", "sanitary", "--language", "ru", "--out", str(file)]) == 0
    for file in files[2:]:
        assert main(["sps", "notice", str(desk.measures), "PHY-1", "--out", str(file)]) == 0
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[2].read_bytes() == files[3].read_bytes()
    assert "darvoza:1:measure:" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--number", "X"), "number: expected one of KG-PHY-1, got 'X'"),
        (("--fonts", "/nowhere", "--out", "never.pdf"), "a folder with fonts"),
        (("--verify", "x"), "what the code on a paper carries"),
    ],
)
def test_what_cannot_be_used_is_told(
    desk: Desk, more: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sps", "entry", *desk.words, *more]) == 2
    assert told in capsys.readouterr().err


def test_an_order_needs_a_run(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sps", "order", *desk.words[:-2]]) == 2
    assert "a run, whose draw also draws the packages" in capsys.readouterr().err


def test_the_codes_of_a_country_stand_beside_ours(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, ours = tmp_path / "codes.csv", shipped("sps_customs_codes.csv").read_text(encoding="utf-8")
    path.write_text(ours.replace('осмотр",,', 'осмотр",70,'), encoding="utf-8")
    words = ["sps", "outcome", *desk.words, "--at", "2026-02-02T00:00:00+06:00", "--codes", str(path)]
    assert main([*words, "--language", "ru"]) == 1
    assert "H02: задержать, осмотр, у нас 70" in capsys.readouterr().out
    path.write_text(ours.replace("H02,hold", "H02,release"), encoding="utf-8")
    assert main(words) == 2
    assert "codes.csv: H02: expected the word hold, got 'release'" in capsys.readouterr().err


def test_an_order_by_increments_names_them(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["sps", "order", *desk.words, "--part"]
    assert main([*words, "C"]) == 0
    assert "Increments: " in capsys.readouterr().out
    assert main([*words, "Z"]) == 2
    assert "part: expected one of" in capsys.readouterr().err


def test_goods_wait_for_a_service_that_was_ordered_and_recorded_nothing(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, theirs = tmp_path / "records.yaml", Path(desk.words[0]).read_text(encoding="utf-8")
    alone = theirs.split("    samples:")[0].replace("agency: phytosanitary", "agency: sanitary")
    path.write_text(alone, encoding="utf-8")
    assert main(["sps", "outcome", str(path), *desk.words[1:], "--at", "2026-02-02T00:00:00+06:00"]) == 1
    told = capsys.readouterr().out
    assert ": hold (H02)" in told
    assert "phytosanitary: the service has not spoken" in told
    assert main(["sps", "act", str(path), *desk.words[1:]]) == 0
    assert "phytosanitary: the service has not spoken" in capsys.readouterr().out


def test_without_the_right_run_nobody_knows_whose_word_is_needed(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sps", "outcome", *desk.words[:-2], "--at", "2026-02-02T00:00:00+06:00"]
    assert main(words) == 2
    assert "run: expected a run, which says what services must speak" in capsys.readouterr().err
    assert main(["sps", "act", *desk.words[:-2]]) == 0
    assert "Word of all services" not in capsys.readouterr().out
    run, other = Path(desk.words[-1]), tmp_path / "other"
    shutil.copytree(run, other)
    decisions = pl.read_parquet(run / "decisions.parquet")
    decisions.clear().write_parquet(other / "decisions.parquet")
    assert main([*words, "--run", str(other)]) == 2
    assert "expected a run that decided on" in capsys.readouterr().err


FAILED = """controls:
  - declaration: {declaration}
    number: KG-PHY-1
    agency: phytosanitary
    checks:
      - {{act: documentary, status: compliant, officer: A. Asanov, at: "2026-02-01T09:00:00+06:00"}}
      - {{act: sampling, status: not_compliant, officer: A. Asanov, at: "2026-02-01T09:30:00+06:00"}}
    decisions: [{{outcome: release, at: "2026-02-01T10:00:00+06:00"{reason}}}]
  - declaration: {declaration}
    number: KG-CUS-1
    agency: customs
    checks: [{{act: documentary, status: compliant, officer: B. Bek, at: "2026-02-01T09:00:00+06:00"}}]
    decisions: [{{outcome: release, at: "2026-02-01T10:00:00+06:00"}}]
"""


def test_a_release_against_a_failed_check_ends_with_a_code_of_its_own(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "records.yaml"
    declaration = Path(desk.words[0]).read_text(encoding="utf-8").splitlines()[1].split(": ")[1]
    words = ["sps", "outcome", str(path), *desk.words[1:], "--number", "KG-PHY-1", "--at", "2026-02-02T00:00:00+06:00"]
    path.write_text(FAILED.format(declaration=declaration, reason=""), encoding="utf-8")
    assert main(words) == 1
    assert "sampling: not found in order, and released without a reason" in capsys.readouterr().out
    path.write_text(FAILED.format(declaration=declaration, reason=", reason: For seed"), encoding="utf-8")
    assert main(words) == 3
    told = capsys.readouterr().out
    assert "release (C03); a service released against a failed check or result" in told
    assert "not found in order, and released all the same (release; For seed)" in told
