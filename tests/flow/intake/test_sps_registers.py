"""Registers of the health services from CSV and YAML: what is read, and every refusal with its row and field."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from darvoza.cli.reference_data import shipped
from darvoza.domain.codes import Agency
from darvoza.domain.folding import folded_number
from darvoza.domain.sps.certificate import Permit
from darvoza.domain.sps.registers import Establishment, OriginStatus, StatusCode
from darvoza.errors import UnreadableFile
from darvoza.flow.intake.register_rows import rows_of
from darvoza.flow.intake.sps_registers import read_sps_registers

HEADS = {
    "zones": "hazard,country,zone,goods,status,from,to,source",
    "establishments": "number,country,activity,goods,from,to,suspended_from,suspended_to",
    "permits": "number,agency,trader,goods,origins,quantity,drawn,from,to",
}
ROWS = {
    "zones": "FMD,KZ,KZ-ZHA,0102 0104,suspended,2026-02-20,2026-08-31,WOAH",
    "establishments": "KZ.05/S-1,KZ,dairy,04,2024-01-01,,2026-03-01,2026-04-30",
    "permits": "KG-1,veterinary,I1,0204,KZ UZ,20000,500.5,2026-01-01,2026-06-30",
}
ZONE = OriginStatus(
    "FMD", "KZ", "KZ-ZHA", ("0102", "0104"), StatusCode.SUSPENDED, date(2026, 2, 20), date(2026, 8, 31), "WOAH"
)
PLANT = Establishment("KZ.05/S-1", "KZ", "dairy", ("04",), date(2024, 1, 1), None, date(2026, 3, 1), date(2026, 4, 30))
PERMIT = Permit(
    "KG-1", "I1", date(2026, 1, 1), date(2026, 6, 30), Decimal(20000), ("0204",), ("KZ", "UZ"), Decimal("500.5"),
    Agency.VETERINARY,
)  # fmt: skip


def written(place: Path, name: str, *rows: str) -> Path:
    (place / f"{name}.csv").write_text("\n".join((HEADS[name], *rows)) + "\n", encoding="utf-8")
    return place


def test_registers_are_read_from_csv(tmp_path: Path) -> None:
    for name, row in ROWS.items():
        written(tmp_path, name, row)
    read = read_sps_registers(tmp_path)
    assert (read.zones, read.establishments, read.permits) == ((ZONE,), (PLANT,), (PERMIT,))


def test_yaml_says_the_same_and_keeps_norway_and_leading_zeros(tmp_path: Path) -> None:
    (tmp_path / "zones.yaml").write_text(
        "rows:\n  - {hazard: FMD, country: KZ, zone: KZ-ZHA, goods: [0102, 0104], status: suspended, from: 2026-02-20, "
        "to: 2026-08-31, source: WOAH}\n  - {hazard: FMD, country: NO, status: free, from: 2020-01-01}\n",
        encoding="utf-8",
    )
    read = read_sps_registers(tmp_path)
    assert read.zones == (ZONE, OriginStatus("FMD", "NO", "", (), StatusCode.FREE, date(2020, 1, 1), None, ""))
    assert read.establishments is None


def test_the_samples_can_be_read() -> None:
    read = read_sps_registers(shipped("sps_alerts.yaml").parent / "samples" / "registers")
    assert [len(rows or ()) for rows in (read.zones, read.establishments, read.permits)] == [6, 2, 2]


@pytest.mark.parametrize(
    ("name", "change", "field", "expected"),
    [
        ("zones", ("FMD", ""), "hazard", "the code of a disease or pest"),
        ("zones", (",KZ,", ",,"), "country", "ISO 3166-1"),
        ("zones", (",KZ,", ",Kazakhstan,"), "country", "ISO 3166-1"),
        ("zones", ("0102 0104", "cattle"), "goods", "2 to 10 digits"),
        ("zones", ("0102 0104", "1"), "goods", "2 to 10 digits"),
        ("zones", ("suspended", "gone"), "status", "free, free_vaccinated"),
        ("zones", ("suspended", ""), "status", "one of free"),
        ("zones", ("2026-02-20", ""), "from", "a day such as"),
        ("zones", ("2026-02-20", "20.02.2026"), "from", "a day such as"),
        ("zones", ("2026-08-31", "2026-02-01"), "to", "a day not before 2026-02-20"),
        ("establishments", ("KZ.05/S-1", ""), "number", "an approval number"),
        ("establishments", ("dairy", ""), "activity", "what the establishment does"),
        ("establishments", ("2026-03-01", ""), "suspended_to", "suspended_from, which must be given"),
        ("establishments", ("2026-03-01", "2026-05-01"), "suspended_to", "a day not before suspended_from"),
        ("permits", ("KG-1", ""), "number", "the number of the permit"),
        ("permits", ("veterinary", "vet"), "agency", "one of customs"),
        ("permits", ("I1", ""), "trader", "who may import"),
        ("permits", ("20000", ""), "quantity", "a mass above 0"),
        ("permits", ("20000", "0"), "quantity", "a mass above 0"),
        ("permits", ("20000", "nan"), "quantity", "a mass of 0 or more"),
        ("permits", ("20000", "many"), "quantity", "a mass of 0 or more"),
        ("permits", ("20000", "1e999999"), "quantity", "a mass of 0 or more"),
        ("permits", ("500.5", "20001"), "drawn", "at most the quantity, 20000"),
        ("permits", ("500.5", "-1"), "drawn", "a mass of 0 or more"),
        ("permits", ("KZ UZ", "KZ Uz"), "origins", "ISO 3166-1"),
        ("permits", ("2026-06-30", ""), "to", "the last day: a permit ends"),
    ],
)
def test_a_wrong_row_names_its_field(
    name: str, change: tuple[str, str], field: str, expected: str, tmp_path: Path
) -> None:
    assert change[0] in ROWS[name]
    with pytest.raises(ExceptionGroup) as refused:
        read_sps_registers(written(tmp_path, name, ROWS[name].replace(*change, 1)))
    (only,) = refused.value.exceptions
    assert f"{name}.csv row 2 {field}: expected " in str(only)
    assert expected in str(only)


def test_every_wrong_row_is_told_and_a_permit_number_stands_once(tmp_path: Path) -> None:
    with pytest.raises(ExceptionGroup) as refused:
        read_sps_registers(written(tmp_path, "permits", *(ROWS["permits"].replace("I1", "") for _ in range(3))))
    assert len(refused.value.exceptions) == 3
    with pytest.raises(ExceptionGroup, match="permits") as twice:
        read_sps_registers(written(tmp_path, "permits", ROWS["permits"], ROWS["permits"].replace("KG-1", "kg 1")))
    assert "a number of its own" in str(twice.value.exceptions[0])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("zones.csv", "hazard,country\n", "the columns hazard, country, status, from"),
        ("zones.csv", HEADS["zones"] + ",extra\n", "none but hazard"),
        ("zones.yaml", "rows: {}\n", "`rows`, a list"),
        ("zones.yaml", "rows: []\n", "the columns hazard"),
        ("zones.yaml", "zones: []\n", "`rows`, a list"),
        ("zones.yaml", "rows: [1]\n", "`rows`, a list"),
        ("zones.yaml", "a: [\n", "not YAML"),
        ("other.csv", "", "a directory with one of zones, establishments, permits"),
    ],
)
def test_a_file_that_is_no_register_is_refused(name: str, text: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableFile, match=expected):
        read_sps_registers(tmp_path)


def test_a_register_in_two_forms_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "zones", ROWS["zones"])
    (tmp_path / "zones.yaml").write_text("rows: []\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match="zones once"):
        read_sps_registers(tmp_path)


def test_numbers_are_compared_by_letters_and_digits() -> None:
    assert folded_number("uz 17/0031-a") == folded_number("UZ17-0031A") != folded_number("UZ17-0031B")
    assert folded_number("КZ-ZНА") == folded_number("kz zha") == "KZZHA"  # the first with Cyrillic letters


def test_a_file_with_a_key_that_is_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "establishments.yaml"
    path.write_text("null: 1\nrow: [a]\n")
    with pytest.raises(UnreadableFile, match="a list of fields with values"):
        rows_of(path, required=(), allowed=())
