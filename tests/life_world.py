"""Random lives of consignments, by their seeds, and the states of the gate under which they are led."""

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from life_reference import ACTS, CAPACITY, SHARES, STATES

DAY = datetime(2026, 3, 2, tzinfo=UTC)
TICKS, APART, TOGETHER = 10, 4, 160
AWAY = 0.1
"""Share of lives with a post without a line."""

GOODS = (
    ("870323", "DE"),
    ("870323", "TR"),
    ("080810", "KG"),
    ("080810", "CN"),
    ("620342", "TR"),
    ("620342", "DE"),
    ("851713", "CN"),
)
PROFILE = """\
code: {code}
title: Profile {code}
agency: {agency}
risk_area: undervaluation
legal_basis: Article 378 of the code
rationale: A profile for a test
justification: A debt that stands is a reason that differs from one trader to another
when: {when}
unknown: no match
treatment: {{act: {act}, share: {share}}}
floor: {kind}
valid: {{from: 2026-01-01, to: 2031-12-31}}
owner: risk unit
author: timur
approver: zarina
instructions: {{en: Look closely., ru: Осмотреть.}}
cases:
  - {{title: It matches, given: {{{given}}}, expect: match}}
"""
GIVEN = {
    "hs starts with 8703": 'hs: "870323"', "hs starts with 0808": 'hs: "080810"', "hs starts with 6203": 'hs: "620342"',
    "origin is CN": "origin: CN", "origin is TR": "origin: TR", "importer_findings_12m >= 1": "importer_findings_12m: 2",
}  # fmt: skip
Step = tuple[Any, ...]


@dataclass(frozen=True)
class Life:
    """What is to happen to the consignments of one world: at each tick requests that come together, then moves."""

    number: int
    steps: tuple[tuple[int, Step], ...]


def write_states(home: Path) -> None:
    """Write every state that comes into force: profiles, a list, a capacity, a key."""
    from darvoza.flow.selectivity.keys import KeyRing, key_file_text

    (home / "key.json").write_text(key_file_text(KeyRing(tuple(sorted(SHARES.items())))), encoding="utf-8")
    rows = ["post,agency,act,share,per_day", "*,customs,physical,,0"]
    rows += [
        f"A{each},{agency},{act},{share}," for each in range(TOGETHER) for (agency, act), share in CAPACITY.items()
    ]
    (home / "capacity.csv").write_text("\n".join(rows), encoding="utf-8")
    for number, (profiles, listed) in enumerate(STATES):
        place = home / f"profiles{number}"
        (place / "lists").mkdir(parents=True)
        watched = [f"{each}{listed}" for each in range(TOGETHER)]
        head = "name: watched\nsource: A list for a test\ndate: 2026-01-01\nexpires: 2031-01-01\n"
        (place / "lists" / "watched.yaml").write_text(head + f"values: {json.dumps(watched)}\n", encoding="utf-8")
        for code, agency, act, share, kind, when in profiles:
            given = GIVEN.get(when, f"importer: {watched[0]}")
            told = PROFILE.format(code=code, agency=agency, act=act, share=share, kind=kind, when=when, given=given)
            (place / f"{code.lower()}.yaml").write_text(told, encoding="utf-8")
    put_in_force(home, 0)


def put_in_force(home: Path, number: int) -> None:
    """Let another state be the one in force."""
    file = home / "gate.yaml"
    at = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(
        f'profiles: profiles{number}\nkey_file: key.json\ncapacity: capacity.csv\nrandom: "0.05"\nlodged_within: 99\n',
        encoding="utf-8",
    )
    os.utime(file, ns=(at + 1_000_000, at + 1_000_000))


def elsewhere(number: int) -> str:
    """Give the post of a few lives together, where nothing is left for chance; of its own each has one that begins with A."""
    return f"Z{number // 8}"


def events_of(seed: int) -> dict[int, Step]:
    """What happens to the office itself: another state, a restart, another process that goes on."""
    rng = random.Random(f"events {seed}")
    kinds = [("state", 1), ("state", 2), ("state", 0), ("restart",), ("other",), ("restart",), ("other",)]
    return {tick: rng.choice(kinds) for tick in range(1, TICKS) if rng.random() < 0.6}


def life_of(seed: int, number: int) -> Life:
    """A life by its seed; `number` names what is its own within a group."""
    rng = random.Random(f"life {seed}")
    steps: list[tuple[int, Step]] = []
    for tick in range(TICKS):
        steps += [(tick, ("ask", _request(rng, number, tick))) for _ in range(rng.choice((0, 1, 1, 1, 2, 2, 3)))]
        steps += [(tick, _move(rng)) for _ in range(rng.choice((0, 1, 1, 2)))]
    return Life(number, (*steps, *_away(seed, number)))


def _away(seed: int, number: int) -> Iterator[tuple[int, Step]]:
    """Give what happens at the post of a life that has one without a line, which few have: a bundle costs a whole gate."""
    rng = random.Random(f"away {seed}")
    if rng.random() > AWAY:
        return
    first = rng.randrange(7)
    for tick in range(first, TICKS):
        if tick == first or rng.random() < 0.15:
            yield tick, ("post", "take", rng.choice((5, 13, 30)))
        for what in rng.choices(("decide", "find", "return"), (5, 6, 2), k=rng.randrange(4)):
            yield tick, ("post", what, _told(rng, number, tick, what))
    yield TICKS - 1, ("post", "return", None)
    yield TICKS - 1, ("post", "return", None)


def _told(rng: random.Random, number: int, tick: int, what: str) -> Any:
    """Give what is decided, or which result is found, at a post without a line; some of it is lodged at the centre, too."""
    if what == "decide":
        refs = rng.sample([f"{number}D{each}" for each in range(9)], rng.randrange(1, 4))
        return {
            ref: _body(rng, number, tick, "lodge", ref) | {"post": f"P{number}", "lodged_at": _lately(rng, tick)}
            for ref in refs
        }
    return (rng.getrandbits(30), rng.choice(("asel", "bakyt")), rng.random() < 0.5)


def _lately(rng: random.Random, tick: int) -> datetime:
    return DAY + timedelta(days=tick * APART - rng.choice((0, 0, 1)), hours=rng.randrange(20), minutes=30)


def _request(rng: random.Random, number: int, tick: int) -> dict[str, Any]:
    op = rng.choice(("lodge", "lodge", "lodge", "amend", "amend", "cancel")) if tick else "lodge"
    made: dict[str, Any] = {
        "op": op, "by": rng.choice(("customs", "customs", "plants", "post")), "key": f"{number}k{rng.randrange(16)}" if rng.random() < 0.25 else f"{number}n{rng.getrandbits(60)}",
        "ref": f"{number}D{rng.randrange(6)}", "if_match": rng.choice((None, None, None, 1, 2)) if op != "lodge" else None, "body": None,
    }  # fmt: skip
    if op != "cancel":
        made["body"] = _body(rng, number, tick, op, made["ref"])
    return made


def _body(rng: random.Random, number: int, tick: int, op: str, ref: str) -> dict[str, Any]:
    """A declaration; posts that begin with A have those of the first day alone, of which nothing was known before.

    An amendment does not move the moment of lodging: so by its reference is known which was lodged on that day.
    """
    first = rng.random() < 0.6 or op == "lodge"
    first &= int(ref.rpartition("D")[2]) % 2 == 0
    days = 0 if first else rng.randrange(tick * APART + 1) if rng.random() < 0.3 else tick * APART
    # of a few consignments that come again and again, or by its own chance
    same = random.Random(f"goods {number} {rng.randrange(3)}") if rng.random() < 0.6 else rng
    goods = [same.choice(GOODS) for _ in range(same.choice((1, 1, 2)))]
    items: list[dict[str, Any]] = [
        {"hs": hs, "origin": origin, "net_mass": rng.randrange(1, 900)} for hs, origin in goods
    ]
    if random.Random(f"masses {number} {ref} {tick}").random() < 0.5:  # some papers tell the same goods as others do
        items = [item | {"net_mass": 20 if item["net_mass"] < 450 else 400} for item in items]
    if rng.random() < 0.03:
        items[0]["hs"] = "87.03"
    made: dict[str, Any] = {
        "post": f"A{number}" if first else rng.choice((elsewhere(number), elsewhere(number), f"P{number}")), "importer_id": f"{number}I{same.randrange(3)}", "items": items,
        "lodged_at": DAY + timedelta(days=days, hours=rng.randrange(20), minutes=30),
    }  # fmt: skip
    papers = {
        "transport_document": f"{number}-t{same.randrange(4)}",
        "vehicle_id": f"{number} v{same.randrange(3)}",
        "container_ids": [f"{number}C{same.randrange(3)}"],
    }
    made |= {name: value for name, value in papers.items() if rng.random() < 0.5}
    if op == "amend" and rng.random() < 0.9:  # what states another moment of lodging is refused
        del made["lodged_at"]
    if op == "amend" and rng.random() < 0.1:
        made["version"] = rng.choice((1, 2, 5))
    return made


def _move(rng: random.Random) -> Step:
    who = rng.choice(("asel", "asel", "asel", "bakyt", "gulnara", "gulnara", "farrukh"))
    what = rng.choice(
        (
            "claim",
            "claim",
            "claim",
            "record",
            "record",
            "record",
            "give_back",
            "correct",
            "raise",
            "propose",
            "settle",
            "settle",
            "send",
            "refer",
            "read",
            "release",
        )
    )
    more = {
        "act": rng.choice((*ACTS, None)),
        "reason": rng.choice(("it is so because of it", "it is so because of it", "short")),
        "agreed": rng.random() < 0.5,
    }
    more |= {"found": rng.random() < 0.4, "whole": rng.random() < 0.9, "sampled": rng.random() < 0.25}
    return ("move", what, who, rng.getrandbits(30), more)


def groups(histories: int, first: int = 0) -> Iterator[tuple[list[int], dict[int, Step]]]:
    """Give the seeds of so many histories in groups, with what happens to the office of each group."""
    for start in range(first, first + histories, TOGETHER):
        yield list(range(start, min(start + TOGETHER, first + histories))), events_of(start)
