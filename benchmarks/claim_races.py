"""Many hands reach for one order at once: exactly one gets it, and the journal tells of that one.

Run with ``python benchmarks/claim_races.py [--races 10000] [--threads 2]``; the last line is JSON. On SQLite in a
directory of its own, or on the empty PostgreSQL database that ``DARVOZA_DATABASE`` names.
"""

import argparse
import json
import os
import secrets
import tempfile
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
POST = "KG-AKT"


def set_up(home: Path, races: int, threads: int) -> tuple[list[Any], list[str]]:
    """Make an office with officers and as many orders as there are races; give both."""
    os.environ |= {
        "DARVOZA_HOME": str(home),
        "DARVOZA_SECRET": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "darvoza.office.settings",
    }
    import django  # noqa: PLC0415 - reads the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from darvoza.office.accounts.models import Person  # noqa: PLC0415
    from darvoza.office.registry.models import Declaration, Order  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    named = (f"officer{number}" for number in range(threads))
    roles = ["line_officer"]
    people = [Person(username=name, name=name, agency="customs", post=POST, roles=roles) for name in named]
    Person.objects.bulk_create(people)
    declared = {"lodged_at": NOW, "post": POST, "importer_id": "1", "record": {}}
    rows = [Declaration(declaration_id=f"D{number}", **declared) for number in range(races)]
    Declaration.objects.bulk_create(rows, batch_size=500)
    orders = [
        Order(
            order_id=f"{row.declaration_id}:customs:scan",
            declaration=row,
            agency="customs",
            post=POST,
            act="scan",
            channel="red",
            turn=1,
            day=NOW.date(),
            deadline=NOW + timedelta(hours=4),
        )
        for row in rows
    ]
    Order.objects.bulk_create(orders, batch_size=500)
    return people, [order.order_id for order in orders]


def race(people: list[Any], orders: list[str]) -> tuple[Counter[str], Counter[str]]:
    """Let everybody reach for every order at the same moment; give winners by order, and what the others were told."""
    from django.db import connection  # noqa: PLC0415

    from darvoza.errors import CaseRefused  # noqa: PLC0415
    from darvoza.office.desk.services.orders import claim  # noqa: PLC0415

    start, kept = threading.Barrier(len(people)), threading.Lock()
    winners: Counter[str] = Counter()
    told: Counter[str] = Counter()

    def reach(person: Any) -> None:  # noqa: ANN401 - a person
        for order in orders:
            start.wait()
            try:
                claim(person, order, now=NOW)
            except CaseRefused as refused:
                outcome = f"refused: {refused.field}"
            else:
                outcome = "won"
            with kept:
                told[outcome] += 1
                winners[order] += outcome == "won"
        connection.close()

    hands = [threading.Thread(target=reach, args=(person,)) for person in people]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return winners, told


def main() -> None:
    """Race, count, compare with what the tables and the journal say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--races", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        people, orders = set_up(Path(home), options.races, options.threads)
        begun = time.perf_counter()
        winners, told = race(people, orders)
        elapsed = time.perf_counter() - begun
        from darvoza.office.journal.queries import verify  # noqa: PLC0415
        from darvoza.office.registry.models import Order  # noqa: PLC0415

        verdict = verify()
        held = Order.objects.filter(state="claimed", version=1).exclude(holder="").count()
    found = {
        "races": options.races,
        "threads": options.threads,
        "one_winner": sum(count == 1 for count in winners.values()),
        "told": dict(told),
        "held": held,
        "entries": verdict.entries,
        "faults": len(verdict.faults),
    }
    print(f"{options.races:,} races of {options.threads} in {elapsed:.1f} s: {found['one_winner']:,} had one winner")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
