"""What changes when one version of reference data takes the place of another."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from darvoza.domain.sps.measure import Measure
from darvoza.flow.intake.measures import read_measures
from darvoza.office.administration.data_life import DataKind

SHOWN: Final = 100
"""Codes or lines of each sort that a page shows."""


class DataDifference(NamedTuple):
    """What a version adds, removes and changes: codes of lists and measures, lines of other files; and what stays."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    same: int

    @property
    def nothing(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.removed or self.changed)


def told_of(changes: DataDifference) -> dict[str, object]:
    """Tell the journal how many codes a list gains and loses, and which: of each sort as many as a page shows.

    Examples
    --------
    >>> told_of(difference(DataKind.LIST, "GE", "AE"))
    {'added': 1, 'removed': 1, 'codes added': ['AE'], 'codes removed': ['GE']}
    """
    return {
        "added": len(changes.added),
        "removed": len(changes.removed),
        "codes added": changes.added[:SHOWN],
        "codes removed": changes.removed[:SHOWN],
    }


def difference(kind: DataKind, old: str, new: str) -> DataDifference:
    r"""Compare two texts of one kind.

    Examples
    --------
    >>> difference(DataKind.LIST, "GE\nAE", "AE\nIR")
    DataDifference(added=['IR'], removed=['GE'], changed=[], same=1)
    """
    if kind is DataKind.MEASURES:
        return _of_measures(_measures(old), _measures(new))
    before, after = Counter(_lines(old)), Counter(_lines(new))
    return DataDifference(
        list((after - before).elements()), list((before - after).elements()), [], (before & after).total()
    )


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n") if line.strip()]


def _of_measures(old: dict[str, Measure], new: dict[str, Measure]) -> DataDifference:
    both = sorted(old.keys() & new.keys())
    changed = [code for code in both if old[code] != new[code]]
    return DataDifference(
        sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys()), changed, len(both) - len(changed)
    )


def _measures(text: str) -> dict[str, Measure]:
    """Read measures out of a text; none out of an empty one."""
    if not text.strip():
        return {}
    with TemporaryDirectory() as place:
        file = Path(place) / "measures.yaml"
        file.write_text(text, encoding="utf-8")
        return {measure.code: measure for measure in read_measures(file)}
