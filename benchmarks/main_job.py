"""The main job, end to end: a million goods items from CSV to decisions, then every draw recomputed.

    python benchmarks/main_job.py [--items 1000000] [--workers 2]

Commands run as a user would run them, each in a process of its own; wall time and peak memory are the process's own.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl

from darvoza import __version__
from darvoza.flow.assessment.profile_files import load_profiles

ITEMS_PER_DECLARATION = 3.0
MAPPING, PROFILES = "mappings/own.yaml", "profiles"


def timed(*words: str) -> tuple[float, float]:
    """Run one command; give seconds and peak GiB, or stop with what it said."""
    begun = time.perf_counter()
    process = subprocess.Popen([str(Path(sys.executable).with_name("darvoza")), *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"darvoza {words[0]} failed")
    return time.perf_counter() - begun, used.ru_maxrss / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.items, str(options.workers))


def measure(place: Path, items: int, workers: str) -> None:
    """Make the world, learn on a tenth of it, assess all of it, verify."""
    per_month = str(int(items / ITEMS_PER_DECLARATION / 12))
    timed("simulate", "--months", "12", "--per-month", per_month, "--seed", "3", "--out", str(place / "world"))
    timed("simulate", "--months", "6", "--per-month", "4000", "--seed", "4", "--out", str(place / "small"))
    files = [str(path) for path in sorted((place / "world" / "declarations").glob("*.csv"))]
    small = [str(path) for path in sorted((place / "small" / "declarations").glob("*.csv"))]
    rows = sum(pl.scan_csv(path, infer_schema=False).select(pl.len()).collect().item() for path in files)
    size = sum(Path(path).stat().st_size for path in files) / 2**20
    common = ["--mapping", MAPPING, "--workers", workers]
    timed("learn", *small, *common, "--out", str(place / "model"))
    timed("key", "new", "--agency", "customs", "--agency", "phytosanitary", "--out", str(place / "key.json"))
    assess = timed("assess", *files, *common, "--profiles", PROFILES, "--capacity", "0.10", "--model",
                   str(place / "model"), "--key-file", str(place / "key.json"), "--out", str(place / "run"))  # fmt: skip
    verify = timed("verify", str(place / "run"), "--key-file", str(place / "key.json"))
    learn = timed("learn", *files, *common, "--out", str(place / "model2"))
    draws = pl.scan_parquet(place / "run" / "decisions.parquet").select(pl.col("declaration_id").n_unique()).collect()
    profiles = len(load_profiles(Path(PROFILES)))
    print(f"darvoza {__version__}, Python {platform.python_version()}, polars {pl.__version__}, "
          f"lightgbm {lightgbm.__version__}, numpy {np.__version__}; {os.cpu_count()} cores, {workers} workers; "
          f"load {os.getloadavg()[0]:.1f}\n")  # fmt: skip
    print("| command | input | seconds | peak GiB |\n|---|---|---|---|")
    print(
        f"| assess | {rows:,} items ({size:,.0f} MB CSV), {profiles} profiles, score, draw | {assess[0]:.1f} | {assess[1]:.2f} |"
    )
    print(f"| verify | {draws.item():,} declarations | {verify[0]:.1f} | {verify[1]:.2f} |")
    print(f"| learn | the same items | {learn[0]:.1f} | {learn[1]:.2f} |")


if __name__ == "__main__":
    main()
