"""Attested held against goods: drawdown never beyond what was certified, order of files and runs without effect."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_item, goods
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.folding import folded_trader
from darvoza.domain.matching import MatchingSettings
from darvoza.domain.sps.certificate import Certificate, CertifiedGoods, Permit
from darvoza.flow.enrichment import certificate_checks
from darvoza.flow.enrichment.certificate_checks import (
    USES,
    Attested,
    CertificateChecks,
    check_certificates,
    refolded,
)
from darvoza.flow.enrichment.certificate_lookup import FACTS, CheckedCertificates, looked_up

LOT = CertifiedGoods("080910", "apricots", Decimal(1000), ("UZ",))
CERTIFICATE = Certificate(
    "PC-1", "A", "851", "70", datetime(2026, 3, 1, tzinfo=UTC), "UZ", "KG", (("ADEDL", "free"),), (LOT,)
)
PERMIT = Permit("PM-1", "IMP-1", date(2026, 1, 1), date(2026, 12, 31), Decimal(1000), ("0809",), ("UZ",), Decimal(100))
EXACT = MatchingSettings(passive=(), tolerance=Decimal(0), once=False)
ATTESTED = Attested((CERTIFICATE,), (PERMIT,), EXACT)


def lots(*masses: int, first: int = 0, documents: tuple[str, ...] = ("851:pc1", "911:PM/1")) -> pl.DataFrame:
    """One declaration for each mass, an hour after the other."""
    return goods(*(
        an_item(
            declaration_id=f"D{n:03}", hs="0809100000", origin="UZ", net_mass=Decimal(mass), documents=["851", "911"],
            document_numbers=list(documents), lodged_at=datetime(2026, 3, 10, tzinfo=UTC) + timedelta(hours=n),
        )
        for n, mass in enumerate(masses, start=first)
    ))  # fmt: skip


def checked(
    items: pl.DataFrame, attested: Attested = ATTESTED, earlier: pl.DataFrame | None = None
) -> CertificateChecks:
    return check_certificates(items, attested, FactSettings(), earlier)


@given(masses=st.lists(st.integers(1, 700), min_size=1, max_size=12))
def test_what_agrees_in_quantity_never_sums_to_more_than_was_certified_or_permitted(masses: list[int]) -> None:
    checks = checked(lots(*masses)).checks
    for kind, most in (("phytosanitary", 1000), ("permit", 900)):
        passing = checks.filter(pl.col("faults").list.len() == 0, kind=kind).get_column("declaration_id").to_list()
        assert sum(masses[int(name[1:])] for name in passing) <= most
        first = checks.filter(kind=kind).row(0, named=True)
        assert (first["left"], first["faults"] == []) == (most, masses[0] <= most)


@given(masses=st.lists(st.integers(1, 700), min_size=2, max_size=8), cut=st.integers(1, 7))
def test_two_runs_one_after_the_other_say_what_one_run_says(masses: list[int], cut: int) -> None:
    cut = min(cut, len(masses) - 1)
    whole = checked(lots(*masses))
    one = checked(lots(*masses[:cut]))
    two = checked(lots(*masses[cut:], first=cut), earlier=one.uses)
    assert pl.concat([one.checks, two.checks]).equals(whole.checks)
    assert two.uses.equals(whole.uses)


PAPERS = st.none() | st.lists(st.sampled_from(["851", "911", "380", "657"]), max_size=2)
NUMBERS = st.none() | st.lists(st.sampled_from(["851:pc1", "911:PM/1", "380:X", "851:", "851", "657:PC-1"]), max_size=2)


@given(st.lists(st.tuples(PAPERS, NUMBERS), min_size=1, max_size=6))
def test_few_goods_are_checked_as_many_are(rows: list[tuple[list[str] | None, list[str] | None]]) -> None:
    items = goods(
        *(
            an_item(declaration_id=f"D{n}", hs="0809100000", origin="UZ", documents=papers, document_numbers=numbers)
            for n, (papers, numbers) in enumerate(rows)
        )
    )
    earlier = checked(lots(5, 7)).uses
    few = checked(items, earlier=earlier)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(certificate_checks, "FEW", 0)
        many = checked(items, earlier=earlier)
    assert few.checks.equals(many.checks)
    assert few.uses.equals(many.uses)


def test_a_certificate_and_a_permit_count_from_the_local_day_on() -> None:
    night = datetime(2026, 2, 28, 20, tzinfo=UTC)  # 02:00 of 1 March in Bishkek
    items = lots(10).with_columns(lodged_at=pl.lit(night))
    attested = Attested((CERTIFICATE,), (replace(PERMIT, start=date(2026, 3, 1)),), EXACT)
    found = {
        zone: check_certificates(items, attested, FactSettings(time_zone=zone)).checks.get_column("faults").to_list()
        for zone in (None, "Asia/Bishkek")
    }
    assert found == {None: [["not_in_force"], ["future_date"]], "Asia/Bishkek": [[], []]}


def test_goods_that_refer_to_nothing_leave_the_uses_as_they_were() -> None:
    earlier = checked(lots(5, 7)).uses
    plain = goods(an_item(declaration_id="D9", documents=["380"], document_numbers=None))
    assert checked(plain, earlier=earlier).uses.equals(earlier)
    again = goods(an_item(declaration_id="D000", documents=["380"], document_numbers=None))
    assert checked(again, earlier=earlier).uses.get_column("declaration_id").unique().to_list() == ["D001"]


def test_the_same_declaration_again_uses_nothing_twice() -> None:
    once = checked(lots(600))
    again = checked(lots(600), earlier=once.uses)
    assert again.checks.equals(once.checks)
    assert again.uses.equals(once.uses)
    strict = Attested((CERTIFICATE,), None)
    assert checked(lots(100), strict, earlier=checked(lots(100), strict).uses).checks.row(0)[6] == []


def test_a_certificate_that_was_presented_before_it_was_known_counts_as_used() -> None:
    early = checked(lots(600), Attested(()))
    assert early.checks.get_column("faults").to_list() == [["not_found"]]
    late = lots(600, first=1)
    for settings, faults in ((MatchingSettings(passive=()), ["already_used", "too_little"]), (EXACT, ["too_little"])):
        known = Attested((CERTIFICATE,), None, settings)
        assert checked(late, known, earlier=early.uses).checks.get_column("faults").to_list() == [faults]
        assert checked(lots(600), known, earlier=early.uses).checks.get_column("faults").to_list() == [[]]


@pytest.mark.parametrize(
    ("change", "goods_of_before", "left"),
    [({}, {}, 300), ({"trader": "IMP-2"}, {"importer_id": "IMP-2"}, 300), ({}, {"importer_id": "IMP-2"}, 900),
     ({}, {"hs": "0805100000"}, 900), ({"goods": ("080910",)}, {"hs": "0809400000"}, 900), ({}, {"origin": "TR"}, 900),
     ({"start": date(2026, 3, 10)}, {"lodged_at": datetime(2026, 3, 9, 9, tzinfo=UTC)}, 900)],
)  # fmt: skip
def test_goods_that_agree_with_a_permit_draw_it_down_whenever_it_came_to_be_known(
    change: dict[str, object], goods_of_before: dict[str, object], left: int
) -> None:
    permit = replace(PERMIT, **change)  # type: ignore[arg-type]
    early = lots(600).with_columns(**{name: pl.lit(value) for name, value in goods_of_before.items()})
    late = lots(600, first=1).with_columns(importer_id=pl.lit(permit.trader))
    for before in (
        Attested(None, ()),
        Attested(None, (replace(PERMIT, trader="I-9"),)),
        Attested(None, (permit,), EXACT),
    ):
        uses = checked(early, before).uses
        found = checked(late, Attested(None, (permit,), EXACT), earlier=uses)
        assert found.checks.row(0, named=True)["left"] == left
        assert found.uses.equals(checked(pl.concat([early, late]), Attested(None, (permit,), EXACT)).uses)


def test_only_goods_that_a_certificate_speaks_of_draw_it_down_when_it_came_to_be_known_later() -> None:
    for before in (Attested(()), ATTESTED):
        uses = checked(lots(600).with_columns(origin=pl.lit("TR")), before).uses
        assert checked(lots(600, first=1), earlier=uses).checks.row(1, named=True)["left"] == 1000


def test_what_an_earlier_version_wrote_was_drawn_down() -> None:
    old = refolded(checked(lots(600)).uses.select(*USES))
    assert checked(lots(100, first=1), earlier=old).checks.get_column("left").to_list() == [300, 400]


def test_uses_name_no_trader_and_those_that_did_are_read_as_the_same() -> None:
    uses = checked(pl.concat([lots(600), lots(5, first=1).with_columns(importer_id=pl.lit(None, pl.String))])).uses
    assert not {"IMP-1", folded_trader("IMP-1")} & set(uses.select(pl.col(pl.String)).unpivot().get_column("value"))
    by_name = pl.when(pl.col("declaration_id") == "D000").then(pl.lit(folded_trader("IMP-1"))).otherwise(pl.lit(""))
    before = uses.drop("trader_digest").with_columns(trader=pl.when(pl.col("kind") == "permit").then(by_name))
    assert refolded(before).select(uses.columns).equals(uses)
    assert refolded(before.clear()).height == 0
    assert checked(lots(100, first=2), earlier=refolded(before)).checks.get_column("left").to_list() == [300, 395]


def test_items_of_one_declaration_share_a_certificate_and_draw_on_it_together() -> None:
    items = pl.concat([lots(600), lots(600).with_columns(item=pl.lit(2, pl.Int64))])
    found = checked(items, Attested((CERTIFICATE,), None)).checks.get_column("faults").to_list()
    assert found == [[], ["too_little"]]


def test_the_best_of_several_certificates_counts() -> None:
    items = lots(100, documents=("851:NONE", "851:PC-1"))
    facts = looked_up(items, CheckedCertificates(checked(items).checks, certificates=True, permits=False)).row(
        0, named=True
    )
    assert facts["certificate_level"] == 3
    assert facts["phytosanitary_certificate_faults"] == []
    assert facts["certificate_statements"] == "«free»"
    assert facts["permit_covers"] is None


@pytest.mark.parametrize(
    ("changes", "level", "faults", "covers"),
    [
        ({"documents": [], "document_numbers": []}, None, [], False),
        ({"documents": None, "document_numbers": None}, None, None, None),
        ({"documents": ["851"], "document_numbers": None}, 0, ["no_number"], False),
        ({"documents": ["380"], "document_numbers": ["380:PC-1"]}, None, [], False),
        ({"documents": [], "document_numbers": ["657:PC-1"]}, 3, [], False),
        ({"documents": ["911"], "document_numbers": ["911:PM-1"]}, None, [], True),
        ({"documents": ["853"], "document_numbers": ["853:PC-1"]}, 0, [], False),
    ],
)
def test_what_is_declared_and_what_is_not(
    changes: dict[str, object], level: int | None, faults: list[str] | None, covers: bool | None
) -> None:
    item = an_item(**{"hs": "0809100000", "origin": "UZ", "net_mass": Decimal(1), **changes})
    items = goods(item).with_columns(lodged_at=pl.lit(datetime(2026, 3, 10, tzinfo=UTC)))
    facts = looked_up(items, CheckedCertificates(checked(items).checks, certificates=True, permits=True)).row(
        0, named=True
    )
    assert facts["certificate_level"] == level
    assert facts["phytosanitary_certificate_faults"] == faults
    assert facts["permit_covers"] is covers


def test_without_certificates_or_permits_nothing_is_known() -> None:
    assert looked_up(lots(1, 2), None).rows() == [(None,) * len(FACTS)] * 2


@pytest.mark.parametrize("number", ["РС-1", "pc 1", "рc.1"])  # with letters of two alphabets
def test_one_number_written_in_several_ways_is_one_number(number: str) -> None:
    once = MatchingSettings(passive=())
    attested = Attested((CERTIFICATE,), None, once)
    first = checked(lots(10), attested)
    again = checked(lots(10, first=1, documents=(f"851:{number}",)), attested, earlier=first.uses)
    assert again.checks.get_column("faults").to_list() == [["already_used"]]
    before = first.uses.with_columns(number=pl.lit("РС1"))  # as an earlier version wrote it
    assert checked(lots(10, first=1), attested, earlier=refolded(before)).checks.row(0)[6] == ["already_used"]


def test_of_two_kinds_of_certificate_with_one_number_the_one_that_does_not_stand_counts() -> None:
    withdrawn = replace(CERTIFICATE, type="657", status="41")
    for both in ((CERTIFICATE, withdrawn), (withdrawn, CERTIFICATE)):
        assert "not_issued" in checked(lots(10), Attested(both, None)).checks.row(0)[6]


def test_a_quantity_that_is_not_known_covers_nothing_and_draws_the_gross_mass_down() -> None:
    unknown = lots(1, 1).with_columns(
        net_mass=pl.lit(None, pl.Decimal(38, 6)), gross_mass=pl.lit(Decimal(600)).cast(pl.Decimal(38, 6))
    )
    found = checked(unknown).checks
    assert found.get_column("faults").to_list() == [["unknown_quantity"]] * 4
    assert found.filter(kind="permit").get_column("left").to_list() == [900, 300]
    facts = looked_up(unknown, CheckedCertificates(checked(unknown).checks, certificates=True, permits=True))
    assert facts.get_column("permit_covers").to_list() == [False, False]
    assert facts.get_column("certificate_level").to_list() == [2, 2]
    nought = lots(0)
    assert checked(nought).checks.get_column("faults").to_list() == [["unknown_quantity"]] * 2


def test_a_certificate_without_a_mass_covers_no_quantity() -> None:
    bare = replace(CERTIFICATE, goods=(replace(LOT, net_mass=None),))
    assert checked(lots(900), Attested((bare,), None)).checks.row(0)[5:7] == (2, ["unknown_quantity"])


@pytest.mark.parametrize(
    ("post", "flow", "faults"),
    [("KG-OSH", "I", []), ("UZ-TAS", "I", ["other_country"]), ("OSH", "I", ["unknown_country"]),
     ("KG-OSH", "E", ["unknown_country"])],
)  # fmt: skip
def test_an_import_without_a_destination_goes_to_the_country_of_its_post(
    post: str, flow: str, faults: list[str]
) -> None:
    items = lots(10).with_columns(destination_country=pl.lit(None, pl.String), post=pl.lit(post), flow=pl.lit(flow))
    assert checked(items, Attested((CERTIFICATE,), None)).checks.row(0)[6] == faults


def test_what_is_stated_of_other_goods_is_not_stated_of_these() -> None:
    apples = CertifiedGoods("080810", "apples", Decimal(1000), ("UZ",), (("keyed", "not free from X"),))
    for certificate in (
        replace(CERTIFICATE, goods=(apples,)),
        replace(CERTIFICATE, statements=(), goods=(LOT, apples)),
    ):
        checks = checked(lots(10), Attested((certificate,), None)).checks
        facts = looked_up(lots(10), CheckedCertificates(checks, certificates=True, permits=False))
        assert facts.get_column("certificate_statements").to_list() == [""]
