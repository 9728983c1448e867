"""The gate of a post, made anew for each command: it knows what the centre drew, and all that the post decided itself."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from darvoza.domain.journal import JournalEntry
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.gate.records import watched_of
from darvoza.flow.oversight.breaker import Watched
from darvoza.flow.pipeline import Policy
from darvoza.flow.post.deciding import PostDecision, decided_versions


def post_gate(policy: Policy, draws: pl.DataFrame, entries: Iterable[JournalEntry]) -> Gate:
    """Make the gate of a post: it knows the draws of the centre, and everything the post decided itself."""
    return knowing_gate(policy, draws, list(decided_versions(entries)))


def knowing_gate(policy: Policy, draws: pl.DataFrame, own: Sequence[PostDecision], *, watched: bool = True) -> Gate:
    """Make the gate of a post that decided this itself.

    Parameters
    ----------
    policy
        The state in force.
    draws
        What was drawn at the centre.
    own
        The last decision on every version of every declaration.
    watched
        Whether what profiles asked for in earlier commands counts; to posts of old it did not.
    """
    known = replace(policy, earlier=draws if draws.width else None)
    if own and watched:
        known = replace(known, watched=_asked_for(policy, own))
    gate = Gate(known)
    if own:
        gate.remember(pl.concat([each.items for each in own]), pl.concat([each.decisions for each in own]))
    return gate


def _asked_for(policy: Policy, own: Iterable[PostDecision]) -> Watched:
    """Give what profiles asked for of declarations when they were first lodged: by it one that runs away is slowed."""
    first: dict[str, PostDecision] = {}
    for each in own:
        first.setdefault(each.declaration_id, each)
    return watched_of(pl.concat([each.decisions for each in first.values()]), policy.profiles.shares)
