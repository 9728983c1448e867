"""Decisions made again after profiles, lists and scores have changed: all of them, bit by bit.

    python benchmarks/replays.py [--decisions 100000] [--waves 40]

Declarations are lodged, a part of them is amended and examined, and again and again another state comes into force; what
was decided is then made again out of what was kept. On SQLite in a directory of its own, or on the empty PostgreSQL
database that ``DARVOZA_DATABASE`` names; the last line is JSON.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

# the tests have an `office` of their own, and so have the benchmarks
sys.path[:1] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from benchmarks.in_process import make_office  # noqa: E402 - found once the path is set

TOGETHER = 250
"""Declarations that come together."""


def set_up(home: Path) -> None:
    """Make an office with a first state."""
    make_office(home)
    from office.replay_world import change, write_gate  # noqa: PLC0415 - of the tests

    write_gate(home)
    change(home, 0)


def lead(home: Path, caller: Any, decisions: int, waves: int) -> None:  # noqa: ANN401 - a client
    """Lodge and amend until there are enough decisions, while the state changes."""
    from darvoza.office.api.purposes import LodgementKind  # noqa: PLC0415
    from darvoza.office.api.services import lodging  # noqa: PLC0415
    from darvoza.office.api.services.reassessing import reassess  # noqa: PLC0415
    from office.replay_world import bodies, change  # noqa: PLC0415

    lodged = list(bodies(decisions * 9 // 10, 3, days=60))
    batches = [lodged[start : start + TOGETHER] for start in range(0, len(lodged), TOGETHER)]
    rng, wave = random.Random(1), 0
    for number, batch in enumerate(batches):
        at = batch[-1][1]
        _ask(caller, LodgementKind.LODGED, batch, at)
        again = [(name, at, {**body, "items": body["items"][:1]}) for name, _, body in batch if rng.random() < 0.12]
        _ask(caller, LodgementKind.AMENDED, again, at)
        _examine(caller, rng, at + timedelta(minutes=5))
        if number * waves // len(batches) > wave:
            wave = number * waves // len(batches)
            change(home, wave)
            reassess(at + timedelta(minutes=6))
        if number % 17 == 16:  # started again: with what was kept, where there is enough of it
            lodging.keep_memory(at)
            lodging.close()


def _ask(caller: Any, kind: Any, sent: Sequence[tuple[str, datetime, dict[str, Any]]], at: datetime) -> None:  # noqa: ANN401
    """Have declarations lodged or amended together."""
    from darvoza.office.api.purposes import LodgementKind  # noqa: PLC0415
    from darvoza.office.api.requests import Answer, Request  # noqa: PLC0415
    from darvoza.office.api.services.lodging import lodge  # noqa: PLC0415

    made = [
        Request(caller, kind, body, reference="" if kind is LodgementKind.LODGED else name) for name, _, body in sent
    ]
    lodge(made, now=at)
    refused = [each.outcome for each in made if not isinstance(each.outcome, Answer)]
    if refused:
        raise SystemExit(f"{len(refused)} were refused: {refused[0]}")


def _examine(caller: Any, rng: random.Random, at: datetime) -> None:  # noqa: ANN401 - as above
    """Record what some of the orders found."""
    from darvoza.domain.casework import ItemResult  # noqa: PLC0415
    from darvoza.office.api.services.acting import record_finding  # noqa: PLC0415
    from darvoza.office.registry.models import Order  # noqa: PLC0415
    from office.replay_world import found_in  # noqa: PLC0415

    for order in Order.objects.filter(state="waiting", agency="customs").order_by("-pk")[:10]:
        numbers = order.declaration.items.values_list("number", flat=True)
        items = [ItemResult(number, found_in(rng)) for number in numbers]
        record_finding(caller, order.order_id, items, words="", if_match="", now=at)


def main() -> int:
    """Decide, decide again, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--waves", type=int, default=40)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        set_up(home)
        from darvoza.flow.selectivity.keys import read_key_file  # noqa: PLC0415
        from darvoza.office.api.models import KeptState  # noqa: PLC0415
        from darvoza.office.api.purposes import Purpose  # noqa: PLC0415
        from darvoza.office.api.services.clients import NewClient, caller_of, enter_client  # noqa: PLC0415
        from darvoza.office.api.services.replaying import replay  # noqa: PLC0415
        from office.replay_world import DAY  # noqa: PLC0415

        caller = caller_of(enter_client(NewClient("replays", tuple(Purpose), "customs"), by="system", now=DAY))
        begun = time.perf_counter()
        lead(home, caller, options.decisions, options.waves)
        decided = time.perf_counter() - begun
        ring = read_key_file(home / "key.json")
        found = replay({ring.commitment(): ring})
        again = time.perf_counter() - begun - decided
        states = KeptState.objects.count()
    told = {
        "decided again": found.equal + found.different, "equal": found.equal, "different": found.different, "states": states,
        "seconds to decide": round(decided), "seconds to decide again": round(again),
    }  # fmt: skip
    print(f"{told['decided again']:,} decisions under {states} states made again: {found.equal:,} equal")
    for each in found.differing or ():
        print(f"different: {each}")
    print(json.dumps(told))
    return 1 if found.different else 0


if __name__ == "__main__":
    raise SystemExit(main())
