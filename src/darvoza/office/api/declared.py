"""Decisions as they are told: about the goods items that are declared now."""

from collections.abc import Mapping
from typing import Any


def on_what_is_there(row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the decisions of a lodging, each about those of its goods items that there are; about all where none is left.

    What was decided of an item stands when an amendment takes it away, and its order is about the whole consignment then.

    Parameters
    ----------
    row
        The row of a lodging, by column: ``items``, ``decisions``.

    Examples
    --------
    >>> act = {"act": "physical", "items": [2]}
    >>> [each["items"] for each in on_what_is_there({"items": [{"item": 1}], "decisions": [act, act | {"items": [1, 2]}]})]
    [[], [1]]
    """
    there = {item["item"] for item in row["items"]}
    if all(there.issuperset(each.get("items") or ()) for each in row["decisions"]):
        return list(row["decisions"])
    return [{**each, "items": [item for item in each.get("items") or () if item in there]} for each in row["decisions"]]
