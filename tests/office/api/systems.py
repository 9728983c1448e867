"""Systems that ask: their clients, what they send, and the state in force that answers."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from django.test import Client as Browser

from darvoza.flow.selectivity.keys import KeyRing, key_file_text
from darvoza.office.api.purposes import Purpose
from darvoza.office.api.services.clients import NewClient

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
POST, OTHER = "KG-AKT", "TJ-DUS"
ALL = tuple(Purpose)

CLIENTS = {
    "customs": NewClient("customs", ALL, "customs"),
    "akt": NewClient("akt", (Purpose.LODGE, Purpose.DECISION_READ), "customs", POST),
    "dus": NewClient("dus", (Purpose.LODGE, Purpose.DECISION_READ, Purpose.ORDER_READ), "customs", OTHER),
    "plants": NewClient("plants", ALL, "phytosanitary"),
    "reader": NewClient("reader", (Purpose.DECISION_READ,), "customs"),
    "slow": NewClient("slow", (Purpose.DECISION_READ,), "customs", per_minute=3),
}

PROFILE = """\
code: {code}
title: {title}
agency: {agency}
risk_area: {area}
legal_basis: Article 378 of the code
rationale: A profile for a test
justification: A debt that stands is a reason that differs from one trader to another
when: {when}
unknown: no match
treatment: {{act: {act}, share: 1.0}}
valid: {{from: 2026-01-01, to: 2031-12-31}}
owner: risk unit
author: timur
approver: zarina
instructions: {{en: Look closely., ru: Осмотреть.}}
cases:
  - {{title: It matches, given: {{{given}}}, expect: match}}
"""
PROFILES = (
    {"code": "CUS-CARS", "title": "Cars", "agency": "customs", "area": "undervaluation", "when": "hs starts with 8703",
     "act": "physical", "given": 'hs: "870323"'},
    {"code": "PHY-FRUIT", "title": "Apples", "agency": "phytosanitary", "area": "sps", "when": "hs starts with 0808",
     "act": "sampling", "given": 'hs: "080810"'},
    {"code": "CUS-LISTED", "title": "Listed importers", "agency": "customs", "area": "undervaluation",
     "when": 'importer in list "watched"', "act": "documentary", "given": "importer: BAD-1"},
)  # fmt: skip
WATCHED = "name: watched\nsource: A list for a test\ndate: 2026-01-01\nexpires: 2031-01-01\nvalues: [BAD-1, BAD-2]\n"
_keys = count(1)


def write_state(home: Path, *, more: str = "", within: int | None = 36_500) -> None:
    """Write a state in force into a directory; what was lodged on the days of these tests, long ago, is taken."""
    (home / "profiles" / "lists").mkdir(parents=True, exist_ok=True)
    (home / "profiles" / "lists" / "watched.yaml").write_text(WATCHED, encoding="utf-8")
    for fields in PROFILES:
        (home / "profiles" / f"{fields['code'].lower()}.yaml").write_text(PROFILE.format(**fields), encoding="utf-8")
    (home / "key.json").write_text(key_file_text(KeyRing((("customs", bytes(range(32))),))), encoding="utf-8")
    ago = "" if within is None else f"lodged_within: {within}\n"
    (home / "gate.yaml").write_text(f"profiles: profiles\nkey_file: key.json\n{ago}{more}", encoding="utf-8")


def an_item(**changes: Any) -> dict[str, Any]:
    """A goods item that no profile speaks of."""
    return {"hs": "620342", "origin": "TR", "net_mass": 100, "gross_mass": 110, "customs_value": "2500.50"} | changes


def a_body(reference: str = "D-1", **changes: Any) -> dict[str, Any]:
    """A declaration as a system sends it."""
    head = {"declaration_id": reference, "post": POST, "importer_id": "IMP-1", "transport_document": f"CMR-{reference}"}
    return head | {"lodged_at": "2026-02-27T08:00:00Z", "items": [an_item()]} | changes


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, read."""

    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        """The code of the problem."""
        return str(self.body["code"])


@dataclass(frozen=True, slots=True)
class Systems:
    """Clients with their tokens."""

    browser: Browser
    tokens: dict[str, str]

    def send(self, method: str, path: str, body: Any = None, *, by: str | None = "customs", **headers: str) -> Said:
        """Ask, with a token and, where something is sent, a key of its own; `body` is JSON, text or bytes."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if by is not None:
            said = {"authorization": f"Bearer {self.tokens[by]}"} | said
        if method == "POST":
            said = {"idempotency-key": f"key-{next(_keys)}"} | said
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = said.pop("content-type", "application/json")
        answer = self.browser.generic(
            method, f"/api/v1{path}", data if body is not None else b"", content_type=kind, headers=said
        )
        text = b"".join(answer) if answer.streaming else answer.content
        is_json = answer.headers.get("content-type", "").endswith("json") and not answer.streaming
        return Said(answer.status_code, json.loads(text) if is_json and text else text.decode(), answer.headers)

    def lodge(self, body: Any, *, by: str = "customs", **headers: str) -> Said:
        """Lodge a declaration."""
        return self.send("POST", "/declarations", body, by=by, **headers)
