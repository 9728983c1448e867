"""The editor: what is wrong is told with its place and the nearest name, rows and text say the same, drafts are kept."""

from pathlib import Path

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.expression import And, Expression, Or
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.profile import ProfileSet
from darvoza.errors import ProfileError
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.profile_text import fields_text
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import parse_yaml
from darvoza.office.profiles import builder
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


def test_most_starter_profiles_have_rows_and_rows_say_what_the_sentence_says(shipped: ProfileSet) -> None:
    rows = [(profile.condition, builder.rows_of(profile.condition)) for profile in shipped]
    simple = [(condition, made) for condition, made in rows if made is not None]
    assert len(simple) > len(rows) * 0.8
    for condition, made in simple:
        assert parse(builder.sentence_of(made.rows, made.join), shipped.lists) == condition


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
    assert parse(builder.sentence_of(rows.rows, rows.join)) == condition


@pytest.mark.parametrize(
    "sentence", ["any item (hs starts with 8703)", "hs is 870323 and (origin is GE or origin is AE)", "price * 2 > 3"]
)
def test_what_rows_cannot_say_has_none(sentence: str) -> None:
    assert not isinstance(parse(sentence), And | Or) or "(" in sentence
    assert builder.rows_of(parse(sentence)) is None


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
    answer = browser.post("/profiles/check/", {**by_rows, "source": "rows", "when": "something else"}).text
    assert ">hs starts with (8703, 8704)</textarea>" in answer
    answer = browser.post("/profiles/check/", {"source": "sentence", "when": "origin not in (GE, AE)"}).text
    assert 'value="AE, GE"' in answer
    assert "<option selected>is not</option>" in answer


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
        "when": "\x00" * 9 + "hs is 1",
        "case0-given": "{[: \x00",
        "code": "X" * 61,
    }
    assert browser.post("/profiles/new/", hostile).status_code == 409
    told = browser.post("/profiles/new/", hostile | {"code": "CUS-VAL-902"}, follow=True).text
    assert "ab&lt;script&gt;" in told
    for address in ("/profiles/?q=%00", "/profiles/search/?q=%00", "/profiles/of/%00/", "/profiles/?only=x"):
        assert browser.get(address).status_code in {200, 404}
