"""A gate whose profiles, lists and score change while declarations are lodged, amended and examined."""

import json
import os
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from builders import trade
from darvoza.domain.codes import RiskArea
from darvoza.flow.learning.model_store import save_model
from darvoza.flow.pipeline import learn
from office.api.systems import PROFILE, WATCHED, write_state

DAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
POSTS = ("KG-TOR", "KG-OSH", "KG-IRK")
GOODS = ("870323", "080810", "620342", "851713", "220300")
ORIGINS = ("CN", "TR", "KG", "DE", "UZ")


def write_gate(home: Path) -> None:
    """Write a first state, and two scores that come into force later."""
    write_state(home)
    for number in (0, 1):
        learned = learn(trade(300 + 200 * number, 1 + number, days=60, examined=1.0), seed=number)
        (home / f"model{number}").mkdir()
        save_model(home / f"model{number}", learned.model, history=learned.history, card=learned.card, settings=learned.settings)  # fmt: skip


def change(home: Path, number: int) -> None:
    """Put another state in force: other profiles, another list, another score, another capacity, in turn."""
    fields: dict[str, Any] = {"profiles": "profiles", "key_file": "key.json", "random": "0.02"}
    if number % 2:
        more = {
            "code": f"CUS-{number}",
            "title": "A wave",
            "agency": "customs",
            "area": "undervaluation",
            "act": "scan",
        }
        when = f"hs starts with {GOODS[number % 5]} and importer_items < 3"
        text = PROFILE.format(**more, when=when, given=f'hs: "{GOODS[number % 5]}", importer_items: 2')
        (home / "profiles" / f"wave{number}.yaml").write_text(text, encoding="utf-8")
        values = json.dumps([f"IMP-{number + each}" for each in range(3)])
        (home / "profiles" / "lists" / "watched.yaml").write_text(
            WATCHED.replace("[BAD-1, BAD-2]", values), encoding="utf-8"
        )
    if number % 3:
        fields["model"] = f"model{number % 3 - 1}"
    if number % 4 == 2:
        (home / "capacity.csv").write_text(
            "post,agency,act,per_day\n*,customs,physical,9\nKG-TOR,phytosanitary,sampling,4\n"
        )
        fields["capacity"] = "capacity.csv"
    file = home / "gate.yaml"
    at = file.stat().st_mtime_ns + 1_000_000
    file.write_text(json.dumps(fields), encoding="utf-8")
    os.utime(file, ns=(at, at))


def bodies(count: int, seed: int, *, days: float) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    """Declarations as systems send them, with the moment at which each comes."""
    rng = random.Random(seed)
    for number in range(count):
        at = DAY + timedelta(days=days * number / count)
        items = [
            {"hs": rng.choice(GOODS), "origin": rng.choice(ORIGINS), "net_mass": rng.randrange(1, 4000), "customs_value": rng.randrange(10, 90_000)}
            for _ in range(rng.choice((1, 1, 2)))
        ]  # fmt: skip
        reference = f"D{number:06d}"
        yield reference, at, {
            "declaration_id": reference, "post": rng.choice(POSTS), "importer_id": f"IMP-{rng.randrange(60)}", "items": items,
            "transport_document": f"CMR-{rng.randrange(count * 4)}", "vehicle_id": f"V-{rng.randrange(max(count // 4, 3))}",
            "lodged_at": (at - timedelta(minutes=rng.randrange(300))).isoformat(),
        }  # fmt: skip


def found_in(rng: random.Random) -> tuple[RiskArea, ...]:
    """What an examination finds."""
    return (RiskArea.UNDERVALUATION,) if rng.random() < 0.3 else ()
