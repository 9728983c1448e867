"""Declarations that a run brought: a system is told so, and never to lodge the goods twice."""

import pytest

from office.api.systems import Systems, a_body
from office.sample import FIRST, load_sample


@pytest.mark.parametrize("by", ["customs", "akt"])
def test_a_declaration_of_a_run_is_told_as_such_to_whom_it_concerns(systems: Systems, by: str) -> None:
    load_sample()
    lodged = systems.lodge(a_body(FIRST), by=by)
    assert (lodged.status, lodged.code) == (409, "already-lodged")
    said = [systems.send("POST", f"/declarations/{FIRST}/{way}", a_body(FIRST), by=by) for way in ("amendments",)]
    said.append(systems.send("POST", f"/declarations/{FIRST}/cancellation", by=by))
    assert {each.code for each in said} == {"not-found"}
    for each in (lodged, *said):
        assert "came with a run" in each.body["detail"]
        assert "Do not lodge the goods again" in each.body["detail"]
        assert "tell the post or the office what changed" in each.body["detail"]


def test_a_stranger_learns_nothing_of_a_run_and_is_not_told_to_lodge_twice(systems: Systems) -> None:
    load_sample()
    said = systems.lodge(a_body(FIRST, post="TJ-DUS"), by="dus").body["detail"]
    assert "run" not in said
    assert "the same goods are not lodged again" in said
