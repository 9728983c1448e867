"""Certificates of a directory: electronic and keyed by hand, one for each number, wrong rows kept aside."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.certificate import CertifiedGoods
from darvoza.flow.intake.certificate_files import read_certificates

SAMPLES = shipped("sps_alerts.yaml").parent / "samples" / "certificates"
HEAD = "number,type,issued_on,from,to,hs,net_mass,origin,statement,status"
ROW = "V-1,853,2026-03-12,KZ,KG,0204,12000,KZ,Free from disease,70"


def keyed(place: Path, *rows: str, name: str = "keyed.csv") -> Path:
    (place / name).write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
    return place


def test_the_samples_are_read() -> None:
    read = read_certificates(SAMPLES)
    assert [certificate.number for certificate in read.certificates] == ["UZ 17/0031", "KZ-V/2026/0458", "TR-2026-771"]
    assert read.refused == ()


def test_rows_of_one_certificate_are_its_lines(tmp_path: Path) -> None:
    more = "v 1,853,2026-03-12,KZ,KG,0206,500,KZ,Second statement,70"
    (only,) = read_certificates(keyed(tmp_path, ROW, more)).certificates
    assert only.issued_at == datetime(2026, 3, 12, tzinfo=UTC)
    assert only.goods == (
        CertifiedGoods("0204", "", Decimal(12000), ("KZ",), (("keyed", "Free from disease"),)),
        CertifiedGoods("0206", "", Decimal(500), ("KZ",), (("keyed", "Second statement"),)),
    )
    assert only.statements == ()


def test_of_two_certificates_with_one_number_the_one_that_does_not_stand_counts(tmp_path: Path) -> None:
    keyed(tmp_path, ROW)
    keyed(tmp_path, ROW.replace(",70", ",40").replace("2026-03-12", "2026-03-11"), name="a_withdrawn.csv")
    keyed(tmp_path, ROW.replace("2026-03-12", "2026-03-15"), name="later.csv")
    (only,) = read_certificates(tmp_path).certificates
    assert only.status == "40"
    (tmp_path / "a_withdrawn.csv").unlink()
    (only,) = read_certificates(tmp_path).certificates
    assert only.issued_at == datetime(2026, 3, 15, tzinfo=UTC)


def test_the_worst_status_of_a_number_counts_and_a_row_that_stands_twice_counts_once(tmp_path: Path) -> None:
    for rows in ((ROW, ROW.replace(",70", ",41")), (ROW.replace(",70", ",41"), ROW)):
        (only,) = read_certificates(keyed(tmp_path, *rows)).certificates
        assert only.status == "41"
        assert only.goods == (CertifiedGoods("0204", "", Decimal(12000), ("KZ",), (("keyed", "Free from disease"),)),)


def test_a_row_that_only_states_more_adds_no_goods(tmp_path: Path) -> None:
    (only,) = read_certificates(keyed(tmp_path, ROW, ROW.replace("Free from disease", "Second"))).certificates
    both = (("keyed", "Free from disease"), ("keyed", "Second"))
    assert only.goods == (CertifiedGoods("0204", "", Decimal(12000), ("KZ",), both),)


def test_the_last_day_of_a_certificate_is_read(tmp_path: Path) -> None:
    (tmp_path / "k.csv").write_text(f"{HEAD},valid_to\n{ROW},2026-06-30\n", encoding="utf-8")
    (only,) = read_certificates(tmp_path).certificates
    assert only.valid_to == date(2026, 6, 30)
    (tmp_path / "k.csv").write_text(f"{HEAD},valid_to\n{ROW},2026-03-11\n", encoding="utf-8")
    assert "valid_to: expected a day not before 2026-03-12" in str(read_certificates(tmp_path).refused[0])


@pytest.mark.parametrize(
    ("change", "field"),
    [(("2026-03-12", "2026-03-13"), "issued_on"), ((",KZ,KG", ",RU,KG"), "from"), ((",KZ,KG", ",KZ,UZ"), "to")],
)
def test_rows_of_one_number_that_contradict_each_other_are_refused(
    change: tuple[str, str], field: str, tmp_path: Path
) -> None:
    read = read_certificates(keyed(tmp_path, ROW, ROW.replace(*change, 1)))
    assert read.certificates == ()
    assert str(read.refused[0]).startswith(f"keyed.csv row 3 {field}: expected what the rows before say")


def test_a_wrong_row_in_one_file_spoils_the_certificate_of_another(tmp_path: Path) -> None:
    keyed(tmp_path, ROW)
    keyed(tmp_path, ROW.replace("0204", "").replace(",70", ",41"), name="withdrawn.csv")
    assert read_certificates(tmp_path).certificates == ()


@pytest.mark.parametrize(
    ("change", "field", "expected"),
    [
        (("V-1", ""), "number", "the number of the certificate"),
        (("853", "85"), "type", "851"),
        (("853", ""), "type", "one of 851"),
        (("2026-03-12", ""), "issued_on", "a day such as"),
        (("2026-03-12", "12.03.2026"), "issued_on", "a day such as"),
        ((",KZ,KG", ",,KG"), "from", "the country of export"),
        ((",KZ,KG", ",KZ,Kyrgyzstan"), "to", "ISO 3166-1"),
        (("0204", "meat"), "hs", "4 to 10 digits"),
        (("0204", ""), "hs", "4 to 10 digits"),
        (("12000", "12 t"), "net_mass", "a mass of 0 or more, kg"),
        (("12000", "-1"), "net_mass", "a mass of 0 or more, kg"),
        (("12000", "1e999999"), "net_mass", "a mass of 0 or more, kg"),
    ],
)
def test_a_wrong_row_spoils_its_certificate_and_no_other(
    change: tuple[str, str], field: str, expected: str, tmp_path: Path
) -> None:
    read = read_certificates(keyed(tmp_path, ROW.replace(*change, 1), ROW.replace("V-1", "V-2")))
    assert [certificate.number for certificate in read.certificates] == ["V-2"]
    (problem,) = read.refused
    assert str(problem).startswith(f"keyed.csv row 2 {field}: expected ")
    assert expected in str(problem)


def test_a_file_without_the_columns_is_kept_aside_whole(tmp_path: Path) -> None:
    keyed(tmp_path, ROW)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    read = read_certificates(tmp_path)
    assert len(read.certificates) == len(read.refused) == 1
