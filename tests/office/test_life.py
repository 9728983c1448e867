"""The whole office against a simple model: random lives of consignments, compared after each step.

`benchmarks/lives.py` leads any number of them, and shrinks the life in which the two part.
"""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from darvoza.domain.casework import Case
from darvoza.domain.journal import JournalEvent
from darvoza.office.api.services import done
from darvoza.office.registry.models import Order
from darvoza.office.registry.services import lodging
from life_office import lead, lead_lives
from life_reference import PEOPLE, Model
from life_world import APART, DAY, GOODS, TICKS, TOGETHER, Life, Step, elsewhere, events_of, life_of, write_states

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


def _growing(seed: int, number: int) -> Life:
    """A life in which goods come and go by amendments while results are recorded and less is agreed on."""
    rng, steps = random.Random(f"growing {seed}"), list[tuple[int, Step]]()
    goods = [{"hs": hs, "origin": origin, "net_mass": 5} for hs, origin in rng.choices(GOODS, k=4)]
    for tick in range(TICKS):
        at = DAY + timedelta(days=tick * APART, hours=8)
        body: dict[str, Any] = {"post": elsewhere(number), "importer_id": f"{number}I0"}
        body |= {} if tick else {"lodged_at": at}
        body["items"] = goods[: 1 + (rng.randrange(4) if tick else 0)]
        told = {"op": "amend" if tick else "lodge", "by": "customs", "key": f"{number}g{tick}", "ref": f"{number}D0"}
        steps.append((tick, ("ask", {**told, "if_match": None, "body": body})))
        for _ in range(6):
            what, who = (
                rng.choice(("send", "send", "release", "propose", "settle", "correct")),
                rng.choice(tuple(PEOPLE)),
            )
            more = {"act": rng.choice((None, "documentary")), "reason": "it is so because of it", "agreed": True}
            more |= {"found": rng.random() < 0.2, "whole": rng.random() < 0.7}
            steps.append((tick, ("move", what, who, rng.getrandbits(30), more)))
    return Life(number, tuple(steps))


def test_goods_that_come_and_go_are_examined_as_the_model_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: Counter[tuple[str, str]] = Counter()
    real = lodging._order_again

    def counted(order: Order, before: Case, new: Order, now: datetime) -> Iterator[JournalEvent]:
        for entry in real(order, before, new, now):
            seen[before.state.value, str((entry.body or {})["what"])] += 1
            yield entry

    monkeypatch.setattr(lodging, "_order_again", counted)
    found = lead_lives(home, [_growing(seed, seed) for seed in range(9)], {2: ("restart",), 3: ("state", 1)})
    assert not found, str(found[0])
    assert {("recorded", "reopen"), ("withdrawn", "reopen"), ("waiting", "items")} <= seen.keys(), seen


def _again(seed: int, number: int) -> Life:
    """A life in which few goods come under many papers, are amended to other origins and lorries, and are examined."""
    rng, steps = random.Random(f"again {seed}"), list[tuple[int, Step]]()
    for tick in range(TICKS):
        for turn in range(2):
            op = "amend" if turn and rng.random() < 0.6 else "lodge"
            ref = f"{number}D{rng.randrange(2 * tick + 1) if op == 'amend' else 2 * tick + turn}"
            at = DAY + timedelta(days=tick * APART, hours=8 + turn)
            kinds = rng.choices([("620342", "TR"), ("620342", "DE")], k=rng.choice((1, 1, 2)))
            body: dict[str, Any] = {
                "post": elsewhere(number),
                "importer_id": f"{number}I{rng.choice((0, 0, 0, 1))}",
                "items": [{"hs": hs, "origin": origin, "net_mass": rng.choice((5, 700))} for hs, origin in kinds],
                "transport_document": f"{number}-t{rng.choice((0, 0, 1))}",
            }
            body |= {"vehicle_id": f"{number} v{rng.randrange(2)}"} if rng.random() < 0.6 else {}
            body |= {} if op == "amend" else {"lodged_at": at}
            told = {"op": op, "by": "customs", "key": f"{number}a{tick}{turn}", "ref": ref, "if_match": None}
            steps.append((tick, ("ask", {**told, "body": body})))
        for _ in range(3):
            more = {"act": None, "reason": "it is so because of it", "agreed": True, "whole": True}
            more |= {"found": rng.random() < 0.05}
            steps.append((tick, ("move", "send", "asel", rng.getrandbits(30), more)))
    return Life(number, tuple(steps))


def test_goods_that_come_again_stay_chosen_until_they_are_examined_as_the_model_says(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: Counter[bool] = Counter()
    real = done._covers

    def counted(given: list[str], due: list[str]) -> bool:
        seen[covered := real(given, due)] += 1
        return covered

    monkeypatch.setattr(done, "_covers", counted)
    found = lead_lives(home, [_again(seed, seed) for seed in range(12)], {4: ("restart",)})
    assert not found, str(found[0])
    assert {True, False} <= seen.keys(), seen


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

    life = life_of(FIRST + 71, 0)
    assert any(step[0] == "post" for _, step in life.steps)
    monkeypatch.setattr(life_away, "SAID", ())
    assert [each.what for each in lead_lives(home, [life], {})] == ["return"]
