"""The office of the demo can decide what is lodged: its state names what the run was decided by."""

import tomllib
from pathlib import Path

import pytest

from darvoza.cli import demo, reference_data
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.fields import read_yaml
from darvoza.flow.gate.state_file import KNOWN

ROOT = Path(__file__).parents[2]


def test_the_state_of_the_demo_names_what_the_run_was_decided_by(tmp_path: Path) -> None:
    demo._open_gate(tmp_path)
    assert not list(tmp_path.iterdir())  # without an office there is nothing to open
    (tmp_path / "office").mkdir()
    demo._open_gate(tmp_path)
    fields = read_yaml(tmp_path / "office" / "gate.yaml", "gate.yaml", error=SettingsError)
    assert set(fields) <= KNOWN
    assert {"profiles", "key_file", "capacity", "model", "hazards", "competence"} <= set(fields)
    for name in ("profiles", "competence"):
        assert Path(str(fields[name])).exists()
    assert fields["key_file"] == "../key.json"


def test_the_demo_finds_mapping_and_profiles_wherever_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert (demo._mapping(), demo._profiles()) == (Path("mappings/own.yaml"), Path("profiles"))  # as they are typed
    monkeypatch.chdir(tmp_path)
    (tmp_path / "profiles").mkdir()  # of somebody, and not for the demo
    assert (demo._mapping(), demo._profiles()) == (ROOT / "mappings" / "own.yaml", ROOT / "profiles")


def test_the_package_carries_what_the_demo_needs_to_where_it_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shipped = told["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    for name in ("mappings", "profiles", reference_data.REGISTERS):
        assert shipped[name] == f"{reference_data.PLACES[0].name}/{name}"
    monkeypatch.setattr(reference_data, "PLACES", (tmp_path,))
    with pytest.raises(OutputError, match="install Darvoza again"):
        reference_data.shipped_data("profiles")
