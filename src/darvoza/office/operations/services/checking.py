"""Whether what a post wrote down is its own to say: of goods that are declared there, on orders that it gave itself.

The signature under an entry says which post wrote it. It does not say that the post may: whoever holds its machine signs
anything, also that nothing was found by the order of another post. What is not the post's own is told, and nothing of it is
taken in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from darvoza.domain.journal import JournalEntry
from darvoza.errors import PostError
from darvoza.flow.inspection.orders import ORDER_SCHEMA
from darvoza.flow.intake.records import ITEM_SCHEMA
from darvoza.flow.post.deciding import PostDecision, decisions_behind
from darvoza.flow.post.differing import Difference, Differs
from darvoza.flow.tables import DECISION_SCHEMA
from darvoza.office.registry.models import Declaration, Order

ALWAYS: Final[tuple[tuple[str, Mapping[str, object], tuple[str, ...]], ...]] = (
    ("items", ITEM_SCHEMA, ("declaration_id", "item", "post", "lodged_at", "importer_id", "hs")),
    (
        "decisions",
        DECISION_SCHEMA,
        tuple(name for name in DECISION_SCHEMA if name in {
            "decision_id", "declaration_id", "post", "lodged_at", "fingerprint", "key_day", "commitment", "agency", "act", "items",
            "probability", "floors", "u", "selected", "basis", "channel",
        }),
    ),
    ("orders", ORDER_SCHEMA, ("declaration_id", "post", "day", "agency", "act", "items", "channel", "turn", "deadline")),
)  # fmt: skip
"""Columns that frames of every version have, with what they hold."""


def not_its_own(post: str, entry: JournalEntry, made: PostDecision) -> Difference | None:
    """Say why a decision is not the post's own to write, by what it says itself; nothing where it is."""
    if fault := next(_not_one(entry, made), ""):
        return Difference(Differs.NO_DECISION, {"subject": entry.subject, "fault": fault})
    others = {*made.items["post"], *made.decisions["post"], *made.orders["post"]} - {post}
    if not others:
        return None
    return Difference(Differs.GOODS_ELSEWHERE, {"held": ", ".join(sorted(map(str, others))), "post": post})


def declared_elsewhere(post: str, declaration_id: str) -> Difference | None:
    """Say that the register knows a declaration as one of another post; nothing where it does not."""
    held = Declaration.objects.filter(declaration_id=declaration_id).values_list("post", "arrived_post").first()
    if held is None or post in held:
        return None
    return Difference(Differs.DECLARED_ELSEWHERE, {"held": held[0], "post": post})


def _not_one(entry: JournalEntry, made: PostDecision) -> Iterator[str]:
    """Say in what the frames of a decision are not those of one declaration that was decided."""
    frames = {"items": made.items, "decisions": made.decisions, "orders": made.orders}
    for name, schema, columns in ALWAYS:
        if wrong := [each for each in columns if frames[name].schema.get(each) != schema[each]]:
            yield f"its {name} have no {', '.join(wrong)}"
    if made.items.is_empty() or made.decisions.is_empty():
        yield "goods or decisions are missing"
    for name, frame in frames.items():
        if strange := set(frame["declaration_id"]) - {entry.subject}:
            yield f"its {name} are of {', '.join(sorted(map(str, strange))[:3])}"
    acts, ordered = (set(frame.select("agency", "act").iter_rows()) for frame in (made.decisions, made.orders))
    named = {f"{entry.subject}:{agency}:{act}" for agency, act in acts}
    if made.decisions.height != len(acts) or set(made.decisions["decision_id"]) != named or not ordered <= acts:
        yield "its acts are not those of its decisions"
    if made.items["item"].is_duplicated().any():
        yield "a goods item stands in it twice"


def why_no_result(post: str, entry: JournalEntry, entries: Sequence[JournalEntry]) -> Difference | None:
    """Say why a result is not the post's own to write; nothing where it is, or where its order is there no more.

    Parameters
    ----------
    entries
        What stands in the record before it.
    """
    order = Order.objects.filter(order_id=entry.subject).select_related("declaration").first()
    if order is None:
        return None
    at = {order.post, order.left_post, order.declaration.post, order.declaration.arrived_post}
    if post not in at:
        return Difference(Differs.ORDER_ELSEWHERE, {"held": order.post, "post": post})
    if not any(_ordered(entry.subject, made) for made in _behind(entry.subject, entries)):
        return Difference(Differs.NO_SUCH_ORDER, {"post": post})
    return None


def _behind(order_id: str, entries: Sequence[JournalEntry]) -> Iterator[PostDecision]:
    """Give the decisions of a record on the declaration of an order, as far as they can be read."""
    for entry in entries:
        try:
            yield from (made for _, made in decisions_behind(order_id, [entry]))
        except PostError:
            continue


def _ordered(order_id: str, made: PostDecision) -> bool:
    names = made.orders.select("agency", "act").iter_rows()
    return order_id in {f"{made.declaration_id}:{agency}:{act}" for agency, act in names}
