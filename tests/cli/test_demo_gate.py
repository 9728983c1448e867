"""The office of the demo can decide what is lodged: its state names what the run was decided by."""

from pathlib import Path

from darvoza.cli import demo
from darvoza.errors import SettingsError
from darvoza.flow.fields import read_yaml
from darvoza.flow.gate.state_file import KNOWN


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
