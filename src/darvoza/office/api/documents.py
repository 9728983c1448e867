"""What clients read, made out of what was stored."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson

from darvoza.office.registry.attested import told_of

Rows = Iterable[Mapping[str, Any]]


def as_text(document: object) -> str:
    """Write a document, always in the same way."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME).decode()


def etag(document: object) -> str:
    """Give the tag by which a document is known to be the same."""
    return tag_of(as_text(document))


def tag_of(text: str) -> str:
    """Give the tag of a document that `as_text` wrote."""
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def names(header: str, *tags: str) -> bool:
    """Tell whether an ``If-Match`` names one of some tags; weakly.

    A tag is made of the document, not of the bytes that were sent: what was sent packed, whose tag is weakened on its
    way, is the same document.

    Examples
    --------
    >>> names('W/"a"', '"a"'), names('"b", "a"', '"a"'), names("*", '"a"'), names('"b"', '"a"')
    (True, True, True, False)
    """
    told = {each.strip().removeprefix("W/").strip('" ') for each in header.split(",")}
    return "*" in told or not told.isdisjoint(tag.strip('"') for tag in tags)


def acts_of(decisions: Rows, agency: str = "") -> list[dict[str, Any]]:
    """Give the acts that are carried out, of one agency or of all; nothing of why."""
    return [
        {"agency": row["agency"], "act": row["act"], "items": list(row.get("items") or ())}
        for row in decisions
        if row["selected"] and (not agency or row["agency"] == agency)
    ]


def said_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is said of a decision besides its acts.

    Parameters
    ----------
    row
        The row of a lodging, by column.
    """
    return {name: row[name] for name in _SAID} | {"version": version_of(row), "kind": str(row["kind"])}


_SAID = ("declaration_id", "revision", "kind", "channel", "binding", "state", "lodged_at", "decided_at")


def version_of(row: Mapping[str, Any]) -> int:
    """Give the version of a declaration that was decided, from the row of its lodging.

    Where what was declared is erased, because its time is over, it is the number of the decision.

    Examples
    --------
    >>> [version_of({"items": items, "revision": 3}) for items in ([{"version": 2}], [{}], [])]
    [2, 1, 3]
    """
    return int(row["items"][0].get("version") or 1) if row["items"] else int(row["revision"])


def decided(said: Mapping[str, Any], decisions: Rows, *, agency: str = "") -> dict[str, Any]:
    """Give what a client learns of a decision.

    Parameters
    ----------
    said
        ``declaration_id``, ``version``, ``revision``, ``kind``, ``channel``, ``binding``, ``state``, ``lodged_at``, ``decided_at``.
    decisions
        The decisions on its acts, as stored.
    agency
        Whose acts are told; without one, those of all.
    """
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in said.items()}
    return {**plain, "acts": acts_of(decisions, agency)}


def journalled(said: Mapping[str, Any], decisions: Rows, goods: str) -> dict[str, Any]:
    """Give what the journal keeps of a decision: all that an auditor needs to make it again; goods items as `as_text` writes them."""
    first = next(iter(decisions), {})
    return {
        "what": said["kind"],
        "revision": said["revision"],
        "state": said["state"],
        "channel": said["channel"],
        "binding": said["binding"],
        "goods": hashlib.sha256(goods.encode()).hexdigest(),
        **{name: first.get(name) for name in ("profiles_digest", "model_digest")},
        **told_of(decisions),
    }


def explained(decisions: Rows) -> list[dict[str, Any]]:
    """Give why each act was chosen or not."""
    told = ("agency", "act", "items", "probability", "u", "selected", "basis", "floors", "score", "harm", "contributions",
            "fingerprint", "key_day", "commitment", "profiles_digest", "model_digest")  # fmt: skip
    return [{name: row.get(name) for name in told} for row in decisions]


def kin_told(kin: Rows, agency: str = "") -> list[dict[str, Any]]:
    """Give which earlier lodgings of the same goods had a part in a decision; to one agency nothing of the acts of others."""
    told = []
    for each in kin:
        acts = [f"{act['agency']} {act['act']}" for act in each.get("acts", ()) if agency in {"", act["agency"]}]
        if acts or "spent" in each:
            named = {name: each[name] for name in ("declaration_id", "revision")}
            told.append(named | {"acts": acts, "spent": "spent" in each})
    return told
