"""The whole office against a simple model: random lives of consignments, compared after each step.

`benchmarks/lives.py` leads any number of them, and shrinks the life in which the two part.
"""

from pathlib import Path

import pytest

from life_office import lead, lead_lives
from life_reference import Model
from life_world import APART, TICKS, TOGETHER, Life, elsewhere, events_of, life_of, write_states

FIRST, EACH = 40_000, 100
"""Other seeds than those of the benchmark begin with, and lives of a group."""


@pytest.fixture
def home(db: None, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - the database is made by asking
    """The states that come into force."""
    write_states(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    return tmp_path


@pytest.mark.parametrize("seed", [FIRST, FIRST + 1_000])
def test_every_life_is_led_as_the_model_leads_it(home: Path, seed: int) -> None:
    found = lead(home, range(seed, seed + EACH), events_of(seed))
    told = (
        f"of the seeds from {seed} on: python benchmarks/lives.py --first {seed} --histories {EACH} tells which steps"
    )
    assert not found, f"{told}\n{found[0]}"


def test_lives_do_what_they_are_to_be_compared_in() -> None:
    lives = [life_of(seed, seed % TOGETHER) for seed in range(FIRST, FIRST + EACH)]
    steps = [step for life in lives for _, step in life.steps]
    asked = [step[1] for step in steps if step[0] == "ask"]
    moved = {step[1] for step in steps if step[0] == "move"}
    assert {each["op"] for each in asked} == {"lodge", "amend", "cancel"}
    assert {each["by"] for each in asked} == {"customs", "plants", "post"}
    assert {"claim", "record", "correct", "raise", "propose", "settle", "send", "refer", "release"} <= moved
    assert {event[0] for seed in range(9) for event in events_of(seed).values()} == {"state", "restart", "other"}
    assert TICKS * APART > 31  # longer than any draw is kept
    assert sum(_draws_kept(life) for life in lives) > EACH // 4
    away = [life for life in lives if any(step[0] == "post" for _, step in life.steps)]
    assert len(away) > EACH // 20
    assert {step[1] for step in steps if step[0] == "post"} == {"take", "decide", "find", "return"}


def _draws_kept(life: Life) -> int:
    """Count the declarations of a life that have the draw of another one."""
    model = Model(elsewhere(life.number))
    for tick in range(TICKS):
        model.ask([step[1] for at, step in life.steps if at == tick and step[0] == "ask"])
    draws = [known["draw"] for known in model.declared.values()]
    return len(draws) - len(set(draws))


def test_what_differs_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import life_reference

    monkeypatch.setattr(life_reference, "RANDOM", 0.06)
    lives = [Life(0, life_of(FIRST, 0).steps)]
    assert any("decision on" in each.what for each in lead_lives(home, lives, {}))


def test_what_differs_at_a_post_without_a_line_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import life_away

    life = life_of(FIRST + 56, 0)
    assert any(step[0] == "post" for _, step in life.steps)
    monkeypatch.setattr(life_away, "SAID", ())
    assert [each.what for each in lead_lives(home, [life], {})] == ["return"]
