"""What changes when one version of reference data takes the place of another."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple, TypeVar

from darvoza.domain.sps.measure import Measure
from darvoza.domain.sps.plan import SamplingPlan
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.intake.plans import read_plans
from darvoza.office.administration.data_life import DataKind

SHOWN: Final = 100
"""Codes or lines of each sort that a page shows."""


Coded = TypeVar("Coded", Measure, SamplingPlan)
"""What has a code by which it is told."""


class DataDifference(NamedTuple):
    """What a version adds, removes and changes: codes of lists, measures and plans, lines of other files; and what stays."""

    added: list[str]
    removed: list[str]
    changed: list[str]
    same: int

    @property
    def nothing(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.removed or self.changed)


def told_of(changes: DataDifference) -> dict[str, object]:
    r"""Tell the journal how many codes a list gains and loses, and which: of each sort as many as a page shows.

    Where there are more, it says how many are not named, and the digest of all of them, a code a line.

    Examples
    --------
    >>> told_of(difference(DataKind.LIST, "GE", "AE"))
    {'added': 1, 'removed': 1, 'codes added': ['AE'], 'codes removed': ['GE']}
    >>> many = told_of(difference(DataKind.LIST, "", "\n".join(map(str, range(1000, 1250)))))
    >>> len(many["codes added"]), many["codes added not named"], many["digest of codes added"][:8]
    (100, 150, '7a031fb6')
    """
    return {
        "added": len(changes.added),
        "removed": len(changes.removed),
        "codes added": changes.added[:SHOWN],
        "codes removed": changes.removed[:SHOWN],
        **_beyond("codes added", changes.added),
        **_beyond("codes removed", changes.removed),
    }


def _beyond(name: str, codes: Sequence[str]) -> dict[str, object]:
    """Attest the codes that are too many to be named."""
    if len(codes) <= SHOWN:
        return {}
    digest = hashlib.sha256("\n".join(codes).encode()).hexdigest()
    return {f"{name} not named": len(codes) - SHOWN, f"digest of {name}": digest}


def difference(kind: DataKind, old: str, new: str) -> DataDifference:
    r"""Compare two texts of one kind.

    Examples
    --------
    >>> difference(DataKind.LIST, "GE\nAE", "AE\nIR")
    DataDifference(added=['IR'], removed=['GE'], changed=[], same=1)
    """
    if kind is DataKind.MEASURES:
        return _of_coded(_measures(old), _measures(new))
    if kind is DataKind.PLANS:
        return _of_coded(_plans(old), _plans(new))
    if kind is DataKind.LIST:
        return codes_apart(_lines(old), _lines(new))
    before, after = Counter(_lines(old)), Counter(_lines(new))
    return DataDifference(
        list((after - before).elements()), list((before - after).elements()), [], (before & after).total()
    )


def _lines(text: str) -> list[str]:
    return [line.rstrip("\r") for line in text.split("\n") if line.strip()]


def codes_apart(old: Sequence[str], new: Sequence[str]) -> DataDifference:
    """Compare the codes of two states of a list; each stands in one once."""
    before, after = set(old), set(new)
    added, removed = [code for code in new if code not in before], [code for code in old if code not in after]
    return DataDifference(added, removed, [], len(new) - len(added))


def _of_coded(old: Mapping[str, Coded], new: Mapping[str, Coded]) -> DataDifference:
    both = sorted(old.keys() & new.keys())
    changed = [code for code in both if old[code] != new[code]]
    return DataDifference(
        sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys()), changed, len(both) - len(changed)
    )


def _measures(text: str) -> dict[str, Measure]:
    """Read measures out of a text, also of one that would be refused today; none out of an empty one."""
    return {measure.code: measure for measure in _read(text, partial(read_measures, kept=True))}


def _plans(text: str) -> dict[str, SamplingPlan]:
    """Read sampling plans out of a text, also of one that would be refused today; none out of an empty one."""
    return {plan.code: plan for plan in _read(text, partial(read_plans, kept=True))}


def _read(text: str, reader: Callable[[Path], Iterable[Coded]]) -> Iterable[Coded]:
    if not text.strip():
        return ()
    with TemporaryDirectory() as place:
        file = Path(place) / "file.yaml"
        file.write_text(text, encoding="utf-8")
        return reader(file)
