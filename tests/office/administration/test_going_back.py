"""Nobody lowers alone by going back: not what is in force, not what is planned; and what fell is told."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from darvoza.domain.named_list import NamedList
from darvoza.errors import DataRefused
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_life import DataKind, DataMove
from darvoza.office.administration.models import DataVersion
from darvoza.office.administration.queries.reference import Life, life_of
from darvoza.office.administration.services.reference import (
    DataAnswer,
    GoingBack,
    Place,
    act,
    answer,
    carry_out,
    offer_file,
    offer_list,
    roll_back,
)
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.profiles.queries import lists, lists_asked_absent
from office.api.systems import write_state
from office.reference_sample import (
    HEADER,
    LAST,
    LATER,
    MEASURE,
    approved,
    as_,
    codes,
    digest_of,
    seen,
    use_list,
)
from office.sample import NOW
from people import Cast

HOUR = timedelta(hours=1)
WRONG = "it named the wrong traders"
PLANS = """plans:
  - code: MEAT
    title: Meat
    agency: veterinary
    scope: {goods: ["02"]}
    fractions: [1, 0.25]
    clearances: [10]
    legal_basis: Order 1
    from: 2026-01-01
"""
COMPETENCE = "prefix,agencies,basis,certainty\n02,veterinary,Order 1,V\n"
ROWS = "post,agency,act,per_day\nP-1,customs,physical,9\n"
FILES = {
    DataKind.PLANS: (PLANS + "    to: 2026-03-01\n", PLANS),  # the plan had ended
    DataKind.COMPETENCE: (COMPETENCE + "0207,phytosanitary,Order 2,V\n", COMPETENCE),  # poultry was nobody's to examine
    DataKind.CAPACITY: (ROWS + "P-2,customs,physical,1\n", ROWS),
    DataKind.FACTS: ("half_life_days: 90\nweekend: [sunday]\n", "half_life_days: 90\n"),
}
"""Of each kind of file what was in force before, and what is now."""


def life(kind: DataKind, name: str) -> Life:
    """What a page tells of a list or file a day later."""
    told = life_of(kind, name, LATER)
    assert told is not None
    return told


def back(person: Person, kind: DataKind, name: str) -> DataVersion | None:
    """Go back from what is in force a day later."""
    return roll_back(person, GoingBack(kind, name, life(kind, name).current or 0, WRONG), now=LATER)


def told_on(subject: str, what: str) -> dict[str, object]:
    """The last entry of the journal that tells of a step."""
    bodies = [dict(entry.body or {}) for entry in entries_on(subject)]
    return max((body for body in bodies if body["what"] == what), key=lambda body: bool(body.get("falls")))


def stricter_list(cast: Cast, by: Person, place: Place, *, planned: bytes) -> None:
    """A list that two people made shorter an hour ago, and which two others planned for the day after tomorrow."""
    first = offer_list(cast["oraz"], HEADER, b"code\nA-1\n", now=NOW)
    approved(cast, by, first, place, held="A-1\nB-2", at=NOW + HOUR)
    second = offer_list(cast["oraz"], {**HEADER, "version": "2026-08"}, planned, now=NOW + HOUR)
    approved(cast, by, second, place, held="A-1", at=LAST, now=NOW + HOUR)


@pytest.mark.usefixtures("debtors")
def test_nobody_cancels_alone_a_list_that_is_planned(cast: Cast, merdan: Person, place: Place) -> None:
    stricter_list(cast, merdan, place, planned=b"code\nA-1\nB-2\nSMUGGLER\n")
    assert life(DataKind.LIST, "debtors").two
    waiting = back(merdan, DataKind.LIST, "debtors")
    assert waiting is not None
    assert codes(lists(LATER)) == {"debtors": ("A-1",)}
    assert "SMUGGLER" in codes(lists(LAST))["debtors"]
    said = DataAnswer(True, "it was made of a wrong register", None, seen(waiting, place, LATER))
    answer(cast["oraz"], waiting, said, at=place, now=LATER)
    assert codes(lists(LAST)) == {"debtors": ("A-1", "B-2")}
    planned = NamedList("debtors", ("A-1", "B-2", "SMUGGLER"))
    for step in ("submit", "approve"):
        assert told_on("list debtors", step)["falls"] == [
            {"version": "2026-08", "digest": planned.digest, "in force from": LAST.isoformat()}
        ]
    assert verify().faults == ()


@pytest.mark.usefixtures("debtors")
def test_what_falls_is_told_where_one_goes_back_alone(cast: Cast, merdan: Person, place: Place) -> None:
    stricter_list(cast, merdan, place, planned=b"code\nB-2\n")
    assert not life(DataKind.LIST, "debtors").two, "every code of now and of the plan stands in what was before"
    assert back(merdan, DataKind.LIST, "debtors") is None
    assert codes(lists(LAST)) == {"debtors": ("A-1", "B-2")}
    digest = NamedList("debtors", ("B-2",)).digest
    assert told_on("list debtors", "rolled back")["falls"] == [
        {"version": "2026-08", "digest": digest, "in force from": LAST.isoformat()}
    ]


@pytest.mark.usefixtures("debtors")
def test_whoever_approves_sees_what_falls(cast: Cast, merdan: Person, place: Place) -> None:
    now = timezone.now()
    first = offer_list(cast["oraz"], HEADER, b"code\nA-1\n", now=now)
    approved(cast, merdan, first, place, held="A-1\nB-2", at=now + 2 * HOUR, now=now)
    second = offer_list(cast["oraz"], {**HEADER, "version": "2026-09"}, b"code\nC-3\n", now=now)
    page = f"/administration/reference/{second.pk}/"
    assert "2026-07" in as_(merdan).get(page).text
    assert "falls" in as_(merdan).get(page).text


def test_nobody_cancels_alone_a_prohibition_that_is_planned(cast: Cast, merdan: Person, place: Place) -> None:
    more = MEASURE % 1 + (MEASURE % 5).removeprefix("measures:\n")
    banned = more + (MEASURE % 6).removeprefix("measures:\n")
    for text, held, at in ((more, MEASURE % 1, NOW + HOUR), (MEASURE % 1, more, NOW + 2 * HOUR)):
        row = offer_file(cast["oraz"], DataKind.MEASURES, "first.yaml", text.encode(), at=place, now=at)
        approved(cast, merdan, row, place, held=held, at=at, now=at)
        carry_out(place, now=at)
    assert not life(DataKind.MEASURES, "first.yaml").two, "a measure comes, and none goes"
    row = offer_file(cast["oraz"], DataKind.MEASURES, "first.yaml", banned.encode(), at=place, now=NOW + 3 * HOUR)
    approved(cast, merdan, row, place, held=MEASURE % 1, at=LAST, now=NOW + 3 * HOUR)
    assert life(DataKind.MEASURES, "first.yaml").two
    waiting = back(merdan, DataKind.MEASURES, "first.yaml")
    assert waiting is not None
    said = DataAnswer(True, "the order was repealed", None, seen(waiting, place, LATER))
    answer(cast["oraz"], waiting, said, at=place, now=LATER)
    assert told_on("measures first.yaml", "approve")["falls"] == [
        {"version": "", "digest": digest_of(banned), "in force from": LAST.isoformat()}
    ]


@pytest.mark.parametrize("kind", FILES)
def test_nobody_goes_back_alone_to_a_file_of_which_more_may_control_less(
    cast: Cast, merdan: Person, tmp_path: Path, kind: DataKind
) -> None:
    before, after = FILES[kind]
    name = f"{kind}.csv" if "," in before.partition("\n")[0] else f"{kind}.yaml"
    (tmp_path / name).write_text(before, encoding="utf-8")
    write_state(tmp_path, more=f"{kind}: {[name] if kind is DataKind.PLANS else name}\n")
    place = Place(tmp_path / "gate.yaml", tmp_path)
    row = offer_file(cast["oraz"], kind, name, after.encode(), at=place, now=NOW)
    approved(cast, merdan, row, place, held=before)
    carry_out(place, now=NOW)
    assert life(kind, name).two
    assert back(merdan, kind, name) is not None
    assert carry_out(place, now=LATER) == 0, "nothing changes before a second person says so"


@pytest.mark.parametrize("kind", [DataKind.LIST, DataKind.MEASURES])
@pytest.mark.usefixtures("debtors")
def test_what_two_went_back_from_comes_back_by_two_only(
    cast: Cast, merdan: Person, place: Place, kind: DataKind
) -> None:
    if kind is DataKind.LIST:
        name, held, after = "debtors", "A-1\nB-2", "A-1\nB-2\nC-3"
        row = offer_list(cast["oraz"], HEADER, b"code\nA-1\nB-2\nC-3\n", now=NOW)
    else:
        name, held = "first.yaml", MEASURE % 1
        after = held + (MEASURE % 5).removeprefix("measures:\n")
        row = offer_file(cast["oraz"], kind, name, after.encode(), at=place, now=NOW)
    approved(cast, merdan, row, place, held=held, at=NOW + HOUR)
    carry_out(place, now=NOW + HOUR)
    waiting = back(merdan, kind, name)
    assert waiting is not None
    answer(cast["oraz"], waiting, DataAnswer(True, "looked at it", None, digest_of(after)), at=place, now=LATER)
    assert not life(kind, name).goes_back
    seen = life(kind, name).current or 0
    with pytest.raises(DataRefused, match="version"):
        roll_back(merdan, GoingBack(kind, name, seen, WRONG), now=LATER + HOUR)


def test_a_planned_profile_that_asks_for_absence_counts(cast: Cast, merdan: Person, place: Place) -> None:
    use_list(
        NamedList("debtors", ("A-1", "B-2"), "Debt unit", None, None, "2026-06"), 'importer in list "debtors"', NOW
    )
    row = offer_list(cast["oraz"], HEADER, b"code\nA-1\n", now=NOW)
    approved(cast, merdan, row, place, held="A-1\nB-2", at=NOW + HOUR)
    assert not life(DataKind.LIST, "debtors").two
    now_in_use = NamedList("debtors", ("A-1",), "Debt unit", None, None, "2026-07")
    use_list(now_in_use, 'importer not in list "debtors"', LAST)
    assert lists_asked_absent(LATER) == {"debtors"}
    assert life(DataKind.LIST, "debtors").two
    assert back(merdan, DataKind.LIST, "debtors") is not None


@pytest.mark.usefixtures("debtors")
def test_a_page_asks_once_what_going_back_would_do(cast: Cast, merdan: Person, place: Place) -> None:
    row = offer_list(cast["oraz"], HEADER, b"code\nA-1\n", now=NOW)
    approved(cast, merdan, row, place, held="A-1\nB-2", at=NOW + HOUR)
    life(DataKind.LIST, "debtors")
    with CaptureQueriesContext(connection) as asked:
        life(DataKind.LIST, "debtors")
    assert not [each["sql"] for each in asked if '"profiles_codelist"."values"' in each["sql"]]


@pytest.mark.parametrize("kind", [DataKind.LIST, DataKind.MEASURES])
@pytest.mark.usefixtures("debtors")
def test_nothing_is_planned_while_one_goes_back(cast: Cast, merdan: Person, place: Place, kind: DataKind) -> None:
    if kind is DataKind.LIST:
        name, held, table = "debtors", "A-1\nB-2", "profiles_codelist"
        rows = [offer_list(cast["oraz"], HEADER, text, now=NOW) for text in (b"code\nA-1\n", b"code\nC-3\n")]
    else:
        name, held, table = "first.yaml", MEASURE % 1, "administration_fileforce"
        rows = [
            offer_file(cast["oraz"], kind, name, (MEASURE % number).encode(), at=place, now=NOW) for number in (5, 6)
        ]
    approved(cast, merdan, rows[0], place, held=held, at=NOW + HOUR)
    carry_out(place, now=NOW)
    with CaptureQueriesContext(connection) as approving:
        approved(cast, merdan, rows[1], place, held=held, at=LAST)
    with CaptureQueriesContext(connection) as returning:
        back(merdan, kind, name)
    for asked in (approving, returning):
        locks = [each for each in asked if f'FROM "{table}"' in each["sql"] and "FOR UPDATE" in each["sql"]]
        assert bool(locks) is connection.features.has_select_for_update


@pytest.mark.usefixtures("debtors")
def test_nobody_lets_a_plan_fall_that_he_did_not_see(cast: Cast, merdan: Person, place: Place) -> None:
    mine = offer_list(cast["oraz"], HEADER, b"code\nA-1\nC-3\n", now=NOW)
    act(cast["oraz"], mine, DataMove.SUBMIT, "register of July came in", now=NOW)
    looked_at = seen(mine, place, NOW)
    planned = offer_list(cast["oraz"], {**HEADER, "version": "2026-08"}, b"code\nA-1\nSMUGGLER\n", now=NOW)
    approved(cast, merdan, planned, place, held="A-1\nB-2", at=LAST)
    said = DataAnswer(True, "looked at the difference", None, looked_at)
    with pytest.raises(DataRefused, match="planned"):
        answer(merdan, mine, said, at=place, now=NOW)
    assert "SMUGGLER" in codes(lists(LAST))["debtors"]
    answer(merdan, mine, said._replace(seen=seen(mine, place, NOW)), at=place, now=NOW)


def test_the_life_of_a_file_names_who_asked_to_go_back(cast: Cast, merdan: Person, place: Place) -> None:
    for hour, number, held in ((1, 5, 1), (2, 6, 5)):
        now, text = NOW + hour * HOUR, (MEASURE % number).encode()
        row = offer_file(cast["oraz"], DataKind.MEASURES, "first.yaml", text, at=place, now=now)
        approved(cast, merdan, row, place, held=MEASURE % held, now=now)
        carry_out(place, now=now)
    waiting = back(merdan, DataKind.MEASURES, "first.yaml")
    assert waiting is not None
    answer(
        cast["oraz"], waiting, DataAnswer(True, "it was wrong indeed", None, seen(waiting, place, LATER)), at=place, now=LATER
    )  # fmt: skip
    (current,) = (each for each in life(DataKind.MEASURES, "first.yaml").states if each.when == "current")
    assert (current.by, current.approver) == ("merdan", "oraz")
