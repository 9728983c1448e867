"""An office that is killed, with or without its database, its disk or its line, while systems lodge: nothing is lost.

A few rounds each; `benchmarks/kills.py`, `benchmarks/power_cuts.py` and `benchmarks/line_cuts.py` play many.
"""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from benchmarks.clusters import Cluster, newest
from benchmarks.kills import WRONG, ReadyOffice, Told, check, play
from benchmarks.line_cuts import cut_lines
from benchmarks.power_cuts import cut_power

from architecture.house import ROOT
from forgetful.mounting import NotPossible
from office.databases import Addresses
from sql_tables import absent

ENOUGH = 40


@pytest.fixture(scope="module")
def profiles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few profiles: with them an office starts sooner."""
    made = tmp_path_factory.mktemp("profiles")
    for path in sorted((ROOT / "profiles" / "customs").glob("*.yaml"))[:3]:
        shutil.copy(path, made)
    return made


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of its own, which may be killed."""
    if newest() is None:
        absent("PostgreSQL", FileNotFoundError("initdb"))
    made = Cluster()
    made.start()
    yield made
    made.remove()


def wrong(told: Told, found: dict[str, int]) -> dict[str, int]:
    """Give what is not as it was told."""
    assert len(told.answers) >= ENOUGH
    assert told.refused == []
    return {name: found[name] for name in WRONG if found[name]}


def test_an_office_that_is_killed_loses_nothing_and_decides_nothing_twice(
    tmp_path: Path, databases: Addresses, profiles: Path
) -> None:
    office = ReadyOffice(tmp_path, next(databases), profiles)
    office.prepare()
    with closing(office):
        told = play(office, office, kills=2, acknowledged=ENOUGH, clients=8)
    assert len(told.back) == 2
    assert wrong(told, check(office, told)) == {}


def test_an_office_whose_database_is_killed_goes_on_by_itself(tmp_path: Path, cluster: Cluster, profiles: Path) -> None:
    office = ReadyOffice(tmp_path, cluster.address, profiles)
    office.prepare()
    with closing(office):
        told = play(office, cluster, kills=2, acknowledged=ENOUGH, clients=8)
    assert len(told.back) == 2
    assert wrong(told, check(office, told)) == {}


def test_what_was_sent_over_a_line_that_broke_is_there_once(tmp_path: Path, profiles: Path) -> None:
    told, line, found = cut_lines(ReadyOffice(tmp_path, "", profiles), cuts=12, clients=4)
    assert min(line.cuts.values()) >= 1
    assert sum(line.cuts.values()) >= 12
    assert told.refused == []
    assert {name: found[name] for name in (*WRONG, "untold") if found[name]} == {}


def powerless(place: Path, profiles: Path, *, postgresql: bool, weakened: bool) -> tuple[Told, dict[str, int]]:
    """Cut the power of an office twice."""
    try:
        return cut_power(
            place,
            cuts=2,
            acknowledged=ENOUGH,
            clients=8,
            postgresql=postgresql,
            weakened=weakened,
            profiles=profiles,
        )
    except NotPossible as problem:
        pytest.skip(f"a disk that forgets cannot be mounted here, so no power was cut: {problem}")


def test_an_office_whose_power_is_cut_has_all_that_it_acknowledged(tmp_path: Path, profiles: Path) -> None:
    assert wrong(*powerless(tmp_path, profiles, postgresql=False, weakened=False)) == {}


def test_an_office_that_does_not_wait_for_the_disk_loses_so_the_disk_does_forget(
    tmp_path: Path, profiles: Path
) -> None:
    _, found = powerless(tmp_path, profiles, postgresql=False, weakened=True)
    assert found["lost"] > 0
