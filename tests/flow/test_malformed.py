"""Whatever comes in is taken or refused with an error of ours; ten thousand broken entries, and bombs."""

import gc
import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from darvoza.errors import DarvozaError
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.intake.plain_xml import read_xml
from malformed import ROOT, Door, Kept, broken, doors, enter, tried

TOTAL = 10_000
DOORS = doors()
EACH = -(-TOTAL // len(DOORS))
HEAD = b"UNA:+.? '"


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_takes_its_samples_and_survives_what_is_broken(door: Door, tmp_path: Path) -> None:
    good = Kept()
    for sample in door.samples:
        enter(door, sample, tmp_path, good)
    assert (good.taken, good.failures) == (len(door.samples), [])
    kept = tried(door, range(EACH), tmp_path)
    assert kept.failures == []
    assert kept.tried == EACH
    assert kept.refused + kept.taken == EACH


def test_a_seed_breaks_a_sample_always_the_same_way() -> None:
    samples = DOORS[0].samples
    assert [broken(samples, seed) for seed in range(50)] == [broken(samples, seed) for seed in range(50)]
    assert len({broken(samples, seed) for seed in range(50)}) > 40


def test_the_fuzzer_is_ready_for_every_door() -> None:
    words = [sys.executable, "benchmarks/fuzz.py", "--list"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [door.name for door in DOORS]


MEGABYTE = 2**20


@contextmanager
def within_a_second() -> Iterator[None]:
    """Hold what is done to a second of this thread; what other tests left in memory is not its to clean up."""
    gc.collect()
    gc.freeze()
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < 1


BOMBS = {
    "a million elements": b"<a>" + b"<b/>" * 1_000_000 + b"</a>",
    "a thousand levels": b"<a>" * 1000 + b"</a>" * 1000,
    "references to characters": b"<a>" + b"&#65;" * 3_000_000 + b"</a>",
    "entities that double": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
    "a file of the machine": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "another encoding": "<?xml version='1.0' encoding='utf-16'?><a>".encode("utf-16") + b"<" * MEGABYTE,
    "too large": b"<a>" + b" " * (17 * MEGABYTE) + b"</a>",
    "one attribute of megabytes": b"<a b='" + b"x" * (10 * MEGABYTE),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_a_bomb_of_xml_is_refused_or_harmless_within_a_second(bomb: bytes) -> None:
    with within_a_second(), suppress(DarvozaError):
        assert read_xml(bomb, "bomb.xml").name == "a"


@pytest.mark.parametrize(
    "sentence",
    [
        "(" * 100_000 + "price > 5" + ")" * 100_000,
        "not " * 100_000 + "price > 5",
        "price > " + "9" * 5_000_000,
        "price > 1e999999999",
        " or ".join(["price > 5"] * 100_000),
        "price > " + "-" * 100_000 + "5",
        'description contains "' + "x" * 5_000_000 + '"',
        "price > " + "(2 * " * 100_000 + "1" + ")" * 100_000,
    ],
    ids=["parentheses", "negations", "digits", "exponent", "terms", "signs", "text", "arithmetic"],
)
def test_a_bomb_of_a_sentence_is_refused_within_a_second(sentence: str) -> None:
    with within_a_second(), pytest.raises((DarvozaError, ExceptionGroup)):
        parse(sentence)


WATCHED = """
import resource, sys
from pathlib import Path
from malformed import Kept, doors, enter
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
kept = Kept()
folder = Path(sys.argv[1])
for door in doors():
    if door.name in {"profile", "measures", "health results", "declarations CSV", "declarations Excel", "declarations SAD", "declarations CUSDEC", "key ring", "day keys"}:
        for bomb in folder.glob("bomb-*"):
            enter(door, bomb.read_bytes(), folder, kept)
assert not kept.failures, [why for _, why in kept.failures]
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(kept.tried, (after - before) // 1024, kept.longest)
"""


def zipped(data: bytes) -> bytes:
    """Make a workbook whose table of texts unpacks to far more than it is."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", data)
    return made.getvalue()


def test_bombs_of_other_kinds_cost_less_than_200_megabytes_at_every_door(tmp_path: Path) -> None:
    laughs = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 9)) for name in b"bcdefghij"
    )
    bombs = {
        "yaml": laughs,
        "yaml-depth": b"[" * 200_000,
        "json-depth": b'{"a":' * 100_000,
        "json-number": b'{"shares": ' + b"9" * 2_000_000 + b"}",
        "csv-quote": b'declaration_id,item\n"' + b"x" * 1_000_000,
        "yaml-keys": b"{" + b",".join(b"k%d: 1" % k for k in range(80_000)) + b"}",
        "yaml-values": b"[" + b"[]," * 300_000 + b"]",
        "xlsx": zipped(bytes(300 * MEGABYTE)),
        "csv-columns": b"," * 1_000_000 + b"\n",
        "zip": b"PK\x03\x04" + bytes(1_000_000),
        "edifact": HEAD + b"UNH+1+CUSDEC:D:96B:UN'" + b"CST+1'" * 30_000,
        "edifact-service": HEAD + b"UNH+1+CUSDEC:D:96B:UN'" + b"UNS+D'" * 16_000,
        "edifact-messages": HEAD + b"UNH+1+CUSDEC:D:96B:UN'UNT+2+1'" * 24_000,
        "edifact-elements": HEAD + b"UNH" + b"+" * (8 * MEGABYTE) + b"'",
        "edifact-release": HEAD + b"?" * 1_000_000,
    }
    for name, bomb in bombs.items():
        (tmp_path / f"bomb-{name}").write_bytes(bomb)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WATCHED, str(tmp_path)],
        capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    tried_, megabytes, longest = done.stdout.split()
    assert int(tried_) == 9 * len(bombs)
    assert int(megabytes) < 200
    assert float(longest) < 1
