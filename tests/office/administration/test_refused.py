"""What was typed into a form of the reference data that is refused is still there."""

import re

import pytest
from django.utils.translation import override

from darvoza.errors import InvalidValue
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.services.people import NewPerson, enter
from darvoza.office.administration.data_life import DataMove
from darvoza.office.administration.data_words import troubles_in
from darvoza.office.administration.models import DataVersion
from darvoza.office.administration.services.reference import act, offer_list
from office.sample import NOW
from people import PASSWORD, Cast

HEADER = {
    "name": "debtors", "version": "2026-07", "source": "Debt unit", "date": "2026-07-01", "expires": "2026-09-30",
}  # fmt: skip
SHORT = "too short"


@pytest.fixture
def offered(cast: Cast) -> DataVersion:
    """A list that was tried."""
    return offer_list(cast["oraz"], HEADER, b"code\nC-3\n", now=NOW)


@pytest.fixture
def _second(cast: Cast) -> Person:  # noqa: ARG001 - the others come first
    return enter(NewPerson("merdan", "Merdan, administrator", (Role.ADMINISTRATOR,)), PASSWORD)


def within(page: str, name: str) -> str:
    """What stands in a large field of a page."""
    [found] = re.findall(rf'<textarea id="{name}"[^>]*>([^<]*)</textarea>', page)
    return str(found)


def test_fields_of_a_list_are_named_as_on_the_form() -> None:
    wrong = InvalidValue(field="expires", expected="a day", got="soon")
    assert [each.field for each in troubles_in(wrong)] == ["Vouched for until"]
    with override("ru"):
        assert troubles_in(wrong)[0].field not in {"expires", "Vouched for until"}


def test_why_a_version_is_submitted_stays_when_it_is_refused(cast: Cast, offered: DataVersion) -> None:
    answer = cast.browser("oraz").post(f"/administration/reference/{offered.pk}/act/", {"reason": SHORT})
    assert (answer.status_code, within(answer.text, "submit-reason")) == (409, SHORT)


@pytest.mark.usefixtures("_second")
@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"reason": "as the register says", "at": "2026-01-01T08:00"}, "That moment is past"),
        ({"reason": "as the register says", "at": "tomorrow"}, "Give day and time"),
        ({"reason": SHORT, "at": "2099-01-01T08:00"}, "Say why"),
    ],
)
def test_an_answer_stays_with_its_moment_when_it_is_refused(
    cast: Cast, offered: DataVersion, sent: dict[str, str], told: str
) -> None:
    act(cast["oraz"], offered, DataMove.SUBMIT, "register of July came in", now=NOW)
    page = f"/administration/reference/{offered.pk}/"
    merdan = Cast({"merdan": Person.objects.get(username="merdan")}).browser("merdan")
    seen = re.findall(r'name="seen" value="([^"]*)"', merdan.get(page).text)[0]
    answer = merdan.post(f"{page}answer/", {**sent, "approved": "1", "seen": seen})
    assert (answer.status_code, told in answer.text) == (409, True)
    assert within(answer.text, "answer-reason") == sent["reason"]
    assert f'type="datetime-local" value="{sent["at"]}"' in answer.text
