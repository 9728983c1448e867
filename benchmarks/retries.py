"""A hundred thousand retries from eight threads at once: each key is decided once, and answered alike for ever.

    python benchmarks/retries.py [--retries 100000] [--threads 8] [--keys 2500]

All threads send the same keys at the same time, in an order of their own: with the same body, now and then with
another one, also while the first is still being decided. On SQLite in a directory of its own, or on the empty PostgreSQL
database that ``DARVOZA_DATABASE`` names; the last line is JSON.
"""

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# the tests have an `office` of their own, and so have the benchmarks
sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from benchmarks.in_process import make_office  # noqa: E402 - found once the path is set

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
WINDOW = 12
"""Keys that all threads send in the same moments."""

OTHER = 0.1
"""Part of the retries that come with another body."""


def set_up(home: Path) -> None:
    """Make an office with a state in force."""
    make_office(home)
    from office.api.systems import write_state  # noqa: PLC0415 - of the tests

    write_state(home)


class Retries:
    """What was answered to each key."""

    def __init__(self, keys: int, retries: int, threads: int) -> None:
        self.keys, self.threads, self.each = keys, threads, -(-retries // (keys * threads))
        self.kept, self.start = threading.Lock(), threading.Barrier(threads)
        self.told: Counter[str] = Counter()
        self.answers: dict[int, set[str]] = {key: set() for key in range(keys)}
        self.first: dict[int, list[str]] = {key: [] for key in range(keys)}

    def play(self, caller: Any) -> None:  # noqa: ANN401 - a client
        """Let every thread send every key."""
        hands = [threading.Thread(target=self._send_all, args=(caller, seed)) for seed in range(self.threads)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    def _send_all(self, caller: Any, seed: int) -> None:  # noqa: ANN401 - as above
        from django.db import connection  # noqa: PLC0415

        rng = random.Random(seed)
        for begin in range(0, self.keys, WINDOW):
            window = list(range(begin, min(begin + WINDOW, self.keys))) * self.each
            rng.shuffle(window)
            self.start.wait()
            for key in window:
                self._send(caller, key, other=rng.random() < OTHER)
        connection.close()

    def _send(self, caller: Any, key: int, *, other: bool) -> None:  # noqa: ANN401 - as above
        from darvoza.office.api.purposes import LodgementKind  # noqa: PLC0415
        from darvoza.office.api.requests import Answer, Request, body_digest  # noqa: PLC0415
        from darvoza.office.api.services.lodging import lodge  # noqa: PLC0415
        from office.api.systems import a_body, an_item  # noqa: PLC0415

        goods = [an_item(hs=("870323", "620342", "080810")[key % 3])]
        body = a_body(f"D-{key}", items=goods, importer_id="IMP-OTHER" if other else "IMP-1")
        digest = body_digest(json.dumps(body).encode())
        request = Request(caller, LodgementKind.LODGED, body, key=f"k{key}", digest=digest)
        lodge([request], now=NOW)
        said = request.outcome
        with self.kept:
            if isinstance(said, Answer):
                self.told["answered again" if said.again else "decided"] += 1
                self.answers[key].add(said.text)
                self.first[key].append(digest)
            else:
                self.told[said.code if said else "nothing"] += 1

    def odd(self) -> int:
        """Count the keys that were answered in two ways, or for two bodies, or not at all."""
        return sum(len(self.answers[key]) != 1 or len(set(self.first[key])) != 1 for key in range(self.keys))


def stored(keys: int) -> dict[str, int]:
    """Count what stands in the tables beyond one for each key."""
    from darvoza.office.api.models import Event, Lodgement, Receipt  # noqa: PLC0415
    from darvoza.office.journal.models import Entry  # noqa: PLC0415
    from darvoza.office.journal.queries import verify  # noqa: PLC0415
    from darvoza.office.registry.models import Declaration  # noqa: PLC0415

    counted = {
        "lodgements": Lodgement.objects.count(),
        "declarations": Declaration.objects.count(),
        "receipts": Receipt.objects.count(),
        "events": Event.objects.count(),
        "entries": Entry.objects.filter(kind="decision").count(),
    }
    return {name: number - keys for name, number in counted.items()} | {"faults": len(verify().faults)}


def main() -> int:
    """Retry, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--retries", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--keys", type=int, default=2_500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        set_up(Path(home))
        from darvoza.office.api.purposes import Purpose  # noqa: PLC0415
        from darvoza.office.api.services.clients import NewClient, caller_of, enter_client  # noqa: PLC0415

        caller = caller_of(enter_client(NewClient("retries", tuple(Purpose)), by="system", now=NOW))
        retries = Retries(options.keys, options.retries, options.threads)
        begun = time.perf_counter()
        retries.play(caller)
        elapsed = time.perf_counter() - begun
        beyond = stored(options.keys)
    sent = sum(retries.told.values())
    found = {"sent": sent, "keys": options.keys, "told": dict(retries.told), "odd": retries.odd(), "beyond": beyond}
    wrong = retries.odd() + sum(map(abs, beyond.values())) + (retries.told["decided"] != options.keys)
    print(
        f"{sent:,} requests with {options.keys:,} keys from {options.threads} threads in {elapsed:.0f} s: {wrong} wrong"
    )
    print(json.dumps(found))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
