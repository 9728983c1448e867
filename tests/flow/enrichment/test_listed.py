"""Facts from the registers: as of the day, doubt against the goods, rows and columns alike."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_item, goods
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.sps.registers import Establishment, ListingStatus, OriginStatus, StatusCode
from darvoza.flow.enrichment import listed
from darvoza.flow.enrichment.listed import FACTS, EstablishmentRegister, OriginRegister, listed_facts

SINCE = date(2026, 1, 1)
ZONES = (
    OriginStatus("FMD", "KZ", "", ("0104", "0204"), StatusCode.FREE, SINCE, None, "S"),
    OriginStatus(
        "FMD", "KZ", "KZ-ZHA", ("0104", "0204"), StatusCode.SUSPENDED, date(2026, 3, 1), date(2026, 3, 31), "S"
    ),
    OriginStatus("PPR", "KZ", "", ("0104",), StatusCode.UNDETERMINED, SINCE, None, "S"),
    OriginStatus("BTV", "KZ", "KZ-AKM", ("0101",), StatusCode.FREE, SINCE, None, "S"),  # the zone is known by it
    OriginStatus("FMD", "UZ", "UZ-TO", ("0204",), StatusCode.FREE, SINCE, None, "S"),
    OriginStatus("PPR", "KZ", "", ("0104",), StatusCode.PRESENT, date(2026, 6, 1), None, "S"),
)
PLANTS = (
    Establishment("KZ-1", "KZ", "slaughter", ("0204",), SINCE, date(2026, 5, 31), date(2026, 3, 10), date(2026, 3, 20)),
    Establishment("KZ-1", "KZ", "dairy", ("04",), SINCE),
)


def facts(day: date, **changes: object) -> dict[str, Any]:
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    item = an_item(**{"hs": "0104101000", "origin": "KZ", "lodged_at": at, **changes})
    return listed_facts(goods(item), OriginRegister.of(ZONES), EstablishmentRegister.of(PLANTS)).row(0, named=True)


@pytest.mark.parametrize(
    ("day", "region", "status", "there", "free"),
    [
        (date(2026, 2, 28), "KZ-ZHA", "undetermined", [], ["FMD"]),
        (date(2026, 3, 1), "KZ-ZHA", "suspended", ["FMD"], []),
        (date(2026, 3, 31), "KZ-ZHA", "suspended", ["FMD"], []),
        (date(2026, 4, 1), "KZ-ZHA", "undetermined", [], ["FMD"]),
        (date(2026, 3, 15), "KZ-AKM", "undetermined", [], ["FMD"]),
        (date(2026, 3, 15), None, "suspended", ["FMD"], []),
        (date(2026, 3, 15), "", "suspended", ["FMD"], []),
        (date(2026, 3, 15), "kz zha", "suspended", ["FMD"], []),
        (date(2026, 3, 15), "КZ-ZНА", "suspended", ["FMD"], []),  # with Cyrillic letters
        (date(2026, 3, 15), "KZ-XYZ", "suspended", ["FMD"], []),
        (date(2026, 3, 15), "UZ-TO", "suspended", ["FMD"], []),
        (date(2026, 6, 1), "KZ-AKM", "present", ["PPR"], ["FMD"]),
        (date(2025, 12, 31), "KZ-AKM", None, [], []),
    ],
)
def test_the_status_is_that_of_the_zone_on_the_day(
    day: date, region: str | None, status: str | None, there: list[str], free: list[str]
) -> None:
    found = facts(day, origin_region=region)
    assert (found["zone_status"], found["zone_hazards"], found["zone_free_of"]) == (status, there, free)


def test_goods_and_origins_that_the_register_does_not_speak_of_have_no_status() -> None:
    assert facts(date(2026, 3, 15), hs="8703230000")["zone_status"] is None
    assert facts(date(2026, 3, 15), origin="UZ")["zone_hazards"] == []


@pytest.mark.parametrize(
    ("day", "changes", "status"),
    [
        (date(2026, 3, 9), {"hs": "0204100000"}, ListingStatus.APPROVED),
        (date(2026, 3, 10), {"hs": "0204100000"}, ListingStatus.SUSPENDED),
        (date(2026, 3, 21), {"hs": "0204100000"}, ListingStatus.APPROVED),
        (date(2026, 6, 1), {"hs": "0204100000"}, ListingStatus.OTHER_GOODS),
        (date(2025, 6, 1), {"hs": "0204100000"}, ListingStatus.NOT_IN_FORCE),
        (date(2026, 3, 10), {"hs": "0406100000", "establishment": "kz-1 "}, ListingStatus.APPROVED),
        (date(2026, 3, 9), {"hs": "0302110000"}, ListingStatus.OTHER_GOODS),
        (date(2026, 3, 9), {"hs": "0204100000", "origin": "UZ"}, ListingStatus.OTHER_COUNTRY),
        (date(2026, 3, 9), {"hs": "0204100000", "establishment": "KZ-9"}, ListingStatus.UNLISTED),
    ],
)
def test_an_establishment_stands_as_the_register_says_on_the_day(
    day: date, changes: dict[str, object], status: ListingStatus
) -> None:
    found = facts(day, **{"establishment": "KZ-1", **changes})
    assert found["establishment_status"] == status.value
    assert found["establishment_approved"] is (status is ListingStatus.APPROVED)


def test_a_number_is_known_however_it_is_written_and_the_worst_counts_where_it_may_be_that_of_two() -> None:
    day = date(2026, 3, 12)
    rows = [
        Establishment("KZ.05/S-1", "KZ", "dairy", (), SINCE),
        Establishment("KZ.0/5S1", "KZ", "dairy", (), SINCE, suspended_from=SINCE),
        Establishment("КZ.7", "KZ", "dairy", (), SINCE),  # keyed with a Cyrillic letter
    ]
    register = EstablishmentRegister.of(rows)
    numbers = ("kz.05/s-1", "KZ.0/5S1", "KZ05S1", "KZ 7", "")
    found = [register.facts("0401", "KZ", number, day)[0] for number in numbers]
    assert found == ["approved", "suspended", "suspended", "approved", "unlisted"]


def test_registers_are_asked_as_of_the_local_day() -> None:
    lodged = datetime(2026, 2, 28, 20, tzinfo=UTC)  # 02:00 of 1 March in Bishkek
    items = goods(an_item(hs="0104101000", origin="KZ", origin_region="KZ-ZHA", lodged_at=lodged))
    register, plants = OriginRegister.of(ZONES), EstablishmentRegister.of(PLANTS)
    found = {}
    for few in (1_000, 0):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(listed, "FEW", few)
            for zone in (None, "Asia/Bishkek"):
                made = listed_facts(items, register, plants, FactSettings(time_zone=zone))
                found[few, zone] = made.get_column("zone_status").item()
    assert list(found.values()) == ["undetermined", "suspended"] * 2


def test_without_a_register_or_an_establishment_nothing_is_known() -> None:
    assert facts(SINCE)["establishment_approved"] is None
    unknown = listed_facts(goods(an_item()), None, None)
    assert dict(unknown.schema) == FACTS
    assert unknown.row(0) == (None,) * len(FACTS)


@given(
    days=st.lists(st.integers(0, 300), min_size=1, max_size=20),
    regions=st.lists(st.sampled_from([None, "KZ-ZHA", "kz-zha", "KZ-XYZ"])),
)
def test_many_rows_say_what_one_by_one_says(days: list[int], regions: list[str | None]) -> None:
    """The shortcut between two changes of the registers leaves no day out."""
    rows = [
        an_item(
            hs="0204100000", origin="KZ", establishment="KZ-1", origin_region=(regions or [None])[n % max(len(regions), 1)],
            lodged_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(day),
        )
        for n, day in enumerate(days)
    ]  # fmt: skip
    frame = pl.DataFrame(rows, schema=goods(*rows).schema)
    register, plants = OriginRegister.of(ZONES), EstablishmentRegister.of(PLANTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listed, "FEW", 0)
        together = listed_facts(frame, register, plants).rows()
    assert listed_facts(frame, register, plants).rows() == together
    for row, found in zip(rows, together, strict=True):
        day = row["lodged_at"].date()  # type: ignore[attr-defined]
        assert found[:3] == register.facts("0204100000", "KZ", row["origin_region"], day)  # type: ignore[arg-type]
        best = {plant.standing(hs="0204100000", country="KZ", day=day) for plant in PLANTS}
        assert (ListingStatus.APPROVED in best) is found[4]
