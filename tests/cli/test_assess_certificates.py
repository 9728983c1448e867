"""Certificates and permits from the directory to the floor: matched, used once, drawn down, passive levels, bad files."""

import json
from pathlib import Path

import polars as pl
import pytest

from cli.declared import assessed, declared, floors_of, one_profile
from darvoza.cli.main import main
from darvoza.cli.reference_data import shipped
from darvoza.domain.certificate_words import FAULTS
from darvoza.domain.matching import PermitFault
from darvoza.domain.sps.certificate import CertificateFault

SAMPLES = shipped("sps_alerts.yaml").parent / "samples"
CERTIFICATES, REGISTERS = SAMPLES / "certificates", SAMPLES / "registers"
EPHYTO = (CERTIFICATES / "UZ-17-0031.xml").read_text(encoding="utf-8")
Said = pytest.CaptureFixture[str]
Row = dict[str, str]

APRICOTS = {
    "hs": "0809100000", "origin": "UZ", "export_country": "UZ", "net_mass": "20000", "documents": "851",
    "document_numbers": "851:UZ17/0031",
}  # fmt: skip
MEAT = {
    "hs": "0204100000", "origin": "KZ", "export_country": "KZ", "net_mass": "12000", "documents": "853 911",
    "document_numbers": "853:kz-v-2026-0458 911:KG-V-2026-118",
}  # fmt: skip
ALL_ACTIVE = "passive: []\n"


def settings(place: Path, text: str) -> list[str]:
    path = place / "matching.yaml"
    path.write_text(text, encoding="utf-8")
    return ["--matching-settings", str(path)]


def checks(place: Path, run: str = "run") -> list[tuple[str, str, int, list[str]]]:
    table = pl.read_parquet(place / run / "certificates.parquet")
    return list(table.select("declaration_id", "kind", "level", "faults").iter_rows())


def test_certificates_that_cover_the_goods_put_no_floor_under_them(tmp_path: Path, capsys: Said) -> None:
    words = declared(tmp_path, APRICOTS, {**MEAT, "declaration_id": "D2"})
    decisions = assessed(
        tmp_path, words, "--certificates", CERTIFICATES, "--registers", REGISTERS, *settings(tmp_path, ALL_ACTIVE)
    )
    assert floors_of(decisions, "D1") == floors_of(decisions, "D2") == {}
    assert sorted(checks(tmp_path)) == [
        ("D1", "phytosanitary", 3, []),
        ("D2", "permit", 3, []),
        ("D2", "veterinary", 3, []),
    ]
    assert "3 references to certificates and permits: 3 pass every level" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "fault", "level"),
    [
        ({"document_numbers": ""}, "no_number", "EXISTS"),
        ({"document_numbers": "851:UZ99"}, "not_found", "EXISTS"),
        ({"lodged_at": "2026-03-17T08:00:00Z", "dispatched_at": ""}, "future_date", "EXISTS"),
        ({"dispatched_at": "2026-03-17T08:00:00Z"}, "after_dispatch", "EXISTS"),
        ({"destination_country": "TJ"}, "other_country", "EXISTS"),
        ({"hs": "0806100000"}, "other_goods", "COMMODITY"),
        ({"origin": "TJ"}, "other_origin", "COMMODITY"),
        ({"net_mass": "21001"}, "too_little", "QUANTITY"),
    ],
)
def test_each_fault_is_a_certain_check_of_the_documents_by_the_service(
    change: Row, fault: str, level: str, tmp_path: Path
) -> None:
    words = declared(tmp_path, {**APRICOTS, **change})
    decisions = assessed(tmp_path, words, "--certificates", CERTIFICATES, *settings(tmp_path, ALL_ACTIVE))
    assert fault in checks(tmp_path)[0][3]
    assert floors_of(decisions, "D1")[f"CERTIFICATE-PHYTOSANITARY-{level} documentary"] == 1
    documentary = decisions.filter(act="documentary", declaration_id="D1")
    assert set(documentary.get_column("agency")) == {"phytosanitary"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("<b:StatusCode>70", "<b:StatusCode>40"), "not_issued"),
        (("<b:TypeCode>851", "<b:TypeCode>999"), "not_found"),
        (("2026-03-18T10:00:00+05:00", "soon"), "no_date"),
    ],
)
def test_a_certificate_that_is_revoked_or_no_certificate_does_not_count(
    change: tuple[str, str], fault: str, tmp_path: Path
) -> None:
    place = tmp_path / "certificates"
    place.mkdir()
    (place / "c.xml").write_text(EPHYTO.replace(*change), encoding="utf-8")
    decisions = assessed(tmp_path, declared(tmp_path, APRICOTS), "--certificates", place)
    assert checks(tmp_path)[0][2:] == (0, [fault])
    assert "CERTIFICATE-PHYTOSANITARY-EXISTS documentary" in floors_of(decisions, "D1")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("<a:SPSCertificate", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a:SPSCertificate'), "without a document type"),
        (
            ("<a:SPSCertificate", '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><a:SPSCertificate'),
            "without a document type",
        ),
        (("SPSCertificate:17", "Invoice:17"), "an SPSCertificate of urn:un"),
        (("<b:ID>UZ 17/0031</b:ID>", ""), "SPSExchangedDocument with an ID"),
        (("</a:SPSCertificate>", ""), "well-formed XML"),
    ],
)
def test_a_certificate_that_cannot_be_read_is_kept_aside_and_goods_that_refer_to_it_are_looked_at(
    change: tuple[str, str], expected: str, tmp_path: Path, capsys: Said
) -> None:
    place = tmp_path / "certificates"
    place.mkdir()
    (place / "bad.xml").write_text(EPHYTO.replace(*change, 1), encoding="utf-8")
    (place / "keyed.csv").write_bytes((CERTIFICATES / "keyed.csv").read_bytes())
    words = declared(tmp_path, APRICOTS, {**MEAT, "declaration_id": "D2"})
    decisions = assessed(tmp_path, words, "--certificates", place)
    assert f"bad.xml: expected {expected}" in capsys.readouterr().err.replace("XML without", "without")
    assert "CERTIFICATE-PHYTOSANITARY-EXISTS documentary" in floors_of(decisions, "D1")
    assert floors_of(decisions, "D2") == {}
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text(encoding="utf-8"))
    assert len(manifest["health_sources"]["refused"]) == 1
    assert [file["name"] for file in manifest["health_sources"]["files"]] == ["bad.xml", "keyed.csv"]


def test_a_certificate_covers_one_consignment_within_a_run_and_across_runs(tmp_path: Path) -> None:
    later = {"lodged_at": "2026-03-26T08:00:00Z"}
    half = {**APRICOTS, "net_mass": "5000"}
    rows = [half, {**half, **later, "declaration_id": "D2"}]
    common = ["--certificates", CERTIFICATES]
    decisions = assessed(tmp_path, declared(tmp_path, *rows), *common)
    assert floors_of(decisions, "D1") == {}
    assert checks(tmp_path)[1][2:] == (0, ["already_used"])
    assert "CERTIFICATE-PHYTOSANITARY-EXISTS documentary" in floors_of(decisions, "D2")
    words = declared(tmp_path, {**half, **later, "declaration_id": "D3"}, {**half, **later}, name="next")
    again = assessed(tmp_path, words, *common, "--previous", tmp_path / "run", out="again")
    assert "CERTIFICATE-PHYTOSANITARY-EXISTS documentary" in floors_of(again, "D3")
    third = assessed(tmp_path, words, *common, "--previous", tmp_path / "again", out="third")
    assert "CERTIFICATE-PHYTOSANITARY-EXISTS documentary" in floors_of(third, "D3")


def test_a_certificate_may_be_drawn_down_by_several_consignments_where_that_is_set(tmp_path: Path) -> None:
    parts = [
        {**APRICOTS, "declaration_id": f"D{n}", "net_mass": "8000", "lodged_at": f"2026-03-2{n}T08:00:00Z"}
        for n in (5, 6, 7)
    ]
    given = settings(tmp_path, "passive: []\nonce: false\ntolerance: 0\n")
    decisions = assessed(tmp_path, declared(tmp_path, *parts), "--certificates", CERTIFICATES, *given)
    assert [faults for *_, faults in checks(tmp_path)] == [[], [], ["too_little"]]
    assert pl.read_parquet(tmp_path / "run" / "certificates.parquet").get_column("left").to_list() == [
        20000,
        12000,
        4000,
    ]
    assert floors_of(decisions, "D6") == {}
    assert "CERTIFICATE-PHYTOSANITARY-QUANTITY documentary" in floors_of(decisions, "D7")
    used = pl.read_parquet(tmp_path / "run" / "certificates_used.parquet")
    assert used.get_column("declaration_id").to_list() == ["D5", "D6", "D7"]


def test_a_permit_is_drawn_down_across_runs(tmp_path: Path) -> None:
    given = ["--registers", REGISTERS, *settings(tmp_path, "passive: []\npermit_agency: veterinary\n")]
    first = declared(tmp_path, MEAT)
    assert floors_of(assessed(tmp_path, first, *given), "D1") == {}
    second = declared(tmp_path, {**MEAT, "declaration_id": "D2"}, name="second")
    decisions = assessed(tmp_path, second, *given, "--previous", tmp_path / "run", out="again")
    assert checks(tmp_path, "again") == [("D2", "permit", 2, ["too_little"])]
    assert floors_of(decisions, "D2") == {"PERMIT-QUANTITY documentary": 1}
    assert set(decisions.filter(act="documentary").get_column("agency")) == {"veterinary"}
    other = declared(tmp_path, {**MEAT, "importer_id": "I9", "net_mass": "100"}, name="other")
    assessed(tmp_path, other, *given, out="other_run")
    assert checks(tmp_path, "other_run") == [("D1", "permit", 0, ["other_trader"])]


def test_later_levels_run_passively_unless_set_and_it_is_said(tmp_path: Path, capsys: Said) -> None:
    words = declared(
        tmp_path, {**APRICOTS, "net_mass": "50000"}, {**APRICOTS, "declaration_id": "D2", "hs": "0806100000"}
    )
    decisions = assessed(tmp_path, words, "--certificates", CERTIFICATES, *settings(tmp_path, "once: false\n"))
    assert floors_of(decisions, "D1") == floors_of(decisions, "D2") == {}
    assert sorted(faults for *_, faults in checks(tmp_path)) == [["other_goods"], ["too_little"]]
    told = capsys.readouterr().out
    assert "the level commodity runs passively: 1 fail it, and no check follows from that" in told
    assert "the level quantity runs passively: 1 fail it" in told


def test_a_statement_that_a_measure_requires_must_stand_in_a_certificate_that_counts(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "measures:\n  - {code: CAPNODIS, title: T, agency: phytosanitary, kind: condition, scope: {goods: ['0809']}, "
        "requires: {statements: [the consignment was found free from Capnodis tenebrionis]}, legal_basis: L, from: 2026-01-01}\n"
        "  - {code: PERMIT, title: T, agency: veterinary, kind: condition, scope: {goods: ['0204']}, "
        "requires: {permit: true}, legal_basis: L, from: 2026-01-01}\n",
        encoding="utf-8",
    )
    rows = [
        APRICOTS,
        {**APRICOTS, "declaration_id": "D2", "document_numbers": "851:TR-2026-771"},
        {**APRICOTS, "declaration_id": "D3", "document_numbers": "", "documents": ""},
        {**MEAT, "declaration_id": "D4"},
        {**MEAT, "declaration_id": "D5", "document_numbers": "853:KZ-V/2026/0458", "documents": "853"},
        {**MEAT, "declaration_id": "D6", "net_mass": ""},
    ]
    given = ["--measures", tmp_path / "m.yaml", "--certificates", CERTIFICATES, "--registers", REGISTERS]
    decisions = assessed(
        tmp_path, declared(tmp_path, *rows), *given, *settings(tmp_path, "passive: [exists, commodity, quantity]")
    )
    found = {name: set(floors_of(decisions, name)) for name in ("D1", "D2", "D3", "D4", "D5", "D6")}
    statement, permit = {"CAPNODIS documentary"}, {"PERMIT documentary"}
    assert found == {"D1": set(), "D2": statement, "D3": statement, "D4": set(), "D5": permit, "D6": permit}


def test_explain_names_the_fault_of_the_certificate(tmp_path: Path, capsys: Said) -> None:
    words = declared(tmp_path, {**APRICOTS, "document_numbers": "851:UZ99"})
    assessed(tmp_path, words, "--certificates", CERTIFICATES)
    capsys.readouterr()
    assert main(["explain", "D1", "--in", str(tmp_path / "run")]) == 0
    told = capsys.readouterr().out
    assert "CERTIFICATE-PHYTOSANITARY-EXISTS Phytosanitary certificate that is not known, or does not count" in told
    assert "phytosanitary_certificate_faults include any of" in told
    assert "item 1, phytosanitary certificate UZ99: none is known under its number" in told
    assert main(["explain", "D1", "--in", str(tmp_path / "run"), "--language", "ru"]) == 0
    assert "документ с таким номером неизвестен" in capsys.readouterr().out


def told_in_orders(place: Path, run: str = "run") -> dict[tuple[str, str, str], str]:
    """Declaration, service and language → what the first order of the service says."""
    orders = pl.read_parquet(place / run / "orders.parquet").unique(["declaration_id", "agency"], keep="first")
    return {
        (row["declaration_id"], row["agency"], language): row[f"instructions_{language}"]
        for row in orders.iter_rows(named=True)
        for language in ("en", "ru")
    }


def test_orders_of_the_service_name_the_document_as_declared_and_its_fault(tmp_path: Path) -> None:
    half = {**APRICOTS, "net_mass": "5000"}
    rows = [
        {**half, "document_numbers": "851:uz-99/1"},
        {**half, "document_numbers": "851:uz-99/1", "item": "2"},
        {**half, "declaration_id": "D2"},
        {**half, "declaration_id": "D3", "lodged_at": "2026-03-26T08:00:00Z"},
        {**MEAT, "declaration_id": "D4", "importer_id": "I9", "lodged_at": "2026-03-27T08:00:00Z"},
        {**half, "declaration_id": "D5", "document_numbers": "851:X-1", "flow": "E"},
    ]
    given = [*planned(tmp_path), "--registers", REGISTERS, "--capacity", "1", "--random", "1"]
    assessed(tmp_path, declared(tmp_path, *rows), *given)
    told = told_in_orders(tmp_path)
    plant, customs = "phytosanitary", "customs"
    forged = "Phytosanitary certificate uz-99/1 (items 1, 2): none is known under its number."
    assert forged in told["D1", plant, "en"].splitlines()
    russian = "Фитосанитарный сертификат uz-99/1 (товары 1, 2): документ с таким номером неизвестен."
    assert russian in told["D1", plant, "ru"].splitlines()
    used = "Phytosanitary certificate UZ17/0031 (item 1): it was used for another consignment."
    assert used in told["D3", plant, "en"].splitlines()
    other = "Permit KG-V-2026-118 (item 1): it was issued to another trader."
    assert other in told["D4", customs, "en"].splitlines()
    # nothing of it stands where nothing is wrong, in the orders of another service, or of goods that leave
    assert "UZ17/0031" not in told["D2", plant, "en"]
    assert "uz-99/1" not in told["D1", customs, "en"]
    assert "X-1" not in told.get(("D5", plant, "en"), told["D5", customs, "en"])


PLANS = """\
plans:
  - {code: P, title: Dried fruit, agency: phytosanitary, act: physical, scope: {goods: ["0809"]},
     fractions: [1, 0.2], clearances: [3], legal_basis: L, from: 2026-01-01}
"""


def planned(place: Path) -> list[object]:
    """Words that have the plant service look at every new importer's dried fruit, whatever its papers say."""
    (place / "plans.yaml").write_text(PLANS, encoding="utf-8")
    return ["--certificates", CERTIFICATES, "--plans", place / "plans.yaml"]


def test_what_is_wrong_with_a_document_stands_in_every_order_of_the_service_whatever_chose_it(tmp_path: Path) -> None:
    words = declared(tmp_path, {**APRICOTS, "document_numbers": "851:UZ99"})
    assessed(tmp_path, words, *planned(tmp_path))
    orders = pl.read_parquet(tmp_path / "run" / "orders.parquet").filter(agency="phytosanitary")
    assert set(orders.get_column("act")) == {"documentary", "physical"}
    assert orders.get_column("instructions_en").str.contains("certificate UZ99 (item 1)", literal=True).all()


def test_faults_of_passive_levels_are_told_by_explain_and_ask_nothing_of_officers(tmp_path: Path, capsys: Said) -> None:
    words = declared(tmp_path, {**APRICOTS, "net_mass": "50000"})
    assessed(tmp_path, words, *planned(tmp_path))
    assert "UZ17" not in told_in_orders(tmp_path)["D1", "phytosanitary", "en"]
    capsys.readouterr()
    assert main(["explain", "D1", "--in", str(tmp_path / "run")]) == 0
    assert "item 1, phytosanitary certificate UZ17/0031: it covers less than was declared" in capsys.readouterr().out
    assessed(tmp_path, words, *planned(tmp_path), *settings(tmp_path, ALL_ACTIVE), out="active")
    little = "Phytosanitary certificate UZ17/0031 (item 1): it covers less than was declared."
    assert little in told_in_orders(tmp_path, "active")["D1", "phytosanitary", "en"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("passive: weight\n", "a list of exists, commodity, quantity"),
        ("passive: [weight]\n", "a list of exists, commodity, quantity"),
        ("tolerance: 2\n", "a share from 0 to 1"),
        ("once: maybe\n", "true or false"),
        ("permit_agency: police\n", "one of customs"),
        ("level: 1\n", "one of greatest_age, once, passive"),
        ("greatest_age: 14\n", "a list of days, from, source"),
        ("greatest_age: [{days: 14, from: 2026-01-01}]\n", "greatest_age.0.source: expected a text"),
        ("greatest_age: [{days: 99999, from: 2026-01-01, source: S}]\n", "a whole number of days up to 36525"),
        ("greatest_age: [{days: 9, from: 2026-01-01, to: 2025-01-01, source: S}]\n", "a day not before 2026-01-01"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(text: str, expected: str, tmp_path: Path, capsys: Said) -> None:
    words = [*declared(tmp_path, {}), "--profiles", one_profile(tmp_path), "--capacity", "0.1"]
    more = ["--certificates", str(CERTIFICATES), *settings(tmp_path, text), "--out", str(tmp_path / "run")]
    assert main(["assess", *words, *more]) == 2
    assert expected in capsys.readouterr().err


def test_settings_without_certificates_or_permits_and_a_directory_without_certificates_are_refused(
    tmp_path: Path, capsys: Said
) -> None:
    words = [*declared(tmp_path / "in", {}), "--profiles", one_profile(tmp_path), "--capacity", "0.1"]
    out = ["--out", str(tmp_path / "run")]
    assert main(["assess", *words, *settings(tmp_path, ALL_ACTIVE), *out]) == 2
    (tmp_path / "none").mkdir()
    assert main(["assess", *words, "--certificates", str(tmp_path / "none"), *out]) == 2
    told = capsys.readouterr().err
    assert "certificates or a register of permits" in told
    assert "a directory of certificates (.xml, .csv, .yaml)" in told


def test_every_fault_has_its_words_in_both_languages() -> None:
    faults = {fault.value for fault in (*CertificateFault, *PermitFault)}
    assert {language: set(words) for language, words in FAULTS.items()} == {"en": faults, "ru": faults}
