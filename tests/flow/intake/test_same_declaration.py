"""A declaration is the same in every form in which it can be sent: by the interface, as a message, as a table."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import openpyxl
import polars as pl
import pytest

from darvoza.domain.fields import FIELD, FIELDS, Kind, Level
from darvoza.flow.intake.intake import Intake, take_in
from darvoza.flow.intake.lodged import read_lodged
from darvoza.flow.intake.mapping import Mapping, load_mapping
from flow.intake.message_writing import as_edifact, as_xml, message

MAPPINGS = Path(__file__).parents[3] / "mappings"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HS = ("870323", "0201300000", "02013000", "8703231910", "080510")
TEXTS = (
    "Used car",
    "Подержанная машина",
    "a < b & c > d",
    "Ғарм Қарши Өзгөн",
    'say "hi"',
    "O'Brien",
    "x?+:'y",
    "1,50",
    "0012",
    "é",
)
NUMBERS = (
    "0", "0.000001", "1", "10.50", "1234567.891", "99999999999999999999999999.999999", "12345678901234567.89", "007.10", "5.",
)  # fmt: skip
CODES = ("A1", "a1", "0007", "АВ12", "AB-12/7", "1.0", "000", "X" * 20)
VALUES = {
    Kind.AMOUNT: NUMBERS,
    Kind.COUNTRY: ("CN", "kz", "XX", "EU"),
    Kind.CURRENCY: ("USD", "kgs"),
    Kind.TEXT: TEXTS,
}
BOXES = ("MSCU1234566", "TGHU7654321", "MSCU 123456-6", "TRUCK7", "0001")


def _value(field: str, chance: Random) -> Any:
    """Give a value that a field may have."""
    entry = FIELD[field]
    if entry.choices:
        return chance.choice(entry.choices)
    if entry.kind is Kind.CODE:
        return chance.choice(CODES)[: entry.limit]
    return chance.choice(VALUES.get(entry.kind, (None,)))


def a_declaration(chance: Random, mapping: Mapping) -> dict[str, Any]:
    """Make a declaration of what a mapping carries."""
    carried = {source.field for source in mapping.fields}
    if mapping.form.item.endswith("ESADout_CUGoods"):
        carried.remove("transport_document")  # one of the documents there
    body: dict[str, Any] = {"items": [{} for _ in range(chance.randint(1, 3))]}
    for name in sorted(carried):
        entry = FIELD[name]
        for at in body["items"] if entry.level is Level.ITEM else [body]:
            if entry.required or chance.random() < 0.6:
                at[name] = _value(name, chance)
    zone = timezone(timedelta(hours=6))
    exact = next(source for source in mapping.fields if source.field == "lodged_at").moment == "304"
    moment = datetime(2026, 3, 2, 0, chance.randint(0, 59), 7, tzinfo=zone)
    lodged = moment if exact else moment.date()
    parts = mapping.reference.paths if mapping.reference else ()
    reference = "KG10/2026-03-02/I/1207" if mapping.reference and mapping.reference.between else f"R{len(parts)}?'Я"
    body |= {"declaration_id": reference, "lodged_at": lodged, "procedure": chance.choice(("40", "4000"))}
    if mapping.reference and mapping.reference.between:
        body["post"] = "KG10"
    for number, item in enumerate(body["items"], start=1):
        item |= {"item": number, "hs": chance.choice(HS), "origin": item["origin"] or "CN"}
        item |= {"net_mass": "10.5", "gross_mass": "10.50"}
        if "document_numbers" in carried:
            item["document_numbers"] = chance.choice(([], ["851:PH 77"], ["851:PH-77", "935:INV:1", "935:2"]))
            item["documents"] = [each.partition(":")[0] for each in item["document_numbers"]]
    for name in carried & {"container_ids", "seal_ids"}:
        body[name] = chance.sample(BOXES, chance.randint(0, 3))
    if "transit_countries" in carried:
        body["transit_countries"] = chance.choice(([], ["UZ", "KZ"]))
    return {
        name: value for name, value in body.items() if name in carried | {"items"}
    } | {"items": [{k: v for k, v in item.items() if k in carried | {"item"}} for item in body["items"]]}  # fmt: skip


def differing(body: dict[str, Any], found: Intake, mapping: Mapping) -> dict[str, Any]:
    """Tell where what was read is not what the interface reads; that there are no codes a message says by saying nothing."""
    sent = json.loads(json.dumps(body, default=lambda moment: moment.isoformat()))
    lodged = read_lodged([sent], now=NOW)
    assert not lodged.wrong, lodged.wrong
    assert found.rejected.is_empty(), found.rejected.rows()
    ours, theirs = (items.sort("item").to_dict(as_series=False) for items in (found.items, lodged.items))
    names = {source.field for source in mapping.fields} | {"item"}
    return {name: both for name in names if (both := (_said(theirs[name]), _said(ours[name])))[0] != both[1]}


def _said(values: list[Any]) -> list[Any]:
    return [None if each == [] else each for each in values]


@pytest.mark.parametrize("name", ["asycuda_sad", "esadout_cu", "wco_dec"])
def test_a_message_says_what_the_interface_says(tmp_path: Path, name: str) -> None:
    mapping, path = load_mapping(MAPPINGS / f"{name}.yaml"), tmp_path / "one.xml"
    for seed in range(8):
        chance = Random(f"{name} {seed}")
        body, encoding = a_declaration(chance, mapping), chance.choice(("utf-8", "utf-8-sig", "utf-16"))
        head = '<?xml version="1.0"?>' if encoding == "utf-16" else '<?xml version="1.0" encoding="UTF-8"?>'
        path.write_bytes((head + as_xml(message(mapping, body, chance), chance)).encode(encoding))
        assert not differing(body, take_in([path], mapping), mapping), seed


def test_an_interchange_says_what_the_interface_says(tmp_path: Path) -> None:
    mapping, path = load_mapping(MAPPINGS / "cusdec_d96b.yaml"), tmp_path / "one.edi"
    for seed in range(20):
        chance = Random(f"cusdec {seed}")
        body = a_declaration(chance, mapping) | {"flow": "I"}
        path.write_bytes(
            as_edifact(message(mapping, body, chance), chance).encode(chance.choice(("utf-8", "utf-8-sig")))
        )
        assert not differing(body, take_in([path], mapping), mapping), seed


def _rows(body: dict[str, Any], names: list[str]) -> list[dict[str, Any]]:
    header = {name: value for name, value in body.items() if name != "items"}
    return [{name: (header | item).get(name) for name in names} for item in body["items"]]


def _typed(name: str, value: Any) -> Any:
    """Give a value the type that a program or a spreadsheet would give it."""
    if FIELD[name].kind is Kind.AMOUNT and value is not None:
        return Decimal(value)
    return value


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(value) if isinstance(value, list) else str(value)


def _csv(rows: list[dict[str, Any]], path: Path, chance: Random) -> str:
    """Write a table as text, and say how; an amount has a comma and groups of thousands."""
    mark, thousands = chance.choice(((",", ";"), (",", "\t"), (".", "|"))), chance.choice(("", " "))
    lines = [list(rows[0])]
    for row in rows:
        amounts = {name for name in row if FIELD[name].kind is Kind.AMOUNT and row[name]}
        grouped = {name: f"{Decimal(row[name]):,f}".replace(",", thousands).replace(".", mark[0]) for name in amounts}
        lines.append([grouped.get(name) or _cell(value) for name, value in row.items()])
    written = StringIO(newline="")
    csv.writer(
        written,
        delimiter=mark[1],
        quoting=csv.QUOTE_ALL if chance.random() < 0.5 else csv.QUOTE_MINIMAL,
        lineterminator=chance.choice(("\n", "\r\n")),
    ).writerows(lines)
    usable = [page for page in ("utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r") if _holds(page, written.getvalue())]
    page = chance.choice(usable)
    path.write_bytes(written.getvalue().encode(page))
    stated = (
        page.removesuffix("-sig")
        if page.startswith("utf") or any(ord(letter) > 127 for letter in written.getvalue())
        else "auto"
    )
    return f"{{decimal: {mark[0]!r}, thousands: {thousands!r}, encoding: {stated}}}"


def _holds(page: str, text: str) -> bool:
    return text.encode(page, "replace").decode(page) == text


def _table(form: str, rows: list[dict[str, Any]], path: Path, chance: Random) -> str:
    """Write rows in a form, and say how they are written."""
    typed = [{name: _typed(name, value) for name, value in row.items()} for row in rows]
    if form == "csv":
        return _csv(rows, path, chance)
    if form == "ndjson":
        path.write_text("\n".join(json.dumps(row, default=str) for row in rows), encoding="utf-8")
    elif form == "parquet":
        kinds = {Kind.AMOUNT: pl.Decimal(38, 6), Kind.INTEGER: pl.Int64(), Kind.CODES: pl.List(pl.String)}
        kinds[Kind.MOMENT] = pl.Date()
        columns = [
            pl.Series(name, [row[name] for row in typed], dtype=kinds.get(FIELD[name].kind, pl.String()))
            for name in rows[0]
        ]
        pl.DataFrame(columns).write_parquet(path)
    else:
        book = openpyxl.Workbook()
        sheet: Any = book.active
        sheet.append(list(rows[0]))
        for row in typed:
            # a spreadsheet keeps fifteen digits
            cells = {
                name: str(value) if isinstance(value, Decimal) and len(str(value)) > 15 else value
                for name, value in row.items()
            }
            sheet.append([_cell(value) if isinstance(value, list) else value for value in cells.values()])
        book.save(path)
    return "{}"


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet", "xlsx"])
def test_a_table_says_what_the_interface_says(tmp_path: Path, form: str, load: Callable[[str], Mapping]) -> None:
    names = [field.name for field in FIELDS if field.level is not Level.OUTCOME]
    fields = "\nfields:\n" + "".join(f"  {name}: {name}\n" for name in names)
    path = tmp_path / f"one.{form}"
    for seed in range(8):
        chance = Random(f"{form} {seed}")
        body = a_declaration(chance, load(fields)) | {"version": 1}
        for at in (body, *body["items"]):  # where blanks stand between codes, there are none in them
            at |= {
                name: [code.replace(" ", "") for code in value]
                for name, value in at.items()
                if isinstance(value, list) and name != "items"
            }
        mapping = load(f"format: {_table(form, _rows(body, names), path, chance)}{fields}")
        assert not differing(body, take_in([path], mapping), mapping), seed
