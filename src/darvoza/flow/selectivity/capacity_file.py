"""Reading what posts can do from a file that people write: YAML with everything, or CSV with the rows alone.

Everything that is wrong is said at once, with the row, what was expected and what was there.
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from darvoza.domain.capacity import ActDuration, CapacityPlan, CapacityUnit, Deadline, Duty, PostCapacity
from darvoza.domain.codes import Act, Agency
from darvoza.errors import SettingsError
from darvoza.flow.fields import Fields, as_sequence, read_yaml

KNOWN = ("title", "source", "capacity", "durations", "deadlines")
ROW = ("post", "agency", "act", "from", "to", *(unit.value for unit in CapacityUnit))
MOST = {CapacityUnit.PER_DAY: 100_000, CapacityUnit.HOURS: 100_000, CapacityUnit.SHARE: 1}


def read_capacity(path: Path) -> CapacityPlan:
    """Read a plan of capacity.

    Parameters
    ----------
    path
        A file whose name ends in ``.csv`` (a row a line) or in ``.yaml`` or ``.yml`` (rows, durations and deadlines).

    Raises
    ------
    SettingsError
        If the file cannot be read, or two rows speak of the same post, duty and day.
    ExceptionGroup
        Everything that is wrong with its rows, each a `SettingsError`.
    """
    if not path.is_file():
        expected = "a share such as 0.10, or a file of capacities"
        raise SettingsError(field="capacity", expected=expected, got=str(path), hint="there is no such file")
    if path.suffix.lower() == ".csv":
        return parse_capacity({"capacity": _read_csv(path)}, path.name)
    return parse_capacity(read_yaml(path, path.name, error=SettingsError), path.name)


def _read_csv(path: Path) -> list[Mapping[str, object]]:
    """Read the rows of a CSV file; empty cells are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise SettingsError("the file is not UTF-8", field=path.name, got=str(problem)) from None
    rows = csv.DictReader(text.splitlines(), restkey="beyond the last column")
    return [{name: value for name, value in row.items() if value not in {None, ""}} for row in rows]


def parse_capacity(made: Mapping[str, object], source: str) -> CapacityPlan:
    """Make a plan of what was read.

    Parameters
    ----------
    made
        The fields of the file.
    source
        Its name, for errors.

    Examples
    --------
    >>> plan = parse_capacity({"capacity": [{"post": "KG-TOR", "per_day": "12"}]}, "capacity.yaml")
    >>> plan.rows[0].amount, str(plan.rows[0].duty)
    (12.0, 'customs physical')
    """
    fields = Fields(made, source, error=SettingsError)
    fields.only(KNOWN)
    rows = [row for part in _parts(fields, "capacity") if (row := _row(part))]
    durations = [stated for part in _parts(fields, "durations") if (stated := _duration(part))]
    deadlines = [within for part in _parts(fields, "deadlines") if (within := _deadline(part))]
    if not rows and not fields.errors:
        fields.refuse("capacity", "at least one row", made.get("capacity"))
    fields.finish()
    return CapacityPlan(
        tuple(rows), tuple(durations), tuple(deadlines), title=fields.text("title"), source=fields.text("source")
    )


def _parts(fields: Fields, name: str) -> list[Fields]:
    """Give each entry of a list as fields of its own."""
    value = fields.mapping.get(name)
    if value is not None and not isinstance(value, list | tuple):
        fields.refuse(name, "a list", value)
    return [
        Fields(entry, fields.source, prefix=f"{name}.{place}.", errors=fields.errors, error=fields.error)
        for place, entry in enumerate(as_sequence(value), start=1)
    ]


def _row(part: Fields) -> PostCapacity | None:
    """Read what one post can do."""
    part.only(ROW)
    before = len(part.errors)
    post = part.text("post", required=True)
    agency, act = part.choice("agency", Agency, Agency.CUSTOMS), part.choice("act", Act, Act.PHYSICAL)
    start, end = part.day("from"), part.day("to")
    if start and end and end < start:
        part.refuse("to", f"a day from {start} on", part.mapping.get("to"))
    stated = [unit for unit in CapacityUnit if part.text(unit.value)]
    if len(stated) != 1:
        words = ", ".join(CapacityUnit)
        part.refuse("post", f"exactly one of {words} beside it", ", ".join(stated) or "none")
        return None
    unit = stated[0]
    amount = part.number(unit.value)
    lowest = "above 0" if unit is CapacityUnit.SHARE else "of 0 or more"
    if amount is not None and not (Decimal(0) <= amount <= MOST[unit] and (amount or unit is not CapacityUnit.SHARE)):
        part.refuse(unit.value, f"a number {lowest}, at most {MOST[unit]}", part.mapping.get(unit.value))
    if len(part.errors) > before or agency is None or act is None or amount is None:
        return None
    return PostCapacity(post, Duty(agency, act), float(amount), unit, start, end)


def _duration(part: Fields) -> ActDuration | None:
    """Read how long an act takes."""
    part.only(("act", "agency", "hs", "hours"))
    act, hours = part.choice("act", Act), _hours(part)
    agency = part.choice("agency", Agency) if part.text("agency") else None
    return ActDuration(act, hours, agency, _beginning(part)) if act and hours else None


def _deadline(part: Fields) -> Deadline | None:
    """Read by when goods are to be seen."""
    part.only(("hs", "hours"))
    hours = _hours(part)
    return Deadline(hours, _beginning(part)) if hours else None


def _hours(part: Fields) -> float | None:
    """Read a number of hours above 0."""
    hours = part.number("hours")
    if hours is None or not 0 < hours <= 24 * 366:
        part.refuse("hours", "a number of hours above 0", part.mapping.get("hours"))
        return None
    return float(hours)


def _beginning(part: Fields) -> str:
    """Read the beginning of a commodity code; empty when absent."""
    text = part.text("hs")
    if text and not (text.isdecimal() and text.isascii() and len(text) <= 10):
        part.refuse("hs", "up to 10 digits, the beginning of a commodity code", text)
    return text
