"""A post without a line, for tests: a centre with a state and a key, and trade at the post."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from builders import START, trade
from darvoza.domain.codes import Agency
from darvoza.domain.journal import JournalEntry, JournalEvent
from darvoza.flow.journal.entries import link_of, next_entry
from darvoza.flow.post.bundle import Addressed, OpenBundle, make_bundle, open_bundle
from darvoza.flow.post.signing import SIGNED, Signer, post_key, signed_entry
from darvoza.flow.selectivity.keys import KeyRing, key_file_text
from darvoza.methods.sealing.hash_chain import START as CHAIN
from darvoza.methods.sealing.sealed_box import box_keys
from darvoza.methods.sealing.signed_note import private_key, public_key

POST = "KG-TOR"
FIRST = START.date()
NOW = datetime(FIRST.year, FIRST.month, FIRST.day, 18, tzinfo=UTC) + timedelta(days=3)
CENTRE = private_key("customs.example/posts", bytes(32))
TRUSTED = public_key(CENTRE)
SEAL, SEALED_FOR = box_keys(bytes(range(32)))
SIGNER = Signer(POST, post_key(POST, bytes(range(1, 33))))
RING = KeyRing((("customs", bytes(range(32))), ("veterinary", bytes(32))))

PROFILE = """\
code: {code}
title: A profile for tests
agency: {agency}
risk_area: undervaluation
legal_basis: Customs Code, article 378
rationale: A profile for a test
justification: Results of 2025
when: {when}
unknown: no match
treatment: {{act: {act}, share: {share}}}
valid: {{from: 2026-01-01, to: 2026-12-31}}
owner: risk unit
author: timur
approver: zarina
instructions: {{en: Look., ru: Осмотреть.}}
cases:
  - {{title: It matches, given: {{hs: "{hs}", origin: GE}}, expect: match}}
"""


@dataclass(frozen=True, slots=True)
class Centre:
    """Where bundles are made."""

    state: Path

    def bundle(self, *, serial: int = 1, days: int = 5, draws: pl.DataFrame | None = None, post: str = POST) -> bytes:
        """A bundle of some days."""
        to = Addressed(post, serial, FIRST, FIRST + timedelta(days=days), SEALED_FOR, SIGNER.public)
        return make_bundle(self.state, to, draws, "", signing_key=CENTRE, seed=serial.to_bytes(32, "big"))

    def opened(self, **changes: object) -> OpenBundle:
        """The same, at its post."""
        return open_bundle(self.bundle(**changes), trusted=TRUSTED, private=SEAL)  # type: ignore[arg-type]


def a_centre(directory: Path, settings: Mapping[str, object] | None = None) -> Centre:
    """A state in force: two profiles and a key."""
    profiles = directory / "profiles"
    profiles.mkdir(parents=True)
    told = {
        "A": {
            "agency": Agency.CUSTOMS,
            "when": "hs starts with 8703 and origin is GE",
            "act": "physical",
            "share": 0.5,
        },
        "B": {"agency": Agency.CUSTOMS, "when": "hs starts with 08", "act": "documentary", "share": 1.0},
    }
    for code, values in told.items():
        hs = "870323" if code == "A" else "080810"
        (profiles / f"{code}.yaml").write_text(PROFILE.format(code=code, hs=hs, **values), encoding="utf-8")
    (directory / "key.json").write_text(key_file_text(RING), encoding="utf-8")
    state = {"profiles": "profiles", "key_file": "key.json", "random": "0.05", **(settings or {})}
    (directory / "gate.yaml").write_text(json.dumps(state), encoding="utf-8")
    return Centre(directory / "gate.yaml")


def at_the_post(count: int = 24, seed: int = 5) -> pl.DataFrame:
    """Trade at the post, lodged on the first three days."""
    return trade(count, seed, days=3).with_columns(pl.lit(POST).alias("post"))


def days(bundle: OpenBundle) -> tuple[date, date]:
    """First and last day for which a bundle holds keys."""
    return bundle.keys.days[0][0], bundle.keys.days[-1][0]


def written_anew(entries: Iterable[JournalEntry]) -> list[JournalEntry]:
    """A record as whoever carries it can write it: every digest fits what stands there now; the signatures are as they were."""
    made: list[JournalEntry] = []
    for entry in entries:
        event = JournalEvent(entry.kind, entry.actor, entry.subject, entry.at, entry.body or {})
        made.append(next_entry(link_of(made[-1]) if made else CHAIN, event, salt=bytes.fromhex(entry.salt or "")))
    return made


def signed_anew(entries: Iterable[JournalEntry], signer: Signer) -> list[JournalEntry]:
    """The same record, signed with another key."""
    made: list[JournalEntry] = []
    for entry in entries:
        body = {name: value for name, value in (entry.body or {}).items() if name != SIGNED}
        event = JournalEvent(entry.kind, entry.actor, entry.subject, entry.at, body)
        after = link_of(made[-1]) if made else CHAIN
        made.append(signed_entry(after, event, salt=bytes.fromhex(entry.salt or ""), signer=signer))
    return made
