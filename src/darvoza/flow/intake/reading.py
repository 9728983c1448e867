"""Files as streams of raw rows: which form a file has, and one reader for each form."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from darvoza.errors import UnreadableFile, shown
from darvoza.flow.intake.edifact import read_edifact, with_one_mark
from darvoza.flow.intake.mapping import Mapping
from darvoza.flow.intake.raw import RawChunk
from darvoza.flow.intake.reading_csv import csv_form, read_csv
from darvoza.flow.intake.reading_excel import read_excel
from darvoza.flow.intake.reading_ndjson import read_ndjson
from darvoza.flow.intake.reading_parquet import read_parquet
from darvoza.flow.intake.reading_tree import read_declarations_xml, read_tree

_SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xml": "xml",
    ".edi": "edifact",
    ".edifact": "edifact",
}
_TREES = {"xml": read_declarations_xml, "edifact": read_edifact}
_BEGINNINGS = {b"{": "ndjson", b"<": "xml", b"UNA": "edifact", b"UNB+": "edifact", b"UNH+": "edifact"}
_XML_OF_UTF16 = (b"\xff\xfe<\x00", b"\xfe\xff\x00<")
"""How XML in UTF-16 begins, which says so itself (XML 1.0, appendix F)."""

_FOREIGN = {
    b"\x1f\x8b": "unpack it first: it is compressed with gzip",
    b"\xd0\xcf\x11\xe0": "save it as .xlsx: it is an old Excel or Word document",
    b"%PDF": "ask for the data themselves: it is a PDF",
    b"\x89PNG": "ask for the data themselves: it is a picture",
    b"\xff\xfe": "save it as UTF-8: it is UTF-16",
    b"\xfe\xff": "save it as UTF-8: it is UTF-16",
}


@dataclass(frozen=True, slots=True)
class Stream:
    """A file opened for reading.

    Attributes
    ----------
    kind
        ``csv``, ``parquet``, ``ndjson``, ``excel``, ``xml`` or ``edifact``.
    encoding, delimiter
        Of CSV; empty for the other forms.
    chunks
        The rows, chunk by chunk; read once.
    """

    kind: str
    encoding: str
    delimiter: str
    chunks: Iterator[RawChunk]


def open_stream(path: Path, mapping: Mapping) -> Stream:
    """Find out the form of a file and open it.

    Raises
    ------
    UnreadableFile
        The file is missing, a directory, empty, or of a form that is not read.
    InvalidMapping
        A mapped column is not in the file.
    """
    kind = _kind(path, mapping.form.kind)
    if kind == "csv":
        form = csv_form(path, mapping)
        return Stream(kind, form.encoding, form.delimiter, read_csv(path, form))
    if kind == "parquet":
        return Stream(kind, "", "", read_parquet(path, mapping))
    if kind == "ndjson":
        return Stream(kind, "utf-8", "", read_ndjson(path, mapping))
    if kind in _TREES:
        rows = read_tree(path, mapping, _TREES[kind])
        return Stream(kind, "", "", with_one_mark(rows, mapping) if kind == "edifact" else rows)
    return Stream(kind, "", "", read_excel(path, mapping))


def _kind(path: Path, wanted: str) -> str:
    """Tell the form from the first bytes, then from the name."""
    head = _head(path)
    for magic, hint in _FOREIGN.items():
        if head.startswith(magic) and not head.startswith(_XML_OF_UTF16):
            raise UnreadableFile(
                field=str(path), expected="CSV, Parquet, NDJSON, Excel, XML or EDIFACT", got=head[:8], hint=hint
            )
    is_parquet, is_zip = head.startswith(b"PAR1"), head.startswith(b"PK\x03\x04")
    suffix = _SUFFIXES.get(path.suffix.lower())
    found = "parquet" if is_parquet else "excel" if is_zip else suffix
    start = b"<" if head.startswith(_XML_OF_UTF16) else head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if found is None:
        found = next((form for mark, form in _BEGINNINGS.items() if start.startswith(mark)), None)
    if found is None and wanted == "auto":
        hint = "name it .csv, .parquet, .ndjson, .xlsx, .xml or .edi, or set format.kind in the mapping"
        raise UnreadableFile(field=str(path), expected="a file of a known form", got=path.suffix, hint=hint)
    kind = found if wanted == "auto" or found is None else wanted
    if (kind == "parquet") != is_parquet or (kind == "excel") != is_zip:
        hint = "the first bytes say otherwise than the name or the mapping"
        raise UnreadableFile(f"expected {kind}, got a file starting {shown(head[:8])}", field=str(path), hint=hint)
    return str(kind)


def _head(path: Path) -> bytes:
    """Read the first bytes, or say why there are none."""
    if path.is_dir():
        raise UnreadableFile(field=str(path), expected="a file", got="a directory", hint="name the files in it")
    if not path.exists():
        raise UnreadableFile("no such file", field=str(path), hint="check the path")
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise UnreadableFile(f"cannot be opened: {error.strerror}", field=str(path)) from error
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise UnreadableFile("no declarations: the file is empty", field=str(path), hint="check the export")
    return head
