"""Sign-in, its lock, its sessions and its second factor."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from darvoza.office.accounts.models import Person
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.roles import PERMISSIONS, Role
from darvoza.office.accounts.services.people import enter_all, random_password
from darvoza.office.accounts.services.sign_in import FAILURES, LOCKED, identify
from darvoza.office.accounts.sessions import SEEN, STARTED
from people import CAST, PASSWORD, Cast

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
SIGN_IN = "/account/sign-in/"


def sign_in(client: Client, name: str, password: str = PASSWORD) -> int:
    """Send the form; 302 when it was right."""
    return client.post(SIGN_IN, {"login": name, "password": password}).status_code


def test_whoever_knows_the_password_is_signed_in_and_the_session_gets_a_new_name(cast: Cast) -> None:
    client = cast.browser()
    client.get(SIGN_IN)
    assert sign_in(client, "umar", "wrong") == 200
    assert sign_in(client, "umar") == 302
    assert client.get("/journal/").status_code == 200
    client.post("/account/sign-out/")
    assert client.get("/journal/").status_code == 302


def test_five_failures_lock_a_name_for_a_quarter_of_an_hour(cast: Cast) -> None:
    for _ in range(FAILURES):
        assert identify("asel", "wrong", now=NOW) is None
    with pytest.raises(PermissionDenied):
        identify("asel", PASSWORD, now=NOW + LOCKED - timedelta(seconds=1))
    assert identify("asel", PASSWORD, now=NOW + LOCKED) == cast["asel"]


def test_a_locked_name_is_not_told_apart_from_a_wrong_password(cast: Cast) -> None:
    client = cast.browser()
    wrong = client.post(SIGN_IN, {"login": "nobody", "password": "x"}).text
    for _ in range(FAILURES + 1):
        assert sign_in(client, "asel", "wrong") == 200
    locked = client.post(SIGN_IN, {"login": "asel", "password": PASSWORD}).text
    assert "quarter of an hour" in wrong
    assert "quarter of an hour" in locked


@pytest.mark.parametrize(
    ("started", "seen"), [(timedelta(hours=10), timedelta(0)), (timedelta(hours=1), timedelta(minutes=30))]
)
def test_a_session_ends_after_half_an_hour_of_silence_and_after_ten_hours(
    cast: Cast, started: timedelta, seen: timedelta
) -> None:
    client = cast.browser("umar")
    assert client.get("/journal/").status_code == 200
    session = client.session
    session[STARTED] = (timezone.now() - started).isoformat()
    session[SEEN] = (timezone.now() - seen).isoformat()
    session.save()
    assert client.get("/journal/").status_code == 302


def test_a_closed_account_is_out_at_the_next_request(cast: Cast) -> None:
    client = cast.browser("umar")
    Person.objects.filter(username="umar").update(is_active=False)
    assert client.get("/journal/").status_code == 302
    assert sign_in(Client(), "umar") == 200


def test_a_role_that_is_taken_away_is_gone_at_the_next_request(cast: Cast) -> None:
    client = cast.browser("umar")
    Person.objects.filter(username="umar").update(roles=["chief"])
    assert client.get("/journal/").status_code == 403


@pytest.mark.parametrize("name", ["timur", "zarina", "oraz", "umar", "jamila"])
def test_whoever_is_no_officer_of_a_post_must_set_up_a_second_factor_first(
    cast: Cast, settings: Settings, name: str
) -> None:
    settings.DEMO = False
    answer = cast.browser(name).get("/")
    assert answer.status_code == 302
    assert answer["Location"].endswith("/second-factor/totp/activate/")


def test_a_line_officer_needs_no_second_factor(cast: Cast, settings: Settings) -> None:
    settings.DEMO = False
    assert "second-factor" not in cast.browser("asel").get("/").headers.get("Location", "")


def test_whoever_examines_never_sees_why_a_consignment_was_chosen() -> None:
    assert Permission.DECISION_READ not in PERMISSIONS[Role.LINE_OFFICER]
    assert Permission.DECISION_READ not in PERMISSIONS[Role.SUPERVISOR]


def test_an_auditor_changes_nothing_and_nobody_drafts_and_approves() -> None:
    assert all(each.value.endswith(".read") for each in PERMISSIONS[Role.AUDITOR])
    both = {Permission.PROFILE_DRAFT, Permission.PROFILE_APPROVE}
    assert [role for role, granted in PERMISSIONS.items() if both <= granted] == []


def test_the_administrator_reads_no_profile_and_no_declaration() -> None:
    data = {Permission.DATA_READ, Permission.DATA_MANAGE}  # reference data, in which profiles are only counted
    assert PERMISSIONS[Role.ADMINISTRATOR] == {Permission.PEOPLE_MANAGE, *data}


@pytest.mark.django_db
def test_entered_people_get_passwords_of_their_own_that_are_kept_as_hashes_only() -> None:
    given = enter_all(CAST.values())
    assert len(set(given.values())) == len(CAST)
    assert all(len(password) >= 35 for password in given.values())
    assert not set(given.values()) & set(Person.objects.values_list("password", flat=True))


def test_a_random_password_is_never_the_same() -> None:
    assert len({random_password() for _ in range(200)}) == 200
