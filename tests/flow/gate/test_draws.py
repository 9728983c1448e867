"""The book of draws: what came under a mark is found however much came there, and at no greater cost."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darvoza.flow.gate import draws
from darvoza.flow.gate.draws import MOST, DrawBook, Met, Number, is_near, number_of
from darvoza.flow.selectivity.same_goods import Lodging

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
MARKS = ("document:a", "containers:b", "vehicle:c")


def lodging(name: int, day: int, draw: int, marks: list[str]) -> Lodging:
    key_day = (START + timedelta(days=draw)).date()
    return Lodging(f"D-{name}", START + timedelta(days=day), f"f{draw}", "document", key_day, marks)


def book_of(lodgings: list[Lodging]) -> DrawBook:
    book = DrawBook()
    book.enter(one._asdict() for one in lodgings)
    return book


def entered(lodgings: list[Lodging]) -> list[Lodging]:
    """What a book takes in of lodgings: each declaration once with the same draw and marks."""
    once: dict[tuple[object, ...], Lodging] = {}
    for one in lodgings:
        once.setdefault((one.declaration_id, number_of(one), *one.marks), one)
    return list(once.values())


def since(lodgings: list[Lodging], mark: str) -> dict[Number, date]:
    first: dict[Number, date] = {}
    for one in lodgings:
        if mark in one.marks:
            day = one.lodged_at.date()
            first[number_of(one)] = min(first.get(number_of(one), day), day)
    return first


def met(lodgings: list[Lodging], marks: list[str], day: date) -> list[Met]:
    """The same as the book gives, by looking at all of them."""
    order = list(dict.fromkeys(one.declaration_id for one in lodgings))
    first = {mark: since(lodgings, mark) for mark in marks}
    last: dict[Number, dict[str, Met]] = {}
    for one in sorted(lodgings, key=lambda each: order.index(each.declaration_id)):
        borne = [mark for mark in marks if mark in one.marks]
        if borne:
            near = frozenset(mark for mark in borne if is_near(mark, day, first[mark][number_of(one)]))
            of_draw = last.setdefault(number_of(one), {})
            before = of_draw.get(one.declaration_id)
            of_draw[one.declaration_id] = Met(one, near | (before.near if before else frozenset()))
    kept = [one for many in last.values() for one in list(many.values())[-MOST:]]
    return sorted(kept, key=lambda one: order.index(one.lodging.declaration_id))


LODGINGS = st.lists(
    st.builds(
        lodging,
        st.integers(0, 60),
        st.integers(0, 40),
        st.integers(0, 2),
        st.lists(st.sampled_from(MARKS), min_size=1, unique=True),
    ),
    max_size=120,
)


@settings(max_examples=150, deadline=None)
@given(LODGINGS, st.lists(st.sampled_from(MARKS), unique=True), st.integers(0, 60))
def test_what_came_under_marks_is_found_as_if_all_of_it_were_looked_at(
    lodgings: list[Lodging], marks: list[str], day: int
) -> None:
    book, known, on = book_of(lodgings), entered(lodgings), (START + timedelta(days=day)).date()
    assert book.met(marks, on) == met(known, marks, on)
    for mark in MARKS:
        first = since(known, mark)
        assert [book.since(mark, number_of(one)) for one in known] == [first.get(number_of(one)) for one in known]


def test_a_crowd_under_one_mark_is_not_looked_at_again_for_each_that_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    book, looked = DrawBook(), 0

    def counting(one: Lodging) -> Number:
        nonlocal looked
        looked += 1
        return one.fingerprint, one.key_day

    monkeypatch.setattr(draws, "number_of", counting)
    for name in range(500):
        one = lodging(name, 0, 0, ["document:a"])
        assert len(book.met(one.marks, START.date())) == min(name, MOST)
        book.since("document:a", (one.fingerprint, one.key_day))
        book.enter([one._asdict()])
    assert looked < 500 * 4 * MOST


def test_goods_keep_the_draw_of_a_post_also_where_the_centre_had_drawn_for_them_long_before() -> None:
    at_the_centre, at_a_post = (lodging(1, day, day, [MARKS[0]]) for day in (0, 24))
    book = book_of([at_the_centre, at_a_post])
    assert book.sharing([MARKS[0]]) == [at_the_centre, at_a_post]
    assert book.since(MARKS[0], number_of(at_a_post)) == at_a_post.lodged_at.date()
    assert book_of([at_a_post, at_a_post]).sharing([MARKS[0]]) == [at_a_post]
