"""One certificate at the command line: what it says, and every way in which it does not cover the goods."""

from pathlib import Path

import polars as pl
import pytest

from cli.declared import assessed, declared
from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped

SAMPLE = shipped("sps_alerts.yaml").parent / "samples" / "certificates" / "UZ-17-0031.xml"
Said = pytest.CaptureFixture[str]
GOOD = ["--hs", "080910", "--origin", "UZ", "--net-mass", "20000", "--country", "KG", "--day", "2026-03-20"]


def held(path: Path, *more: str) -> int:
    return main(["sps", "certificate", str(path), *GOOD, *more])


def test_a_certificate_that_covers_the_goods_is_told(capsys: Said) -> None:
    assert held(SAMPLE, "--statement", "the consignment was found free from Capnodis tenebrionis") == 0
    told = capsys.readouterr().out
    assert "the signature of an electronic certificate is not checked" in told
    assert "nothing limits its age" in told
    assert "080910 Prunus armeniaca, 20000 kg, origin UZ" in told
    assert "it covers the goods" in told


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (("--statement", "Capnodis"), "an additional declaration that is required is missing"),
        (("--statement", "Bactrocera"), "an additional declaration that is required is missing"),
        (("--day", "2026-03-17"), "it was issued after the day of the check"),
        (("--dispatched", "2026-03-17"), "it was issued after the goods were dispatched"),
        (("--used", "UZ 17/0031"), "it was used for another consignment"),
        (("--used", "uz-17/0031"), "it was used for another consignment"),
        (("--country", "TJ"), "it was issued for another country"),
        (("--net-mass", "21001"), "it covers less than was declared"),
        (("--origin", "TJ"), "but of another origin"),
        (("--hs", "999999"), "it does not speak of these goods"),
    ],
)
def test_what_a_certificate_does_not_cover_is_a_fault(more: tuple[str, ...], fault: str, capsys: Said) -> None:
    assert held(SAMPLE, *more) == 1
    assert f"fault: {fault}" in capsys.readouterr().out.replace("it speaks of these goods, but", "but")


def test_an_age_that_is_set_ends_a_certificate(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "s.yaml").write_text(
        "greatest_age:\n  - {days: 30, from: 2026-01-01, source: Order 1}\n", encoding="utf-8"
    )
    given = ("--matching-settings", str(tmp_path / "s.yaml"))
    assert held(SAMPLE, *given) == 0
    assert "it counts until 2026-04-17" in capsys.readouterr().out
    assert held(SAMPLE, "--day", "2036-03-25", *given) == 1
    assert "fault: its last day is past, or it is older than is set" in capsys.readouterr().out


def test_goods_of_which_mass_or_destination_are_not_said_are_not_covered(capsys: Said) -> None:
    assert main(["sps", "certificate", str(SAMPLE), "--hs", "080910", "--origin", "UZ", "--day", "2026-03-20"]) == 1
    told = capsys.readouterr().out
    assert "where the goods go is not known" in told
    assert "declared net mass is not known" in told


def test_a_place_that_anybody_may_write_to_is_warned_of(tmp_path: Path, capsys: Said) -> None:
    place = tmp_path / "open"
    place.mkdir()
    (place / "c.xml").write_bytes(SAMPLE.read_bytes())
    place.chmod(0o777)
    assert held(place / "c.xml") == 0
    assert "every account of this machine may write to" in capsys.readouterr().err
    assessed(tmp_path, declared(tmp_path, {}), "--certificates", place)
    assert "and so issue certificates" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "code", "expected"),
    [
        (("<b:StatusCode>70", "<b:StatusCode>40"), 1, "its status is not 70, issued"),
        (("<a:SPSCertificate", "<!DOCTYPE a><a:SPSCertificate"), 2, "XML without a document type"),
        (
            ("<a:SPSCertificate", '<!DOCTYPE a [<!ENTITY e "&e;&e;">]><a:SPSCertificate'),
            2,
            "XML without a document type",
        ),
        (("SPSCertificate:17", "Invoice:17"), 2, "an SPSCertificate of urn:un:unece"),
        (("</a:SPSCertificate>", ""), 2, "well-formed XML"),
    ],
)
def test_a_certificate_that_does_not_stand_or_is_none_is_refused(
    change: tuple[str, str], code: int, expected: str, tmp_path: Path, capsys: Said
) -> None:
    path = tmp_path / "c.xml"
    path.write_text(SAMPLE.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    assert held(path) == code
    told = capsys.readouterr()
    assert expected in (told.err if code == 2 else told.out)


def test_goods_that_the_register_of_competence_does_not_know_are_controlled_by_no_health_service(
    tmp_path: Path, capsys: Said
) -> None:
    assert main(["sps", "route", "999999"]) == 0
    assert "not controlled by any health service" in capsys.readouterr().out
    decisions = assessed(tmp_path, declared(tmp_path, {"hs": "9999990000"}))
    assert set(decisions.get_column("agency")) == {"customs"}


def test_a_version_that_was_replaced_uses_no_certificate(tmp_path: Path) -> None:
    goods = {
        "hs": "0809100000", "origin": "UZ", "export_country": "UZ", "documents": "851", "document_numbers": "851:UZ17/0031",
    }  # fmt: skip
    rows = [
        {**goods, "version": "1", "net_mass": "20000"},
        {**goods, "version": "2", "net_mass": "15000", "lodged_at": "2026-03-25T09:00:00Z"},
    ]
    words = declared(tmp_path, *rows)
    assessed(tmp_path, words, "--certificates", SAMPLE.parent)
    (use,) = pl.read_parquet(tmp_path / "run" / "certificates_used.parquet").rows(named=True)
    assert int(use["net_mass"]) == 15000
