"""What a plan of capacity says: of the post itself first, of that day, in one voice."""

from datetime import date

import pytest

from darvoza.domain.capacity import (
    EXAMINATION,
    ActDuration,
    CapacityPlan,
    CapacityUnit,
    Deadline,
    Duty,
    PostCapacity,
    plain_plan,
)
from darvoza.domain.codes import Act, Agency
from darvoza.errors import SettingsError

SAMPLING = Duty(Agency.PHYTOSANITARY, Act.SAMPLING)
JUNE, JULY, LAST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 6, 30)


def row(post: str = "KG-TOR", amount: float = 12, **changes: object) -> PostCapacity:
    given = {"duty": EXAMINATION, "unit": CapacityUnit.PER_DAY} | changes
    return PostCapacity(post, amount=amount, **given)  # type: ignore[arg-type]


def test_the_row_of_the_post_itself_comes_before_that_of_every_post() -> None:
    plan = CapacityPlan((row("*", 5), row("KG-TOR", 12), row("*", 2, duty=SAMPLING)))
    amounts = [
        found.amount if (found := plan.of(post, duty, JUNE)) else None
        for post, duty in [("KG-TOR", EXAMINATION), ("KG-IRK", EXAMINATION), ("KG-TOR", SAMPLING)]
    ]
    assert amounts == [12, 5, 2]


def test_a_row_holds_on_its_own_days_and_the_general_one_on_the_others() -> None:
    plan = CapacityPlan((row("*", 5), row(amount=20, start=JUNE, end=LAST)))
    found = [plan.of("KG-TOR", EXAMINATION, day) for day in (date(2026, 5, 31), JUNE, LAST, JULY)]
    assert [one.amount for one in found if one] == [5, 20, 20, 5]


def test_of_an_act_that_the_plan_does_not_speak_of_nothing_is_said() -> None:
    assert plain_plan(0.1).of("KG-TOR", SAMPLING, JUNE) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (row(), row(amount=3)),
        (row(start=JUNE), row(end=JUNE)),
        (row(start=JUNE, end=JULY), row(start=LAST)),
    ],
)
def test_two_rows_for_the_same_day_are_refused(one: PostCapacity, other: PostCapacity) -> None:
    with pytest.raises(SettingsError, match=r"one row for a post, agency, act and day.*KG-TOR, customs physical"):
        CapacityPlan((one, other))


def test_rows_one_after_the_other_are_not_in_each_others_way() -> None:
    assert len(CapacityPlan((row(end=LAST), row(start=JULY), row("KG-IRK"), row(duty=SAMPLING))).rows) == 4


def test_the_duration_of_the_longest_code_and_of_the_agency_itself_decides() -> None:
    plan = CapacityPlan(
        (row(),),
        durations=(
            ActDuration(Act.PHYSICAL, 1.0, hs="8703"),
            ActDuration(Act.PHYSICAL, 3.0),
            ActDuration(Act.PHYSICAL, 4.0, agency=Agency.CUSTOMS),
            ActDuration(Act.SAMPLING, 9.0),
        ),
    )
    said = list(plan.hours(EXAMINATION))
    assert said[:3] == [("8703", 1.0), ("", 4.0), ("", 3.0)]
    assert said[-1] == ("", 2.0)
    assert next(iter(plan.hours(SAMPLING))) == ("", 9.0)


def test_a_stated_deadline_comes_before_the_one_assumed() -> None:
    plan = CapacityPlan((row(),), deadlines=(Deadline(2.0, "0702"), Deadline(9.0, "07"), Deadline(48.0)))
    said = list(plan.deadline_hours())
    assert said[:2] == [("0702", 2.0), ("07", 9.0)]
    assert [hours for code, hours in said if not code] == [48.0, 24.0]


@pytest.mark.parametrize("share", [0.0, 1.01, float("nan")])
def test_a_plain_share_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(SettingsError, match="capacity"):
        plain_plan(share)
