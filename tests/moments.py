"""Moments at which clocks and calendars are hard, for tests in which time is an argument."""

from datetime import UTC, datetime

MOMENTS = {
    "29 February begins": datetime(2028, 2, 29, tzinfo=UTC),
    "29 February ends": datetime(2028, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
    "the year ends": datetime(2026, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    "the year begins": datetime(2027, 1, 1, tzinfo=UTC),
    "the year ends in Tashkent": datetime(2026, 12, 31, 18, 59, 59, tzinfo=UTC),
    "the year begins in Tashkent": datetime(2026, 12, 31, 19, tzinfo=UTC),
    "summer time begins in Europe": datetime(2027, 3, 28, 1, tzinfo=UTC),
    "summer time ends in Europe": datetime(2027, 10, 31, 1, tzinfo=UTC),
    "the last second of 32 bits": datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    "after 32 bits": datetime(2038, 1, 19, 3, 14, 8, tzinfo=UTC),
    "the first century year that has no 29 February": datetime(2100, 2, 28, 23, 59, 59, tzinfo=UTC),
}
