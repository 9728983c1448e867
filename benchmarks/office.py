"""The office: how long its pages take with so many declarations in the register.

Run with ``python benchmarks/office.py [--declarations 1000000]``; with ``DARVOZA_DATABASE`` set, in that PostgreSQL
database, which must be empty, else in a SQLite file of a directory that is removed again. Two thousand declarations are
taken in as a run would be, and copied in the database, each copy a little earlier, until there are enough. Each page is
asked for by somebody who may read it, through the whole stack but the network; times are those of the server, with what
they cost of a processor beside them: on a busy machine the wall clock tells of the others. ``--home DIR`` keeps the SQLite
file there, and only measures when it is filled already. ``--filled`` only measures, a PostgreSQL database too; it brings
the tables up to date first.
"""

import argparse
import hashlib
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import django
import polars as pl

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
BASE, TIMES = 2_000, 20
POSTS = tuple(f"P{place:02d}" for place in range(15))
BUDGET = 200.0
"""Milliseconds that a page may take."""

TABLES = {
    "registry_declaration": ("declaration_id", None, "lodged_at"),
    "registry_item": (None, "declaration_id", None),
    "registry_mark": (None, "declaration_id", None),
    "registry_decision": ("decision_id", "declaration_id", None),
    "registry_order": ("order_id", "declaration_id", "deadline"),
    "registry_result": (None, "order_id", None),
    "registry_finding": (None, "result_id", None),
}
"""Each table with its name that must stay unique, the key of the row it hangs on, and its moment."""


def a_run(rng: Random) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Items, decisions and orders of the declarations that everything is copied from."""
    items, decisions, orders = [], [], []
    for number in range(BASE):
        post, u, score = rng.choice(POSTS), rng.random(), rng.random() ** 3
        reference, lodged = f"{post}-26-{number:06d}", NOW - timedelta(minutes=11 * number)
        floors = [{"kind": "random", "source": "random floor", "probability": 0.01, "items": []}]
        if score > 0.7:
            floors.insert(0, {"kind": "score", "source": "harm", "probability": 0.5, "items": [1]})
        if rng.random() < 0.06:
            floors.insert(0, {"kind": "profile", "source": "CUS-VAL-001", "probability": 1.0, "items": [1]})
        basis = next((floor["kind"] for floor in floors if u < float(str(floor["probability"]))), None)
        head = {"declaration_id": reference, "lodged_at": lodged, "post": post, "version": 1, "importer_name": "ОсОО «Ала-Тоо»",
                "importer_id": f"{rng.randrange(10**6):014d}", "vehicle_id": f"01KG{number % 1000:03d}ABC"}  # fmt: skip
        items += [
            head | {"item": item, "hs": f"{rng.randrange(1, 97):02d}0322", "origin": "CN", "customs_value": 9296.38}
            for item in range(1, 4)
        ]
        shared = {"declaration_id": reference, "agency": "customs", "act": "physical", "items": [1]}
        decisions.append(
            shared | {"decision_id": f"{reference}:customs:physical", "probability": max(float(str(floor["probability"])) for floor in floors),
                      "floors": floors, "u": u, "selected": basis is not None, "basis": basis, "score": score, "harm": 3.0,
                      "channel": "red" if basis else "green", "contributions": [], "key_day": lodged.date(),
                      "fingerprint": hashlib.sha256(reference.encode()).hexdigest(), "commitment": "cd" * 32,
                      "deadline": lodged + timedelta(hours=8)}
        )  # fmt: skip
        if basis:
            orders.append(
                shared | {"post": post, "day": date(2026, 11, 1), "channel": "red", "turn": number, "deadline": lodged,
                          "instructions_en": "Weigh the vehicle.", "instructions_ru": "Взвесить."}
            )  # fmt: skip
    return pl.DataFrame(items), pl.DataFrame(decisions), pl.DataFrame(orders)


def take_in(rng: Random) -> None:
    """Take the base in, and record the results of all orders but the latest."""
    from darvoza.office.registry.models import Finding, Order, Result
    from darvoza.office.registry.services.loading import load
    from darvoza.office.registry.services.run_files import RunFiles

    items, decisions, orders = a_run(rng)
    load(RunFiles("base", "ab" * 32, decisions, orders, {"profiles": []}), items, by="system", now=NOW)
    done = list(Order.objects.order_by("turn")[20:])
    at = {order.pk: order.deadline + timedelta(hours=4) for order in done}
    for order in done:
        order.state, order.recorded_at = "recorded", at[order.pk]
    Order.objects.bulk_update(done, ["state", "recorded_at"], batch_size=500)
    results = Result.objects.bulk_create(Result(order=order, number=1, by="asel", at=at[order.pk]) for order in done)
    Finding.objects.bulk_create(
        Finding(result=result, item=item, found=item == 1 and rng.random() < 0.2, record={"item": item})
        for result in results
        for item in (1, 2, 3)
    )


def copy_base(declarations: int) -> None:
    """Copy the base in the database until there are enough, each copy a base earlier than the one before."""
    from django.db import connection, transaction

    copies = declarations // BASE
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # only while it is filled: what is lost is made again
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1000000")
            cursor.execute("PRAGMA temp_store=MEMORY")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copies (n integer)")
        cursor.executemany("INSERT INTO copies VALUES (%s)", [(n,) for n in range(1, copies)])
        for table, named in TABLES.items():
            cursor.execute(_copying(table, *named))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def reopen() -> None:
    """Begin a connection anew, with the settings of every day."""
    from django.db import connection

    connection.close()


def _copying(table: str, unique: str | None, key: str | None, moment: str | None) -> str:
    """Write the statement that copies a table."""
    from django.db import connection

    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
    quoted = connection.ops.quote_name
    step = 10**6  # keys of a copy begin here, one million after those of the copy before
    shown = []
    for name in columns:
        column = f"b.{quoted(name)}"
        if name in {"id", key}:
            column = f"{column} + c.n * {step}"
        elif name == unique:
            column = f"c.n || '-' || {column}"
        elif name == moment and connection.vendor == "postgresql":
            column = f"{column} - c.n * interval '{11 * BASE} minutes' / 20"
        elif name == moment:
            column = f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-' || (c.n * {11 * BASE // 20}) || ' minutes')"
        shown.append(column)
    names = ", ".join(map(quoted, columns))
    return f"INSERT INTO {quoted(table)} ({names}) SELECT {', '.join(shown)} FROM {quoted(table)} b CROSS JOIN copies c"


def copy_entries(count: int) -> None:
    """Fill the journal with as many entries as there are declarations; the chain is not asked to hold."""
    from django.db import connection

    from darvoza.office.journal.models import End, Entry

    last = Entry.objects.order_by("-sequence").values_list("sequence", flat=True).first() or 0
    names = [name for name in (Entry.objects.values().first() or {}) if name != "sequence"]
    shown = ", ".join("b.subject || '-' || c.n" if name == "subject" else f"b.{name}" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) "
            f"INSERT INTO journal_entry (sequence, {', '.join(names)}) SELECT {last} + c.n, {shown} "
            f"FROM c CROSS JOIN (SELECT * FROM journal_entry WHERE sequence = {last}) b"
        )
    End.objects.update(number=last + count)


def people() -> None:
    """Enter those who ask."""
    from darvoza.domain.codes import Agency
    from darvoza.office.accounts.roles import Role
    from darvoza.office.accounts.services.people import NewPerson, enter_all

    enter_all(
        [
            NewPerson("asel", "Asel", (Role.LINE_OFFICER,), Agency.CUSTOMS, POSTS[0]),
            NewPerson("salima", "Salima", (Role.SUPERVISOR,), Agency.CUSTOMS, POSTS[0]),
            NewPerson("timur", "Timur", (Role.ANALYST,), Agency.CUSTOMS),
            NewPerson("jamila", "Jamila", (Role.CHIEF,)),
            NewPerson("umar", "Umar", (Role.AUDITOR,)),
        ]
    )


def pages() -> Iterator[tuple[str, str]]:
    """Give who asks for what."""
    yield from (("asel", each) for each in ("/queue/", "/queue/?page=2", "/declarations/"))
    yield from (("asel", f"/declarations/?q={words}") for words in (f"{POSTS[0]}-26-000", "01KG007", "nothing-of-this"))
    yield from (("salima", each) for each in ("/queue/", "/figures/", "/figures/cases/?which=found"))
    yield from (("jamila", f"/declarations/?{asked}") for asked in ("", "page=200", "q=01KG007ABC", "q=000123"))
    yield from (
        ("jamila", f"/figures/{page}") for page in ("", f"?post={POSTS[1]}", "posts/", "frontier/", "selection/")
    )
    counted = ("which=declared", "which=declared&channel=red", "which=ordered", "which=ordered&channel=red", "which=found",
               "which=ordered&basis=random", "which=found&basis=score", "which=outstanding", f"which=checked&post={POSTS[1]}",
               f"which=declared&post={POSTS[1]}&channel=green", "which=found&act=physical")  # fmt: skip
    yield from (("jamila", f"/figures/cases/?{asked}") for asked in counted)
    yield from (("timur", each) for each in ("/profiles/", "/figures/score/"))
    yield from (("umar", f"/journal/{asked}") for asked in ("", "?page=2000", "?q=system", "?q=decision", "?q=nothing"))
    yield "umar", "/figures/draws/"


def measure(name: str, address: str) -> tuple[float, float, float]:
    """Ask for a page many times; give median, 95th percentile and what it costs of a processor [ms]."""
    from django.test import Client

    from darvoza.office.accounts.models import Person

    client = Client()
    client.force_login(
        Person.objects.get(username=name), backend="darvoza.office.accounts.services.sign_in.PersonBackend"
    )
    took, spent = [], []
    for _ in range(TIMES + 1):
        begun, busy = time.perf_counter(), time.process_time()
        answer = client.get(address, headers={"host": "127.0.0.1"})
        took.append(1e3 * (time.perf_counter() - begun))
        spent.append(1e3 * (time.process_time() - busy))
        if answer.status_code != 200:
            message = f"{address} as {name}: {answer.status_code}"
            raise RuntimeError(message)
    took = sorted(took[1:])  # the first one loads templates
    return statistics.median(took), took[int(0.95 * len(took))], statistics.median(spent[1:])


def bring_up_to_date() -> None:
    """Apply what has changed of the tables since the database was filled."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def fill(declarations: int) -> None:
    """Fill the database."""
    from django.db import connection

    from darvoza.office.insight.services.reckoning import reckon

    bring_up_to_date()
    people()
    begun = time.perf_counter()
    take_in(Random(7))
    copy_base(declarations)
    copy_entries(declarations)
    print(f"{connection.vendor}: {declarations:,} declarations written in {time.perf_counter() - begun:.0f} s")
    reopen()
    print(f"figures made in {reckon(now=NOW).seconds:.1f} s")


def measure_all() -> None:
    """Measure every page, and say which take longer than they may."""
    from django.test.utils import setup_test_environment

    setup_test_environment()
    late = 0
    print(f"\n{'page':<62} {'median':>9} {'95 %':>9} {'CPU':>9}")
    for name, address in pages():
        median, slow, spent = measure(name, address)
        late += slow > BUDGET
        mark = "  too slow" if slow > BUDGET else ""
        print(f"{name:<7} {address:<54} {median:6.0f} ms {slow:6.0f} ms {spent:6.0f} ms{mark}", flush=True)
    print(f"\n{late} pages took longer than {BUDGET:.0f} ms in one of twenty")


def main() -> int:
    """Fill and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--declarations", type=int, default=100_000)
    parser.add_argument("--home", type=Path, help="directory to keep; without it a temporary one")
    parser.add_argument("--filled", action="store_true", help="the database is filled already: only measure")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as made:
        home = options.home or Path(made)
        home.mkdir(exist_ok=True, parents=True)
        os.environ |= {
            "DARVOZA_HOME": str(home),
            "DARVOZA_DEMO": "1",
            "DARVOZA_SECRET": "benchmark" * 5,
            "DJANGO_SETTINGS_MODULE": "darvoza.office.settings",
        }
        there = options.filled or (home / "office.sqlite3").exists()
        django.setup()
        if there:
            bring_up_to_date()
        else:
            fill(options.declarations)
        measure_all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
