from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.fields import FIELD
from darvoza.errors import InvalidValue
from darvoza.flow.intake.parsing import Parsed, Spelling, parse, parse_one


def parsed(field: str, *texts: str | None, **spelling: object) -> Parsed:
    return parse(FIELD[field], pl.Series(texts, dtype=pl.String), Spelling(**spelling))  # type: ignore[arg-type]


def rules(result: Parsed) -> list[str]:
    return [fault.rule for fault in result.faults]


@pytest.mark.parametrize(
    "text", ["1_000", "nan", "NaN", "inf", "-Infinity", "1e5", "0x10", "1,5", "1.2.3", "--1", ".", "٣"]
)
def test_what_is_not_plainly_a_number_is_refused(text: str) -> None:
    assert rules(parsed("price", text)) == ["not-a-number"]


@pytest.mark.parametrize(("text", "number"), [("+1.5", "1.5"), ("007", "7"), (".5", "0.5"), ("5.", "5"), (" 2 ", "2")])
def test_a_plain_number_is_taken(text: str, number: str) -> None:
    assert parsed("price", text).values.to_list() == [Decimal(number)]


def test_a_number_beyond_32_digits_is_too_large() -> None:
    assert rules(parsed("price", "9" * 33)) == ["too-large"]


@given(st.decimals(min_value=0, max_value=10**12, allow_nan=False, allow_infinity=False, places=12))
def test_amounts_are_rounded_half_even_to_six_decimals(number: Decimal) -> None:
    wanted = number.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)
    assert parsed("price", format(number, "f")).values.to_list() == [wanted]


def test_decimal_comma_and_groups_are_read() -> None:
    result = parsed("price", "1 234 567,5", "1234,5", "12 34,5", "1.5", decimal=",", thousands=" ")
    assert result.values.to_list() == [Decimal("1234567.5"), Decimal("1234.5"), None, None]


def test_a_scale_multiplies_exactly() -> None:
    assert parsed("tax_rate", "6.5", "0.1", scale=Decimal("0.01")).values.to_list() == [
        Decimal("0.065"),
        Decimal("0.001"),
    ]


def test_limits_of_the_field_are_kept() -> None:
    assert rules(parsed("net_mass", "0", "-1")) == ["below-minimum"]
    assert rules(parsed("gross_mass", "0")) == []
    assert rules(parsed("inclusion_probability", "1.01")) == ["above-maximum"]
    assert rules(parsed("item", "0", "1.0")) == ["not-an-integer", "below-minimum"]


@pytest.mark.parametrize("text", ["2025-02-31", "2025-13-01", "2025-1-1", "31.12.2025", "2025-01-01T25:00", "today"])
def test_a_day_that_does_not_exist_is_refused(text: str) -> None:
    assert rules(parsed("lodged_at", text)) == ["not-a-date"]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-03-01", datetime(2025, 3, 1, tzinfo=UTC)),
        ("2025-03-01 09:30", datetime(2025, 3, 1, 9, 30, tzinfo=UTC)),
        ("2025-03-01T09:30:15.25", datetime(2025, 3, 1, 9, 30, 15, 250000, tzinfo=UTC)),
        ("2025-03-01T09:30:00Z", datetime(2025, 3, 1, 9, 30, tzinfo=UTC)),
        ("2025-03-01T09:30+06:00", datetime(2025, 3, 1, 3, 30, tzinfo=UTC)),
        ("2025-03-01T09:30:00.5+0600", datetime(2025, 3, 1, 3, 30, 0, 500000, tzinfo=UTC)),
    ],
)
def test_iso_moments_are_read_as_utc(text: str, moment: datetime) -> None:
    assert parsed("lodged_at", text).values.to_list() == [moment]
    assert parsed("lodged_at", text, "2025-03-01", "2025-03-01T00:00").values[0] == moment


def test_a_pattern_reads_other_dates_and_refuses_31_february() -> None:
    result = parsed("lodged_at", "28.02.2025", "31.02.2025", moment="%d.%m.%Y")
    assert result.values.to_list() == [datetime(2025, 2, 28, tzinfo=UTC), None]
    assert rules(result) == ["not-a-date"]


def test_moments_before_1990_and_after_now_are_refused() -> None:
    assert rules(parsed("lodged_at", "1989-12-31")) == ["before-1990"]
    late = parse(FIELD["lodged_at"], pl.Series(["2025-03-02"]), Spelling(), now=datetime(2025, 3, 1, tzinfo=UTC))
    assert rules(late) == ["after-now"]


@pytest.mark.parametrize("text", ["870", "87.03", "87032300001", "8703ab", "８７０３２３"])
def test_a_commodity_code_is_6_to_10_digits(text: str) -> None:
    assert rules(parsed("hs", text)) == ["not-hs"]


def test_countries_and_currencies_are_those_of_the_lists() -> None:
    assert rules(parsed("origin", "kz", "XK", "SU", "ZZ")) == []
    assert rules(parsed("origin", "QQ", "KAZ")) == ["unknown-country"]
    assert rules(parsed("invoice_currency", "KGS", "rur")) == []
    assert rules(parsed("invoice_currency", "XXX", "US")) == ["unknown-currency"]


def test_flags_codes_and_choices() -> None:
    assert parsed("finding", "1", "no", "TRUE", None).values.to_list() == [True, False, True, None]
    assert rules(parsed("finding", "maybe")) == ["not-a-flag"]
    assert parsed("documents", "N935, Y900;C644  X1", " ; ").values.to_list() == [["N935", "Y900", "C644", "X1"], []]
    assert rules(parsed("flow", "X")) == ["not-a-choice"]


def test_codes_of_the_file_are_translated_and_its_missing_values_known() -> None:
    assert parsed("transport_mode", "10", "4", codes={"10": "1"}).values.to_list() == ["1", "4"]
    assert parsed("net_mass", "0.0", "1", missing=("", "0.0")).values.to_list() == [None, Decimal(1)]


def test_a_text_longer_than_its_limit_and_control_characters_are_refused() -> None:
    assert rules(parsed("post", "P" * 21)) == ["too-long"]
    assert rules(parsed("post", "P\x001")) == ["control-characters"]
    assert rules(parsed("description", "two\nlines")) == []
    assert rules(parsed("post", "two\nlines")) == ["control-characters"]


@pytest.mark.parametrize(
    ("field", "text"), [("importer_id", "㍿" * 35), ("carrier_id", "ß" * 35), ("declaration_id", "\u0958" * 35)]
)
def test_what_is_longer_than_its_limit_in_the_form_in_which_it_is_kept_is_refused(field: str, text: str) -> None:
    found = parsed(field, text, "A1")
    assert rules(found) == ["too-long"]
    assert found.faults[0].broken.to_list() == [True, False]
    assert found.values.to_list() == [None, "A1"]


def test_typed_columns_obey_the_same_rules() -> None:
    floats = parse(
        FIELD["price"], pl.Series([0.1 + 0.2, 2.5e-7, 1e20, float("nan"), float("inf")]), Spelling(decimal=",")
    )
    assert floats.values.to_list()[:3] == [Decimal("0.3"), Decimal(0), Decimal(10**20)]
    assert [fault.broken.arg_true().to_list() for fault in floats.faults] == [[3, 4]]
    assert rules(parse(FIELD["hs"], pl.Series([870323, 80450]), Spelling())) == ["not-hs"]
    assert parse(FIELD["item"], pl.Series([1.0, 2.0]), Spelling()).values.to_list() == [1, 2]
    days = pl.Series([datetime(2025, 3, 1)]).dt.date()  # noqa: DTZ001
    assert parse(FIELD["lodged_at"], days, Spelling(moment="%d.%m.%Y")).values.to_list() == [
        datetime(2025, 3, 1, tzinfo=UTC)
    ]
    assert parse(FIELD["finding"], pl.Series([True, None]), Spelling()).values.to_list() == [True, None]
    assert parse(FIELD["documents"], pl.Series([["a", "b"], []]), Spelling()).values.to_list() == [["a", "b"], []]


def test_one_value_is_refused_with_what_was_expected() -> None:
    with pytest.raises(InvalidValue, match="one of I, E, T"):
        parse_one(FIELD["flow"], "Q")


@pytest.mark.parametrize("text", ["2026-03-02+06:00", "2026-03-02Z", "2026-03-02-05:00", "2026-03-02z"])
def test_a_day_with_a_zone_is_the_day_that_is_written(text: str) -> None:
    assert parsed("lodged_at", text).values.to_list() == [datetime(2026, 3, 2, tzinfo=UTC)]


@pytest.mark.parametrize("text", ["2026-03-02+15:00", "2026-02-30Z", "2026-03-02+0600", "2026-03-02 +06:00"])
def test_a_day_with_anything_else_behind_it_is_none(text: str) -> None:
    assert rules(parsed("lodged_at", text)) == ["not-a-date"]


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u202f", "\u2009"])
def test_a_blank_between_groups_may_be_one_that_does_not_break(blank: str) -> None:
    assert parsed("price", f"1{blank}234{blank}567,5", decimal=",", thousands=" ").values.to_list() == [
        Decimal("1234567.5")
    ]
    assert rules(parsed("price", f"1{blank}2345", thousands=" ")) == ["not-a-number"]


def test_the_number_of_a_trader_that_lost_a_digit_is_refused_where_the_mapping_says_how_many_it_has() -> None:
    found = parsed("importer_id", "01234567890123", "1234567890123", "I-1", lengths=(14,))
    assert found.values.to_list() == ["01234567890123", None, "I1"]
    assert rules(found) == ["zero-lost"]


def test_blanks_between_the_digits_of_a_commodity_code_are_taken_out() -> None:
    found = parsed("hs", "8703 23", "8703\u00a023\u00a0199\u202f0", "8703 2")
    assert found.values.to_list() == ["870323", "8703231990", None]
    assert rules(found) == ["not-hs"]
