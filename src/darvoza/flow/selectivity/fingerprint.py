"""The identity of the goods: what cannot change without moving the goods.

A consignment leaves up to three kinds of marks, each of them together with its importer and its set of HS headings: its
transport document, its containers, its vehicle. Of several containers, and of a tractor and its trailer, each is a mark
of its own beside all of them, whether both plates stand in one field or the trailer in its own; a trailer alone is the
vehicle. Two lodgings that share any one mark within its window are the same goods, and the second
keeps the draw of the first: to buy a second ticket, everything would have to change at once.

Weights, values, texts, origins, the post and the declarant are left out: re-lodging may change them freely. Codes are
compared without case, blanks and punctuation, wide forms as usual ones (Unicode NFKC), and Cyrillic and Greek letters
that look Latin count as Latin.

Where no mark exists, nothing identifies the goods but the declaration itself; its reference then stands in, and the
decision says so (``fingerprint_basis``).
"""

import hashlib
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from darvoza.domain.folding import BETWEEN_PLATES, LOOK_ALIKE

Ints = NDArray[np.int64]

SAME_GOODS_DAYS = {"document": 30, "containers": 30, "vehicle": 3, "reference": 30}
"""For how many days the same mark is the same goods. A lorry comes back with the next load within a week; a transport
document does not."""

BASES = tuple(SAME_GOODS_DAYS)

_BETWEEN: Final = "/"
"""Joins the plates of a vehicle and of a trailer that is declared in its own field."""

_USUAL: Final = re.compile(r"[\x00-\x7f\u0400-\u045f]*")
"""Letters of which every library knows the same: those of ASCII and the first of the Cyrillic block, all of them letters."""

_STRIPPED: Final = {
    keep: str.maketrans(
        {chr(sign): None for sign in range(128) if not chr(sign).isalnum() and chr(sign) != keep} | LOOK_ALIKE
    )
    for keep in ("", ",")
}
"""What becomes of such letters, by the sign that is kept."""


SHORTEST_PLATE = 5
"""Signs, letters and digits among them, that a part must have to be a plate: `01/A123BC` is one plate, its region before it."""


class Marked(NamedTuple):
    """The marks of one declaration; see `fingerprints`."""

    declaration_id: str
    fingerprint: str
    fingerprint_basis: str
    marks: list[str]


def fingerprints(items: pl.DataFrame) -> pl.DataFrame:
    """Give the marks of each declaration and its fingerprint, the first of them.

    Parameters
    ----------
    items
        Canonical goods items, rows of a declaration next to each other.

    Returns
    -------
    pl.DataFrame
        One row per declaration, in order: ``declaration_id``, ``fingerprint`` (64 hex digits), ``fingerprint_basis``
        (one of `BASES`), ``marks`` (list of ``basis:digits``, in the order of `BASES`).
    """
    parts = (
        items.group_by("declaration_id", maintain_order=True)
        .agg(
            _plain(pl.col("transport_document").first()).alias("document"),
            _plain(pl.col("container_ids").first().list.join(","), keep=",").alias("containers"),
            _plain(pl.col("vehicle_id").first()).alias("vehicle"),
            pl.concat_str(
                pl.col("vehicle_id").first(), pl.col("trailer_id").first(), separator=_BETWEEN, ignore_nulls=True
            ).alias("plates"),
            _plain(pl.col("trailer_id").first()).alias("trailer"),
            _plain(pl.col("importer_id").first()).alias("importer"),
            pl.col("hs").str.slice(0, 4).unique().sort().str.join(",").alias("headings"),
        )
        .with_columns(pl.col("containers").str.split(",").list.sort().list.join(","))
        .with_columns(pl.col("document", "containers", "vehicle", "trailer").replace("", None))
        .with_columns(vehicle=pl.coalesce("vehicle", "trailer"))
    )
    nameless = pl.all_horizontal(pl.col("document", "containers", "vehicle").is_null())
    parts = parts.with_columns(pl.when(nameless).then(pl.col("declaration_id")).alias("reference"))
    lines = parts.select(_line(basis) for basis in BASES)
    marks = [_mark(basis, lines.get_column(basis)) for basis in BASES]
    several = _of_several(parts)
    return (
        parts.select("declaration_id")
        .with_columns(pl.DataFrame(marks).select(pl.concat_list(BASES).list.drop_nulls().alias("marks")))
        .with_columns(
            pl.concat_list("marks", several).list.unique(maintain_order=True) if several.len() else pl.col("marks")
        )
        .with_columns(
            fingerprint=pl.col("marks").list.first().str.split(":").list.last(),
            fingerprint_basis=pl.col("marks").list.first().str.split(":").list.first(),
        )
    )


def _of_several(parts: pl.DataFrame) -> pl.Series:
    """Give the marks that each of several containers and plates makes, an empty list for most; nothing where none has several."""
    many = pl.col("containers").str.contains(",", literal=True) | pl.col("plates").str.contains(BETWEEN_PLATES.pattern)
    rows = parts.with_row_index("at").filter(many.fill_null(value=False))
    if rows.is_empty():
        return pl.Series("several", [], dtype=pl.List(pl.String))
    plates = _plain(pl.col("plates").str.replace_all(BETWEEN_PLATES.pattern, ","), keep=",").alias("plates")
    told = rows.with_columns(plates).select("at", "containers", "plates", "importer", "headings").unpivot(
        ["containers", "plates"], index=["at", "importer", "headings"], variable_name="basis", value_name="code"
    )  # fmt: skip
    single = (
        told.with_columns(
            pl.col("basis").replace({"plates": "vehicle"}), pl.col("code").str.split(",").list.unique().list.sort()
        )
        .filter(pl.col("code").list.len() > 1)
        .explode("code")
        .filter((pl.col("basis") == "containers") & (pl.col("code") != "") | _is_plate(pl.col("code")))
        .sort("at", "basis", "code")
    )
    line = pl.concat_str([pl.lit("darvoza mark 1 ") + pl.col("basis"), "code", "importer", "headings"], separator="|")
    lines = single.select(line).to_series().to_list()
    marks = list(map(_hashed, single.get_column("basis"), lines))
    made = single.select("at", marks=pl.Series(marks, dtype=pl.String)).group_by("at", maintain_order=True).agg("marks")
    every = pl.DataFrame({"at": pl.int_range(parts.height, dtype=pl.UInt32, eager=True)})
    return every.join(made, on="at", how="left", maintain_order="left").get_column("marks").fill_null([])


def _is_plate(code: pl.Expr) -> pl.Expr:
    """Tell whether a part can be a plate by itself: not the code of a region or country, nor a word for none."""
    return (code.str.len_chars() >= SHORTEST_PLATE) & code.str.contains(r"\d") & code.str.contains(r"\p{L}")


def _each(containers: str | None, plates: str | None, trader: str | None, headings: str) -> list[str]:
    """Mark each of several containers, and of several plates."""
    boxes, parts = (sorted(set((codes or "").split(","))) for codes in (containers, plates))
    told = [("containers", box) for box in boxes if len(boxes) > 1 and box]
    told += [("vehicle", part) for part in parts if len(parts) > 1 and _can_be_plate(part)]
    return [_digits(basis, code, trader, headings) for basis, code in told]


def _can_be_plate(code: str) -> bool:
    """Tell the same of one part."""
    return len(code) >= SHORTEST_PLATE and any(map(str.isdecimal, code)) and any(map(str.isalpha, code))


def _digits(basis: str, code: str, trader: str | None, headings: str) -> str:
    """Hash an identification together with importer and headings."""
    return _hashed(basis, f"darvoza mark 1 {basis}|{code}|{trader}|{headings}")


def _hashed(basis: str, line: str) -> str:
    """Hash the line of an identification, ``basis:digits``."""
    return f"{basis}:{hashlib.sha256(line.encode()).hexdigest()}"


def fingerprints_of_few(items: pl.DataFrame, starts: Ints) -> list[Marked]:
    """Give the same of few declarations, row by row.

    Parameters
    ----------
    items
        As for `fingerprints`.
    starts
        First row of each declaration.
    """
    at = starts.tolist()
    codes = items.get_column("hs").to_list()
    headings = [
        ",".join(sorted({code[:4] for code in codes[first:last] if code is not None}))
        for first, last in pairwise([*at, items.height])
    ]
    columns = [_firsts(items, name, at) for name in _Goods._fields]
    return [_marked(goods, those) for goods, those in zip(map(_Goods, *columns), headings, strict=True)]


class _Goods(NamedTuple):
    """What marks the goods of one declaration, beside their headings; named as the columns are."""

    declaration_id: str
    importer_id: str
    transport_document: str | None
    container_ids: list[str | None] | None
    vehicle_id: str | None
    trailer_id: str | None


def _firsts(items: pl.DataFrame, name: str, at: Sequence[int]) -> list[Any]:
    """Give a column of the first goods item of each declaration."""
    column = items.get_column(name).to_list()
    return [column[row] for row in at]


def _marked(goods: _Goods, headings: str) -> Marked:
    """Mark one declaration."""
    boxes = goods.container_ids
    held = None if boxes is None else _plain_text(",".join(box for box in boxes if box is not None), keep=",")
    found = {
        "document": _plain_text(goods.transport_document) or None,
        "containers": None if held is None else ",".join(sorted(held.split(","))) or None,
        "vehicle": _plain_text(goods.vehicle_id) or _plain_text(goods.trailer_id) or None,
    }
    name, trader = goods.declaration_id, _plain_text(goods.importer_id)
    named = {basis: value for basis, value in found.items() if value is not None} or {"reference": name}
    marks = [_digits(basis, value, trader, headings) for basis, value in named.items()]
    written = _BETWEEN.join(each for each in (goods.vehicle_id, goods.trailer_id) if each is not None)
    plates = _plain_text(BETWEEN_PLATES.sub(",", written), keep=",")
    marks = list(dict.fromkeys([*marks, *_each(found["containers"], plates, trader, headings)]))
    basis, digits = marks[0].split(":")
    return Marked(name, digits, basis, marks)


def _line(basis: str) -> pl.Expr:
    """Write one identification together with importer and headings; null where there is none."""
    return pl.concat_str([pl.lit(f"darvoza mark 1 {basis}"), basis, "importer", "headings"], separator="|").alias(basis)


def _mark(basis: str, lines: pl.Series) -> pl.Series:
    """Hash identifications, ``basis:digits``; null where there is none."""
    digests = [None if line is None else _hashed(basis, line) for line in lines.to_list()]
    return pl.Series(basis, digests, dtype=pl.String)


def _plain_text(code: str | None, keep: str = "") -> str | None:
    """Strip a code that is no column; where letters are unusual, columns are asked, so that both always agree."""
    if code is None:
        return None
    if _USUAL.fullmatch(code):
        return code.upper().translate(_STRIPPED[keep])
    stripped: str = pl.select(_plain(pl.lit(code), keep)).item()
    return stripped


def _plain(code: pl.Expr, keep: str = "") -> pl.Expr:
    """Strip a code to capital letters and digits, look-alikes folded."""
    letters = code.str.normalize("NFKC").str.to_uppercase().str.replace_all(rf"[^\p{{L}}\p{{N}}{keep}]", "")
    return letters.str.replace_many(list(LOOK_ALIKE), list(LOOK_ALIKE.values()))
