"""Doors through which text from outside comes in, each with good samples; and what breaks them: seeded mutations.

A door is kept when whatever comes in is taken, or refused with errors of ours: no other exception, and no long wait.
"""

import csv
import io
import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import openpyxl

from darvoza import darvoza_verify
from darvoza.cli.reference_data import shipped
from darvoza.domain.journal import EntryKind, JournalEvent
from darvoza.domain.wording import render
from darvoza.errors import DarvozaError
from darvoza.flow.assessment.profile_files import load_profile
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.intake.alert_rules import read_alert_rules
from darvoza.flow.intake.alerts import format_of, read_alerts
from darvoza.flow.intake.certificate_files import read_certificates
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.control_results import read_control_results
from darvoza.flow.intake.ephyto import parse_ephyto
from darvoza.flow.intake.health_results import read_health_results
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.intake.lodged_form import HEADER
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.intake.sps_registers import read_sps_registers
from darvoza.flow.journal.entries import link_of, next_entry
from darvoza.flow.journal.export import entry_line, read_entries
from darvoza.flow.selectivity.capacity_file import read_capacity
from darvoza.flow.selectivity.keys import day_keys_text, key_file_text, new_key_ring, read_day_keys, read_ring
from darvoza.json_text import read_json
from darvoza.methods.sealing.hash_chain import START
from darvoza.office.desk.photo_files import taken_kind
from darvoza.office.desk.pictures.cleaning import clean
from office.desk.pictures import EACH_FORM

ROOT: Final = Path(__file__).parents[1]
MESSAGES: Final = ROOT / "tests" / "flow" / "intake" / "messages"
SAMPLES: Final = ROOT / "reference_data" / "samples"
SLOW: Final = 1.0
"""Seconds after which a door hangs."""

TOKENS: Final = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"'", b'"', b'""', b",", b";", b"\r\n", b"\n", b"\t", b"+", b":", b"?", b"UNZ",
    b"<", b">", b"</", b"<!--", b"<![CDATA[", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&#0;", b"&#x110000;",
    b"9" * 400, b"1e999999", b"-0", b"NaN", b"Infinity", b"1_000", b"0x10", b"true", b"null", b"~", b"[", b"]", b"{", b"}",
    b"[" * 60, b"{" * 60, b"(" * 200, b"not " * 200, b"- " * 100, b"&a [*a]", b"!!python/object:os.system x", b"<<: *x",
    b"2026-02-30", b"9999-12-31T23:59:59Z", b"0000-00-00", b"2026-03-01T09:00:00+99:00", b"\xd0\x9f", "İ".encode(),
    b"%s%n", b"../../x", b"=cmd|' /C calc'!A0", b"any item (", b"count of items (", b"in list x", b" and ", b" or ",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Door:
    """One way in: good samples, and what reads them."""

    name: str
    samples: tuple[bytes, ...]
    enter: Callable[[bytes, Path], object]


@dataclass(slots=True)
class Kept:
    """How a door did: entries tried, taken, refused; and every failure with the bytes that caused it."""

    tried: int = 0
    taken: int = 0
    refused: int = 0
    longest: float = 0.0
    failures: list[tuple[bytes, str]] = field(default_factory=list)


def broken(samples: tuple[bytes, ...], seed: int) -> bytes:
    """Break a sample in one to six places, from a seed."""
    rng = random.Random(seed)
    data = bytearray(rng.choice(samples))
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(data) + 1)
        until = min(len(data), place + rng.choice((1, 2, 8, 40, 400)))
        match rng.randrange(7):
            case 0 if data:
                data[place % len(data)] ^= 1 << rng.randrange(8)
            case 1:
                del data[place:until]
            case 2:
                data[place:place] = data[place:until]
            case 3:
                data[place:place] = rng.choice(TOKENS)
            case 4:
                data[place:until] = rng.choice(TOKENS)
            case 5:
                del data[place:]
            case _:
                other = rng.choice(samples)
                start = rng.randrange(len(other) + 1)
                data[place:until] = other[start : start + rng.choice((4, 40, 400))]
    return bytes(data)


def tried(door: Door, seeds: range, place: Path) -> Kept:
    """Send broken entries to a door."""
    kept = Kept()
    for seed in seeds:
        enter(door, broken(door.samples, seed), place, kept)
    return kept


def enter(door: Door, data: bytes, place: Path, kept: Kept) -> None:
    """Send one entry to a door and count what came of it."""
    begun = time.process_time()
    kept.tried += 1
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            door.enter(data, place)
        kept.taken += 1
    except Exception as problem:  # noqa: BLE001 - that is what is counted
        foreign = [leaf for leaf in leaves(problem) if not isinstance(leaf, DarvozaError)]
        if foreign:
            kept.failures.append((data, f"{type(foreign[0]).__name__}: {foreign[0]}"[:300]))
        else:
            kept.refused += 1
    took = time.process_time() - begun
    kept.longest = max(kept.longest, took)
    if took > SLOW:
        kept.failures.append((data, f"took {took:.1f} s of processor time"))


def leaves(problem: BaseException) -> Iterator[BaseException]:
    """Walk a group of errors down to the single ones."""
    if isinstance(problem, BaseExceptionGroup):
        for inner in problem.exceptions:
            yield from leaves(inner)
    else:
        yield problem


def _file(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """Read by way of a file of a name."""

    def enter_file(data: bytes, place: Path) -> object:
        path = place / name
        path.write_bytes(data)
        return read(path)

    return enter_file


def _folder(name: str, read: Callable[[Path], object]) -> Callable[[bytes, Path], object]:
    """Read a directory that holds one file of a name."""

    def enter_folder(data: bytes, place: Path) -> object:
        folder = place / f"of-{name}"
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        return read(folder)

    return enter_folder


def _declarations(name: str, mapping: str) -> Callable[[bytes, Path], object]:
    known = load_mapping(ROOT / "mappings" / f"{mapping}.yaml")
    return _file(name, lambda path: take_in([path], known))


def _sentence(data: bytes, _place: Path) -> object:
    made = parse(data.decode(errors="replace"))
    assert parse(render(made)) == made
    return made


def _lodged(data: bytes, _place: Path) -> object:
    """Read a declaration as the interface for other systems does."""
    try:
        body = read_json(data.decode(), parse_float=Decimal)
    except (ValueError, ArithmeticError) as problem:
        raise DarvozaError("no JSON") from problem
    read = read_lodged([body], now=datetime(2026, 3, 1, 9, tzinfo=UTC))
    if read.wrong:
        raise DarvozaError(str(read.wrong))
    return read


def _alerts(path: Path) -> object:
    return read_alerts(path, format_of(path, FORMATS))


def _journal(path: Path) -> object:
    return darvoza_verify.main([str(path)])


MEASURE: Final = b"""measures:
  - {code: M-1, title: T, agency: veterinary, kind: frequency, scope: {goods: ["0104"], origins: [KZ]}, acts: {physical: 0.5},
     yearly: 400, legal_basis: L, from: 2026-01-01, to: 2026-12-31, instructions: {en: Look.}}
  - {code: M-2, title: T, agency: phytosanitary, kind: condition, scope: {goods: ["08"]}, required: ["851"],
     requires: {statements: [Capnodis], permit: true}, legal_basis: L, from: 2026-01-01}
"""
PLAN: Final = (
    b'plans:\n  - {code: MEAT, title: T, agency: veterinary, scope: {goods: ["02"]}, fractions: [1, 0.25], '
    b"clearances: [10], memory: 0, validity: 365, legal_basis: L, from: 2026-01-01}\n"
)
HEALTH: Final = (
    b"declaration_id,item,lodged_at,result_at,hs,origin,agency,act,passed,probability,sample_size,released_at\n"
    b"D-1,1,2026-03-01T09:00:00Z,2026-03-02T09:00:00Z,080910,UZ,phytosanitary,physical,true,0.25,59,2026-03-02T10:00:00Z\n"
)
CAPACITY: Final = b"""title: Posts
source: Order 12
capacity:
  - {post: KG-TOR, from: 2026-06-01, to: 2026-08-31, per_day: 14}
  - {post: KG-TOR, agency: phytosanitary, act: sampling, hours: 6.5}
  - {post: "*", share: 0.08}
durations:
  - {act: physical, hs: "8703", hours: 1}
deadlines:
  - {hs: "0702", hours: 3}
"""
FORMATS: Final = read_alert_rules(shipped("sps_alerts.yaml")).formats
SENTENCES: Final = (
    b"hs starts with (87, 8703) and origin in (GE, AE) and customs_value > 100.50 and not importer_is_new",
    b'any item (description contains "asbestos" or net_mass * 2 >= gross_mass - 1) and count of items (origin is UZ) >= 2',
    b"sum of customs_value (hs is 870323) > 1000 or lodged_on >= 2026-01-01 and documents include CO",
)


def _own() -> bytes:
    """Write two items in our own format as CSV."""
    columns, *rows = _table()
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _workbook() -> bytes:
    """Write the same as a workbook."""
    book, made = openpyxl.Workbook(), io.BytesIO()
    for row in _table():
        book.worksheets[0].append(row)
    book.save(made)
    return made.getvalue()


def _table() -> list[list[object]]:
    """Give two items in our own format, every column of it, below their header."""
    known: dict[str, object] = {
        "declaration_id": "D-1", "version": 1, "lodged_at": "2026-03-01T09:00:00Z", "post": "KG-TOR", "flow": "I",
        "procedure": "4000", "importer_id": "I-1", "declarant_id": "B-1", "exporter_id": "E-1", "origin": "UZ",
        "hs": "080910", "description": "apricots, dried", "customs_value": "100.5", "net_mass": 10, "gross_mass": 11,
        "documents": "851|CO", "dispatched_at": "2026-02-28", "perishable": "true",
    }  # fmt: skip
    columns = [str(column) for column in dict.fromkeys(load_mapping(ROOT / "mappings" / "own.yaml").columns)]
    rows = [{**known, "item": number} for number in (1, 2)]
    return [list(columns), *([row.get(name, "") for name in columns] for row in rows)]


def _body() -> bytes:
    """Write the same as a system sends it."""
    columns, *rows = _table()
    told = [{str(name): value for name, value in zip(columns, row, strict=True) if value != ""} for row in rows]
    head = {field.name for field in HEADER}
    items = [{name: value for name, value in row.items() if name not in head} for row in told]
    body = {name: value for name, value in told[0].items() if name in head} | {"items": items}
    return json.dumps(body, default=str).encode()


def _ring() -> bytes:
    return key_file_text(new_key_ring(("customs", "phytosanitary"), lambda n: bytes(range(n)))).encode()


def _days() -> bytes:
    ring = new_key_ring(("customs", "phytosanitary"), lambda n: bytes(range(n)))
    return day_keys_text(ring, [date(2026, 3, 1), date(2026, 3, 2)]).encode()


def _entries() -> bytes:
    """Write a journal of three entries."""
    lines, after = b"", START
    for number in range(3):
        at = datetime(2026, 3, 1, 9, number, tzinfo=UTC)
        event = JournalEvent(EntryKind.SIGN_IN, "person 7", f"person {number}", at, {"n": number})
        entry = next_entry(after, event, salt=bytes(16))
        lines, after = lines + entry_line(entry), link_of(entry)
    return lines


def doors() -> tuple[Door, ...]:
    """Give every door."""
    profiles = tuple(path.read_bytes() for path in sorted((ROOT / "profiles" / "customs").glob("*.yaml"))[:6])
    samples = {name: (SAMPLES / name).read_bytes() for name in (
        "alerts_rasff.csv", "alerts_europhyt.csv", "alerts_wahis.xml", "certificates/UZ-17-0031.xml", "certificates/keyed.csv",
        "registers/zones.csv", "registers/permits.csv", "registers/establishments.yaml",
    )}  # fmt: skip
    ephyto = samples["certificates/UZ-17-0031.xml"]
    return (
        Door("sentence", SENTENCES, _sentence),
        Door("profile", profiles, _file("one.yaml", load_profile)),
        Door("declarations CSV", (_own(),), _declarations("d.csv", "own")),
        Door("declarations Excel", (_workbook(),), _declarations("d.xlsx", "own")),
        Door("declarations SAD", ((MESSAGES / "sad.xml").read_bytes(),), _declarations("d.xml", "asycuda_sad")),
        Door("declarations ESADout", ((MESSAGES / "esadout.xml").read_bytes(),), _declarations("d.xml", "esadout_cu")),
        Door("declarations WCO", ((MESSAGES / "dec.xml").read_bytes(),), _declarations("d.xml", "wco_dec")),
        Door("declarations CUSDEC", ((MESSAGES / "cusdec.edi").read_bytes(),), _declarations("d.edi", "cusdec_d96b")),
        Door("declarations JSON", (_body(),), _lodged),
        Door("ePhyto", (ephyto,), lambda data, _place: parse_ephyto(data, "c.xml")),
        Door("certificates", (samples["certificates/keyed.csv"],), _folder("keyed.csv", read_certificates)),
        Door("alerts CSV", (samples["alerts_rasff.csv"], samples["alerts_europhyt.csv"]), _file("alerts.csv", _alerts)),
        Door("alerts XML", (samples["alerts_wahis.xml"],), _file("alerts.xml", _alerts)),
        Door("zones", (samples["registers/zones.csv"],), _folder("zones.csv", read_sps_registers)),
        Door("permits", (samples["registers/permits.csv"],), _folder("permits.csv", read_sps_registers)),
        Door("establishments", (samples["registers/establishments.yaml"],), _folder("establishments.yaml", read_sps_registers)),
        Door("competence", (shipped("sps_competence.csv").read_bytes(),), _file("competence.csv", read_competence)),
        Door("measures", (MEASURE,), _file("measures.yaml", read_measures)),
        Door("plans", (PLAN,), _file("plans.yaml", read_plans)),
        Door("capacity", (CAPACITY,), _file("capacity.yaml", read_capacity)),
        Door("health results", (HEALTH,), _file("results.csv", read_health_results)),
        Door("control results", (HEALTH,), _file("control.csv", read_control_results)),
        Door("key ring", (_ring(),), lambda data, _place: read_ring(data.decode(errors="replace"))),
        Door("day keys", (_days(),), lambda data, _place: read_day_keys(data.decode(errors="replace"))),
        Door("journal", (_entries(),), lambda data, _place: list(read_entries(data.splitlines(keepends=True)))),
        Door("journal checker", (_entries(),), _file("journal.ndjson", _journal)),
        Door("photo", EACH_FORM, lambda data, _place: clean(taken_kind(data), data)),
    )  # fmt: skip
