"""``darvoza sps hazard``: the hazard score of goods, in words."""

from argparse import Namespace

import polars as pl

from darvoza.cli.hazard_words import hazard_sentence
from darvoza.domain.vocabulary import RUSSIAN
from darvoza.errors import SettingsError
from darvoza.flow.assessment.hazard_floors import deciding_cells, hazard_scores
from darvoza.flow.learning.hazard_store import read_hazards

SCORES = {"en": "{agency}: score {score}, usual {usual}", "ru": "{agency}: оценка {score}, обычно {usual}"}


def run(options: Namespace) -> int:
    """Print the score of each service, and the cell of each hazard that it rests on."""
    if not (options.hs.isdigit() and 4 <= len(options.hs) <= 10):
        raise SettingsError(field="hs", expected="4 to 10 digits", got=options.hs)
    book = read_hazards(options.directory)
    goods = pl.DataFrame(
        {"hs": [options.hs], "origin": [options.origin], "establishment": [options.establishment]},
        schema=dict.fromkeys(("hs", "origin", "establishment"), pl.String),
    )
    scores = hazard_scores(goods, book.cells, book.settings)
    cells = deciding_cells(book.cells, (options.hs, options.origin, options.establishment))
    for agency in scores.columns:
        usual = book.usual.get(agency, 0.0)
        print(
            SCORES[options.language].format(
                agency=RUSSIAN[agency] if options.language == "ru" else agency,
                score=f"{scores.item(0, agency):.2%}",
                usual=f"{usual:.2%}",
            )
        )
        for cell, base in cells:
            if cell["agency"] == agency:
                print(f"  {hazard_sentence(cell, base, options.language)}")
    return 0
