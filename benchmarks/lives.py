"""Ten thousand random lives of consignments, led by the office and by a simple model side by side.

    python benchmarks/lives.py [--histories 10000] [--first 0] [--workers 2]

The model is `tests/life_reference.py`; a few hundred lives are led in every run of the tests. Where the two part, the
life is shrunk to the steps that are needed and printed with its seed; the exit code is 1 when any did.
"""

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests"), str(Path(__file__).parents[1])]

from life_office import Divergence, lead, shrunk  # noqa: E402 - of the tests
from life_world import Step, groups, life_of, write_states  # noqa: E402

Work = tuple[list[int], dict[int, Step]]


def prepare() -> None:
    """Give this process an office with a database in its memory, and the states that come into force."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "office_settings"
    warnings.simplefilter("ignore")
    import logging  # noqa: PLC0415

    import django  # noqa: PLC0415 - reads the environment
    from django.conf import settings  # noqa: PLC0415

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.test.runner import DiscoverRunner  # noqa: PLC0415

    DiscoverRunner(verbosity=0).setup_databases()
    home = Path(tempfile.mkdtemp())
    write_states(home)
    settings.GATE_FILE = home / "gate.yaml"


def play(work: Work) -> list[str]:
    """Lead one group; say where it diverged, with the steps that are needed for it."""
    from django.conf import settings  # noqa: PLC0415

    seeds, events = work
    home = settings.GATE_FILE.parent
    found = lead(home, seeds, events)
    return [str(found[0]), *_steps(home, seeds, events, found)] if found else []


def _steps(home: Path, seeds: Sequence[int], events: Mapping[int, Step], found: Sequence[Divergence]) -> list[str]:
    """Say which steps of the first life that diverged are needed."""
    place = found[0].life
    if place < 0:
        return [f"group of seed {seeds[0]}"]
    life, events, again = shrunk(home, life_of(seeds[place], place), events)
    if not again:
        return [f"seed {seeds[place]}: only together with the lives beside it"]
    return [f"seed {seeds[place]}, events {events}", *map(str, life.steps), *map(str, again)]


def main() -> int:
    """Lead every life, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stop", action="store_true", help="at the first group that diverges")
    options = parser.parse_args()
    begun, work, diverged = time.perf_counter(), list(groups(options.histories, options.first)), 0
    with ProcessPoolExecutor(options.workers, mp_context=get_context("spawn"), initializer=prepare) as pool:
        for done, told in enumerate(pool.map(play, work), start=1):
            if told:
                diverged += 1
                print("\n" + "\n".join(told), flush=True)
                if options.stop:
                    pool.shutdown(cancel_futures=True)
                    break
            print(f"\r{done} of {len(work)} groups, {time.perf_counter() - begun:.0f} s", end="", file=sys.stderr)
    print(f"\n{options.histories:,} lives in {time.perf_counter() - begun:.0f} s: {diverged} groups diverged")
    return 1 if diverged else 0


if __name__ == "__main__":
    raise SystemExit(main())
