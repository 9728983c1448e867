"""The journal: how fast it is written, how fast a million entries are checked, and whether tampering is found.

Run with ``python benchmarks/journal.py [--entries 1000000] [--mutations 10000]``. Times are those of one thread; the check
reads the exported file, as an agency that is handed it would, and takes 365 heads along. Beside it stands the least that
any check must do: to read the lines as JSON and digest them once.
"""

import argparse
import hashlib
import json
import os
import platform
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from darvoza.darvoza_verify import Check, Head, check, lines_of, read_heads, read_keys, root_of, wrong_signature
from darvoza.domain.journal import JournalEvent
from darvoza.flow.journal.entries import link_of, next_entry
from darvoza.flow.journal.export import entry_line
from darvoza.flow.journal.heads import next_head
from darvoza.methods.sealing.hash_chain import START
from darvoza.methods.sealing.signed_note import SEED_BYTES, private_key, public_key
from journal_mutations import MUTATIONS, a_journal, events, is_located  # type: ignore[import-not-found] # beside this script

HEADS = 365


def told(what: str, begun: tuple[float, float], count: int) -> None:
    elapsed, spent = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(
        f"{what:<44} {elapsed:7.1f} s  {spent:7.1f} s CPU  {1e6 * spent / count:7.1f} µs each  {count / spent:9,.0f}/s"
    )


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def write(path: Path, entries: int, rng: Random) -> list[Head]:
    """Write a journal to a file, and take the heads that a year of days would."""
    happened = events(rng)
    events_ready = [next(happened) for _ in range(min(entries, 10_000))]
    salts = [rng.randbytes(16) for _ in range(len(events_ready))]
    after, begun = START, now()
    for number in range(entries):
        after = link_of(next_entry(after, events_ready[number % len(events_ready)], salt=salts[number % len(salts)]))
    told("entries made (next_entry)", begun, entries)
    return list(_exported(path, entries, list(zip(events_ready, salts, strict=True))))


def _exported(path: Path, entries: int, ready: list[tuple[JournalEvent, bytes]]) -> Iterator[Head]:
    after, every, reading = START, max(1, entries // HEADS), Check()
    with path.open("wb") as file:
        for number in range(1, entries + 1):
            event, salt = ready[number % len(ready)]
            entry = next_entry(after, event, salt=salt)
            after, line = link_of(entry), entry_line(entry)
            file.write(line)
            reading.take(line)
            if number % every == 0 or number == entries:
                yield Head("bench", number, root_of(reading.peaks), entry.at.date().isoformat(), b"", ())


def checked(path: Path, heads: list[Head], entries: int) -> None:
    begun = now()
    for line in lines_of(path):
        hashlib.sha256(json.dumps(json.loads(line)).encode()).digest()
    told("the least: JSON read, written, digested once", begun, entries)
    begun = now()
    verdict = check(lines_of(path), heads)
    told(f"checked, {verdict.heads} heads, faults: {len(verdict.faults)}", begun, entries)
    assert verdict.faults == ()
    assert verdict.entries == entries


def signatures(count: int, rng: Random) -> None:
    """Check signatures in pure Python, as the one file does."""
    private = private_key("bench", rng.randbytes(SEED_BYTES))
    lines, at = a_journal(1, rng).lines(), datetime(2026, 3, 1, tzinfo=UTC)
    head = next(read_heads(next_head(lines, "", day=date(2026, 3, 1), key=private, now=at)))
    keys, begun = read_keys(public_key(private)), now()
    for _ in range(count):
        assert wrong_signature(head, keys) == ""
    told("a signature checked", begun, count)


def mutated(count: int, rng: Random) -> None:
    begun, kinds = now(), list(MUTATIONS)
    found, located, exact = (dict.fromkeys(kinds, 0) for _ in range(3))
    journals = [a_journal(rng.randint(20, 200), rng, erasures=rng.randint(0, 5)) for _ in range(50)]
    for number in range(count):
        kind, journal = kinds[number % len(kinds)], rng.choice(journals)
        mutation = MUTATIONS[kind](journal, rng)
        faults = check(mutation.lines, journal.heads).faults
        found[kind] += bool(faults)
        located[kind] += bool(faults) and is_located(mutation, faults[0])
        exact[kind] += bool(faults) and mutation.first == faults[0].first
    told(f"{count:,} mutations", begun, count)
    for kind in kinds:
        of = len(range(kinds.index(kind), count, len(kinds)))
        print(
            f"  {kind:<10} {of:6,}  found {found[kind]:6,}  located {located[kind]:6,}  named exactly {exact[kind]:6,}"
        )
    print(f"  found {sum(found.values()):,} of {count:,}, located {sum(located.values()):,}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--mutations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=20260301)
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}, seed {options.seed}")
    rng = Random(options.seed)
    signatures(100, rng)
    mutated(options.mutations, rng)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "journal.ndjson"
        heads = write(path, options.entries, rng)
        print(f"the file has {path.stat().st_size / 2**20:,.0f} MiB")
        checked(path, heads, options.entries)


if __name__ == "__main__":
    main()
