"""Every door through which text comes in, searched by a fuzzer that sees which lines of ours each input reaches.

Atheris (libFuzzer) starts from the good samples of a door, with the words of `tests/malformed.py` as its dictionary. What
comes in is taken, or refused with errors of ours, within a second of the processor; anything else ends the search and is kept
as a file, to become a sample of the tests.

    python benchmarks/fuzz.py --door "declarations CUSDEC" --seconds 300
    python benchmarks/fuzz.py --seconds 60     # every door
    python benchmarks/fuzz.py --list
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT / "tests"), str(ROOT), str(ROOT / "src")]  # not `benchmarks/office.py`

LONGEST: Final = 8192
"""Bytes of an input, at most: what breaks a reader is seldom longer, and short inputs are quick."""

_LINE = re.compile(r"#(\d+)\s+DONE\s+cov: (\d+) ft: (\d+) corp: (\d+)")


def search(name: str, seconds: int, found: Path) -> None:
    """Search one door until the time is over, or something is found; ends the process."""
    import atheris  # noqa: PLC0415 - only who searches needs it

    with atheris.instrument_imports(include=["darvoza", "pydifact", "lark", "openpyxl", "malformed"]):
        import malformed  # noqa: PLC0415 - it has to be imported while imports are instrumented

    warnings.simplefilter("ignore")
    door = next(each for each in malformed.doors() if each.name == name)
    scratch, corpus = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    for number, sample in enumerate(door.samples):
        (corpus / str(number)).write_bytes(sample)
    words = scratch / "words"
    words.write_text("".join(map(_quoted, filter(None, malformed.TOKENS))))

    def one(data: bytes) -> None:
        kept = malformed.Kept()
        malformed.enter(door, data, scratch, kept)
        if kept.failures:
            raise RuntimeError(kept.failures[0][1])

    told = [
        f"-max_total_time={seconds}",
        f"-max_len={LONGEST}",
        f"-dict={words}",
        f"-artifact_prefix={found}/",
        "-timeout=20",
    ]
    atheris.Setup([sys.argv[0], *told, "-rss_limit_mb=4096", "-print_final_stats=1", str(corpus)], one)
    atheris.Fuzz()


def _quoted(token: bytes) -> str:
    """Write a word of a dictionary as libFuzzer reads it."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in token[:60]) + '"\n'


def main() -> int:
    """Search a door or all of them, each in a process of its own; 1 when anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--door", default="")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--found", type=Path, default=Path("found"), help="directory for what breaks a door")
    parser.add_argument("--list", action="store_true", help="print the doors")
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        search(options.door, options.seconds, options.found)
        return 0
    from malformed import doors  # noqa: PLC0415 - not before imports can be instrumented

    names = [door.name for door in doors()]
    if options.list:
        print("\n".join(names))
        return 0
    if options.door and options.door not in names:
        parser.error(f"no such door; one of: {', '.join(names)}")
    options.found.mkdir(exist_ok=True)
    print("| door | inputs | s | edges reached | found |\n| --- | --- | --- | --- | --- |", flush=True)
    broken = [_searched(name, options.seconds, options.found) for name in ([options.door] if options.door else names)]
    return int(any(broken))


def _searched(name: str, seconds: int, found: Path) -> bool:
    """Search a door in a process of its own, print what came of it, and tell whether it broke."""
    begun = time.monotonic()
    words = [sys.executable, __file__, "--alone", "--door", name, "--seconds", str(seconds), "--found", str(found)]
    ran = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    last = None
    with suppress(IndexError):
        last = list(_LINE.finditer(ran.stderr))[-1]
    count, edges = (f"{int(last[1]):,}", last[2]) if last else ("", "")
    said = "nothing" if ran.returncode == 0 else _why(ran.stderr)
    print(f"| {name} | {count} | {time.monotonic() - begun:.0f} | {edges} | {said} |", flush=True)
    return ran.returncode != 0


def _why(text: str) -> str:
    """Give the error that ended a search, and the file that was kept."""
    errors = [line for line in text.splitlines() if "Error" in line or "written to" in line]
    return "; ".join(errors[-3:]) or text[-300:].replace("\n", " ")


if __name__ == "__main__":
    raise SystemExit(main())
