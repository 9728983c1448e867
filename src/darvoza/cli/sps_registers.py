"""``darvoza sps registers``: what the registers of a directory hold on a day, and where they need attention."""

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations

from darvoza.domain.sps.certificate import Permit
from darvoza.domain.sps.registers import Establishment, OriginStatus
from darvoza.flow.intake.sps_registers import read_sps_registers


def run(options: Namespace) -> int:
    """Read registers and say what they hold."""
    read = read_sps_registers(options.directory)
    if read.zones is not None:
        print("\n".join(_zones(read.zones, options.day)))
    if read.establishments is not None:
        print("\n".join(_establishments(read.establishments, options.day)))
    if read.permits is not None:
        print("\n".join(_permits(read.permits, options.day)))
    return 0


def _zones(rows: tuple[OriginStatus, ...], day: date) -> Iterator[str]:
    live = [row for row in rows if row.start <= day and (row.end is None or day <= row.end)]
    counted = Counter(row.status.value for row in live)
    yield f"zones: {len(rows)} entries, {len(live)} in force on {day}{_parts(counted)}"
    for one, other in combinations(sorted(live, key=lambda row: (row.country, row.zone, row.hazard)), 2):
        if (one.hazard, one.country, one.zone) == (other.hazard, other.country, other.zone) and _share(one, other):
            where = one.zone or one.country
            yield f"  {one.hazard} in {where}: {one.status} and {other.status} at once; the worse counts"


def _share(one: OriginStatus, other: OriginStatus) -> bool:
    """Tell whether two entries with different status may speak of the same goods."""
    pairs = ((a, b) for a in one.goods for b in other.goods)
    together = not one.goods or not other.goods or any(a.startswith(b) or b.startswith(a) for a, b in pairs)
    return one.status is not other.status and together


def _establishments(rows: tuple[Establishment, ...], day: date) -> Iterator[str]:
    standing = Counter(
        row.standing(hs=row.goods[0] if row.goods else "", country=row.country, day=day).value for row in rows
    )
    yield f"establishments: {len(rows)} entries{_parts(standing)}"


def _permits(rows: tuple[Permit, ...], day: date) -> Iterator[str]:
    live = [row for row in rows if row.start <= day <= row.end]
    yield f"permits: {len(rows)} entries, {len(live)} in force on {day}"
    for row in live:
        yield f"  {row.number} of {row.trader} ({row.agency}): {row.quantity - row.drawn:f} kg left, until {row.end}"


def _parts(counted: Counter[str]) -> str:
    told = ", ".join(f"{count} {name}" for name, count in sorted(counted.items()))
    return f": {told}" if told else ""
