"""The public Korean data: it replays rows, so what was seen before is told from what was not. Skipped where it is not."""

from pathlib import Path

import pytest

from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping
from darvoza.flow.learning.card import TOO_GOOD, Slice
from darvoza.flow.pipeline import learn

ROOT = Path(__file__).parents[3]
TRAIN = ROOT.parent / "shared" / "data" / "kcs" / "train.csv"


@pytest.mark.skipif(not TRAIN.is_file(), reason="the Korean data are not beside the project")
def test_the_card_tells_remembering_from_predicting_and_claims_no_more_than_a_look_up_table() -> None:
    intake = take_in([TRAIN], load_mapping(ROOT / "mappings" / "kcs.yaml"))
    card = learn(intake.items).card
    slices: dict[str, Slice] = {part.name: part for part in card.slices}
    whole, seen = slices["all rows"], slices["HS × route × tax × mass seen before"]
    unseen = slices["HS × route × tax × mass never seen"]
    assert seen.rows + unseen.rows == whole.rows
    assert whole.auc is not None
    assert seen.auc is not None
    assert unseen.auc is not None
    assert unseen.auc < 0.66  # nothing tried on such rows passed it
    assert seen.auc > 0.80
    assert whole.auc < TOO_GOOD
    assert card.warnings == ()
