"""What was approved goes on deciding where a later version refuses the like, is said loudly, and is decided again the same."""

from functools import partial
from pathlib import Path

import pytest

from cli.declared import declared, one_profile
from darvoza.cli import assess, assess_profiles
from darvoza.cli.main import main
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.intake.plans import read_plans

Said = pytest.CaptureFixture[str]

PLANS = """plans:
- {code: P, title: T, agency: phytosanitary, scope: {}, legal_basis: L, from: 2026-01-01,
   fractions: [0.5, 0.25, 0.1], clearances: [3, 3], memory: 4}
"""
MEASURES = """measures:
- {code: M, title: T, agency: veterinary, kind: prohibition, legal_basis: L, from: 2026-01-01, review_by: 2026-12-01,
   scope: {goods: ["08"], regions: ["2"]}}
"""


def older(directory: Path) -> Path:
    """A directory with a profile that an earlier version took: no day of the week is called so."""
    place = Path(one_profile(directory))
    file = place / "NONE.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("when: hs starts with 99", "when: hs starts with 99 or (hs starts with 99 and weekday is monday)"),
        "utf-8",
    )
    return place


def test_an_approved_profile_goes_on_deciding_and_is_named(tmp_path: Path, capsys: Said) -> None:
    profiles, new = older(tmp_path), declared(tmp_path, {})
    words = ["assess", *new, "--profiles", str(profiles), "--capacity", "0.1", "--out"]
    assert main([*words, str(tmp_path / "run")]) == 0
    said = capsys.readouterr().err
    assert "ATTENTION: NONE.yaml: when" in said
    assert "mend it" in said
    assert main(["profile", "check", str(profiles)]) == 2
    capsys.readouterr()
    assert main(["rerun", str(tmp_path / "run")]) == 0
    file = profiles / "NONE.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("approver: B\n", ""), encoding="utf-8")
    assert main([*words, str(tmp_path / "unapproved")]) == 2
    assert "monday" in capsys.readouterr().err


def test_a_run_of_an_earlier_version_is_decided_again_with_its_plans_measures_and_profiles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    profiles, new = older(tmp_path), declared(tmp_path, {})
    file = profiles / "NONE.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("approver: B\n", ""), encoding="utf-8")
    (tmp_path / "plans.yaml").write_text(PLANS, encoding="utf-8")
    (tmp_path / "measures.yaml").write_text(MEASURES, encoding="utf-8")
    words = ["assess", *new, "--profiles", str(profiles), "--capacity", "0.1", "--plans", str(tmp_path / "plans.yaml"),
             "--measures", str(tmp_path / "measures.yaml"), "--out", str(tmp_path / "run")]  # fmt: skip
    assert main(words) == 2
    with monkeypatch.context() as earlier:
        earlier.setattr(assess_profiles, "approved_profiles", partial(load_profiles, approved=True))
        earlier.setattr(assess, "read_plans", lambda path, **_: read_plans(path, kept=True))
        earlier.setattr(assess_profiles, "read_measures", lambda path, **_: read_measures(path, kept=True))
        assert main(words) == 0
    capsys.readouterr()
    assert main(["rerun", str(tmp_path / "run")]) == 0
    assert "the same, bit by bit" in capsys.readouterr().out


def test_profiles_in_force_are_compared_and_told_as_they_are(tmp_path: Path, capsys: Said) -> None:
    profiles = older(tmp_path)
    assert main(["profile", "diff", str(profiles), str(profiles)]) == 0
    assert main(["profile", "explain", "NONE", "--profiles", str(profiles)]) == 0
    assert "monday" in capsys.readouterr().out
    new = declared(tmp_path, {})
    assert main(["history", *new, "--out", str(tmp_path / "history")]) == 0
    (tmp_path / "tried").mkdir()
    tried = one_profile(tmp_path / "tried")
    common = ["--history", str(tmp_path / "history"), "--against", str(profiles), "--out"]
    assert main(["backtest", tried, *common, str(tmp_path / "answer")]) == 0
    assert "ATTENTION" in capsys.readouterr().err
    assert main(["replay", "--what", "backtest", "--profiles", tried, *common, str(tmp_path / "replayed")]) == 0
