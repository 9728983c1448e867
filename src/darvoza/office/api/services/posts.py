"""Posts that somebody named: what is declared for another, or arrives there, would be seen by nobody."""

import difflib
from collections.abc import Mapping
from typing import Any

from darvoza.domain.capacity import ANY_POST
from darvoza.flow.gate.state_file import State
from darvoza.office.accounts.models import Person
from darvoza.office.administration.models import Post
from darvoza.office.api.models import Client
from darvoza.office.registry.models import Declaration, Order

Fault = Mapping[str, Any]


def post_fault(post: str, state: State | None, *, near: str = "") -> Fault | None:
    """Say that nobody named a post, and which are like it; nothing where somebody did, or the office names no post yet.

    Parameters
    ----------
    state
        The state in force, where there is one: it names posts, too.
    near
        A post that may have been meant.
    """
    office, in_state = _in_office(), _in_state(state)
    if post and (post in office | in_state or not (office or near)):
        return None
    if post and any(table.objects.filter(post=post).exists() for table in (Declaration, Order)):
        return None
    like = difflib.get_close_matches(post.upper(), sorted({near, *office, *in_state} - {""}), n=3)
    return {
        "field": "post",
        "code": "not-a-post",
        "expected": "a post that a declaration, a person, a client or the state in force names",
        "got": post,
        "hint": f"did you mean {' or '.join(like)}?" if like else "an administrator names it under Posts and agencies",
    }


def named_posts(state: State) -> set[str]:
    """Give the posts that the office or a state names; those that declarations alone name are not looked for."""
    return _in_office() | _in_state(state)


def _in_office() -> set[str]:
    """Give the posts that an administrator named, and those of persons and clients."""
    return {
        *Post.objects.values_list("code", flat=True),
        *Person.objects.order_by().values_list("post", flat=True).distinct(),
        *Client.objects.order_by().values_list("post", flat=True).distinct(),
    } - {""}


def _in_state(state: State | None) -> set[str]:
    """Give the posts that are silent in a state, or that its capacity names."""
    plan = state.policy.budget.plan if state else None
    return {*(state.silent if state else ()), *((row.post for row in plan.rows) if plan else ())} - {"", ANY_POST}
