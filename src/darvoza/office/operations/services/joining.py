"""What a post decided put beside what the register holds: nothing is lowered, and every difference is told.

One draw: every floor of either stands, and each act is of the goods items of both. Two draws, because the goods were lodged at
both before either knew of the other: what is decided here stays as it is, every act that either asked for is ordered, and what
only the post chose stands beside it as certain, so that it is asked for whenever the declaration is decided again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import CHANNEL_OF_ACT, Act, Channel
from darvoza.domain.journal import JournalEntry
from darvoza.flow.gate.records import decisions_of, plain_rows
from darvoza.flow.gate.renewing import OF_SCORE, renewed_few
from darvoza.flow.inspection.goods import KEPT_SINCE
from darvoza.flow.post.deciding import PostDecision
from darvoza.flow.post.differing import Difference, Differs
from darvoza.flow.post.returning import ActTold, Meeting, Met, meet
from darvoza.flow.post.set_aside import lodged_at
from darvoza.flow.selectivity.fingerprint import fingerprints
from darvoza.flow.tables import DECISION_SCHEMA, Table
from darvoza.office.api.models import Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.services.returned import Stands, as_lodged, enter_returned, last_lodged
from darvoza.office.api.services.standing import Standing, chosen
from darvoza.office.journal.services import record_all
from darvoza.office.registry.models import Declaration, Order, Run
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.lodging import ask_more, enter_again, of_both, run_of, stand_again
from darvoza.office.registry.services.records import stated
from darvoza.office.registry.services.run_files import RunFiles
from darvoza.office.shell.writing import wait_for_turn

Rows = dict[int, Mapping[str, object]]
Plain = list[dict[str, Any]]

OF_A_LODGING: Final = frozenset({"version", "lodged_at"})
"""What differs whenever the same is declared once more."""

OF_ACT: Final = ("items", "probability", "floors", "selected")
"""What can become more of an act that both decided on."""

OF_LODGING: Final = ("post", "lodged_at", "marks", "deadline")
"""What a decision says of the goods as they were lodged."""

_RANK: Final = {channel.value: rank for rank, channel in enumerate(Channel)}


class Joined(NamedTuple):
    """What came of a decision that a post brought back: how it met the centre, and what stands now."""

    met: Met
    stands: Stands


def join(post: str, entry: JournalEntry, made: PostDecision, *, now: datetime) -> Joined:
    """Put a decision of a post into the register, within the transaction of the caller."""
    # before the end of the journal is held; the gate knows by the number of a run which it has heard of
    wait_for_turn(Run)
    met = meet(_centre(made.declaration_id), _post(made.decisions))
    if met.meeting is Meeting.NEW:
        run = RunFiles(_named(post, entry), entry.head, made.decisions, made.orders, {})
        load(run, made.items, by=entry.actor, now=now, attest=False)
        goods, decisions = list(plain_rows(made.items)), list(plain_rows(made.decisions))
        return Joined(met, Stands(goods, decisions, made.channel))
    row = Declaration.objects.select_for_update(no_key=True).get(declaration_id=made.declaration_id)
    return _Joining(row, made, one_draw=met.meeting is not Meeting.DRAWS).join(met, post, entry, now)


def _named(post: str, entry: JournalEntry) -> str:
    return f"{_brought_by(post)}{entry.sequence}"


def _brought_by(post: str) -> str:
    """Give how the runs are called under which decisions stand that a post brought back."""
    return f"post {post}, entry "


def _decided_by_another(row: Declaration, post: str) -> bool:
    """Tell whether anybody but the post decided on a declaration first: what it asks for more of its own is no difference."""
    own = Run.objects.filter(name__startswith=_brought_by(post))
    first = Lodgement.objects.filter(declaration_id=row.declaration_id, revision=1).first()
    if first is None:
        return row.decisions.exclude(run__in=own).exists()
    # what was never lodged here has in its first revision what stood before: by whom it was brought, or a run
    return first.kind != LodgementKind.RETURNED or not own.filter(digest=first.state).exists()


class _Joining:
    """One declaration that both decided on."""

    def __init__(self, row: Declaration, made: PostDecision, *, one_draw: bool) -> None:
        self.row, self.made = row, _lodged_at(made, row.lodged_at)
        self.stated: datetime = made.items.item(0, "lodged_at")
        last = last_lodged(row.declaration_id)
        self.before = Stands(last.items, last.decisions, row.channel) if last and last.items else as_lodged(row)
        self.otherwise = _otherwise(row, self.made)
        self.later = bool(self.otherwise) and _version(made) > int(row.record.get("version", 1))
        if self.later:
            self.made = _by_its_goods(self.made)
        self.decisions = self._decisions(one_draw=one_draw)

    def join(self, met: Met, post: str, entry: JournalEntry, now: datetime) -> Joined:
        """Write what stands now; tell what differs."""
        decided_here = _decided_by_another(self.row, post)
        told = [each for each in met.differences if decided_here or each.how is not Differs.ONLY_POST]
        cancelled = self.row.cancelled_at is not None
        if cancelled:
            told.append(Difference(Differs.CANCELLED))
            record_all(stand_again(self.row, now=now))
        before = {order.order_id: order for order in self.row.orders.all()}
        run = run_of(entry.head, name=_named(post, entry), profiles={}, now=now)
        orders = [self._order(each, before) for each in self.made.orders.iter_rows(named=True)]
        if self.later:
            goods = list(plain_rows(self.made.items))
            events = enter_again(goods, self.decisions, orders, run=run, now=now).changes
        else:
            goods = list(self.before.items)
            changed = _more(self.before.decisions, self.decisions)
            events = ask_more(self.row, changed, orders, run=run, now=now)
        record_all(events)
        told += [*self._told_of_goods(), *self._told_of_orders(before)]
        stands = Stands(goods, self.decisions, self._raised())
        if (
            self.later
            or cancelled
            or stands.channel != self.before.channel
            or _more(self.before.decisions, self.decisions)
        ):
            Declaration.objects.filter(pk=self.row.pk).update(channel=stands.channel)
            enter_returned(self.row, self.before, stands, now=now)
        return Joined(met._replace(differences=tuple(told)), stands)

    def _decisions(self, *, one_draw: bool) -> Plain:
        """Give the decisions that stand: with every floor of both where there is one draw, else those of the centre.

        Beside those of the centre stands what the post alone chose.

        Goods that were amended are known from now on by what was declared last, by the draw that they have.
        """
        before = list(decisions_of(self.before.decisions).iter_rows(named=True))
        here = list(self.made.decisions.iter_rows(named=True))
        if not one_draw:
            beside = {name: here[0][name] for name in OF_LODGING} if self.later else {}
            mine = [row | beside for row in before]
            added = _chosen_there_alone(mine, here)
            rows = (
                [_of_items_of_both(row, [*mine, *added]) for row in renewed_few([*mine, *added], mine)]
                if added
                else mine
            )
            return list(plain_rows(Table(rows, DECISION_SCHEMA).frame))
        one, other = (before, here) if self.later else (here, before)
        joined = [_of_items_of_both(row, [*before, *here]) for row in renewed_few(one, other)]
        return list(plain_rows(Table(joined, DECISION_SCHEMA).frame))

    def _order(self, told: Mapping[str, Any], before: Mapping[str, Order]) -> dict[str, Any]:
        """Give an order of the post as one of the items of both."""
        order = before.get(f"{told['declaration_id']}:{told['agency']}:{told['act']}")
        items = list(told["items"] or [])
        return {**told, "items": items if order is None else of_both(order.items, items)}

    def _raised(self) -> str:
        """Give the strictest channel: that of the declaration, of what is decided, and of what is ordered."""
        ordered = [CHANNEL_OF_ACT[Act(act)].value for act in self.made.orders["act"]]
        channels: list[str] = [self.row.channel, *(str(row["channel"]) for row in self.decisions), *ordered]
        return max(channels, key=lambda each: _RANK.get(each, 0))

    def _told_of_goods(self) -> Iterator[Difference]:
        if self.otherwise:
            yield Difference(Differs.AMENDED if self.later else Differs.DECLARED_OTHERWISE, {"fields": self.otherwise})
        if self.later and self.stated != self.row.lodged_at:
            lodged = {"held": self.row.lodged_at.isoformat(), "stated": self.stated.isoformat()}
            yield Difference(Differs.MOVED, lodged)

    def _told_of_orders(self, before: Mapping[str, Order]) -> Iterator[Difference]:
        """Say of which orders the post asked for more goods items, and which wait again for them."""
        for order in self.row.orders.order_by("order_id"):
            held = before.get(order.order_id)
            if held is None or self.later or list(held.items) == list(order.items):
                continue
            which = f"items {', '.join(map(str, order.items))}" if order.items else "all items"
            again = held.state != order.state == CaseState.WAITING
            how = Differs.MORE_ITEMS_WAIT if again else Differs.MORE_ITEMS
            yield Difference(how, {"items": which}, acts=((order.agency, order.act),))


def _chosen_there_alone(mine: Sequence[Mapping[str, Any]], here: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give what the post alone chose, as decisions by the draw of the centre.

    That draw might lie above it. What was chosen is chosen, no chance is left in it: the floors that chose it are certain.
    """
    known = {row["decision_id"] for row in mine if row["selected"]}
    acts = Standing(here[0]["declaration_id"], 0, here[0]["u"], chosen(here)).acts_for(mine[0]["u"])
    told = ("decision_id", "agency", "act", "items", *OF_SCORE)
    return [
        {**mine[0], **{name: row[name] for name in told}, "floors": list(acts[row["agency"], row["act"]].values())}
        for row in here
        if row["selected"] and row["decision_id"] not in known
    ]


def _of_items_of_both(row: Mapping[str, Any], known: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give a decision of the goods items of both, as each of its floors is."""
    same = [each for each in known if each["decision_id"] == row["decision_id"]]
    floors = [
        {
            **floor,
            "items": sorted({
                number
                for each in same
                for other in each["floors"]
                if (other["kind"], other["source"]) == (floor["kind"], floor["source"])
                for number in other["items"] or ()
            }),
        }
        for floor in row["floors"]
    ]  # fmt: skip
    return {**row, "floors": floors, "items": sorted({number for each in same for number in each["items"] or ()})}


def _lodged_at(made: PostDecision, moment: datetime) -> PostDecision:
    """Give a decision as one on goods that were lodged when the register says: an amendment does not move that."""
    items, decisions = (lodged_at(each, {made.declaration_id: moment}) for each in (made.items, made.decisions))
    return replace(made, items=items, decisions=decisions)


def _by_its_goods(made: PostDecision) -> PostDecision:
    """Give a decision with the marks that its goods have, whatever the post wrote: by them they are known from now on."""
    marks = fingerprints(made.items).select("declaration_id", "marks")
    decisions = made.decisions.drop("marks", strict=False).join(marks, on="declaration_id", maintain_order="left")
    return replace(made, decisions=decisions)


def _version(made: PostDecision) -> int:
    return int(made.items["version"].fill_null(1).max() or 1)  # type: ignore[arg-type]  # whole numbers


def _more(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Plain:
    """Give the decisions of which something has become more."""
    known = {row["decision_id"]: {name: row.get(name) for name in OF_ACT} for row in before}
    return [dict(row) for row in after if known.get(row["decision_id"]) != {name: row.get(name) for name in OF_ACT}]


def _centre(declaration_id: str) -> list[ActTold]:
    """Give what the centre decided on a declaration, with the orders that were given since."""
    row = Declaration.objects.filter(declaration_id=declaration_id).first()
    if row is None:
        return []
    ordered = set(row.orders.values_list("agency", "act"))
    return [
        ActTold(
            each.agency,
            each.act,
            each.selected or (each.agency, each.act) in ordered,
            each.probability,
            each.u,
            each.fingerprint,
            each.key_day.isoformat(),
        )
        for each in row.decisions.all()
    ]


def _post(decisions: pl.DataFrame) -> list[ActTold]:
    columns = ("agency", "act", "selected", "probability", "u", "fingerprint", pl.col("key_day").cast(pl.String))
    return [ActTold(*row) for row in decisions.select(columns).iter_rows()]


def _otherwise(row: Declaration, made: PostDecision) -> str:
    """Name what the post was told otherwise of a declaration than the register holds."""
    [told] = stated(plain_rows(made.items))
    held = row.record | {"items": list(row.items.order_by("number").values_list("record", flat=True))}
    here = told.header | {"items": told.goods}
    names = sorted(_differing(held, here) - OF_A_LODGING - {"items"})
    goods = ({int(each["item"]): each for each in those} for those in (held["items"], here["items"]))
    names += [
        f"item {number}: {', '.join(sorted(differing))}"
        for number, ours, theirs in _by_number(*goods)
        if (differing := _differing(ours, theirs) - _not_kept(ours))
    ]
    return "; ".join(names)


def _differing(held: Mapping[str, object], here: Mapping[str, object]) -> set[str]:
    return {name for name in held.keys() | here.keys() if held.get(name) != here.get(name)}


def _not_kept(ours: Mapping[str, object]) -> frozenset[str]:
    """Name what the register did not keep of a goods item when it was taken in."""
    return frozenset() if not ours or KEPT_SINCE & ours.keys() else KEPT_SINCE


def _by_number(ours: Rows, theirs: Rows) -> Iterator[tuple[int, Mapping[str, object], Mapping[str, object]]]:
    """Put goods items of the same number beside each other."""
    for number in sorted(ours.keys() | theirs.keys()):
        yield number, ours.get(number, {}), theirs.get(number, {})
