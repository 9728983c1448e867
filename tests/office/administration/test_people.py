"""The administrator: enters and closes people, resets what they sign in with, and reads nothing of their work."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Max
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from darvoza.cli.main import main
from darvoza.errors import SettingsError
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.rules import conflict
from darvoza.office.accounts.services.people import choose_password
from darvoza.office.administration.services import people
from darvoza.office.administration.services.let_in import let_in
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.registry.models import Run
from office.sample import FIRST, NOW, SECRETS, load_sample
from people import PASSWORD, Cast

NEW = {"username": "nurlan", "name": "Nurlan N.", "roles": ["line_officer"], "agency": "customs", "post": "KG-AKT"}
SIGN_IN = "/account/sign-in/"


def password_in(page: str) -> str:
    """The password that a page shows."""
    found = re.search(r"<code[^>]*>([a-z-]+)</code>", page)
    assert found
    return found[1]


def signs_in(name: str, password: str) -> bool:
    """Whether somebody gets in."""
    return Client().post(SIGN_IN, {"login": name, "password": password}).status_code == 302


def what_happened(name: str) -> list[str]:
    """What the journal tells of an account."""
    return [str((entry.body or {}).get("what", entry.kind)) for entry in entries_on(name)]


def test_a_person_who_is_entered_signs_in_with_the_password_shown_once(cast: Cast) -> None:
    browser = cast.browser("oraz")
    page = browser.post("/administration/people/enter/", NEW)
    password = password_in(page.text)
    assert "no-store" in page["Cache-Control"]
    assert signs_in("nurlan", password)
    assert password not in browser.get("/administration/people/nurlan/").text
    assert password not in str([entry.body for entry in entries_on("nurlan")])
    assert what_happened("nurlan")[0] == "entered"
    assert verify().faults == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"username": "asel"}, "has this user name already"),
        ({"username": "../x"}, "Small Latin letters"),
        ({"username": "Nur\r\nlan"}, "Small Latin letters"),
        ({"roles": []}, "A person needs a role"),
        ({"roles": ["analyst", "approver"]}, "Nobody drafts profiles and approves them"),
        ({"roles": ["auditor", "chief"]}, "have no other role"),
        ({"agency": ""}, "belong to an agency"),
        ({"post": "Ак-Тилек"}, "Capitals, digits and hyphens"),
        ({"post": "NOWHERE"}, "No such post is known"),
        ({"post": "KG-ATK"}, "Did you mean KG-AKT?"),
        ({"name": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_told_and_nobody_is_entered(cast: Cast, changed: dict[str, object], told: str) -> None:
    before = Person.objects.count()
    answer = cast.browser("oraz").post("/administration/people/enter/", NEW | changed)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert Person.objects.count() == before


def test_a_given_password_must_be_changed_before_anything_else(cast: Cast, settings: Settings) -> None:
    settings.DEMO = False
    person = cast["asel"]
    given = people.reset_password(cast["oraz"], "asel", now=NOW)
    client = Client()
    client.post(SIGN_IN, {"login": "asel", "password": given})
    assert client.get("/queue/")["Location"].endswith("/account/password/")
    sent = {"oldpassword": given, "password1": "a-long-word-of-my-own", "password2": "a-long-word-of-my-own"}
    assert client.post("/account/password/", sent).status_code == 302
    assert client.get("/queue/").status_code == 200
    assert not Person.objects.get(pk=person.pk).must_change_password


@pytest.mark.parametrize("end", ["close", "sessions", "password", "second-factor"])
def test_every_session_ends_at_the_next_request(cast: Cast, end: str) -> None:
    client = cast.browser("asel")
    assert client.get("/queue/").status_code == 200
    cast.browser("oraz").post(f"/administration/people/asel/{end}/")
    assert client.get("/queue/").status_code == 302


def test_a_closed_account_does_not_come_in_until_it_is_opened(cast: Cast) -> None:
    browser = cast.browser("oraz")
    browser.post("/administration/people/asel/close/")
    assert not signs_in("asel", PASSWORD)
    browser.post("/administration/people/asel/open/")
    assert signs_in("asel", PASSWORD)
    assert [each for each in what_happened("asel") if each in {"closed", "opened"}] == ["closed", "opened"]


def test_a_new_password_ends_the_old_one_and_lifts_a_lock(cast: Cast) -> None:
    for _ in range(6):
        signs_in("asel", "wrong")
    assert not signs_in("asel", PASSWORD)
    password = password_in(cast.browser("oraz").post("/administration/people/asel/password/").text)
    assert (signs_in("asel", password), signs_in("asel", PASSWORD)) == (True, False)


def test_a_second_factor_is_taken_away(cast: Cast) -> None:
    Authenticator.objects.create(user=cast["timur"], type=Authenticator.Type.TOTP, data={"secret": "x"})
    browser = cast.browser("oraz")
    assert "set up" in browser.get("/administration/people/timur/").text
    browser.post("/administration/people/timur/second-factor/")
    assert not Authenticator.objects.filter(user=cast["timur"]).exists()


def test_a_change_of_roles_holds_at_the_next_request_and_says_what_it_was(cast: Cast) -> None:
    client = cast.browser("umar")
    sent = {"name": "Umar, auditor", "roles": ["chief"], "agency": "", "post": ""}
    assert cast.browser("oraz").post("/administration/people/umar/", sent).status_code == 302
    assert client.get("/journal/").status_code == 403
    [told] = [entry.body for entry in entries_on("umar") if entry.body and entry.body.get("what") == "changed"]
    assert told["roles"] == {"from": ["auditor"], "to": ["chief"]}
    assert set(told) == {"what", "roles"}


@pytest.mark.parametrize("move", ["close", "open", "password", "second-factor", "sessions", ""])
def test_nobody_changes_the_own_account(cast: Cast, move: str) -> None:
    address = f"/administration/people/oraz/{move}/" if move else "/administration/people/oraz/"
    sent = {"name": "Oraz", "roles": ["approver"], "agency": "customs", "post": ""}
    assert cast.browser("oraz").post(address, sent).status_code == 403
    assert Person.objects.get(username="oraz").roles == ["administrator"]


@pytest.mark.parametrize("name", ["asel", "salima", "timur", "zarina", "jamila", "umar"])
def test_nobody_else_comes_near_people(cast: Cast, name: str) -> None:
    browser = cast.browser(name)
    assert browser.get("/administration/people/").status_code == 403
    assert browser.post("/administration/people/bakyt/close/").status_code == 403
    assert Person.objects.get(username="bakyt").is_active


def test_the_services_refuse_oneself_whoever_asks(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        people.close(cast["oraz"], "oraz", now=NOW)


def test_whoever_is_not_there_is_not_found(cast: Cast) -> None:
    browser = cast.browser("oraz")
    assert browser.get("/administration/people/nobody/").status_code == 404
    assert browser.post("/administration/people/nobody/close/").status_code == 404


def test_people_are_found_by_name_agency_and_post(cast: Cast) -> None:
    browser = cast.browser("oraz")
    found = {
        words: {person.username for person in browser.get("/administration/people/", {"q": words}).context["found"]}
        for words in ("gulnara", "phytosanitary", "TJ-DUS", "customs supervisor", "")
    }
    assert found["gulnara"] == found["phytosanitary"] == {"gulnara"}
    assert (found["TJ-DUS"], found["customs supervisor"]) == ({"farrukh"}, {"salima"})
    assert found[""] == set(cast.people)


def test_the_administrator_sees_counts_and_days_and_nothing_of_the_work(cast: Cast) -> None:
    load_sample()
    browser = cast.browser("oraz", language="ru")
    pages = [browser.get(f"/administration/{page}/").text for page in ("people", "places", "data")]
    assert "KG-AKT" in pages[1]
    assert "1 мар. 2026" in pages[2]
    hidden = (*SECRETS, FIRST, "259662696297", "Ала-Тоо", "01KG777ABC")
    assert [secret for secret in hidden for page in pages if secret in page] == []
    assert browser.get(f"/declarations/{FIRST}/").status_code == 403


def test_whoever_is_at_a_post_that_nobody_else_is_at_stays_there(cast: Cast) -> None:
    browser = cast.browser("oraz")
    browser.post("/administration/people/farrukh/close/")
    sent = {"name": "Farrukh", "roles": ["line_officer"], "agency": "customs", "post": "TJ-DUS"}
    assert browser.post("/administration/people/farrukh/", sent).status_code == 302
    assert browser.post("/administration/people/bakyt/", sent).status_code == 422
    browser.post("/administration/places/", {"code": "TJ-DUS", "name": "Dushanbe"})
    assert browser.post("/administration/people/bakyt/", sent).status_code == 302


def test_a_post_gets_a_name(cast: Cast) -> None:
    browser = cast.browser("oraz")
    assert browser.post("/administration/places/", {"code": "kg akt", "name": "Ak-Tilek"}).status_code == 422
    browser.post("/administration/places/", {"code": "KG-AKT", "name": "Ak-Tilek"})
    assert "Ak-Tilek" in browser.get("/administration/places/").text
    assert what_happened("post KG-AKT") == ["post named"]


@pytest.mark.parametrize("role", Role)
def test_every_role_goes_alone_with_an_agency(role: Role) -> None:
    assert conflict(frozenset({role}), "customs") is None


def test_a_change_to_what_nobody_can_be_is_refused_by_whatever_door(cast: Cast) -> None:
    with pytest.raises(SettingsError, match="Nobody drafts profiles and approves them"):
        people.change(cast["oraz"], "timur", {"roles": ["analyst", "approver"]}, now=NOW)
    assert Person.objects.get(username="timur").roles == ["analyst"]


def test_a_password_of_ones_own_ends_the_other_sessions(cast: Cast) -> None:
    client = cast.browser("asel")
    choose_password(cast["asel"], "a-long-word-of-my-own")
    assert client.get("/queue/").status_code == 302


def locked(name: str) -> None:
    for _ in range(5):
        assert not signs_in(name, "wrong")
    assert not signs_in(name, PASSWORD)


def test_who_runs_the_machine_lets_somebody_in_again(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001
    locked("oraz")
    person = Person.objects.get(username="oraz")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert main(["office", "reset", "oraz"]) == 0
    assert "a lock was lifted" in capsys.readouterr().out
    assert Authenticator.objects.exists()
    Authenticator.objects.all().delete()
    assert signs_in("oraz", PASSWORD)


def test_a_password_and_a_second_factor_are_reset_from_the_machine(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = cast.browser("oraz")
    person = Person.objects.get(username="oraz")
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert main(["office", "reset", "oraz", "--password", "--second-factor"]) == 0
    told = capsys.readouterr().out
    password = re.search(r"password  ([a-z-]+) ", told)
    assert password
    assert "there was no lock" in told
    assert inside.get("/administration/people/").status_code == 302
    assert not Authenticator.objects.exists()
    assert not signs_in("oraz", PASSWORD)
    assert signs_in("oraz", password[1])
    assert Person.objects.get(username="oraz").must_change_password
    [entry] = [each for each in entries_on("oraz") if (each.body or {}).get("what") == "let in again"]
    assert entry.actor == "system"
    assert entry.body is not None
    assert {name: entry.body[name] for name in ("lock", "password", "second_factor")} == {
        "lock": False, "password": True, "second_factor": True,
    }  # fmt: skip
    assert password[1] not in str(entry.body)


def test_nobody_is_let_in_who_is_not_there_or_whose_account_is_closed(cast: Cast) -> None:  # noqa: ARG001
    for name in ("nobody", "asel"):
        Person.objects.filter(username="asel").update(is_active=False)
        with pytest.raises(SettingsError, match=f"somebody who may sign in, got '?{name}"):
            let_in(name, password=True, second_factor=False, now=NOW)


def test_runs_are_counted_by_the_profiles_of_the_library_and_named_in_words(cast: Cast) -> None:
    made = {"A-1": {"code": "A-1", "beside": False}, "M-1": {"code": "M-1", "beside": True}, "A-2": {"code": "A-2"}}
    Run.objects.create(digest="a" * 64, name="gate d07177ae01234567", loaded_at=NOW, profiles=made)
    Run.objects.create(digest="b" * 64, name="post KG-13, entry 7", loaded_at=NOW)
    page = cast.browser("oraz", language="ru").get("/administration/data/")
    assert [run.profiles for run in page.context["runs"]] == [0, 2]
    assert "Ворота, состояние d07177ae01234567" in page.text
    assert "Пост KG-13, запись 7" in page.text
    assert "entry 7" not in page.text


def test_the_page_of_data_counts_decisions_without_what_runs_keep_of_profiles(cast: Cast) -> None:
    load_sample()
    browser = cast.browser("oraz")
    browser.get("/administration/data/")
    with CaptureQueriesContext(connection) as asked:
        page = browser.get("/administration/data/")
    counting = [each["sql"] for each in asked.captured_queries if "COUNT(" in each["sql"] and "decision" in each["sql"]]
    assert len(counting) == 2
    assert not [sql for sql in counting if "profiles" in sql or "JOIN" in sql]
    (run,) = page.context["runs"]
    (decided,) = Run.objects.annotate(count=Count("decisions"), last=Max("decisions__key_day"))
    assert (run.decisions, run.last_day) == (decided.count, decided.last)
    days = page.context["days"]
    assert sum(day.decisions for day in days) == decided.count
