"""What the office and the model say of a decision, in one form, so that it can be compared."""

import json
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any


def said(outcome: Any) -> object:
    """Tell what came of a request."""
    from darvoza.office.api.requests import Answer

    return document(json.loads(outcome.text)) if isinstance(outcome, Answer) else getattr(outcome, "code", outcome)


def document(told: Mapping[str, Any]) -> dict[str, Any]:
    """Tell of a document what the model knows."""
    names = ("revision", "version", "kind", "channel")
    return {name: told[name] for name in names} | {
        "acts": sorted((a["agency"], a["act"], a["items"]) for a in told["acts"])
    }


def decided(row: Any) -> object:
    """Tell a decision as it is stored."""
    acts = {
        f"{each['agency']} {each['act']}": (
            sorted((f["kind"], f["source"], round(f["probability"], 9), sorted(f["items"])) for f in each["floors"]),
            round(each["probability"], 9), each["u"], each["selected"], each.get("basis"), each["key_day"], each["fingerprint"],
        )
        for each in row.decisions
    }  # fmt: skip
    return row.revision, row.kind, row.channel, acts


def decided_away(made: Any) -> object:
    """Tell a decision of a post without a line, with its orders."""
    from darvoza.flow.gate.records import plain_rows

    row = SimpleNamespace(revision=0, kind="", channel=made.channel, decisions=plain_rows(made.decisions))
    return decided(row), sorted(made.orders.select("agency", "act").iter_rows())


def modelled_away(known: Mapping[str, Any]) -> object:
    """Tell the same as the model holds it."""
    return modelled({**known, "revision": 0, "kind": ""}), sorted(known["chosen"])


def modelled(known: Mapping[str, Any]) -> object:
    """Tell a decision as the model holds it."""
    acts = {
        f"{agency} {act}": (
            sorted((kind, source, round(p, 9), sorted(items)) for (kind, source), (p, items) in held["floors"].items()),
            round(held["pi"], 9), known["u"], (agency, act) in known["chosen"], held["basis"], known["draw"][1].isoformat(), known["draw"][0],
        )
        for (agency, act), held in known["acts"].items()
    }  # fmt: skip
    return known["revision"], known["kind"], known["channel"], acts
