"""What was typed into a form of the profiles that is refused is still there, and what is missing is said in the words of the form."""

import re

import pytest

from darvoza.office.profiles.models import Version
from darvoza.office.profiles.queries import digests_of
from darvoza.office.profiles.services import versions
from office.profiles_sample import CARS, LATER, WHY, a_draft, a_profile, take_in_sample
from people import Cast

PAGE = f"/profiles/of/{CARS}/2/"
SHORT = "too short"
SHOWN = digests_of(a_profile(when="hs starts with 8703 and unit_value < 3"))


@pytest.fixture(autouse=True)
def _profiles(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    take_in_sample()


def within(page: str, name: str) -> str:
    """What stands in a large field of a page."""
    [found] = re.findall(rf'<textarea id="{name}"[^>]*>([^<]*)</textarea>', page)
    return str(found)


def test_why_a_version_is_submitted_stays_when_it_is_refused(cast: Cast) -> None:
    a_draft(cast)
    answer = cast.browser("timur").post(f"{PAGE}submit/", {"reason": SHORT})
    assert (answer.status_code, within(answer.text, "submit-reason")) == (409, SHORT)
    assert Version.objects.get(code=CARS, number=2).state == "draft"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"reason": "it is well founded", "at": "2026-01-01T08:00"}, "That moment is past"),
        ({"reason": "it is well founded", "at": "tomorrow"}, "Give day and time"),
        ({"reason": SHORT, "at": "2099-01-01T08:00"}, "Say why"),
    ],
)
def test_an_answer_stays_with_its_moment_when_it_is_refused(cast: Cast, sent: dict[str, str], told: str) -> None:
    versions.submit(cast["timur"], a_draft(cast), reason=WHY, now=LATER)
    asked = {**sent, "approved": "1", "seen": "1", "digest": SHOWN}
    answer = cast.browser("zarina").post(f"{PAGE}answer/", asked)
    assert (answer.status_code, told in answer.text) == (409, True)
    assert within(answer.text, "answer-reason") == sent["reason"]
    assert f'type="datetime-local" value="{sent["at"]}"' in answer.text
    assert Version.objects.get(code=CARS, number=2).state == "submitted"


def test_why_one_goes_back_stays_when_it_is_refused(cast: Cast) -> None:
    row = a_draft(cast)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    said = versions.Answer(approved=True, reason="the new limit is well founded", seen=1, digests=SHOWN)
    versions.answer(cast["zarina"], row, said, now=LATER)
    answer = cast.browser("zarina").post(f"/profiles/of/{CARS}/roll-back/", {"reason": SHORT, "to": "1"})
    assert answer.status_code == 409
    assert f'name="reason" value="{SHORT}"' in answer.text


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("undervaluation, misclassification", "intellectual property", "Act · Share of the matches")),
        ("ru", ("занижение стоимости", "интеллектуальная собственность")),
    ],
)
def test_what_is_missing_is_said_as_the_choice_of_the_form_says_it(
    cast: Cast, language: str, told: tuple[str, ...]
) -> None:
    page = cast.browser("timur", language=language).post("/profiles/new/", {"do": "check", "title": "Cars"}).text
    summary = page[page.index('class="error-summary"') : page.index('id="profile-form"')]
    assert [words for words in told if words not in summary] == []
    for code in ("intellectual_property", ", sps", "treatment:"):
        assert code not in summary


def test_the_form_says_which_letters_a_code_may_have(cast: Cast) -> None:
    page = cast.browser("timur").post("/profiles/new/", {"do": "save", "code": "a b", "title": "Cars"}).text
    assert page.count("hyphens and underscores") == page.count("hyphens") >= 1
