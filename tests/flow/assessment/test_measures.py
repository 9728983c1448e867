from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import an_item, goods
from darvoza.cli.reference_data import shipped
from darvoza.domain.codes import Act, Agency
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.matching import MatchingSettings
from darvoza.domain.profile import RiskProfile
from darvoza.domain.selection import FloorKind
from darvoza.domain.sps.measure import Measure, MeasureKind, MeasureScope, Requirements
from darvoza.flow.assessment.claimed_process import claimed_process_profile
from darvoza.flow.assessment.matching_profiles import matching_profiles
from darvoza.flow.assessment.measures import CERTAIN, contradictions, measure_profiles
from darvoza.flow.assessment.record import RecordExecutor
from darvoza.flow.enrichment.enrich import Sources, enrich
from darvoza.flow.intake.measures import read_measures

DAY = date(2026, 6, 1)


def a_measure(kind: MeasureKind = MeasureKind.FREQUENCY, **changes: object) -> Measure:
    scope = MeasureScope(goods=("0104",), origins=("PK",))
    given_: dict[str, object] = {
        "code": "M-1", "title": "A measure", "agency": Agency.VETERINARY, "kind": kind, "scope": scope,
        "legal_basis": "Order 1", "start": date(2026, 1, 1), "acts": ((Act.PHYSICAL, Decimal("0.5")),), **changes,
    }  # fmt: skip
    return Measure(**given_)  # type: ignore[arg-type]


def matched(measure: Measure, day: date = DAY, **facts: object) -> list[str]:
    profiles = measure_profiles([measure])
    row: dict[str, object] = {"item": 1, "hs": "01041010", "origin": "PK", "lodged_on": day, **facts}
    return [match.profile for match in RecordExecutor(profiles).match([row], day)]


def test_a_prohibition_is_certain_at_the_documents() -> None:
    (profile,) = measure_profiles([a_measure(MeasureKind.PROHIBITION)])
    assert (profile.treatment.act, profile.treatment.share, profile.floor) == (Act.DOCUMENTARY, CERTAIN, FloorKind.LAW)
    assert matched(a_measure(MeasureKind.PROHIBITION)) == ["M-1"]
    assert matched(a_measure(MeasureKind.PROHIBITION), origin="KZ") == []


def test_what_is_not_declared_does_not_take_goods_out_of_a_prohibition() -> None:
    zone = a_measure(MeasureKind.PROHIBITION, scope=MeasureScope(goods=("0104",), regions=("PK-2",)))
    assert matched(zone, origin_region_code=None) == ["M-1"]
    assert matched(zone, origin_region_code="PK1") == []


def test_a_measure_is_on_imports_and_transit_unless_it_says_otherwise() -> None:
    ban = a_measure(MeasureKind.PROHIBITION)
    told: dict[str | None, list[str]] = {"I": ["M-1"], "T": ["M-1"], "E": [], None: ["M-1"]}
    assert {flow: matched(ban, flow=flow) for flow in told} == told
    out = a_measure(MeasureKind.PROHIBITION, code="M-2", scope=MeasureScope(goods=("0104",), flows=("E",)))
    assert [matched(out, flow=flow) for flow in ("I", "E")] == [[], ["M-2"]]
    assert contradictions([a_measure(), out]) == ()


def test_a_measure_begins_at_midnight_of_the_zone_that_is_set() -> None:
    ban = a_measure(MeasureKind.PROHIBITION, start=date(2026, 2, 11))
    lodged = datetime(2026, 2, 10, 20, tzinfo=UTC)  # 02:00 of the next day in Bishkek
    found = {}
    for zone in (None, "Asia/Bishkek"):
        sources = Sources(settings=FactSettings(time_zone=zone))
        facts = enrich(goods(an_item(hs="0104101000", origin="PK", lodged_at=lodged)), sources=sources)
        days = facts.get_column("lodged_on").to_list()
        matches = RecordExecutor(measure_profiles([ban])).match(facts.to_dicts(), days[0])
        found[zone] = (days[0].day, len(matches))
    assert found == {None: (10, 0), "Asia/Bishkek": (11, 1)}


def test_who_checks_the_documents_is_told_to_refuse_what_is_prohibited_and_where_it_is_from() -> None:
    scope = MeasureScope(goods=("0104",), regions=("PK-2",), establishments=("PK.05/S-1",))
    (ban,) = measure_profiles([a_measure(MeasureKind.PROHIBITION, scope=scope)])
    assert "Refuse entry" in ban.instructions["en"]
    assert "Отказать во ввозе" in ban.instructions["ru"]
    assert all(each in text for text in ban.instructions.values() for each in ("PK-2", "PK.05/S-1", "Order 1"))
    (own,) = measure_profiles([a_measure(MeasureKind.PROHIBITION, scope=scope, instructions={"en": "Call Osh."})])
    assert own.instructions["en"] == "Call Osh."
    assert "Отказать" in own.instructions["ru"]


@pytest.mark.parametrize(
    ("flows", "english", "russian"),
    [
        ((), "Refuse entry or transit unless", "Отказать во ввозе или в транзите, если"),
        (("I",), "Refuse entry unless", "Отказать во ввозе, если"),
        (("T",), "Refuse transit unless", "Отказать в транзите, если"),
        (("E",), "Refuse exit unless", "Отказать в вывозе, если"),
    ],
)
def test_what_is_to_be_refused_is_named_by_the_directions_of_the_measure(
    flows: tuple[str, ...], english: str, russian: str
) -> None:
    scope = MeasureScope(goods=("0104",), flows=flows)
    (ban,) = measure_profiles([a_measure(MeasureKind.PROHIBITION, scope=scope)])
    assert english in ban.instructions["en"]
    assert russian in ban.instructions["ru"]


def test_who_checks_the_documents_is_told_what_a_condition_asks_for() -> None:
    requires = Requirements(statements=("free from X",), zone_free_of=("FMD",), permit=True)
    (made,) = measure_profiles([a_measure(MeasureKind.CONDITION, acts=(), required=("851",), requires=requires)])
    for text in ("one of the documents 851", "“free from X”", "zone free of FMD", "permit that covers the goods"):
        assert text in made.instructions["en"]
    assert measure_profiles([a_measure()])[0].instructions == {}, "a frequency asks for the act as always"


def test_what_is_wrong_with_a_certificate_is_told_and_asks_nothing_of_goods_that_leave() -> None:
    made = matching_profiles(MatchingSettings(passive=()))
    assert all(profile.instructions["en"] and profile.instructions["ru"] for profile in made)
    (exists,) = (profile for profile in made if profile.code == "CERTIFICATE-PHYTOSANITARY-EXISTS")
    assert "phytosanitary certificate: its number is not declared or not known" in exists.instructions["en"]
    faults = {"phytosanitary_certificate_faults": frozenset({"not_found"}), "item": 1, "lodged_on": DAY}
    executor = RecordExecutor((exists,))
    found = [len(executor.match([{**faults, "flow": flow}], DAY)) for flow in ("I", "T", None, "E")]
    assert found == [1, 1, 1, 0]


SPELLED = {
    "regions": (("PK-2", "pk-2"), ["PK-2", "pk-2", " PK 2", "PK2", "РК-2", "рк2", "", "KZ-2", "elsewhere"], ["PK-3"]),
    "establishments": (("PK.05/S-1",), ["PK.05/S-1", "pk.05/s-1", "PK05/S1", "РК 05 S 1", "", "/"], ["PK.05/S-2"]),
}
FIELD = {"regions": "origin_region", "establishments": "establishment"}


@pytest.mark.parametrize("part", SPELLED)
def test_another_spelling_of_a_region_or_establishment_does_not_lift_a_ban(part: str) -> None:
    codes, under, free = SPELLED[part]
    for code in codes:
        ban = a_measure(MeasureKind.PROHIBITION, scope=MeasureScope(goods=("0104",), **{part: (code,)}))  # type: ignore[arg-type]
        profiles = measure_profiles([ban])
        lodged = datetime(2026, 6, 1, 12, tzinfo=UTC)
        declared = [
            an_item(hs="0104101000", origin="PK", lodged_at=lodged, declaration_id=f"D-{n}", **{FIELD[part]: text})
            for n, text in enumerate((*under, *free))
        ]
        facts = enrich(goods(*declared)).to_dicts()
        found = [bool(RecordExecutor(profiles).match([row], row["lodged_on"])) for row in facts]
        assert found == [True] * len(under) + [False] * len(free)


def test_a_region_named_in_words_leaves_no_goods_of_its_country_out() -> None:
    facts = enrich(
        goods(*(an_item(hs="0104101000", origin="PK", origin_region=each) for each in ("Sindh", "Punjab", "")))
    ).to_dicts()
    alert = measure_profiles([a_measure(scope=MeasureScope(origins=("PK",), regions=("Punjab",)))])
    assert [len(RecordExecutor(alert).match([row], row["lodged_on"])) for row in facts] == [1, 1, 1]


def test_who_looks_at_a_document_is_told_of_days_that_are_past_and_of_quantities_that_are_not_known() -> None:
    made = {each.code: each for each in matching_profiles(MatchingSettings(passive=()))}
    for code in ("CERTIFICATE-VETERINARY", "PERMIT"):
        exists, quantity = made[f"{code}-EXISTS"].instructions, made[f"{code}-QUANTITY"]
        assert "has expired or is not in force yet" in exists["en"]
        assert "срок истёк или ещё не начался" in exists["ru"]
        assert "quantity or the declared net mass is not known" in quantity.instructions["en"]
        assert "масса нетто неизвестны" in quantity.instructions["ru"]
        assert quantity.title.endswith("for less than was declared, or for a quantity that is not known")
    assert "given to another trader" in made["PERMIT-EXISTS"].instructions["en"]


def test_a_ban_on_a_region_is_on_goods_of_its_country_alone() -> None:
    declared = [("CN", "Shandong"), ("MN", None), ("PK", "Sindh"), ("PK", "PK-2"), ("PK", "PK-3")]
    facts = enrich(
        goods(*(an_item(hs="0104101000", origin=of, origin_region=part) for of, part in declared))
    ).to_dicts()
    for origins in ((), ("PK",), ("CN", "PK")):
        scope = MeasureScope(goods=("0104",), origins=origins, regions=("PK-2",))
        profiles = measure_profiles([a_measure(MeasureKind.PROHIBITION, scope=scope)])
        found = [len(RecordExecutor(profiles).match([row], row["lodged_on"])) for row in facts]
        assert found == [0, 0, 1, 1, 0], origins


def test_goods_of_no_declared_origin_stay_under_a_ban_on_a_region() -> None:
    ban = a_measure(MeasureKind.PROHIBITION, scope=MeasureScope(goods=("0104",), regions=("PK-2",)))
    assert matched(ban, origin=None, origin_region_code=None) == ["M-1"]
    abroad = a_measure(code="M-2", scope=MeasureScope(goods=("0104",), origins=("CN",)))
    assert contradictions([ban, abroad]) == ()


def test_a_claimed_process_is_checked_of_goods_that_come_and_not_of_those_that_leave() -> None:
    raw = {"sps_agencies": frozenset({"phytosanitary"}), "ispm32_category": "2", "process": "roasted"}
    executor = RecordExecutor((claimed_process_profile(),))
    row = {**raw, "item": 1, "lodged_on": DAY}
    found = [len(executor.match([{**row, "flow": flow}], DAY)) for flow in ("I", "T", None, "E")]
    assert found == [1, 1, 1, 0]


def test_measures_on_one_establishment_spelled_twice_meet() -> None:
    ban, half = (
        a_measure(kind, code=kind, scope=MeasureScope(establishments=(number,)))
        for kind, number in ((MeasureKind.PROHIBITION, "PK.05/S-1"), (MeasureKind.FREQUENCY, "pk05 s1"))
    )
    assert len(contradictions([ban, half])) == 1


def test_a_measure_on_raw_goods_leaves_processed_ones_alone_and_not_those_of_which_nothing_is_said() -> None:
    raw = a_measure(scope=MeasureScope(goods=("0805",), processes=("raw", "handled")), agency=Agency.PHYTOSANITARY)
    told = {"raw": ["M-1"], "handled": ["M-1"], "dried": [], "roasted": [], None: ["M-1"]}
    assert {each: matched(raw, hs="08051020", process=each) for each in told} == told
    assert measure_profiles([raw])[0].sentence == "hs starts with 0805 and process in (handled, raw) and flow in (I, T)"


def test_measures_on_goods_processed_otherwise_do_not_contradict_each_other() -> None:
    fruit = {process: MeasureScope(goods=("0805",), processes=(process,)) for process in ("raw", "dried")}
    raw = a_measure(MeasureKind.PROHIBITION, scope=fruit["raw"])
    assert list(contradictions([raw, a_measure(code="M-2", scope=fruit["dried"])])) == []
    assert len(contradictions([raw, a_measure(code="M-2", scope=fruit["raw"])])) == 1


def test_a_condition_asks_only_where_none_of_the_documents_is_presented() -> None:
    condition = a_measure(MeasureKind.CONDITION, required=("VC", "851"))
    assert matched(condition, documents=frozenset({"INV"})) == ["M-1"]
    assert matched(condition, documents=frozenset({"INV", "VC"})) == []
    assert matched(condition, documents=None) == ["M-1"]


def test_intensified_control_is_certain_identity_and_physical_checks_as_an_alert() -> None:
    profiles = measure_profiles([a_measure(MeasureKind.INTENSIFIED, acts=(), alert=True)])
    assert [(made.code, made.treatment.share, made.floor) for made in profiles] == [
        ("M-1:identity", CERTAIN, FloorKind.ALERT),
        ("M-1:physical", CERTAIN, FloorKind.ALERT),
    ]


def test_mere_evidence_asks_for_nothing() -> None:
    assert measure_profiles([a_measure(MeasureKind.EVIDENCE)]) == ()


def test_a_terminated_measure_ends_the_day_before() -> None:
    ended = a_measure(terminated_on=date(2026, 3, 1), end=date(2026, 12, 31), termination="The outbreak is over.")
    assert matched(ended, day=date(2026, 2, 28)) == ["M-1"]
    assert matched(ended, day=date(2026, 3, 1)) == []


def test_goods_dispatched_before_a_transitional_day_are_not_under_the_measure() -> None:
    scope = MeasureScope(goods=("0104",), dispatched_from=date(2026, 5, 1))
    assert matched(a_measure(scope=scope), dispatched_on=date(2026, 4, 30)) == []
    assert matched(a_measure(scope=scope), dispatched_on=date(2026, 5, 1)) == ["M-1"]


def test_goods_without_a_category_are_not_under_a_measure_on_categories() -> None:
    scope = MeasureScope(veterinary=("II",))
    assert matched(a_measure(scope=scope), sps_agencies=frozenset(), veterinary_category=None) == []
    held: Any = {"sps_agencies": frozenset({"veterinary"})}
    assert matched(a_measure(scope=scope), **held, veterinary_category="II") == ["M-1"]
    assert matched(a_measure(scope=scope), **held, veterinary_category="III") == []


def test_of_measures_that_meet_and_differ_the_stricter_is_named() -> None:
    half, most = a_measure(code="A"), a_measure(code="B", acts=((Act.PHYSICAL, Decimal("0.9")),))
    (found,) = contradictions([half, most])
    assert (found.stricter, found.other, found.act) == ("B", "A", Act.PHYSICAL)
    ban = a_measure(MeasureKind.PROHIBITION, code="C")
    assert {(found.stricter, found.act) for found in contradictions([half, ban])} == {("C", None)}


def test_measures_that_do_not_meet_do_not_contradict() -> None:
    half = a_measure(code="A")
    others = [
        a_measure(code="B", acts=((Act.PHYSICAL, Decimal(1)),), scope=MeasureScope(goods=("0105",))),
        a_measure(code="C", acts=((Act.PHYSICAL, Decimal(1)),), scope=MeasureScope(origins=("KZ",))),
        a_measure(code="D", acts=((Act.PHYSICAL, Decimal(1)),), agency=Agency.SANITARY),
        a_measure(code="E", acts=((Act.PHYSICAL, Decimal(1)),), start=date(2027, 1, 1)),
    ]
    early = a_measure(code="A", end=date(2026, 12, 31))
    assert contradictions([half, *others[:3]]) == ()
    assert contradictions([early, others[3]]) == ()


@given(shares=st.lists(st.decimals("0.01", "1", places=2), min_size=2, max_size=5))
def test_another_measure_never_lowers_what_is_asked(shares: list[Decimal]) -> None:
    measures = [a_measure(code=f"M-{k}", acts=((Act.PHYSICAL, share),)) for k, share in enumerate(shares)]

    def largest(profiles: tuple[RiskProfile, ...]) -> Decimal:
        return max(profile.treatment.share for profile in profiles)

    asked = [largest(measure_profiles(measures[:count])) for count in range(1, len(measures) + 1)]
    assert all(one <= other for one, other in pairwise(asked))


def test_the_shipped_frequencies_are_those_of_the_regulation() -> None:
    """Regulation (EU) 2019/2129, Annex I: physical checks of 100, 30, 15, 5 and 1 %."""
    shares = {
        profile.code: profile.treatment.share
        for profile in measure_profiles(read_measures(shipped("sps_frequencies.yaml")))
        if profile.treatment.act is Act.PHYSICAL and profile.code.startswith("EU-2129")
    }
    assert [float(share) for share in shares.values()] == [1, 0.3, 0.15, 0.05, 0.01]


@pytest.mark.parametrize("act", [Act.DOCUMENTARY, Act.IDENTITY])
def test_documents_and_identity_are_always_checked_in_every_category(act: Act) -> None:
    made = measure_profiles(read_measures(shipped("sps_frequencies.yaml")))
    veterinary = [one for one in made if one.agency is Agency.VETERINARY and one.treatment.act is act]
    assert [one.treatment.share for one in veterinary] == [1] * 5


@given(
    goods=st.lists(
        st.lists(st.sampled_from(["0", "01", "0104", "02", "0201", "1"]), max_size=2, unique=True),
        min_size=2,
        max_size=6,
    )
)
def test_measures_that_meet_are_found_wherever_their_goods_stand(goods: list[list[str]]) -> None:
    measures = [
        a_measure(code=f"M-{n}", scope=MeasureScope(goods=tuple(codes)), acts=((Act.PHYSICAL, Decimal(n + 1) / 10),))
        for n, codes in enumerate(goods)
    ]
    found = {(each.stricter, each.other) for each in contradictions(measures)}
    expected = {
        (f"M-{n}", f"M-{k}")
        for n in range(len(goods))
        for k in range(n)
        if not goods[n] or not goods[k] or any(a.startswith(b) or b.startswith(a) for a in goods[n] for b in goods[k])
    }
    assert found == expected
