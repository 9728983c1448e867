from datetime import date
from pathlib import Path

import pytest

from darvoza.domain.codes import Role
from darvoza.domain.operators import AuthorisedOperator, Benefit, OperatorCriterion
from darvoza.errors import InvalidValue, SettingsError, UnreadableFile
from darvoza.flow.intake.registers import MOST_SHARED, read_operators, read_standing_rules, read_traders


def written(place: Path, text: str, name: str = "register.csv") -> Path:
    path = place / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_register_of_operators_is_read(tmp_path: Path) -> None:
    text = (
        "\ufefftrader,role,authorised_on,suspended_from,criteria,benefits,small\n"
        "I-1,importer,2026-01-01,2026-03-01,compliance solvency,rapid_release,yes\n"
    )
    assert read_operators(written(tmp_path, text)) == (
        AuthorisedOperator(
            "I-1",
            Role.IMPORTER,
            date(2026, 1, 1),
            suspended_from=date(2026, 3, 1),
            criteria=(OperatorCriterion.COMPLIANCE, OperatorCriterion.SOLVENCY),
            benefits=(Benefit.RAPID_RELEASE,),
            small=True,
        ),
    )


@pytest.mark.parametrize(
    ("row", "field", "expected"),
    [
        (",importer,2026-01-01,,", "row 2 trader", "identifier"),
        ("I-1,importr,2026-01-01,,", "row 2 role", "importer"),
        ("I-1,importer,,,", "row 2 authorised_on", "a day"),
        ("I-1,importer,2026-13-01,,", "row 2 authorised_on", "a day"),
        ("I-1,importer,2026-01-01,gifts,", "row 2 benefits", "few_documents"),
        ("I-1,importer,2026-01-01,,perhaps", "row 2 small", "yes or no"),
    ],
)
def test_a_wrong_row_names_its_field(row: str, field: str, expected: str, tmp_path: Path) -> None:
    text = f"trader,role,authorised_on,benefits,small\n{row}\nI-2,importer,2026-01-01,,\n"
    with pytest.raises(ExceptionGroup) as refused:
        read_operators(written(tmp_path, text))
    (only,) = refused.value.exceptions
    assert isinstance(only, InvalidValue)
    assert field in str(only)
    assert expected in str(only)


def test_every_wrong_row_is_told(tmp_path: Path) -> None:
    text = "trader,role,authorised_on\n,importer,2026-01-01\nI-1,x,2026-01-01\n"
    with pytest.raises(ExceptionGroup) as refused:
        read_operators(written(tmp_path, text))
    assert len(refused.value.exceptions) == 2


@pytest.mark.parametrize("heading", ["trader,role", "trader,role,authorised_on,colour", ""])
def test_a_register_with_another_heading_is_refused(heading: str, tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="columns"):
        read_operators(written(tmp_path, f"{heading}\nI-1,importer\n"))


def test_a_register_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00trader")
    with pytest.raises(UnreadableFile, match="UTF-8"):
        read_traders(tmp_path / "x.csv")


def test_traders_who_share_a_telephone_or_an_address_are_linked_once_each(tmp_path: Path) -> None:
    text = (
        "trader,open_debt,address,phone\n"
        "A,10,Osh  1,555\nB,,osh 1,555\nC,0,,555\nD,,,\n"
    )  # fmt: skip
    register = read_traders(written(tmp_path, text))
    pairs = register.links.select("trader", "other").unique().group_by("trader").len()
    assert dict(pairs.iter_rows()) == {"A": 2, "B": 2, "C": 2}
    assert register.links.filter(trader="A").rows() == [("A", "B", "address"), ("A", "B", "phone"), ("A", "C", "phone")]
    assert register.debts.get_column("open_debt").to_list() == [10.0, None, 0.0, None]


def test_a_trader_may_have_several_rows_and_is_linked_by_all_of_them_but_not_with_himself(tmp_path: Path) -> None:
    text = "trader,open_debt,director\nKG-1,5,Aliev A\nkg 1,0,Asanov B\nKG-2,,Асанов Б\nКG-1,,Aliev A\n"
    register = read_traders(written(tmp_path, text))
    assert register.names == ("KG-1", "kg 1", "KG-2", "КG-1")
    assert set(register.debts.filter(trader="KG-1").get_column("open_debt")) == {5.0, 0.0, None}
    assert register.links.rows() == [("KG-1", "KG-2", "director"), ("KG-2", "KG-1", "director")]


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("phone", "+996 555 123456", "996555123456"),
        ("phone", "+996 555 12-34-56", "0555 123456"),
        ("director", "Иванов И.И.", "IVANOV I.I."),
        ("director", "Ташматова Гүлнара", "Gulnara Tashmatova"),
        ("address", '"Bishkek, Chuy 1"', '"bishkek,chuy 1"'),
        ("address", '"Бишкек, Чуй 1"', '"Chuy 1 Bishkek"'),
    ],
)
def test_what_is_shared_is_known_however_it_is_typed(column: str, one: str, other: str, tmp_path: Path) -> None:
    register = read_traders(written(tmp_path, f"trader,{column}\nA,{one}\nB,{other}\n"))
    assert register.links.rows() == [("A", "B", column), ("B", "A", column)]


@pytest.mark.parametrize("blank", ["-", "+", ".", "()"])
def test_a_sign_that_says_nothing_links_nobody(blank: str, tmp_path: Path) -> None:
    rows = "".join(f"{name},{blank},{blank},{blank}\n" for name in "AB")
    assert read_traders(written(tmp_path, f"trader,address,phone,director\n{rows}")).links.is_empty()


def test_what_very_many_share_links_nobody_and_is_told(tmp_path: Path) -> None:
    rows = "".join(f"T{number},0\n" for number in range(MOST_SHARED + 1))
    register = read_traders(written(tmp_path, f"trader,phone\n{rows}"))
    assert (register.links.height, register.hubs) == (0, (("phone", "0", MOST_SHARED + 1),))


@pytest.mark.parametrize("debt", ["-1", "much", "inf", "nan"])
def test_a_debt_that_is_no_amount_is_refused(debt: str, tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup):
        read_traders(written(tmp_path, f"trader,open_debt\nA,{debt}\n"))


def test_rules_of_standing_are_read_and_unknown_names_refused(tmp_path: Path) -> None:
    assert read_standing_rules(written(tmp_path, "half_life: 100\n", "r.yaml")).half_life == 100
    with pytest.raises(SettingsError, match="halflife"):
        read_standing_rules(written(tmp_path, "halflife: 100\n", "r.yaml"))
    with pytest.raises(SettingsError, match="certainty"):
        read_standing_rules(written(tmp_path, "certainty: sure\n", "r.yaml"))
    with pytest.raises(UnreadableFile):
        read_standing_rules(written(tmp_path, "a: [\n", "r.yaml"))
