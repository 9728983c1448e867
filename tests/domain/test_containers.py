"""Container numbers: form and check digit as ISO 6346 has them."""

import pytest

from darvoza.domain.containers import containers_in, is_container_number


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


@pytest.mark.parametrize(
    "text",
    [
        "MSCU1234565",
        "mscu1234565",
        "MSCU 1234565",
        "MSCU 123456-5",
        "MSCU 123 456 5",
        "M.S.C.U. 1234565",
        "MSCU1234565/1",
        "MSCU1234565(22G1)",
        "CN-MSCU1234565",
        "№MSCU1234565",
        "МSСU1234565",  # two letters are Cyrillic
        "ＭＳＣＵ１２３４５６５",
        "MSCU\u200b1234565",
    ],
)
def test_a_container_is_the_same_however_it_is_typed(text: str) -> None:
    assert containers_in(text) == ["MSCU1234565"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("KG TRU1234567", []),  # a plate and its country, and no G TRU1234567
        ("ABCTRU1234567", []),
        ("XCSQU3054383", ["CSQU3054383"]),  # its check digit says that it begins there
        ("KG CSQU 305438-3", ["KG", "CSQU3054383"]),
    ],
)
def test_a_number_that_goes_on_from_a_letter_is_one_by_its_check_digit_only(text: str, names: list[str]) -> None:
    assert containers_in(text) == names


def test_digits_that_run_on_are_left_out_only_where_the_check_digit_is_right_without_them() -> None:
    assert containers_in("CSQU30543839") == ["CSQU3054383"]
    assert containers_in("CSQU30543849") == []


def test_other_words_beside_a_container_are_kept_and_a_text_without_one_names_none() -> None:
    assert containers_in("TRUCK7; CSQU3054383 TGHU7654321") == ["TRUCK7", "CSQU3054383", "TGHU7654321"]
    assert [containers_in(text) for text in ("", "TRUCK 7", "CSQX3054383", "29 401 234")] == [[]] * 4
