"""The state that comes into force, told to the journal: also one that was in force before, for that changes who decides."""

from datetime import datetime
from typing import Any

from darvoza.domain.journal import EntryKind
from darvoza.flow.gate.state_file import State
from darvoza.office.api.models import GateMark
from darvoza.office.api.services.binding import ANYWHERE
from darvoza.office.api.services.posts import named_posts
from darvoza.office.journal.models import Entry
from darvoza.office.journal.services import record
from darvoza.office.shell.statements import put

WHAT = "state in force"


def tell_state(mark: GateMark, state: State, now: datetime) -> None:
    """Tell the journal that another state is in force than at the mark, within the transaction that holds the mark.

    The entry names the posts that are silent in clear, and those that became silent or binding. ``*`` stands for every post
    that is not named.
    """
    if mark.state == state.digest:
        return
    told: dict[str, Any] = {
        "what": WHAT,
        "state": state.digest,
        "before": mark.state,
        "profiles": state.policy.profiles.digest,
        "model": state.policy.model_digest,
        "silent": sorted(state.silent),
    }
    if (before := _silent_before(mark.state)) is not None:
        told |= _changed(before, state)
    record(EntryKind.SETTINGS_CHANGE, f"state {state.digest[:16]}", told, by="gate", now=now)
    mark.state = state.digest
    put(mark)


def _silent_before(digest: str) -> frozenset[str] | None:
    """Give which posts were silent in the state of before; nothing where the journal does not tell."""
    told = Entry.objects.filter(kind=EntryKind.SETTINGS_CHANGE.value, body__what=WHAT).order_by("-sequence").first()
    body = (told.body or {}) if told else {}
    return frozenset(body["silent"]) if digest and body.get("state") == digest else None


def _changed(before: frozenset[str], state: State) -> dict[str, list[str]]:
    """Name the posts that are silent now and were not, and those where what is decided binds now and did not."""
    posts = sorted({*named_posts(state), *before, ANYWHERE})
    silent = {post for post in posts if not state.binds(post)}
    was = {post for post in posts if not before.isdisjoint({ANYWHERE, post})}
    return {"now_silent": sorted(silent - was), "now_binding": sorted(was - silent)}
