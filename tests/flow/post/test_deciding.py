"""A post without a line decides as the centre would, on its days and on no other, and loses nothing it answered for."""

import base64
import itertools
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from darvoza.domain.casework import ExaminationResult, ItemResult
from darvoza.domain.codes import RiskArea
from darvoza.errors import BrokenJournal, ExpiredBundle, InvalidBundle, InvalidKey, PostError
from darvoza.flow.gate.state_file import read_state
from darvoza.flow.oversight.breaker import Ceiling
from darvoza.flow.pipeline import assess
from darvoza.flow.post.bundle import Addressed, OpenBundle, make_bundle, open_bundle, unpack_state
from darvoza.flow.post.deciding import (
    LARGEST,
    PostDecision,
    acceptance,
    check_clock,
    check_clock_is_near,
    check_offered,
    check_taken,
    decide_at_post,
    decide_together,
    decided,
    decided_versions,
    decision_event,
    decision_of,
    keys_of_draws,
    may_be_decided,
)
from darvoza.flow.post.knowing import knowing_gate, post_gate
from darvoza.flow.post.record import PostRecord, after, complete_lines, read_record
from darvoza.flow.post.results import (
    PostResult,
    found_so_far,
    not_written_yet,
    read_results,
    result_event,
    result_of,
    without_word,
)
from darvoza.flow.post.returning import ActTold, Meeting, meet
from darvoza.flow.post.signing import Signer, post_key
from darvoza.flow.selectivity.keys import DayKeys, joined_keys
from darvoza.methods.sealing.hash_chain import START, Link
from post_world import CENTRE, NOW, POST, SEAL, SEALED_FOR, SIGNER, TRUSTED, Centre, a_centre, at_the_post


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    return a_centre(tmp_path_factory.mktemp("centre"))


@pytest.fixture(scope="module")
def bundle(centre: Centre) -> OpenBundle:
    return centre.opened()


def salts() -> Any:
    """Random bytes that are none, so that every test writes the same record."""
    numbers = itertools.count()
    return lambda size: next(numbers).to_bytes(size, "big")


def decide(record: PostRecord, bundle: OpenBundle, items: pl.DataFrame, place: Path) -> None:
    """Decide and write down, with a gate made anew: as one command of a post does."""
    state = read_state(unpack_state(bundle, place), bundle.keys)
    gate = post_gate(state.policy, bundle.draws(), record.entries)
    made = decide_at_post(gate, items, record.entries, bundle=bundle.bundle, now=NOW)
    record.append([decision_event(each, bundle.bundle, now=NOW) for each in made], salts())


@contextmanager
def recorded(tmp_path: Path, bundle: OpenBundle, items: pl.DataFrame) -> Iterator[PostRecord]:
    """The record of a post that took its bundle and decided some declarations."""
    with PostRecord(tmp_path / "record.ndjson", SIGNER) as record:
        record.append([acceptance(bundle.bundle, by="person 7", now=NOW)], salts())
        decide(record, bundle, items, tmp_path)
        yield record


SAME = ["declaration_id", "agency", "act", "probability", "u", "selected", "channel", "fingerprint", "key_day"]


def test_a_post_decides_bit_by_bit_what_the_centre_would(tmp_path: Path, centre: Centre, bundle: OpenBundle) -> None:
    items = at_the_post()
    expected = assess(items, read_state(centre.state).policy).select(SAME).sort("declaration_id", "agency", "act")
    names = items["declaration_id"].unique(maintain_order=True).to_list()
    with recorded(tmp_path, bundle, items) as record:
        made = pl.concat([each.decisions for each in decided(record.entries)]).select(SAME)
        assert made.sort("declaration_id", "agency", "act").equals(expected)
        assert [each.declaration_id for each in decided(record.entries)] == names
        assert all(decision_of(entry).items.height for entry in record.entries[1:])


def test_a_profile_that_runs_away_is_slowed_by_what_it_asked_for_in_earlier_commands_of_the_post(
    tmp_path: Path, bundle: OpenBundle
) -> None:
    policy = read_state(unpack_state(bundle, tmp_path), bundle.keys).policy
    policy = replace(policy, ceiling=Ceiling(share=0.1, window_days=3, fewest=5))
    items = at_the_post(30)
    names = items["declaration_id"].unique(maintain_order=True).to_list()
    going_on, entries, parts = post_gate(policy, bundle.draws(), []), list[PostDecision](), list[pl.DataFrame]()
    for name in names:
        of_one = items.filter(declaration_id=name)
        gate = knowing_gate(replace(policy, memory=going_on.policy.memory), bundle.draws(), entries)
        [made] = decide_together(gate, of_one, {})
        [whole] = decide_together(going_on, of_one, {})
        assert made.decisions.equals(whole.decisions), name
        entries.append(made)
        parts.append(made.decisions)
    lowered = pl.concat(parts).explode("floors").unnest("floors", separator="_").filter(floors_kind="profile")
    assert lowered.filter(pl.col("floors_probability") < 1).height > 0


def test_the_same_goods_keep_their_draw_at_the_post_and_across_the_line(
    tmp_path: Path, centre: Centre, bundle: OpenBundle
) -> None:
    items = at_the_post(6)
    again = items.with_columns(pl.col("declaration_id") + "-AGAIN", pl.col("lodged_at") + pl.duration(hours=4))
    with recorded(tmp_path, bundle, items) as record:
        decide(record, bundle, again, tmp_path)
        draws = {each.declaration_id: each.decisions.item(0, "u") for each in decided(record.entries)}
    assert len(draws) == 12
    assert {name: draws[f"{name}-AGAIN"] for name in items["declaration_id"].unique()} == {
        name: u for name, u in draws.items() if not name.endswith("-AGAIN")
    }
    known = assess(items, read_state(centre.state).policy)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with recorded(elsewhere, centre.opened(serial=2, draws=known), again) as record:
        theirs = {each.declaration_id: each.decisions.item(0, "u") for each in decided(record.entries)}
    assert theirs == {name: u for name, u in draws.items() if name.endswith("-AGAIN")}


def test_a_declaration_is_decided_again_without_a_second_draw_and_nothing_is_lowered(
    tmp_path: Path, bundle: OpenBundle
) -> None:
    items = at_the_post(10)
    with recorded(tmp_path, bundle, items) as record:
        first = {each.declaration_id: each.decisions for each in decided(record.entries)}
        harmless = items.with_columns(pl.lit("250100").alias("hs"), pl.lit("KZ").alias("origin"))
        decide(record, bundle, harmless, tmp_path)
        second = {each.declaration_id: each.decisions for each in decided(record.entries)}
    for name, before in first.items():
        joined = before.join(second[name], on=["agency", "act"], suffix="_after")
        assert joined.height == before.height
        assert joined.filter(pl.col("probability_after") < pl.col("probability")).is_empty()
        assert joined.filter(pl.col("u_after") != pl.col("u")).is_empty()


def seen_by(items: pl.DataFrame, name: str, **marks: str | None) -> pl.DataFrame:
    """One declaration under a name, known by these marks alone."""
    first = items.filter(pl.col("declaration_id") == items.item(0, "declaration_id"))
    known = {"transport_document": None, "vehicle_id": None, **marks}
    cleared = [pl.lit(value, items.schema[mark]).alias(mark) for mark, value in known.items()]
    none = pl.lit(None, items.schema["container_ids"]).alias("container_ids")
    return first.with_columns(pl.lit(name).alias("declaration_id"), none, *cleared)


def test_no_version_of_a_declaration_gets_its_goods_a_second_draw(tmp_path: Path, bundle: OpenBundle) -> None:
    items = at_the_post(1)
    day_before = items.with_columns(pl.col("lodged_at") - pl.duration(days=1))
    with recorded(tmp_path, bundle, seen_by(day_before, "D-1", transport_document="T-1")) as record:
        decide(record, bundle, seen_by(day_before, "D-1", transport_document="T-2"), tmp_path)
        decide(record, bundle, seen_by(items, "D-2", transport_document="T-1"), tmp_path)
        decide(record, bundle, seen_by(items, "D-3", transport_document="T-2"), tmp_path)
        made = {
            each.declaration_id: each.decisions.select("u", "fingerprint").row(0) for each in decided(record.entries)
        }
    assert set(made) == {"D-1", "D-2", "D-3"}
    assert len(set(made.values())) == 1


def test_what_is_declared_anew_is_the_next_version_and_the_same_once_more_is_not(
    tmp_path: Path, bundle: OpenBundle
) -> None:
    items = at_the_post(1)
    heavier = items.with_columns(pl.col("net_mass") + 1)
    with recorded(tmp_path, bundle, items) as record:
        for again in (items, heavier, heavier, heavier.with_columns(pl.lit(7, pl.Int64).alias("version")), items):
            decide(record, bundle, again.cast({"version": items.schema["version"]}), tmp_path)
        versions = [decision_of(entry).items.item(0, "version") for entry in record.entries[1:]]
        assert [each.items.item(0, "version") for each in decided_versions(record.entries)] == [1, 2, 3]
    assert versions == [1, 1, 2, 2, 2, 3]


def test_an_amendment_does_not_move_the_lodging(tmp_path: Path, bundle: OpenBundle) -> None:
    items = at_the_post(1)
    month_before = pl.col("lodged_at") - pl.duration(days=30)
    with recorded(tmp_path, bundle, items) as record:
        decide(record, bundle, items.with_columns(pl.col("net_mass") + 1, month_before), tmp_path)
        decide(record, bundle, items.with_columns(pl.lit(NOW).alias("lodged_at")), tmp_path)
        made = [decision_of(entry) for entry in record.entries[1:]]
    assert [each.items.item(0, "version") for each in made] == [1, 2, 3]
    for each in made:
        assert {*each.items["lodged_at"], *each.decisions["lodged_at"]} == {items.item(0, "lodged_at")}


def test_what_began_between_the_lodging_and_the_day_of_decision_counts(tmp_path: Path) -> None:
    items = at_the_post(1).with_columns(pl.lit("080810").alias("hs"))
    began = "from: " + (NOW.date() - timedelta(days=1)).isoformat()
    assert items.item(0, "lodged_at").date() < NOW.date() - timedelta(days=1)
    later = a_centre(tmp_path / "later")
    profile = later.state.parent / "profiles" / "B.yaml"
    profile.write_text(profile.read_text(encoding="utf-8").replace("from: 2026-01-01", began), encoding="utf-8")
    with recorded(tmp_path, later.opened(), items) as record:
        [made] = decided(record.entries)
        assert made.channel == "yellow"
        assert (record.entries[-1].body or {})["began"] is True


def test_a_known_declaration_whose_new_goods_need_a_key_that_is_not_held_is_set_aside(
    tmp_path: Path, centre: Centre
) -> None:
    items = at_the_post(2)
    first, other = items.partition_by("declaration_id")
    old, new = centre.opened(), centre.opened(serial=2)
    day = first.item(0, "lodged_at").date()
    with recorded(tmp_path, old, seen_by(first, "D-1", transport_document="T-1")) as record:
        keys = DayKeys((), tuple((held, key) for held, key in new.keys.days if held != day))
        state = read_state(unpack_state(new, tmp_path), keys)
        gate = post_gate(state.policy, new.draws(), record.entries)
        moved = other.with_columns(pl.lit(NOW).alias("lodged_at"))
        told = pl.concat([seen_by(first, "D-1", transport_document="T-2").cast(items.schema), moved])
        may, aside = may_be_decided(gate, told, record.entries, bundle=new.bundle, now=NOW)
        assert [(each.declaration_id, each.field) for each in aside] == [("D-1", "lodged_at")]
        made = decide_at_post(gate, may, record.entries, bundle=new.bundle, now=NOW)
    assert [each.declaration_id for each in made] == [other.item(0, "declaration_id")]


def test_goods_known_by_one_mark_and_then_by_another_keep_a_draw_of_longer_ago_than_a_bundle_reaches(
    tmp_path: Path, centre: Centre
) -> None:
    items, policy = at_the_post(1), read_state(centre.state).policy
    first = seen_by(items, "D-1", transport_document="T-1").with_columns(pl.col("lodged_at") - pl.duration(days=50))
    then = seen_by(items, "D-2", transport_document="T-1", vehicle_id="V-1")
    then = then.with_columns(pl.col("lodged_at") - pl.duration(days=22), pl.lit(["C-1"]).alias("container_ids"))
    known = assess(pl.concat([first, then.cast(first.schema)]), policy)
    assert known["u"].n_unique() == 1
    now = seen_by(items, "D-3").with_columns(pl.lit(["C-1"]).alias("container_ids")).cast(items.schema)
    with recorded(tmp_path, centre.opened(draws=known), now) as record:
        [made] = decided(record.entries)
    assert made.decisions["u"].unique().to_list() == known["u"].unique().to_list()


def test_goods_keep_the_draw_of_an_old_bundle_whose_day_a_new_one_does_not_know(tmp_path: Path, centre: Centre) -> None:
    items, policy = at_the_post(1), read_state(centre.state).policy
    boxed = pl.lit(["C-1"]).alias("container_ids")
    ago = seen_by(items, "D-1", transport_document="T-1").with_columns(pl.col("lodged_at") - pl.duration(days=29))
    known = assess(ago.with_columns(pl.col("lodged_at") - pl.duration(days=20)), policy)
    known = known.with_columns(pl.col("lodged_at") + pl.duration(days=20))  # seen again, and a draw of longer ago
    first = centre.opened(draws=known)
    with recorded(tmp_path, first, seen_by(items, "D-2", transport_document="T-1").with_columns(boxed)) as record:
        second = centre.opened(serial=2)
        again = seen_by(items, "D-3").with_columns(boxed)
        with pytest.raises(InvalidKey):
            decide(record, second, again, tmp_path)
        kept = keys_of_draws(first.keys, record.entries)
        assert [day for day, _ in kept.days] == known["key_day"].unique().to_list()
        decide(record, replace(second, keys=joined_keys(second.keys, kept)), again, tmp_path)
        assert {u for each in decided(record.entries) for u in each.decisions["u"]} == set(known["u"])


def test_a_record_cannot_make_the_centre_unpack_without_end(tmp_path: Path, bundle: OpenBundle) -> None:
    with recorded(tmp_path, bundle, at_the_post(1)) as record:
        entry = record.entries[-1]
    for packed in (zlib.compress(bytes(LARGEST + 1)), zlib.compress(b"no frame"), b"no zlib", b""):
        body = {**(entry.body or {}), "items": base64.b64encode(packed).decode()}
        with pytest.raises(PostError, match="a frame of one declaration"):
            decision_of(replace(entry, body=body))


# ── fail closed ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_its_last_day_and_before_its_first_nothing_is_decided(tmp_path: Path, bundle: OpenBundle) -> None:
    held = bundle.bundle
    for days in (-5, 3, 400):
        with pytest.raises(ExpiredBundle, match="examine everything by hand"):
            check_clock(held, [], NOW + timedelta(days=days))
    with recorded(tmp_path, bundle, at_the_post(2)) as record:
        late = NOW + timedelta(days=3)
        state = read_state(unpack_state(bundle, tmp_path), bundle.keys)
        gate = post_gate(state.policy, bundle.draws(), record.entries)
        before = record.end
        with pytest.raises(ExpiredBundle):
            decide_at_post(gate, at_the_post(2, 6), record.entries, bundle=held, now=late)
        assert record.end == before


def test_a_clock_that_was_set_back_brings_no_bundle_back_to_life(tmp_path: Path, bundle: OpenBundle) -> None:
    with recorded(tmp_path, bundle, at_the_post(1)) as record:
        check_clock(bundle.bundle, record.entries, NOW - timedelta(minutes=4))
        with pytest.raises(ExpiredBundle, match="set the clock"):
            check_clock(bundle.bundle, record.entries, NOW - timedelta(minutes=6))


def test_an_older_bundle_or_one_of_another_post_is_never_taken(
    tmp_path: Path, centre: Centre, bundle: OpenBundle
) -> None:
    with recorded(tmp_path, bundle, at_the_post(1)) as record:
        today, second = NOW.date(), centre.opened(serial=2).bundle
        check_offered(second, record.entries, SIGNER, today=today)
        with pytest.raises(InvalidBundle, match="more than 1"):
            check_offered(bundle.bundle, record.entries, SIGNER, today=today)
        other = Signer(POST, post_key(POST, bytes(32)))
        with pytest.raises(InvalidBundle, match="tell the centre the key of this post"):
            check_offered(second, record.entries, other, today=today)
        with pytest.raises(InvalidBundle, match="KG-OSH"):
            check_offered(centre.opened(serial=2, post="KG-OSH").bundle, record.entries, SIGNER, today=today)


def test_a_bundle_that_is_over_or_has_not_begun_does_not_take_the_place_of_one_that_decides(
    centre: Centre, bundle: OpenBundle
) -> None:
    second, held = centre.opened(serial=2).bundle, bundle.bundle
    with pytest.raises(InvalidBundle, match="what lies here stays"):
        check_offered(second, [], SIGNER, held=held, today=second.end + timedelta(days=1))
    later = replace(second, start=NOW.date() + timedelta(days=1))
    with pytest.raises(InvalidBundle, match="until then the one that lies here decides"):
        check_offered(later, [], SIGNER, held=held, today=NOW.date())
    check_offered(later, [], SIGNER, today=NOW.date())  # nothing decides today in any case
    check_offered(later, [], SIGNER, held=replace(held, end=NOW.date() - timedelta(days=1)), today=NOW.date())


def test_a_bundle_that_lies_at_the_post_is_taken_again_where_the_record_does_not_say_so_and_no_older_one(
    centre: Centre, bundle: OpenBundle
) -> None:
    second = centre.opened(serial=2).bundle
    check_offered(second, [], SIGNER, held=second, today=NOW.date())
    with pytest.raises(InvalidBundle, match="never taken again"):
        check_offered(bundle.bundle, [], SIGNER, held=second, today=NOW.date())
    with pytest.raises(PostError, match="bundle 2 was taken"):
        check_taken(second, [])


def test_a_clock_far_from_the_bundle_writes_nothing_down_for_nothing_could_follow(bundle: OpenBundle) -> None:
    check_clock_is_near(bundle.bundle, NOW)
    for days in (-60, 60, 9 * 365):
        with pytest.raises(ExpiredBundle, match="set the clock"):
            check_clock_is_near(bundle.bundle, NOW + timedelta(days=days))


def test_nothing_is_ordered_where_another_system_decides(tmp_path: Path, bundle: OpenBundle) -> None:
    state = read_state(unpack_state(bundle, tmp_path), bundle.keys)
    made = {
        binds: decide_at_post(
            post_gate(state.policy, bundle.draws(), []), at_the_post(12), [], bundle=bundle.bundle, now=NOW, binds=binds
        )
        for binds in (True, False)
    }
    assert any(each.orders.height for each in made[True])
    assert not any(each.orders.height for each in made[False])
    assert all(ours.decisions.equals(theirs.decisions) for ours, theirs in zip(made[True], made[False], strict=True))


def test_what_is_lodged_for_a_day_whose_key_everybody_knows_is_refused_by_name(tmp_path: Path, centre: Centre) -> None:
    items = at_the_post(6)
    day = items.item(0, "lodged_at").date()
    packed = make_bundle(
        centre.state,
        Addressed(POST, 1, day, day + timedelta(days=5), SEALED_FOR, SIGNER.public),
        None,
        "",
        signing_key=CENTRE,
        seed=bytes(32),
        revealed=[day],
    )
    opened = open_bundle(packed, trusted=TRUSTED, private=SEAL)
    assert day not in dict(opened.keys.days)
    assert opened.bundle.revealed == (day,)
    state = read_state(unpack_state(opened, tmp_path), opened.keys)
    with pytest.raises(PostError, match=f"got '{items.item(0, 'declaration_id')}, {day}"):
        decide_at_post(post_gate(state.policy, opened.draws(), []), items, [], bundle=opened.bundle, now=NOW)
    held = replace(opened, keys=joined_keys(opened.keys, centre.opened().keys))
    state = read_state(unpack_state(held, tmp_path), held.keys)
    with pytest.raises(PostError, match="not revealed yet"):  # though the key is held, for the draws of older goods
        decide_at_post(post_gate(state.policy, held.draws(), []), items, [], bundle=held.bundle, now=NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"post": "KG-OSH"}, "declarations of KG-TOR"),
        ({"lodged_at": NOW + timedelta(hours=1)}, "not after"),
    ],
)
def test_what_is_of_another_post_or_of_tomorrow_is_refused(
    tmp_path: Path, bundle: OpenBundle, change: dict[str, object], said: str
) -> None:
    items = at_the_post(2).with_columns(pl.lit(value).alias(name) for name, value in change.items())
    with PostRecord(tmp_path / "record.ndjson", SIGNER) as record, pytest.raises(PostError, match=said):
        decide(record, bundle, items, tmp_path)


# ── the record ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_record_cut_at_any_byte_keeps_every_entry_that_was_answered_for(tmp_path: Path, bundle: OpenBundle) -> None:
    with recorded(tmp_path, bundle, at_the_post(3)) as record:
        entries = list(record.entries)
    path = tmp_path / "record.ndjson"
    whole = path.read_bytes()
    ends = list(itertools.accumulate(map(len, whole.splitlines(keepends=True))))
    cuts = {
        0,
        1,
        *ends,
        *(end - 1 for end in ends),
        *(end + 1 for end in ends),
        *range(0, len(whole), len(whole) // 25),
    }
    for cut in sorted(cut for cut in cuts if cut <= len(whole)):
        path.write_bytes(whole[:cut])
        answered = sum(end <= cut for end in ends)
        with PostRecord(path, SIGNER) as cut_short:
            assert cut_short.entries == entries[:answered]
            cut_short.append([acceptance(bundle.bundle, by="person 7", now=NOW)], salts())
        assert len(read_record(path.read_bytes().splitlines(keepends=True))) == answered + 1


def test_a_record_that_was_changed_stops_the_post(tmp_path: Path, bundle: OpenBundle) -> None:
    with recorded(tmp_path, bundle, at_the_post(2)):
        pass
    path = tmp_path / "record.ndjson"
    path.write_bytes(
        path.read_bytes().replace(b'"selected":false', b'"selected":true ', 1).replace(b"true ", b"true", 1)
    )
    with pytest.raises(BrokenJournal):
        PostRecord(path, SIGNER)


def test_two_commands_never_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "record.ndjson"
    with PostRecord(path, SIGNER), pytest.raises(PostError, match="nobody else at work"):
        PostRecord(path, SIGNER)
    with PostRecord(path, SIGNER) as record:
        assert record.end == START


def test_a_disk_that_fails_keeps_the_record_as_it_was_and_answers_nothing(
    tmp_path: Path, bundle: OpenBundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    event = acceptance(bundle.bundle, by="person 7", now=NOW)
    with PostRecord(tmp_path / "record.ndjson", SIGNER) as record:
        record.append([event], salts())
        monkeypatch.setattr("os.fsync", fails)
        with pytest.raises(PostError, match="nothing was decided"):
            record.append([event], salts())
        monkeypatch.undo()
        assert record.end.number == 1
        record.append([event], salts())
    with PostRecord(tmp_path / "record.ndjson", SIGNER) as record:
        assert record.end.number == 2


def test_the_rest_of_a_record_follows_what_was_taken_in_before(tmp_path: Path, bundle: OpenBundle) -> None:
    with recorded(tmp_path, bundle, at_the_post(3)) as record:
        entries = record.entries
        assert list(after(entries, START)) == entries
        assert list(after(entries, Link(2, entries[1].head))) == entries[2:]
        assert list(after(entries, record.end)) == []
        with pytest.raises(BrokenJournal, match="an older copy"):
            list(after(entries[:1], record.end))
        with pytest.raises(BrokenJournal, match="as it was taken in before"):
            list(after(entries, Link(2, "ab" * 32)))
    data = (tmp_path / "record.ndjson").read_bytes()
    assert len(complete_lines(data[:-5])) == len(entries) - 1


# ── results ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def a_result(order: str, **changes: object) -> dict[str, object]:
    """A result as an officer writes it."""
    items = [{"item": 1, "areas": ["undervaluation"], "net_mass": "12.5", "words": "Два места сверх."}]
    return {"order": order, "officer": "person 12", "items": items, **changes}


def test_a_result_comes_back_as_it_was_written(tmp_path: Path, bundle: OpenBundle) -> None:
    with recorded(tmp_path, bundle, at_the_post(12)) as record:
        chosen = next(each for each in decided(record.entries) if each.orders.height)
        agency, act = chosen.orders.select("agency", "act").row(0)
        order = f"{chosen.declaration_id}:{agency}:{act}"
        [found] = read_results({"results": [a_result(order)]}, "results.yaml", NOW)
        [entry] = record.append([result_event(found, record.entries, now=NOW)], salts())
        written = result_of(entry).result
        assert written.items[0].goods
        assert replace(written, items=(replace(written.items[0], goods=None),)) == found.result
        assert found.result.items[0].areas == (RiskArea.UNDERVALUATION,)
        assert found_so_far(record.entries).select("item", "finding").rows() == [(1, True)]
        body: dict[str, Any] = dict(entry.body or {})
        swollen = replace(entry, body=body | {"items": [body["items"][0] | {"additional_duty": "1e16"}]})
        # what a post wrote before such numbers were refused is read as it stands: its record cannot be mended
        assert result_of(swollen).result.items[0].additional_duty == Decimal("1e16")
        assert found_so_far([swollen]).height == 1
        nothing = found._replace(result=replace(found.result, items=(ItemResult(1),)))
        later = found._replace(result=replace(found.result, at=NOW - timedelta(hours=1)))
        assert not_written_yet([later], record.entries) == []
        assert not_written_yet([found], record.entries[:-1]) == [(1, found)]
        assert not_written_yet([found, nothing], record.entries) == [(2, nothing)]
        record.append([result_event(nothing, record.entries, now=NOW)], salts())
        # a file that comes again does not turn back what it corrected itself
        assert not_written_yet([found, nothing], record.entries) == []
        assert not_written_yet([nothing], record.entries) == []
        assert not_written_yet([found, nothing, found], record.entries) == [(3, found)]
        strange = PostResult(order, ExaminationResult("person 12", NOW, (ItemResult(99),)))
        early = found._replace(result=replace(found.result, at=NOW - timedelta(days=1)))
        with pytest.raises(PostError, match="when the order was made"):
            result_event(early, record.entries, now=NOW)
        for wrong, said in ((found._replace(order_id="D9:customs:physical"), "this post made"), (strange, "99")):
            with pytest.raises(PostError, match=said):
                result_event(wrong, record.entries, now=NOW)


def test_a_reference_may_hold_colons_and_an_item_may_be_gone_since(tmp_path: Path, bundle: OpenBundle) -> None:
    items = at_the_post(12).with_columns(("KG:26:" + pl.col("declaration_id")).alias("declaration_id"))
    with recorded(tmp_path, bundle, items) as record:
        several = {each.declaration_id: each for each in decided(record.entries) if each.items.height > 1}
        chosen = next(each for each in several.values() if each.orders.height)
        left = items.filter((pl.col("declaration_id") == chosen.declaration_id) & (pl.col("item") > 1))
        decide(record, bundle, left, tmp_path)
        agency, act = chosen.orders.select("agency", "act").row(0)
        order = f"{chosen.declaration_id}:{agency}:{act}"
        found = PostResult(
            order, ExaminationResult("person 12", NOW, (ItemResult(1, areas=(RiskArea.UNDERVALUATION,)),))
        )
        record.append([result_event(found, record.entries, now=NOW)], salts())
        told = found_so_far(record.entries).select("declaration_id", "agency", "act", "item").row(0)
        assert told == (chosen.declaration_id, agency, act, 1)
        assert chosen.declaration_id.startswith("KG:26:")


def test_a_word_counts_for_the_goods_as_they_were_declared_when_it_was_given(
    tmp_path: Path, bundle: OpenBundle
) -> None:
    items = at_the_post(12)
    with recorded(tmp_path, bundle, items) as record:
        chosen = next(each for each in decided(record.entries) if each.orders.height)
        agency, act = chosen.orders.select("agency", "act").row(0)
        order = f"{chosen.declaration_id}:{agency}:{act}"
        due = without_word(order, record.entries)
        found = PostResult(order, ExaminationResult("person 12", NOW, tuple(map(ItemResult, due))))
        record.append([result_event(found, record.entries, now=NOW)], salts())
        assert without_word(order, record.entries) == []
        same = items.filter(pl.col("declaration_id") == chosen.declaration_id)
        decide(record, bundle, same.with_columns(importer_name=pl.lit("another spelling")), tmp_path)
        assert without_word(order, record.entries) == []
        decide(record, bundle, same.with_columns(origin=pl.lit("AE"), net_mass=pl.col("net_mass") * 9), tmp_path)
        assert set(due) <= set(without_word(order, record.entries))


def test_a_last_line_that_was_cut_is_told_of_and_stays_until_the_next_is_written(
    tmp_path: Path, bundle: OpenBundle
) -> None:
    with recorded(tmp_path, bundle, at_the_post(2)):
        pass
    path = tmp_path / "record.ndjson"
    whole = path.read_bytes()
    path.write_bytes(whole[:-7])
    last = len(whole.splitlines(keepends=True)[-1])
    with PostRecord(path, SIGNER) as record:
        assert record.cut == last - 7
        assert path.read_bytes() == whole[:-7]
        record.append([acceptance(bundle.bundle, by="person 7", now=NOW)], salts())
        assert record.cut == 0
    with PostRecord(path, SIGNER) as record:
        assert record.cut == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({}, "a list of results"),
        ({"results": [{"order": "x"}]}, "officer"),
        ({"results": [a_result("x", items=[])]}, "what was found on each item"),
        ({"results": [a_result("x", items=[{"item": 0}])]}, "a whole number of 1 or more"),
        ({"results": [a_result("x", items=[{"item": 1, "areas": ["undervaluatoin"]}])]}, "did you mean undervaluation"),
        ({"results": [a_result("x", items=[{"item": 1, "additional_duty": "1e16"}])]}, "an amount from 0 to 1,000,000"),
        ({"results": [a_result("x", items=[{"item": 1, "seized": True}])]}, "what was found, for there is seized"),
        ({"results": [a_result("x", items=[{"item": 1, "net_mass": "-1"}])]}, "an amount from 0 to"),
        ({"results": [a_result("x", at="2030-01-01T00:00:00+00:00")]}, "not to come"),
        ({"results": [a_result("x", at="yesterday")]}, "a time, such as"),
        ({"results": [a_result("x", at="0001-01-01T00:00:00+05:00")]}, "after 2000"),
        ({"results": [a_result("x", officer="p" * 61)]}, "at most 60 letters"),
        ({"results": [a_result("x", items=[{"item": 2}, {"item": 1}, {"item": 2}])]}, "each goods item once"),
        ({"results": [a_result("x", items=[{"item": 1, "areas": "undervaluation"}])]}, "such as [undervaluation]"),
        ({"results": [a_result("x", items=[{"item": 1, "areas": {"undervaluation": "yes"}}])]}, "a list"),
        ({"results": [a_result("x", colour="red")]}, "colour"),
    ],
)
def test_a_result_that_cannot_be_read_is_told_field_by_field(content: dict[str, object], said: str) -> None:
    with pytest.raises(ExceptionGroup) as raised:
        read_results(content, "results.yaml", NOW)
    assert any(said in str(problem) for problem in raised.value.exceptions)


@pytest.mark.parametrize("words", ["", "none left"])
def test_an_act_of_sampling_that_found_nothing_says_its_samples_or_why_none_was_taken(words: str) -> None:
    told = {"order": "D1:phytosanitary:sampling", "officer": "asel", "items": [{"item": 1, "words": words}]}
    with pytest.raises(ExceptionGroup) as raised:
        read_results({"results": [told]}, "results.yaml", NOW)
    assert next(str(problem) for problem in raised.value.exceptions).startswith(
        "results.yaml: results.1.items.1.words: expected the numbers of its samples"
    )
    said = told | {"items": [{"item": 1, "words": "the goods were frozen through"}, {"item": 2, "areas": ["sps"]}]}
    assert len(read_results({"results": [said]}, "results.yaml", NOW)) == 1
    assert len(read_results({"results": [told | {"order": "D1:phytosanitary:physical"}]}, "results.yaml", NOW)) == 1


def test_the_samples_of_a_file_are_read() -> None:
    told = {"order": "D1:phytosanitary:sampling", "officer": "asel", "items": [{"item": 1, "samples": ["S-17", 18]}]}
    [found] = read_results({"results": [told]}, "results.yaml", NOW)
    assert found.result.items[0].samples == ("S-17", "18")


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ("S-17", "a list of the numbers"),
        (["S 17"], "without a space"),
        (["S" * 41], "1 to 40"),
        (["a-1", "A-1"], "each sample once"),
        ([None], "1 to 40"),
        ([["S-17"]], "1 to 40"),
    ],
)
def test_a_number_that_is_none_of_a_sample_is_told(samples: object, said: str) -> None:
    told = {"order": "D1:phytosanitary:sampling", "officer": "asel", "items": [{"item": 1, "samples": samples}]}
    with pytest.raises(ExceptionGroup) as raised:
        read_results({"results": [told]}, "results.yaml", NOW)
    [problem] = raised.value.exceptions
    assert "results.1.items.1.samples" in str(problem)
    assert said in str(problem)


@pytest.mark.parametrize("words", ["S-17", "frozen through"])
def test_the_number_of_a_sample_is_enough_and_so_is_why_none_was_taken(words: str) -> None:
    told = {"order": "D1:phytosanitary:sampling", "officer": "asel", "items": [{"item": 1, "words": words}]}
    assert read_results({"results": [told]}, "results.yaml", NOW)[0].result.items[0].words == words


# ── meeting the centre ───────────────────────────────────────────────────────────────────────────────────────────────

ACT = ActTold("customs", "physical", selected=False, probability=0.1, u=0.4, fingerprint="ab", key_day="2026-03-01")
MORE = ACT._replace(selected=True, probability=0.5)


@pytest.mark.parametrize(
    ("centre", "post", "meeting", "said"),
    [
        ([], [ACT], Meeting.NEW, ""),
        ([ACT], [ACT], Meeting.SAME, ""),
        ([ACT], [MORE], Meeting.ACTS, "only the post asked for customs physical"),
        ([MORE], [ACT], Meeting.ACTS, "only the centre asked for customs physical"),
        (
            [MORE],
            [MORE._replace(u=0.3, key_day="2026-03-02")],
            Meeting.DRAWS,
            "two draws, of 2026-03-01 and 2026-03-02",
        ),
    ],
)
def test_nothing_that_either_asked_for_is_dropped_and_every_difference_is_told(
    centre: list[ActTold], post: list[ActTold], meeting: Meeting, said: str
) -> None:
    met = meet(centre, post)
    assert (met.meeting, met.told) == (meeting, said)
