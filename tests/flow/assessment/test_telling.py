"""What is told beside a decision: of which kind a finding would be, and only where it is asked for."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from builders import a_rates_model, trade
from darvoza.domain.selection import ReasonScope
from darvoza.flow.assessment.telling import Telling, tell, tell_few
from darvoza.flow.enrichment.enrich import enrich
from darvoza.flow.enrichment.vectors import vectors
from darvoza.flow.fact_table import FactTable
from darvoza.methods.group_share import GroupShare
from darvoza.methods.score_model import Head

SHARES = {"valuation": 0.5, "origin": 0.25}
NOTHING: dict[str, list[object]] = {"contributions": [], "families": []}


def decisions(*selected: bool) -> pl.DataFrame:
    rows = [
        (f"D{k}", agency, "physical", chosen)
        for k, chosen in enumerate(selected)
        for agency in ("customs", "veterinary")
    ]
    return pl.DataFrame(rows, schema=["declaration_id", "agency", "act", "selected"], orient="row")


def test_the_families_are_those_of_the_most_suspicious_item_of_what_is_asked_for() -> None:
    facts = enrich(trade(60, 2, examined=0.5), replay=True)
    kinds = {name: Head(GroupShare(0, (), (), whole)) for name, whole in SHARES.items()}
    model, top = replace(a_rates_model("importer_finding_rate"), kinds=kinds), np.array([5, 0, 9])
    telling = Telling(model, FactTable.of(facts), top, lambda rows: vectors(facts[rows]))
    told = tell(decisions(True, False, True), telling, scope=ReasonScope.SELECTED)
    whole = model.probabilities(vectors(facts[top]))
    for place, row in ((0, 0), (2, 4)):
        families = {one["family"]: one["probability"] for one in told["families"][row]}
        assert families == pytest.approx({name: whole[place] * share for name, share in SHARES.items()})
    assert [len(held) > 0 for held in told["contributions"]] == [True, False, False, False, True, False]


@pytest.mark.parametrize("scope", ReasonScope)
@pytest.mark.parametrize("kinds", [SHARES, {}])
def test_few_decisions_are_told_the_same_row_by_row(scope: ReasonScope, kinds: dict[str, float]) -> None:
    facts = enrich(trade(60, 2, examined=0.5), replay=True)
    heads = {name: Head(GroupShare(0, (), (), whole)) for name, whole in kinds.items()}
    model, top = replace(a_rates_model("importer_finding_rate"), kinds=heads), np.array([50, 0, 59])
    telling = Telling(model, FactTable.of(facts), top, lambda rows: vectors(facts[rows]))
    for asked in (decisions(True, False, True), decisions(False, False), decisions()[:0]):
        told = tell(asked, telling, scope=scope).select("contributions", "families")
        assert list(tell_few(asked.to_dicts(), telling, scope=scope)) == told.to_dicts()


def test_without_a_score_nothing_is_told() -> None:
    telling = Telling(None, FactTable({}, 0), np.arange(2), lambda _rows: np.empty((0, 0), np.float32))
    told = tell(decisions(True, True), telling, scope=ReasonScope.ALL)
    assert list(tell_few(decisions(True).to_dicts(), telling, scope=ReasonScope.ALL)) == [NOTHING] * 2
    assert told["families"].list.len().to_list() == told["contributions"].list.len().to_list() == [0] * 4
