from threading import Event, Thread

from conditions import LODGED, a_profile
from darvoza.domain.profile import Match, ProfileSet
from darvoza.flow.assessment.interpreter import Ground
from darvoza.flow.assessment.profile_gate import Decided, ProfileGate
from darvoza.flow.assessment.sentence import parse


def a_set(origin: str, size: int = 30) -> ProfileSet:
    """Profiles that all match one origin, so that a mixed set would show."""
    return ProfileSet(tuple(a_profile(parse(f"origin is {origin}"), code=f"{origin}-{n:02d}") for n in range(size)))


ITEMS = [{"origin": "GE"}, {"origin": "AE"}]


def test_a_decision_names_its_set_and_its_grounds() -> None:
    profiles = a_set("GE", 1)
    expected = Decided(profiles.digest, (Match("GE-00", (1,)),), ((Ground(0, "origin", "GE"),),))
    assert ProfileGate(profiles).decide(ITEMS, LODGED) == expected


def test_a_set_put_in_force_decides_from_then_on() -> None:
    gate = ProfileGate(a_set("GE"))
    assert gate.swap(a_set("AE")) == gate.digest == a_set("AE").digest
    assert {match.items for match in gate.decide(ITEMS, LODGED).matches} == {(2,)}


def test_no_decision_rests_on_a_mixed_set_however_often_sets_are_swapped() -> None:
    sets = {profiles.digest: origin for origin in ("GE", "AE") for profiles in (a_set(origin),)}
    gate, over = ProfileGate(a_set("GE")), Event()
    decided: list[list[Decided]] = [[], [], []]

    def decide(into: list[Decided]) -> None:
        while not over.is_set():
            into.append(gate.decide(ITEMS, LODGED))

    threads = [Thread(target=decide, args=(into,)) for into in decided]
    for thread in threads:
        thread.start()
    try:
        for turn in range(40):
            gate.swap(a_set("AE" if turn % 2 == 0 else "GE"))
    finally:
        over.set()
        for thread in threads:
            thread.join()
    made = [one for part in decided for one in part]
    assert {one.digest for one in made} == set(sets), "both sets must have decided"
    for one in made:
        origin = sets[one.digest]
        assert [match.profile for match in one.matches] == [f"{origin}-{n:02d}" for n in range(30)]
        assert all(ground.value == origin for grounds in one.grounds for ground in grounds)
