"""What papers say, against texts that were read line by line before they were kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from darvoza.domain.casework import Case, ExaminationResult, ItemResult
from darvoza.domain.codes import Act, Agency, RiskArea, Severity
from darvoza.domain.sps.control import AgencyDecision, ControlOutcome
from darvoza.domain.sps.measure import Measure, MeasureKind, MeasureScope, Requirements
from darvoza.errors import InvalidValue, SettingsError
from darvoza.flow.inspection.joint import WhyCode, joint_word
from darvoza.flow.inspection.papers import words_en, words_ru
from darvoza.flow.inspection.papers.control_papers import act_paper, blank_act, entry_paper
from darvoza.flow.inspection.papers.detention import detention_paper
from darvoza.flow.inspection.papers.examination import examination_paper
from darvoza.flow.inspection.papers.notices import measure_paper, non_compliance_paper
from darvoza.flow.inspection.papers.paper import Paper, PaperKind, Rows, agrees, as_text
from darvoza.flow.inspection.papers.sampling_papers import Proof, laboratory_paper, order_paper
from darvoza.flow.inspection.papers.writing import WORDS, Writing
from sps_records import DOCUMENT, NOTICE, ORDER, PHYTO, REQUESTED, SAMPLE, hour

GOLDEN = Path(__file__).parent / "golden"
PROOF = Proof(date(2026, 3, 1), "ab" * 32)
MEASURE = Measure(
    "PHY-3", "Citrus after fruit fly", PHYTO, MeasureKind.FREQUENCY, MeasureScope(goods=("0805",), origins=("IR",)),
    "Order 3/2026", date(2026, 3, 1), end=date(2026, 8, 31), review_by=date(2026, 6, 1), alert=True,
    acts=((Act.PHYSICAL, Decimal("0.75")), (Act.SAMPLING, Decimal("0.125"))),
)  # fmt: skip
JOINT = joint_word([DOCUMENT], items=DOCUMENT.items, now=hour(70))
DECLARED = DOCUMENT.consignment.declaration
RESULT = ExaminationResult(
    "aida", hour(3),
    (
        ItemResult(
            1, (RiskArea.UNDERVALUATION, RiskArea.QUANTITY), severity=Severity.SERIOUS, quantity=Decimal(12),
            net_mass=Decimal("1410.50"), corrected_hs="870323", corrected_origin="AE", corrected_value=Decimal(9800),
            additional_duty=Decimal("930.25"), seized=True, samples=("S-1", "S-2"), words="invoice of another sale",
        ),
        *(ItemResult(item.item) for item in DECLARED.items[1:]),
    ),
    "[the scales were broken]",
)  # fmt: skip
CASE = Case(
    "D1:customs:physical", Agency.CUSTOMS, DECLARED.post, Act.PHYSICAL, tuple(item.item for item in DECLARED.items),
    results=(RESULT,),
)  # fmt: skip
MAKERS: dict[PaperKind, Callable[[str], Paper]] = {
    PaperKind.ENTRY: lambda language: entry_paper(DOCUMENT, language),
    PaperKind.ACT: lambda language: act_paper(
        DOCUMENT, language, joint_word([DOCUMENT], items=DOCUMENT.items, now=hour(70))
    ),
    PaperKind.ORDER: lambda language: order_paper(DOCUMENT, (ORDER,), language, proof=PROOF),
    PaperKind.LABORATORY: lambda language: laboratory_paper(DOCUMENT, SAMPLE, language),
    PaperKind.NON_COMPLIANCE: lambda language: non_compliance_paper(NOTICE, DOCUMENT, language),
    PaperKind.DETENTION: lambda language: detention_paper(
        DOCUMENT, JOINT, language, deadline=hour(1), delay="The laboratory had no current"
    ),
    PaperKind.MEASURE: lambda language: measure_paper(MEASURE, language),
    PaperKind.BLANK_ACT: lambda language: blank_act(PHYTO, language),
    PaperKind.EXAMINATION: lambda language: examination_paper(DECLARED, CASE, CASE.results[0], language),
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("kind", MAKERS)
def test_a_paper_says_what_was_agreed(kind: PaperKind, language: str) -> None:
    assert as_text(MAKERS[kind](language)) == (GOLDEN / f"{kind}-{language}.txt").read_text(encoding="utf-8").rstrip()


def test_every_kind_is_made_here_but_the_figures_which_are_no_paper_on_goods() -> None:
    assert set(MAKERS) == set(PaperKind) - {PaperKind.FIGURES}


def test_every_language_has_the_same_words_with_the_same_holes() -> None:
    assert list(words_en.WORDS) == list(words_ru.WORDS)
    holes = [[text.count("{") for text in words.values()] for words in WORDS.values()]
    assert holes[0] == holes[1]
    assert {f"why_{code}" for code in WhyCode} <= set(words_en.WORDS)


BAN = Measure(
    "VET-9", "Meat", Agency.VETERINARY, MeasureKind.PROHIBITION,
    MeasureScope(
        veterinary=("II",), processes=("raw",), uses=("processing",), regions=("KZ-2",), establishments=("KZ.05/S-1",),
        zone_hazards=("FMD",), flows=("I",), dispatched_from=date(2026, 2, 1),
    ),
    "Order 9", date(2026, 2, 11),
)  # fmt: skip


def test_a_published_prohibition_says_that_it_prohibits_and_exactly_what() -> None:
    told = as_text(measure_paper(BAN, "en"))
    for line in (
        "What it does: prohibited", "Veterinary categories: II", "Processing: raw", "Intended uses: processing", "Origin: all",
        "Regions of origin: KZ-2", "Establishments: KZ.05/S-1", "From zones with: FMD", "Direction: import",
        "For goods dispatched from: 2026-02-01", "Goods: those of the categories, processing or uses below",
    ):  # fmt: skip
        assert line in told, told
    assert "запрещено" in as_text(measure_paper(BAN, "ru"))


def test_a_published_condition_says_what_must_be_shown() -> None:
    requires = Requirements(("free from X",), ("FMD",), approved_establishment=True, permit=True)
    told = as_text(measure_paper(replace(BAN, kind=MeasureKind.CONDITION, required=("851",), requires=requires), "en"))
    for words in ("documents 851", "“free from X”", "free of FMD", "establishments approved", "a permit covers"):
        assert words in told


def test_a_language_that_is_not_held_is_refused() -> None:
    with pytest.raises(SettingsError, match="one of en, ru"):
        Writing("fr")


@pytest.mark.parametrize("kind", MAKERS)
def test_a_code_agrees_with_its_own_paper_and_no_other(kind: PaperKind) -> None:
    paper = MAKERS[kind]("en")
    assert agrees(paper, f" {paper.verification}\n")
    others = [MAKERS[other]("en") for other in MAKERS if other is not kind]
    assert not any(agrees(paper, other.verification) for other in [*others, MAKERS[kind]("ru")])


@pytest.mark.parametrize("code", ["", "x", "darvoza:2:act:00:A", "https://example.org"])
def test_what_is_no_code_of_a_paper_is_refused(code: str) -> None:
    with pytest.raises(InvalidValue, match="what the code on a paper carries"):
        agrees(MAKERS[PaperKind.ACT]("en"), code)


def test_one_changed_word_changes_the_digest() -> None:
    decision = AgencyDecision(PHYTO, ControlOutcome.RELEASE, hour(31), (1,))
    other = replace(DOCUMENT, control=replace(DOCUMENT.control, decisions=(decision,)), follow_up=())
    assert act_paper(other, "en").digest != act_paper(DOCUMENT, "en").digest


def test_an_order_never_says_what_chose_the_act() -> None:
    told = as_text(MAKERS[PaperKind.ORDER]("en")).casefold()
    assert [word for word in ("random", "profile", "score", "floor", "π") if word in told] == []


def test_a_withdrawn_notification_is_titled_so_and_says_why() -> None:
    withdrawn = replace(NOTICE, withdrawn_on=date(2026, 3, 9), withdrawal="The second test was within the limit")
    told = as_text(non_compliance_paper(withdrawn, DOCUMENT, "en"))
    assert "Withdrawal of a notification of non-compliance KG-NC-2026-7" in told
    assert "Reason of the withdrawal: The second test was within the limit" in told


@pytest.mark.parametrize(
    "changes",
    [
        {"notified_on": date(2026, 2, 1)},
        {"withdrawn_on": date(2026, 3, 9)},
        {"withdrawal": "no day"},
        {"withdrawn_on": date(2026, 3, 1), "withdrawal": "before it was sent"},
        {"natures": ()},
    ],
)
def test_a_notification_out_of_order_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidValue):
        replace(NOTICE, **changes)  # type: ignore[arg-type]


def test_a_notification_about_goods_that_are_not_there_is_refused() -> None:
    with pytest.raises(InvalidValue, match="items of"):
        non_compliance_paper(replace(NOTICE, items=(9,)), DOCUMENT, "en")


def test_an_order_without_lots_and_a_request_without_tests_are_refused() -> None:
    with pytest.raises(InvalidValue, match="a lot to be sampled"):
        order_paper(DOCUMENT, (), "en", proof=PROOF)
    with pytest.raises(InvalidValue, match="tests asked for"):
        laboratory_paper(DOCUMENT, replace(SAMPLE, number="P-9"), "en")


def test_a_request_without_a_result_has_room_for_it_and_tells_the_right() -> None:
    waiting = replace(DOCUMENT, control=replace(DOCUMENT.control, tests=(REQUESTED,)))
    told = as_text(laboratory_paper(waiting, SAMPLE, "ru"))
    assert "в течение 10 дней" in told
    assert "____" in told.split("СУПТ 5.3")[1].split("Инспектор")[0]


def test_a_quarantine_is_told_with_its_end() -> None:
    held = AgencyDecision(PHYTO, ControlOutcome.QUARANTINE, hour(31), until=hour(55))
    document = replace(DOCUMENT, control=replace(DOCUMENT.control, ordered=(), decisions=(held,)), follow_up=())
    for now, told in ((hour(40), "quarantine runs"), (hour(55), "quarantine is over; the service must speak again")):
        joint = joint_word([document], items=document.items, now=now)
        assert f"{told} (quarantine until 2026-03-03 15:00 UTC)" in as_text(act_paper(document, "en", joint))


def test_a_trader_is_told_of_a_delay_in_writing_and_of_nothing_else() -> None:
    with pytest.raises(InvalidValue, match="the reason of the delay"):
        detention_paper(DOCUMENT, JOINT, "en", deadline=hour(1))
    in_time = as_text(detention_paper(DOCUMENT, JOINT, "en", deadline=hour(2)))
    assert "reason of the delay" not in in_time
    assert "until 2026-03-12 14:00 UTC, by another laboratory" in in_time
    assert "C03" not in in_time, "what is released is not held"


def test_what_is_not_yet_seen_is_late_when_the_deadline_has_passed() -> None:
    waiting = replace(
        DOCUMENT,
        control=replace(DOCUMENT.control, checks=DOCUMENT.control.checks[:1], samples=(), tests=(), decisions=()),
    )
    joint = joint_word([waiting], items=waiting.items, now=hour(70))
    with pytest.raises(InvalidValue, match="the reason of the delay"):
        detention_paper(waiting, joint, "en", deadline=hour(60))


def test_the_right_to_a_second_test_is_not_told_when_its_time_is_over() -> None:
    late = joint_word([DOCUMENT], items=DOCUMENT.items, now=hour(24 * 30))
    assert "by another laboratory" not in as_text(detention_paper(DOCUMENT, late, "en"))


def test_nobody_is_told_of_a_detention_that_is_none() -> None:
    freed = AgencyDecision(PHYTO, ControlOutcome.RELEASE, hour(31))
    control = replace(
        DOCUMENT.control, ordered=(), checks=DOCUMENT.control.checks[:1], samples=(), tests=(), decisions=(freed,)
    )
    document = replace(DOCUMENT, control=control, follow_up=())
    joint = joint_word([document], items=document.items, now=hour(32))
    with pytest.raises(InvalidValue, match="goods held or refused"):
        detention_paper(document, joint, "en")


def test_a_table_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(InvalidValue, match="as many cells as columns"):
        Rows("T", ("a", "b"), (("1",),), (1, 1))


@pytest.mark.parametrize("language", WORDS)
def test_an_act_of_examination_says_that_nothing_was_found_and_nothing_of_why(language: str) -> None:
    plain = ExaminationResult("aida", hour(3), tuple(ItemResult(item.item) for item in DECLARED.items))
    case = replace(CASE, results=(plain,), referral="the seal has been put on twice")
    text = as_text(examination_paper(DECLARED, case, plain, language))
    assert Writing(language).say("found_nothing") in text
    assert Writing(language).say("corrected") not in text
    assert case.referral not in text


@pytest.mark.parametrize("language", WORDS)
def test_an_act_of_sampling_says_that_the_laboratory_is_awaited_and_not_that_nothing_was_found(language: str) -> None:
    sampled = tuple(ItemResult(item.item, samples=("A-1",), awaited=("A-1",)) for item in DECLARED.items)
    text = as_text(examination_paper(DECLARED, CASE, ExaminationResult("aida", hour(3), sampled), language))
    say = Writing(language).say
    assert text.count(say("found_awaited")) == 1 + len(sampled)
    assert say("found_nothing") not in text
