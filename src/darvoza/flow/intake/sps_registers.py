"""Registers of the health services read from files: disease and pest status, approved establishments, permits.

All wrong rows of a file are told together; a register with one of them is not used at all, for half a register would
pass judgement on the other half.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from darvoza.domain.code_lists import COUNTRIES
from darvoza.domain.codes import Agency
from darvoza.domain.folding import folded_number
from darvoza.domain.sps.certificate import Permit
from darvoza.domain.sps.registers import Establishment, OriginStatus, StatusCode
from darvoza.errors import InvalidValue, UnreadableFile
from darvoza.flow.fields import is_sane
from darvoza.flow.intake.register_rows import Row, code_of, collected, day_of, missing, rows_of, text_of

Read = TypeVar("Read")

ZONES, ESTABLISHMENTS, PERMITS = "zones", "establishments", "permits"
ZONE_COLUMNS = ("hazard", "country", "zone", "goods", "status", "from", "to", "source")
ESTABLISHMENT_COLUMNS = (
    "number", "country", "activity", "goods", "from", "to", "suspended_from", "suspended_to", "source", "name",
)  # fmt: skip
PERMIT_COLUMNS = ("number", "agency", "trader", "goods", "origins", "quantity", "drawn", "from", "to", "source")
SUFFIXES = (".csv", ".yaml")


@dataclass(frozen=True, slots=True)
class SpsRegisters:
    """Registers as read; ``None``: none was given, and nothing is known from it."""

    zones: tuple[OriginStatus, ...] | None = None
    establishments: tuple[Establishment, ...] | None = None
    permits: tuple[Permit, ...] | None = None
    files: tuple[Path, ...] = field(default=())


def read_sps_registers(directory: Path) -> SpsRegisters:
    """Read the registers of a directory.

    Parameters
    ----------
    directory
        It holds one or more of ``zones``, ``establishments`` and ``permits``, each ending in ``.csv`` or ``.yaml``.

    Raises
    ------
    UnreadableFile
        When it holds none, one twice, or a file that cannot be read.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row of a file.
    """
    found = {name: _file(directory, name) for name in (ZONES, ESTABLISHMENTS, PERMITS)}
    files = tuple(path for path in found.values() if path is not None)
    if not files:
        expected = f"a directory with one of {', '.join(found)}, as .csv or .yaml"
        raise UnreadableFile(field=str(directory), expected=expected, got="none of them")
    return SpsRegisters(
        zones=_read(found[ZONES], read_zones),
        establishments=_read(found[ESTABLISHMENTS], read_establishments),
        permits=_read(found[PERMITS], read_permits),
        files=files,
    )


def _file(directory: Path, name: str) -> Path | None:
    files = [path for suffix in SUFFIXES if (path := directory / f"{name}{suffix}").is_file()]
    if len(files) > 1:
        raise UnreadableFile(field=str(directory), expected=f"{name} once", got=", ".join(file.name for file in files))
    return files[0] if files else None


def _read(path: Path | None, read: Callable[[Path], tuple[Read, ...]]) -> tuple[Read, ...] | None:
    return None if path is None else read(path)


def read_zones(path: Path) -> tuple[OriginStatus, ...]:
    """Read where diseases and pests are.

    Parameters
    ----------
    path
        CSV or YAML with ``hazard, country, status, from`` and, where they have a meaning, ``zone, goods, to, source``;
        several prefixes of goods separated by spaces.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row.
    """
    rows = rows_of(path, required=("hazard", "country", "status", "from"), allowed=ZONE_COLUMNS)
    return tuple(collected(path, rows, _zone))


def read_establishments(path: Path) -> tuple[Establishment, ...]:
    """Read the approved establishments.

    Parameters
    ----------
    path
        CSV or YAML with ``number, country, activity, from`` and, where they have a meaning, ``goods, to,
        suspended_from, suspended_to, source, name``.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row.
    """
    rows = rows_of(path, required=("number", "country", "activity", "from"), allowed=ESTABLISHMENT_COLUMNS)
    return tuple(collected(path, rows, _establishment))


def read_permits(path: Path) -> tuple[Permit, ...]:
    """Read import permits.

    Parameters
    ----------
    path
        CSV or YAML with ``number, agency, trader, quantity`` [kg], ``from, to`` and, where they have a meaning,
        ``goods, origins, drawn`` [kg], ``source``.

    Raises
    ------
    UnreadableFile
        When the file cannot be read, or lacks a column.
    ExceptionGroup
        Of `InvalidValue`, one for each wrong row, or for a number that stands twice.
    """
    needed = ("number", "agency", "trader", "quantity", "from", "to")
    rows = rows_of(path, required=needed, allowed=PERMIT_COLUMNS)
    permits = collected(path, rows, _permit)
    twice = _twice(folded_number(permit.number) for permit in permits)
    if twice:
        errors = [InvalidValue(field=f"{path.name} number", expected="a number of its own", got=each) for each in twice]
        raise ExceptionGroup(f"{path.name} cannot be used", errors)
    return tuple(permits)


def _twice(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _zone(row: Row) -> OriginStatus:
    start, end = _days(row)
    return OriginStatus(
        hazard=text_of(row, "hazard") or missing("hazard", "the code of a disease or pest"),
        country=_country(row),
        zone=text_of(row, "zone"),
        goods=goods_of(row),
        status=code_of(row, "status", StatusCode) or missing("status", f"one of {', '.join(StatusCode)}"),
        start=start,
        end=end,
        source=text_of(row, "source"),
    )


def _establishment(row: Row) -> Establishment:
    start, end = _days(row)
    suspended = day_of(row, "suspended_from"), day_of(row, "suspended_to")
    if suspended[1] is not None and (suspended[0] is None or suspended[1] < suspended[0]):
        expected = "a day not before suspended_from, which must be given"
        raise InvalidValue(field="suspended_to", expected=expected, got=suspended[1].isoformat())
    return Establishment(
        number=text_of(row, "number") or missing("number", "an approval number"),
        country=_country(row),
        activity=text_of(row, "activity") or missing("activity", "what the establishment does"),
        goods=goods_of(row),
        start=start,
        end=end,
        suspended_from=suspended[0],
        suspended_to=suspended[1],
        source=text_of(row, "source"),
    )


def _permit(row: Row) -> Permit:
    start, end = _days(row)
    quantity, drawn = mass_of(row, "quantity"), mass_of(row, "drawn")
    if quantity is None or quantity == 0:
        missing("quantity", "a mass above 0, kg")
    if drawn is not None and drawn > quantity:
        raise InvalidValue(field="drawn", expected=f"at most the quantity, {quantity}", got=str(drawn))
    return Permit(
        number=text_of(row, "number") or missing("number", "the number of the permit"),
        trader=text_of(row, "trader") or missing("trader", "who may import"),
        start=start,
        end=end or missing("to", "the last day: a permit ends"),
        quantity=quantity,
        goods=goods_of(row),
        origins=tuple(_countries(row, "origins")),
        drawn=drawn or Decimal(0),
        agency=code_of(row, "agency", Agency) or missing("agency", f"one of {', '.join(Agency)}"),
    )


def _days(row: Row) -> tuple[date, date | None]:
    start = day_of(row, "from") or missing("from", "a day such as 2026-01-31")
    end = day_of(row, "to")
    if end is not None and end < start:
        raise InvalidValue(field="to", expected=f"a day not before {start}", got=end.isoformat())
    return start, end


def _country(row: Row) -> str:
    return next(_countries(row, "country"), None) or missing("country", "a country of ISO 3166-1, two letters")


def _countries(row: Row, name: str) -> Iterator[str]:
    for text in text_of(row, name).split():
        if text not in COUNTRIES:
            raise InvalidValue(field=name, expected="countries of ISO 3166-1, two letters", got=text)
        yield text


def goods_of(row: Row) -> tuple[str, ...]:
    """Read prefixes of commodity codes, separated by spaces."""
    texts = tuple(text_of(row, "goods").split())
    for text in texts:
        if not (text.isascii() and text.isdigit() and 2 <= len(text) <= 10):
            raise InvalidValue(field="goods", expected="prefixes of commodity codes, 2 to 10 digits", got=text)
    return texts


def mass_of(row: Row, name: str) -> Decimal | None:
    """Read a mass of 0 kg or more; ``None`` where there is none."""
    text = text_of(row, name)
    try:
        mass = Decimal(text) if text else None
    except InvalidOperation:
        mass = Decimal("nan")
    if mass is not None and not (is_sane(mass) and mass >= 0):
        raise InvalidValue(field=name, expected="a mass of 0 or more, kg", got=text)
    return mass
