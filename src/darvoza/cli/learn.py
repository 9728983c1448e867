"""``darvoza learn``: replay examined declarations and fit a score."""

from argparse import Namespace
from datetime import UTC, datetime, time

from darvoza.cli.declarations import take_in_results, told
from darvoza.cli.output import fresh_directory
from darvoza.cli.reference_data import fact_settings
from darvoza.flow.learning.card_text import card_text
from darvoza.flow.learning.examples import Replay
from darvoza.flow.learning.model_store import save_model
from darvoza.flow.pipeline import learn
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Fit a score, save it with its digests, print its card."""
    settings = fact_settings(options.facts)
    progress = Progress()
    with fresh_directory(options.out) as part:
        intake = take_in_results(options, options.files, progress)
        until = datetime.combine(options.until, time(), UTC) if options.until else None
        replay = Replay(settings, until)
        learned = learn(intake.items, seed=options.seed, threads=options.workers, replay=replay, progress=progress)
        digest = save_model(part, learned.model, learned.history, learned.card, settings=learned.settings)
    print(told(intake))
    print(card_text(learned.card))
    print(f"model: {options.out}  digest {digest}")
    return 0
