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
    plan = state.policy.budget.plan if state else None
    office = {
        *Post.objects.values_list("code", flat=True),
        *Person.objects.order_by().values_list("post", flat=True).distinct(),
        *Client.objects.order_by().values_list("post", flat=True).distinct(),
    } - {""}
    in_state = {*(state.silent if state else ()), *((row.post for row in plan.rows) if plan else ())} - {"", ANY_POST}
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
