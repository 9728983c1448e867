"""Posts without a line in the random lives: bundles of the office, decisions and results at the post, and their return."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from life_away import DIFFERENCES, Away
from life_goods import on
from life_reference import SHARES, Declared, Model, goods
from life_said import decided_away, modelled_away
from life_world import Step
from post_world import CENTRE, SEAL, SEALED_FOR, TRUSTED


class Post:
    """A post as it is: its directory, its keys, its bundle.

    Parameters
    ----------
    code
        Of the post.
    place
        Where its record is kept.
    """

    def __init__(self, code: str, place: Path) -> None:
        from darvoza.flow.post.signing import Signer, post_key

        self.code, self.path, self.salts = code, place / f"{code}.ndjson", itertools.count()
        self.signer = Signer(code, post_key(code, bytes(32)))
        self.bundle: Any = None

    def _salt(self, size: int) -> bytes:
        return next(self.salts).to_bytes(size, "big")

    def take(self, start: date, days: int, now: datetime) -> None:
        """Get a bundle of the office and take it."""
        from django.conf import settings

        from darvoza.flow.post.bundle import open_bundle
        from darvoza.flow.post.deciding import acceptance, check_offered, keys_of_draws
        from darvoza.flow.post.record import PostRecord
        from darvoza.flow.selectivity.keys import joined_keys
        from darvoza.office.operations.services.bundles import BundleWish, bundle_for

        packed: list[bytes] = []
        wish = BundleWish(self.code, start, start + timedelta(days=days), SEALED_FOR, self.signer.public)
        bundle_for(wish, settings.GATE_FILE, CENTRE, keep=packed.append, now=now)
        offered = open_bundle(packed[0], trusted=TRUSTED, private=SEAL)
        with PostRecord(self.path, self.signer) as record:
            check_offered(offered.bundle, record.entries, self.signer, today=now.date())
            if self.bundle is not None:
                kept = keys_of_draws(self.bundle.keys, record.entries)
                offered = replace(offered, keys=joined_keys(offered.keys, kept))
            self.bundle = offered
            record.append([acceptance(self.bundle.bundle, by="asel", now=now)], self._salt)

    def decide(self, declared: Sequence[Declared], now: datetime) -> list[Any] | None:
        """Decide declarations, as one command of a post does; nothing when the bundle is over."""
        from darvoza.errors import ExpiredBundle
        from darvoza.flow.gate.state_file import read_state
        from darvoza.flow.intake.lodged import read_lodged
        from darvoza.flow.post.bundle import unpack_state
        from darvoza.flow.post.deciding import decide_at_post, decision_event
        from darvoza.flow.post.knowing import post_gate
        from darvoza.flow.post.record import PostRecord
        from darvoza.flow.post.results import found_so_far

        items = read_lodged([_sent(each) for each in declared], now=now).items
        with PostRecord(self.path, self.signer) as record, TemporaryDirectory() as place:
            state = read_state(unpack_state(self.bundle, Path(place)), self.bundle.keys)
            gate = post_gate(state.policy, self.bundle.draws(), record.entries)
            gate.note_results(found_so_far(record.entries))
            try:
                made = decide_at_post(gate, items, record.entries, bundle=self.bundle.bundle, now=now)
            except ExpiredBundle:
                return None
            record.append([decision_event(each, self.bundle.bundle, now=now) for each in made], self._salt)
        return made

    def find(self, name: str, by: str, items: Iterable[tuple[int, bool]], now: datetime) -> None:
        """Write a result down."""
        from darvoza.domain.casework import ExaminationResult, ItemResult
        from darvoza.domain.codes import RiskArea
        from darvoza.flow.post.record import PostRecord
        from darvoza.flow.post.results import PostResult, result_event

        told = tuple(ItemResult(item, (RiskArea.UNDERVALUATION,) if found else ()) for item, found in items)
        with PostRecord(self.path, self.signer) as record:
            found = PostResult(name, ExaminationResult(by, now, told))
            record.append([result_event(found, record.entries, now=now)], self._salt)

    def come_back(self, now: datetime) -> tuple[int, int, int, list[tuple[str, list[str]]]]:
        """Bring the record to the office."""
        from darvoza.flow.post.record import complete_lines, read_record
        from darvoza.flow.selectivity.keys import KeyRing
        from darvoza.office.operations.services.returning import take_in

        entries = read_record(complete_lines(self.path.read_bytes()))
        found = take_in(self.code, entries, ring=KeyRing(tuple(SHARES.items())), now=now)
        return (
            found.entries,
            found.new,
            found.results,
            [
                (conflict.subject, [each for each in DIFFERENCES if each in conflict.told])
                for conflict in found.conflicts
            ],
        )


class Posts:
    """The posts of all lives that have one without a line, each beside its model.

    Parameters
    ----------
    place
        Where their records are kept.
    """

    def __init__(self, place: Path = Path()) -> None:
        self.place = place
        self.held: dict[int, tuple[Post, Away]] = {}

    def lead(self, number: int, step: Step, centre: Model, now: datetime) -> Iterator[tuple[str, object, object]]:
        """Let the post of a life do something, here and there, and give what is to be compared; it can do nothing without a bundle."""
        _, what, told = step
        if what == "take" and number not in self.held:
            self.held[number] = Post(f"P{number}", self.place), Away(f"P{number}")
        if number not in self.held:
            return
        post, model = self.held[number]
        if what == "take":
            post.take(now.date(), told, now)
            model.take(centre, now.date(), told)
        elif what == "return":
            yield "return", post.come_back(now), model.come_back(centre)
        elif what == "decide":
            sound = [
                goods({"ref": ref, "body": body}, model.next_of(ref))
                for ref, body in told.items()
                if body["items"][0]["hs"].isdigit()
            ]
            made, mine = post.decide(sound, now), model.decide(sound, now.date())
            office = None if made is None else [(each.declaration_id, decided_away(each)) for each in made]
            yield (
                "decided at a post",
                office,
                None if mine is None else [(r, modelled_away(k)) for r, k in mine.items()],
            )
        elif orders := sorted(model.gate().orders):
            pick, who, found = told
            name = orders[pick % len(orders)]
            declared = model.decided()[name.split(":")[0]]["d"]
            items = {item["item"]: found for item in declared["items"]}
            post.find(name, who, items.items(), now)
            model.record.append(("finding", {"name": name, "by": who, "items": items, "at": now, "on": on(declared)}))


def _sent(declared: Declared) -> dict[str, Any]:
    """A declaration as it is sent."""
    items = [{name: value for name, value in item.items() if name != "item"} for item in declared["items"]]
    said = {name: value for name, value in declared.items() if name != "version"}
    return {**said, "items": items, "lodged_at": declared["lodged_at"].isoformat()}
