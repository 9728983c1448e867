"""Findings and profiles that are sent by many threads at once under the same keys: run by a test as a program."""

import json
import sys
import threading
from argparse import Namespace
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from office.api.late_results import NOW, lodge

THREADS = 6
NOTHING = {"items": [{"item": 1}]}


def send_at_once(systems: Any, path: str, body: Any, key: str) -> tuple[Counter[str], int]:
    """Send the same from every thread; give what was answered how often, and how many answers differ."""
    from django.db import connection

    start, told = threading.Barrier(THREADS), []

    def send() -> None:
        try:
            start.wait(60)
            said = systems.send("POST", path, body, idempotency_key=key)
            told.append((f"{said.status} {'again' if 'Idempotent-Replayed' in said.headers else 'done'}", said.body))
        finally:
            connection.close()

    hands = [threading.Thread(target=send) for _ in range(THREADS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return Counter(kind for kind, _ in told), len({json.dumps(each, sort_keys=True) for _, each in told})


def play(home: Path) -> dict[str, Any]:
    """Record and submit, and count what was done."""
    from darvoza.office.commands import migrate

    home.mkdir()
    migrate.run(Namespace(home=home))
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_test_environment

    from darvoza.office.api.services.clients import NewClient, enter_client
    from darvoza.office.profiles.models import Version
    from darvoza.office.registry.models import Result
    from office.api.systems import ALL, PROFILE, PROFILES, Systems, write_state

    setup_test_environment()
    settings.SECRET_KEY = "only-for-tests-" + "0123456789" * 5
    write_state(home)
    systems = Systems(Client(), {"customs": enter_client(NewClient("customs", ALL, "customs"), by="oraz", now=NOW)})
    told: dict[str, Any] = {}
    send = partial(send_at_once, systems)
    for name in "ABC":
        lodge(name)
        told[name] = send(f"/orders/{name}:customs:physical/findings", NOTHING, f"finding {name}")
        text = PROFILE.format(**{**PROFILES[0], "code": f"CUS-{name}"})
        told[f"CUS-{name}"] = send(
            "/profiles", {"text": text, "reason": "Cars came undervalued twice"}, f"profile {name}"
        )
    return {"told": told, "results": Result.objects.count(), "versions": Version.objects.count()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(Path(sys.argv[1]))) + "\n")
