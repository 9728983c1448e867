"""The editor: what is wrong is told with its place and the nearest name, rows and text say the same, drafts are kept."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from conditions import LISTS, whole_language
from darvoza.domain.expression import And, Expression, Or
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.profile import ProfileSet
from darvoza.errors import ProfileError
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.profile_text import fields_text
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import parse_yaml
from darvoza.office.profiles import builder, lines
from darvoza.office.profiles.forms import fields_sent
from darvoza.office.profiles.models import Version
from darvoza.office.profiles.troubles import marked, troubles
from flow.assessment.refusals import SENTENCES
from office.profiles_sample import CARS, a_draft, take_in_sample
from people import Cast

ROOT = Path(__file__).parents[3]
SENT = {
    "code": "CUS-VAL-901",
    "title": "Cheap cars",
    "risk_area": "undervaluation",
    "when": "hs starts with 8703 and unit_value < 2",
    "unknown": "no match",
    "act": "physical",
    "share": "0.5",
    "valid_from": "2026-01-01",
    "valid_to": "2027-12-31",
    "floor": "profile",
    "visibility": "agency",
    "legal_basis": "Customs Code, Article 310",
    "instructions_en": "Ask for proof of payment.",
    "instructions_ru": "Запросить подтверждение оплаты.",
    "case0-title": "A cheap car is opened",
    "case0-given": "hs: 870323\nunit_value: 1.5",
    "case0-expect": "match",
    "do": "save",
}


@pytest.fixture(scope="module")
def shipped() -> ProfileSet:
    """The starter profiles."""
    return load_profiles(ROOT / "profiles")


def test_every_starter_profile_has_rows_and_rows_say_what_the_sentence_says(shipped: ProfileSet) -> None:
    whole = 0
    for profile in shipped:
        rows = builder.rows_of(profile.condition)
        assert rows is not None
        assert parse(builder.sentence_of(rows), shipped.lists) == profile.condition
        whole += builder.texts_in(rows) == 0
    assert whole > len(shipped) * 0.9


NUMBERS = [name for name, fact in FACT.items() if fact.type is FactType.NUMBER][:20]
CODES = ["origin", "export_country", "currency"] if "currency" in FACT else ["origin", "export_country"]
WORDS = st.text(alphabet='abя7 ,"\\()', min_size=1, max_size=6).filter(str.strip)
TESTS: st.SearchStrategy[str] = st.one_of(
    st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["<", ">=", "!="]), st.integers(0, 99)).map(
        lambda part: " ".join(map(str, part))
    ),
    st.tuples(st.sampled_from(CODES), st.lists(st.sampled_from(["GE", "AE", "IN"]), min_size=1)).map(
        lambda part: f"{part[0]} not in ({', '.join(part[1])})"
    ),
    st.just('description contains any of ("a, b", "c\\"d", "not")'),
    st.just("importer_is_new"),
    st.just("not importer_is_new"),
    st.just('origin is "IN"'),
)


@given(st.lists(TESTS, min_size=1, max_size=6), st.sampled_from(["and", "or"]))
def test_rows_and_text_say_the_same(tests: list[str], join: str) -> None:
    condition: Expression = parse(f" {join} ".join(tests))
    rows = builder.rows_of(condition)
    assert rows is not None
    assert rows.join == (join if len(tests) > 1 and isinstance(condition, And | Or) else "and")
    assert builder.texts_in(rows) == 0
    assert parse(builder.sentence_of(rows)) == condition


@given(whole_language)
def test_whatever_the_language_can_say_rows_say_too_and_come_back_the_same(condition: Expression) -> None:
    rows = builder.rows_of(condition)
    assert rows is not None
    sentence = builder.sentence_of(rows)
    again = parse(sentence, LISTS, approved=True)
    assert again == condition
    assert builder.rows_of(again) == rows
    through_a_form = lines.group_of(builder.Group(rows.join), lines.lines_of(rows))
    assert through_a_form == rows


ROWS: st.SearchStrategy[builder.Term] = st.sampled_from(
    [
        builder.Row("hs", "starts with", "8703, 8704"),
        builder.Row("origin", "is not", "GE"),
        builder.Row("importer_is_new", "does not hold"),
        builder.Row("unit_value", "<", "0.6 * reference_unit_value"),
        builder.Row("", "text", "net_mass * 2 > 3 or origin is AE"),
        builder.Row(),
    ]
)


def grouped(below: st.SearchStrategy[builder.Term]) -> st.SearchStrategy[builder.Term]:
    terms = st.lists(below, max_size=3).map(tuple)
    return st.builds(builder.Group, st.sampled_from(builder.JOINS), terms)


def asked_of_items(below: st.SearchStrategy[builder.Term]) -> st.SearchStrategy[builder.Term]:
    joins, terms = st.sampled_from(builder.JOINS), st.lists(below, max_size=3).map(tuple)
    return st.one_of(
        st.builds(builder.Group, joins, terms, st.sampled_from((builder.ANY_ITEM, builder.ALL_ITEMS))),
        st.builds(builder.Group, joins, terms, st.just(builder.COUNT), st.just(""), st.just(">="), st.just("3")),
        st.builds(
            builder.Group, joins, terms, st.just(builder.SUM), st.just("net_mass"), st.just("<"), st.just("10 + 1")
        ),
        st.builds(
            builder.Group, joins, terms, st.just(builder.DISTINCT), st.just("origin"), st.just("!="), st.just("1")
        ),
    )


NESTED = st.recursive(st.one_of(ROWS, asked_of_items(st.recursive(ROWS, grouped, max_leaves=4))), grouped, max_leaves=6)


@given(st.builds(builder.Group, st.sampled_from(builder.JOINS), st.lists(NESTED, min_size=1, max_size=4).map(tuple)))
def test_rows_that_somebody_put_together_are_read_and_their_sentence_keeps_its_meaning(rows: builder.Group) -> None:
    sentence = builder.sentence_of(rows)
    if not sentence:
        return  # nothing was chosen yet
    condition = parse(sentence)
    tidy = builder.rows_of(condition)
    assert tidy is not None
    assert parse(builder.sentence_of(tidy)) == condition
    assert builder.rows_of(parse(builder.sentence_of(tidy))) == tidy


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("hs is 870323 and (origin is GE or origin is AE)", 0),
        ("not (origin is GE or hs is 870323 and price > 3)", 0),
        ("count of items (hs starts with 03) >= 3 and all items (origin is GE or not (price > 1))", 0),
        ("sum of net_mass > 10 or distinct origin of items (price > 1) >= 2", 0),
        ("price * 2 > 3 and origin is GE", 1),
        (
            "origin is GE or (hs is 870323 and (price > 1 or (net_mass > 1 and (price > 2 or (net_mass > 2 and price > 4)))))",
            1,
        ),
    ],
)
def test_groups_and_items_have_rows_and_what_fits_no_row_stands_as_text(sentence: str, held: int) -> None:
    rows = builder.rows_of(parse(sentence))
    assert rows is not None
    assert builder.texts_in(rows) == held
    assert parse(builder.sentence_of(rows)) == parse(sentence)


def test_a_sentence_of_too_many_rows_stays_text() -> None:
    assert builder.rows_of(parse(" and ".join(f"price > {number}" for number in range(builder.MOST + 1)))) is None


@given(
    st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=8), st.sampled_from(lines.EDITS), st.integers(0, 9)
)
def test_a_button_changes_only_what_it_says(made: list[tuple[int, bool]], verb: str, place: int) -> None:
    sent = [
        lines.Line(level, builder.Group() if group and level < 4 else builder.Row(f"f{at}"))
        for at, (level, group) in enumerate(made)
    ]
    before = lines.lines_of(lines.group_of(builder.Group(), sent))  # as a page would have shown them
    while before and before[-1] == lines.Line(1, builder.Row()):
        before.pop()  # what is only offered does not stay
    after, fresh = lines.edited([*before, lines.Line(1, builder.Row())], f"{verb}:{place}")
    group = place < len(before) and isinstance(before[place].term, builder.Group)
    if (verb == lines.ADD_ROW and group) or (
        verb == lines.ADD_GROUP and group and before[place].level < builder.DEEPEST
    ):
        assert fresh is not None
        assert after[fresh].term == builder.Row()
        added = 1 if verb == lines.ADD_ROW else 2
        assert [*after[: fresh + 1 - added], *after[fresh + 1 :]] == before
    elif verb == lines.REMOVE and place < len(before):
        removed = len(before) - len(after)
        assert removed >= 1
        assert after == [*before[:place], *before[place + removed :]]
        assert all(line.level > before[place].level for line in before[place + 1 : place + removed])
    else:
        assert after == before


@pytest.mark.parametrize(("sentence", "column"), [(each[0], each[2]) for each in SENTENCES if each[0].strip()])
def test_every_refusal_of_the_language_has_words_and_its_place(sentence: str, column: int) -> None:
    with pytest.raises(ProfileError) as refused:
        parse(sentence)
    (trouble,) = troubles(refused.value)
    assert trouble.column == column
    assert trouble.words.endswith((".", "?"))
    shown = marked(sentence, column)
    assert shown is not None
    assert "".join(shown).removesuffix("…").startswith(sentence[: column - 1])


def test_the_nearest_name_is_told_where_it_stands_in_both_languages(cast: Cast) -> None:
    sent = {"source": "sentence", "when": "hs starts with 8703 and orgin is GE"}
    english = cast.browser("timur").post("/profiles/check/", sent).text
    assert "There is no fact “orgin”. Did you mean origin?" in english
    assert "<mark>orgin</mark> is GE" in english
    assert "Position 25." in english
    assert (
        "Нет такого сведения: «orgin». Может быть, origin?"
        in cast.browser("timur", language="ru").post("/profiles/check/", sent).text
    )


def test_rows_become_text_and_text_becomes_rows_while_one_writes(cast: Cast) -> None:
    browser = cast.browser("timur")
    by_rows = {"row0-fact": "hs", "row0-operator": "starts with", "row0-value": "8703, 8704", "join": "and"}
    answer = browser.post("/profiles/check/", {**by_rows, "source": "rows", "when": "origin is GE"}).text
    assert ">hs starts with (8703, 8704)</textarea>" in answer
    answer = browser.post("/profiles/check/", {"source": "sentence", "when": "origin not in (GE, AE)"}).text
    assert 'value="AE, GE"' in answer
    assert "<option selected>is not</option>" in answer


def test_a_group_is_added_filled_and_removed_with_and_without_scripts(cast: Cast) -> None:
    browser = cast.browser("timur")
    group = {
        "join": "and", "row0-level": "1", "row0-fact": "hs", "row0-operator": "starts with", "row0-value": "03",
        "row1-level": "1", "row1-join": "or", "row1-over": "count of items", "row1-operator": ">=", "row1-value": "3",
        "row2-level": "2", "row2-fact": "origin", "row2-operator": "is", "row2-value": "GE",
        "row3-level": "2", "row3-fact": "importer_is_new", "row3-operator": "holds", "row3-value": "",
    }  # fmt: skip
    sentence = "hs starts with 03 and count of items (origin is GE or importer_is_new) &gt;= 3"
    added = {**group, "source": "rows", "do": "add-row:1"}
    by_script = browser.post("/profiles/check/", added).text
    assert f">{sentence}</textarea>" in by_script
    assert 'name="row4-fact"' in by_script
    told = {**SENT, **group, "when": "origin is AE", "rows-of": "origin is AE"}
    by_button = browser.post("/profiles/new/", {**told, "do": "add-group:1"}).text
    assert f">{sentence}</textarea>" in by_button
    assert 'name="row4-join"' in by_button
    assert ">hs starts with 03</textarea>" in browser.post("/profiles/new/", {**told, "do": "remove:1"}).text


def test_a_sentence_that_was_written_on_is_not_lost_when_a_button_of_the_rows_is_pressed(cast: Cast) -> None:
    sent = {**SENT, "do": "add-row:top", "rows-of": "origin is AE", "when": "origin is GE", "row0-fact": "origin"}
    told = cast.browser("timur").post("/profiles/new/", {**sent, "row0-operator": "is", "row0-value": "AE"}).text
    assert ">origin is GE</textarea>" in told
    assert 'value="GE"' in told


UNREAD = "origin is CN and customs_value > 1 000 and hs starts with 8703"
ONE_ROW = {"join": "and", "row0-level": "1", "row0-fact": "hs", "row0-operator": "is", "row0-value": "870323"}


@pytest.mark.parametrize("do", ["rows", "add-row:top", "add-group:top", "remove:0"])
def test_rows_write_over_no_sentence_that_cannot_be_read(cast: Cast, do: str) -> None:
    browser = cast.browser("timur")
    sent = {**SENT, **ONE_ROW, "when": UNREAD, "rows-of": UNREAD}
    by_button = browser.post("/profiles/new/", {**sent, "do": do}).text
    assert "customs_value &gt; 1 000 and hs starts with 8703</textarea>" in by_button
    assert 'value="870323"' in by_button
    by_script = browser.post("/profiles/check/", {**sent, "do": do, "source": "rows"}).text
    assert "<textarea" not in by_script
    for told in (by_button, by_script):
        assert "so the rows did not write over it" in told


def test_rows_write_on_at_what_they_wrote_themselves(cast: Cast) -> None:
    browser = cast.browser("timur")
    sent = {**SENT, **ONE_ROW, "when": "hs is 87", "written": "hs is 87"}
    assert ">hs is 870323</textarea>" in browser.post("/profiles/new/", {**sent, "do": "rows"}).text
    by_script = browser.post("/profiles/check/", {**sent, "source": "rows"}).text
    assert ">hs is 870323</textarea>" in by_script
    assert 'name="written" id="id_written" value="hs is 870323"' in by_script


def test_rows_that_make_no_sentence_yet_stand_as_they_were_sent(cast: Cast) -> None:
    sent = {**SENT, "do": "rows", "row0-fact": "orgin", "row0-operator": "is", "row0-value": "AE"}
    told = cast.browser("timur").post("/profiles/new/", sent).text
    assert "Did you mean origin?" in told
    assert 'value="orgin"' in told


def test_without_scripts_the_buttons_do_the_same(cast: Cast) -> None:
    browser = cast.browser("timur")
    sent = {**SENT, "do": "rows", "row0-fact": "hs", "row0-operator": "is", "row0-value": "870323"}
    assert ">hs is 870323</textarea>" in browser.post("/profiles/new/", sent).text
    checked = browser.post("/profiles/new/", {**SENT, "do": "check", "when": "hs is"}).text
    assert "Expected a code" in checked
    assert not Version.objects.filter(code="CUS-VAL-901").exists()


def test_a_profile_is_written_kept_and_submitted_on_the_pages(cast: Cast) -> None:
    browser = cast.browser("timur")
    assert "The draft is kept." in browser.post("/profiles/new/", SENT, follow=True).text
    row = Version.objects.get(code="CUS-VAL-901")
    assert (row.author, row.agency, row.act, str(row.share.normalize() if row.share else "")) == (
        "timur",
        "customs",
        "physical",
        "0.5",
    )
    page = "/profiles/of/CUS-VAL-901/1/"
    assert "A cheap car is opened" in browser.get(f"{page}edit/").text
    told = browser.post(f"{page}submit/", {"reason": "cars have become dearer"}, follow=True).text
    assert "Submitted" in told


def test_an_unfinished_draft_is_kept_and_what_is_missing_is_told(cast: Cast) -> None:
    browser = cast.browser("timur")
    sent = {**SENT, "legal_basis": "", "case0-given": "just words", "when": "origin is GE"}
    told = browser.post("/profiles/new/", sent, follow=True).text
    for words in ("Missing: a legal basis, or a rationale.", "the reason for differentiating", "Case 1"):
        assert words in told
    assert "just words" in told
    assert Version.objects.get(code="CUS-VAL-901").digest == ""


def test_a_share_is_written_with_a_decimal_comma_and_a_missing_part_says_what_it_needs(cast: Cast) -> None:
    browser = cast.browser("timur")
    told = browser.post("/profiles/new/", {**SENT, "share": "0,25", "instructions_en": "", "instructions_ru": ""}).text
    assert told == ""
    assert versions_share() == "0.25"
    page = browser.get("/profiles/of/CUS-VAL-901/1/edit/").text
    assert "Missing: an instruction to the officer in English and in Russian." in page
    wrong = browser.post("/profiles/check/", {"source": "sentence", "when": "lodged_on > 2026-02-30"}).text
    assert "Expected a day of the calendar; got “2026-02-30”." in wrong


def versions_share() -> str:
    """The share in the text of the draft."""
    kept: Any = parse_yaml(Version.objects.get(code="CUS-VAL-901").text, "x")
    return str(kept["treatment"]["share"])


def test_only_the_author_gets_the_editor_of_a_draft(cast: Cast) -> None:
    take_in_sample()
    row = a_draft(cast)
    assert cast.browser("timur").get(f"/profiles/of/{CARS}/{row.number}/edit/").status_code == 200
    assert cast.browser("timur").get(f"/profiles/of/{CARS}/1/edit/").status_code == 302
    assert cast.browser("zarina").get(f"/profiles/of/{CARS}/{row.number}/edit/").status_code == 403


@given(
    st.dictionaries(
        st.sampled_from(["code", "title", "when", "rationale", "act", "case0-title", "case0-given"]), st.text()
    )
)
def test_whatever_is_sent_can_be_kept_and_comes_back_as_it_was(sent: dict[str, str]) -> None:
    form = MultiValueDict({name: [value] for name, value in sent.items()})
    fields = fields_sent(form)
    assert dict(parse_yaml(fields_text(fields or {"code": "A"}), "x")) == (fields or {"code": "A"})


def test_what_strangers_send_breaks_nothing(cast: Cast) -> None:
    browser = cast.browser("timur")
    hostile = {
        **SENT,
        "title": "a\x00b<script>",
        "when": "\x00" * 9 + "hs is 870323",
        "case0-given": "{[: \x00",
        "code": "X" * 61,
    }
    assert browser.post("/profiles/new/", hostile).status_code == 409
    told = browser.post("/profiles/new/", hostile | {"code": "CUS-VAL-902"}, follow=True).text
    assert "ab&lt;script&gt;" in told
    for address in ("/profiles/?q=%00", "/profiles/search/?q=%00", "/profiles/of/%00/", "/profiles/?only=x"):
        assert browser.get(address).status_code in {200, 404}
