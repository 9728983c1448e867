"""Container numbers: form and check digit as ISO 6346 has them."""

import pytest

from darvoza.domain.containers import is_container_number


@pytest.mark.parametrize("number", ["CSQU3054383", "csqu 305438-3"])
def test_the_example_of_the_standard_is_a_container_number(number: str) -> None:
    assert is_container_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "CSQU3054384",  # another check digit
        "SCQU3054383",  # two letters swapped
        "CSQX3054383",  # no category of equipment
        "CSQU305438",
        "CSQU30543830",
        "",
        "НОМЕР 1",
    ],
)
def test_any_other_number_is_none(number: str) -> None:
    assert not is_container_number(number)


def test_every_single_wrong_digit_is_noticed() -> None:
    for place in range(4, 10):
        for digit in "0123456789":
            number = "CSQU3054383"[:place] + digit + "CSQU3054383"[place + 1 :]
            # a remainder of ten counts as nought, so the digit may coincide; the standard advises against such numbers
            assert is_container_number(number) == (number == "CSQU3054383"), number
