"""What can be asked about the health of the office."""

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count
from django.utils import timezone

from darvoza import __version__
from darvoza.errors import DarvozaError
from darvoza.flow.gate.state_file import key_path, read_state, ring_of
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.office.api.models import Delivery
from darvoza.office.api.services.drawn_keys import days_of_other_draws
from darvoza.office.api.services.lodging import AGAIN, gate_alarms, gate_is_shut
from darvoza.office.api.services.opening import with_library
from darvoza.office.desk.photo_files import few_named
from darvoza.office.desk.queries.photos import lost_photos, stray_photos
from darvoza.office.journal.queries import days_of_other_keys, ending, entries_on, tail_faults, verify
from darvoza.office.operations.counting import BOUNDS, COUNTS, Area
from darvoza.office.operations.exposition import Metric, Sample
from darvoza.office.operations.probes import Finding, Health
from darvoza.office.operations.reasons import place_of_database, reason_of
from darvoza.office.operations.services.day_keys import LONGEST, committed
from darvoza.office.operations.services.pulse import beat
from darvoza.office.operations.services.rounds import last_round
from darvoza.office.operations.upgrading import NEWER, steps
from darvoza.office.registry.queries import by_the_gate, standing
from darvoza.plural import several

TAIL: Final = 100
"""Last entries of the journal that are recomputed before the office says that it is ready."""

LEAST_FREE, LOW_FREE = 256 * 1024**2, 2 * 1024**3
"""Free room on the disk of the home [bytes] below which the office is not ready, and below which it warns."""

COMMIT: Final = "commit before the day: darvoza office keys --key-file KEY --commit 30"
STAYS: Final = (
    "today stays so, for it has begun, and keeps the key that it is drawn with first; the days to come are committed to"
)
OTHER_KEY: Final = "name the key in gate.yaml that was committed to, or one that was made after it: see Keep the key"

GOES_ON: Final = (
    "a gate that is open goes on with the state it has, and one that is opened, after a restart too, is shut until then"
)
DRAWN_KEY: Final = "put that key together again, from its sealed shares: darvoza key join; with another the same goods get a second draw"

CLOCK_SLACK: Final = timedelta(minutes=5)

_STARTED: Final = time.time()


# ── readiness ────────────────────────────────────────────────────────────────────────────────────────────────────────


def readiness(home: Path, now: datetime) -> list[Finding]:
    """Look at what a decision needs. One that fails means: nothing is decided here; what there is can be read."""
    return looked(
        [
            ("database", lambda: _writable(now)),
            ("migrations", migrated),
            ("journal", lambda: _tail_holds(TAIL)),
            ("keys", lambda: keys(now)),
            ("gate", lambda: gate(settings.GATE_FILE, now)),
            ("disk", lambda: room(home)),
        ]
    )


def looked(probes: Iterable[tuple[str, Callable[[], Finding | list[Finding]]]]) -> list[Finding]:
    """Run probes; a database that cannot be asked is what they found, not the end of the others."""
    findings: list[Finding] = []
    for name, probe in probes:
        try:
            found = probe()
            findings += found if isinstance(found, list) else [found]
        except (DatabaseError, InterfaceError, OSError) as problem:
            findings.append(_not_asked(name, problem))
    return findings


def _not_asked(name: str, problem: Exception) -> Finding:
    """Say why something could not be looked at."""
    why = reason_of(problem)
    if why is None:
        cause = type(problem.__cause__ or problem).__name__
        return Finding(
            name,
            Health.FAILED,
            f"cannot be asked ({cause})",
            "look whether the database runs, has room, and can be reached",
        )
    where = problem.filename if isinstance(problem, OSError) else place_of_database(connection.settings_dict)
    return Finding(name, Health.FAILED, f"cannot be asked: {why.said}" + (f" ({where})" if where else ""), why.remedy)


def _writable(now: datetime) -> Finding:
    beat(now)
    return Finding("database", Health.WELL, f"{connection.vendor}, a row was written")


def migrated() -> Finding:
    """Tell whether the tables are those of this version."""
    waiting, unknown = steps()
    if unknown:
        told = f"{len(unknown)} were applied that this version does not know, such as {unknown[-1]}"
        return Finding("migrations", Health.FAILED, told, NEWER)
    if waiting:
        return Finding("migrations", Health.FAILED, f"{waiting} are to be applied", "run: darvoza office migrate")
    return Finding("migrations", Health.WELL, "the tables are those of this version")


def _tail_holds(count: int) -> Finding:
    faults, (end, _) = tail_faults(count), ending()
    if faults:
        remedy = "decide nothing; keep a copy; run: darvoza doctor --journal"
        return Finding("journal", Health.FAILED, str(faults[0]), remedy)
    return Finding("journal", Health.WELL, f"{end.number:,} entries, the last {min(count, end.number):,} hold")


def whole_journal() -> Finding:
    """Recompute the whole journal."""
    found = verify()
    if found.faults:
        remedy = "decide nothing; keep a copy; compare with the heads that other agencies keep"
        return Finding("journal", Health.FAILED, f"{len(found.faults)} faults, such as {found.faults[0]}", remedy)
    return Finding("journal", Health.WELL, f"all {found.entries:,} entries hold, {found.erased:,} of them erased")


def keys(now: datetime) -> Finding:
    """Tell whether the keys of today and tomorrow are committed to in the journal, and are those that are drawn with."""
    today, days = now.date(), [now.date(), now.date() + timedelta(days=1)]
    ring = _ring(settings.GATE_FILE)
    if ring is not None and (other := days_of_other_keys(ring, days)):
        weight = Health.FAILED if today in other else Health.WARNING
        return Finding("keys", weight, f"another key is committed to: {_listed(other)}", OTHER_KEY)
    if ring is not None and (other := days_of_other_draws(ring, days)):
        return Finding("keys", Health.FAILED, f"another key was drawn with: {_listed(other)}", DRAWN_KEY)
    lacking = [day for day, there in committed(days).items() if not there]
    if lacking:
        # a day that has begun is not committed to any more
        remedy = COMMIT if lacking != [today] else STAYS
        return Finding("keys", Health.WARNING, f"not committed to: {_listed(lacking)}", remedy)
    return Finding("keys", Health.WELL, "today and tomorrow are committed to")


def keys_around(now: datetime) -> Finding:
    """Tell whether the key of the state is that of every day that is still drawn for: of the last weeks, and to come."""
    ring = _ring(settings.GATE_FILE)
    days = [now.date() + timedelta(days=number) for number in range(-AGAIN, LONGEST + 1)]
    if ring is None:
        return Finding("key", Health.WELL, "none is drawn with here")
    if other := days_of_other_keys(ring, days):
        span = f"{len(other)} days, {other[0]} to {other[-1]}"
        return Finding("key", Health.FAILED, f"the journal commits to another key for {span}", OTHER_KEY)
    if other := days_of_other_draws(ring, days):
        span = f"{len(other)} days, {other[0]} to {other[-1]}"
        return Finding("key", Health.FAILED, f"another key was drawn with on {span}", DRAWN_KEY)
    return Finding("key", Health.WELL, "the journal commits to no other than the state in force draws with")


def _ring(state: Path) -> KeyRing | None:
    """Give the key by which the state in force draws; none where it cannot be read, which another probe tells."""
    try:
        return ring_of(state) if state.exists() else None
    except (DarvozaError, ExceptionGroup, OSError):
        return None


def _listed(days: Iterable[date]) -> str:
    return ", ".join(day.isoformat() for day in days)


def gate(file: Path, now: datetime) -> Finding:
    """Tell whether declarations can be decided here: whether there is a state in force, and what its alarms are."""
    if not file.exists():
        remedy = "write it, or let runs of `darvoza assess` decide"
        return Finding("gate", Health.WARNING, f"no {file.name} in the home: nothing is decided here", remedy)
    if shut := gate_is_shut():
        return Finding("gate", Health.FAILED, shut, "wait while it is opened; else look at the state in force")
    said = gate_alarms(now)
    if said:
        return Finding("gate", Health.WARNING, said[0], "look at the state in force")
    return Finding("gate", Health.WELL, "a state is in force")


def whole_gate(file: Path) -> list[Finding]:
    """Read the whole state in force, as who decides does, and tell each fault of it; after a restore, miss it where there was one."""
    if not file.exists():
        if not _decided_before():
            return [gate(file, timezone.now())]
        remedy = "put it back with the files it names, and the key of the draw: until then nothing is decided"
        return [Finding("gate", Health.FAILED, f"no {file.name}, and the office that was restored had a gate", remedy)]
    try:
        state = with_library(read_state(file), timezone.now())
    except (DarvozaError, ExceptionGroup, OSError) as problem:
        told = [" ".join(str(each).split()) for each in _leaves(problem)]
        return [Finding("gate", Health.FAILED, each, f"mend what {file} names: {GOES_ON}") for each in told]
    found = f"{several(len(tuple(state.policy.profiles)), 'profile')}, digest {state.digest[:16]}…"
    alarms = [*state.alarms, *state.expired(timezone.now().date())]
    return [Finding("gate", Health.WARNING if alarms else Health.WELL, "; ".join((found, *alarms)))]


def _leaves(problem: Exception) -> list[Exception]:
    """Walk a group of errors down to the single ones."""
    if not isinstance(problem, ExceptionGroup):
        return [problem]
    return [leaf for each in problem.exceptions for leaf in _leaves(each)]


def _decided_before() -> bool:
    """Tell whether this office was restored from one that had a gate; a copy of an older form tells it by what the gate decided."""
    told = [entry.body or {} for entry in entries_on("office")]
    restored = next((body for body in reversed(told) if body.get("what") == "restored"), None)
    return restored is not None and bool(restored.get("gate", by_the_gate()))


def room(home: Path) -> Finding:
    """Tell how much room there is on the disk of the home."""
    free = shutil.disk_usage(_there(home)).free
    told = f"{free / 1024**3:,.1f} GB are free"
    if free < LEAST_FREE:
        return Finding("disk", Health.FAILED, told, "make room: nothing can be taken in")
    if free < LOW_FREE:
        return Finding("disk", Health.WARNING, told, "make room soon, or expire old data: darvoza office expire")
    return Finding("disk", Health.WELL, told)


def clock(now: datetime) -> Finding:
    """Tell whether the clock stands before what the journal has seen."""
    _, last = ending()
    if last is not None and now < last - CLOCK_SLACK:
        remedy = "set the clock, and let it be set by the network (NTP)"
        return Finding("clock", Health.FAILED, f"it is {last - now} before the last entry of the journal", remedy)
    return Finding("clock", Health.WELL, f"{now.isoformat(timespec='seconds')}, not before the last entry")


def durable() -> Finding:
    """Tell whether the database keeps what it has said that it keeps, when the power goes."""
    asked = ("fsync", "full_page_writes", "synchronous_commit") if connection.vendor == "postgresql" else ()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            weak = [] if cursor.fetchone()[0] >= 2 else ["synchronous"]
        else:
            weak = []
            for name in asked:
                cursor.execute("SELECT current_setting(%s)", [name])
                weak += [] if cursor.fetchone()[0] in {"on", "remote_apply"} else [name]
    if weak:
        remedy = "set them to on: else acknowledged work is lost when the power goes"
        return Finding("durability", Health.FAILED, f"off: {', '.join(weak)}", remedy)
    return Finding("durability", Health.WELL, "what is acknowledged is on the disk")


def _there(path: Path) -> Path:
    """Give the nearest directory that exists."""
    whole = path.absolute()
    return next(each for each in (whole, *whole.parents) if each.exists())


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def guarded_files(home: Path, state: Path | None = None) -> Iterator[Finding]:
    """Tell which files of the home, and whether the key of the state wherever it lies, others than their owner can read."""
    key = _key_path(state) if state is not None else None
    inside = [home, *sorted(each for each in home.glob("*") if each.is_file())]
    apart = [key] if key is not None and key.resolve() not in {each.resolve() for each in inside} else []
    for path in (*inside, *apart):
        if path.exists() and path.stat().st_mode & 0o077:
            others = "others can open it" if path.is_dir() else "others can read it"
            remedy = f"chmod {'700' if path.is_dir() else '600'} {path}"
            # a key that is mounted belongs to root, and its readers to a group
            mounted = path.stat().st_uid != os.geteuid() and not path.stat().st_mode & 0o037
            weight = Health.FAILED if (path == key or _is_secret(path)) and not mounted else Health.WARNING
            yield Finding("permissions", weight, f"{path if path in apart else path.name}: {others}", remedy)
        if path.exists() and path.stat().st_uid != os.geteuid():
            remedy = f"run as its owner, or: chown {os.geteuid()} {path}"
            yield Finding("permissions", Health.WARNING, f"{path.name}: it belongs to another user", remedy)


def _key_path(state: Path) -> Path | None:
    """Give where the key of the state in force lies; nowhere where it cannot be read, which another probe tells."""
    try:
        found = key_path(state) if state.exists() else None
        return found if found is not None and found.exists() else None
    except (DarvozaError, ExceptionGroup, OSError):
        return None


def _is_secret(path: Path) -> bool:
    """Tell whether a file holds a secret or a key."""
    return path.is_file() and (path.name in {"secret", "metrics-token"} or "key" in path.name)


# ── metrics ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def metrics(home: Path, now: datetime) -> list[Metric]:
    """Give the numbers of this office; those of the requests since the server started."""
    findings = readiness(home, now)
    well = tuple(Sample(float(each.health is not Health.FAILED), {"probe": each.probe}) for each in findings)
    found = [
        Metric("darvoza_build_info", "gauge", "Version of the program.", (Sample(1, {"version": __version__}),)),
        Metric("darvoza_start_time_seconds", "gauge", "When this process started [s since 1970].", (Sample(_STARTED),)),
        Metric("darvoza_ready", "gauge", "1 where a probe of readiness is well.", well),
        Metric("darvoza_disk_free_bytes", "gauge", "Free room where the home is.", (Sample(_free(home)),)),
        *_requests(),
    ]
    try:
        found += _work(now)
        up = 1
    except (DatabaseError, InterfaceError):
        up = 0  # the numbers of the server are wanted all the more
    found.append(Metric("darvoza_database_up", "gauge", "1 when the database answers.", (Sample(up),)))
    return found


def _free(home: Path) -> float:
    return float(shutil.disk_usage(_there(home)).free)


def _requests() -> Iterator[Metric]:
    counted = [
        Sample(count, {"area": area.value, "status": status})
        for area in Area
        for status, count in COUNTS.requests(area).items()
    ]
    yield Metric("darvoza_requests_total", "counter", "Answers by area and status.", tuple(counted))
    timed: list[Sample] = []
    for area in Area:
        durations = COUNTS.durations(area)
        for bound, count in zip([*map(str, BOUNDS), "+Inf"], durations, strict=True):
            timed.append(Sample(count, {"area": area.value, "le": bound}, "_bucket"))
        timed.append(Sample(COUNTS.seconds(area), {"area": area.value}, "_sum"))
        timed.append(Sample(durations[-1], {"area": area.value}, "_count"))
    yield Metric("darvoza_request_seconds", "histogram", "How long answers took [s].", tuple(timed))


def _work(now: datetime) -> Iterator[Metric]:
    states, late = standing(now)
    end, last = ending()
    orders = tuple(Sample(count, {"state": state}) for state, count in states.items())
    yield Metric("darvoza_orders", "gauge", "Orders by state.", orders)
    yield Metric("darvoza_orders_overdue", "gauge", "Orders that wait past their deadline.", (Sample(late),))
    told = dict(Delivery.objects.order_by().values_list("state").annotate(count=Count("pk")))
    deliveries = tuple(Sample(told.get(state, 0), {"state": state}) for state in Delivery.State.values)
    yield Metric("darvoza_deliveries", "gauge", "Events for subscriptions by state.", deliveries)
    worked = last_round()
    at_work = (Sample(worked.timestamp() if worked else 0.0),)
    yield Metric("darvoza_worker_last_seconds", "gauge", "When the worker did its last round [s since 1970].", at_work)
    alarms = len(gate_alarms(now))
    yield Metric("darvoza_gate_alarms", "gauge", "What is not as it should be with who decides.", (Sample(alarms),))
    yield Metric("darvoza_journal_entries", "gauge", "Entries of the journal.", (Sample(end.number),))
    at = last.timestamp() if last else 0.0
    yield Metric(
        "darvoza_journal_last_seconds", "gauge", "When the last entry was written [s since 1970].", (Sample(at),)
    )


def photos() -> Finding:
    """Look whether the file of every photo is there, and whether every file belongs to an order."""
    lost = lost_photos(settings.PHOTOS)
    if lost:
        remedy = "put them back from a backup; every machine that answers must have the same directory"
        return Finding("photos", Health.FAILED, f"{lost} files are not in {settings.PHOTOS}", remedy)
    if stray := stray_photos(settings.PHOTOS):
        told = f"{len(stray)} files in {settings.PHOTOS} belong to no order: {few_named(stray)}"
        remedy = (
            "an upload that was cut off leaves one, and so does a backup put back; what no order needs is to be deleted"
        )
        return Finding("photos", Health.WARNING, told, remedy)
    return Finding("photos", Health.WELL, "every file is there")
