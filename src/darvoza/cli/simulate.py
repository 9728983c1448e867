"""``darvoza simulate``: a practice world with known truth."""

from argparse import Namespace

import numpy as np

from darvoza.cli.output import fresh_directory
from darvoza.progress import Progress
from darvoza.simulation.health_writing import write_health
from darvoza.simulation.settings import WorldSettings
from darvoza.simulation.world import World
from darvoza.simulation.writing import write_world


def run(options: Namespace) -> int:
    """Write the world: declarations by month, the truth in a separate file."""
    settings = WorldSettings(
        months=options.months,
        seed=options.seed,
        start=options.start,
        declarations_per_month=options.per_month,
        outbreaks=options.health,
    )
    world = World(settings)
    progress = Progress()
    with fresh_directory(options.out) as part:
        write_world(
            world,
            part,
            legacy_rng=np.random.default_rng([options.seed, 1]),
            until=options.until,
            on_progress=lambda done, _all: progress.at(done),
        )
        if options.health:
            write_health(world, part / "health", rng=np.random.default_rng([options.seed, 2]))
    print(f"declarations: {options.out / 'declarations'}")
    if options.health:
        print(f"results, certificates and notices of the health services: {options.out / 'health'}")
    print(f"truth (keep it from whoever practises): {options.out / 'truth.parquet'}")
    return 0
