"""Pages of sign-in, password and second factor: in our words and both languages, and a code that is taken once."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client
from pytest_django.fixtures import Settings

from darvoza.office.accounts.models import Person
from people import PASSWORD, Cast

SIGN_IN, SECOND = "/account/sign-in/", "/account/second-factor/"
pytestmark = pytest.mark.usefixtures("cast")
OWN = "a-long-word-of-my-own"
TITLES = {
    "/account/password/": ("A new password", "Новый пароль"),
    SECOND: ("Second factor", "Второй фактор"),
    f"{SECOND}totp/activate/": ("Set up the second factor", "Настройка второго фактора"),
}
LATER = {
    f"{SECOND}totp/deactivate/": ("Remove the second factor", "Снятие второго фактора"),
    f"{SECOND}recovery-codes/": ("Recovery codes", "Резервные коды"),
    f"{SECOND}recovery-codes/generate/": ("New recovery codes", "Новые резервные коды"),
}


def signed_in(name: str, language: str = "en") -> Client:
    """A browser in which somebody has just given the password."""
    client = Client(headers={"accept-language": language})
    client.post(SIGN_IN, {"login": name, "password": PASSWORD})
    return client


def sure(client: Client) -> Client:
    """The same browser after the password was asked for once more, as it is before the second factor is touched."""
    client.post("/account/again/", {"password": PASSWORD})
    return client


def code_of(secret: str, step: int = 0) -> str:
    """The six digits that an authenticator shows, some steps of half a minute from now."""
    now = int(time.time()) // 30
    return str(auth.format_hotp_value(auth.hotp_value(secret, now + step)))


def set_up(client: Client) -> str:
    """Set the second factor up; give its secret."""
    page = sure(client).get(f"{SECOND}totp/activate/")
    secret = str(page.context["form"].secret)
    assert secret in page.text
    answer = client.post(f"{SECOND}totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.context["form"].errors
    return secret


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("address", TITLES)
def test_pages_before_the_second_factor_are_ours_in_both_languages(address: str, place: int) -> None:
    page = sure(signed_in("timur", ("en", "ru")[place])).get(address).text
    assert f"<h1>{TITLES[address][place]}</h1>" in page
    assert 'class="brand"' in page


@pytest.mark.parametrize("place", [0, 1])
def test_pages_after_it_are_ours_in_both_languages(place: int) -> None:
    client = signed_in("timur", ("en", "ru")[place])
    set_up(client)
    pages = {address: client.get(address).text for address in LATER}
    assert [address for address, page in pages.items() if f"<h1>{LATER[address][place]}</h1>" not in page] == []


def test_whoever_must_have_it_sets_it_up_and_goes_on(settings: Settings) -> None:
    settings.DEMO = False
    client = signed_in("timur")
    assert client.get("/declarations/")["Location"].endswith("/totp/activate/")
    set_up(client)
    assert client.get("/declarations/").status_code == 200


def test_with_a_second_factor_the_password_alone_opens_nothing() -> None:
    secret = set_up(signed_in("timur"))
    client = signed_in("timur")
    assert client.get("/declarations/").status_code == 302
    asked = client.get(f"{SECOND}authenticate/").text
    assert "six digits" in asked
    assert client.post(f"{SECOND}authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/declarations/").status_code == 302
    assert client.post(f"{SECOND}authenticate/", {"code": code_of(secret, 1)}).status_code == 302
    assert client.get("/declarations/").status_code == 200


def test_a_code_is_taken_once() -> None:
    secret = set_up(signed_in("timur"))
    code = code_of(secret, 1)
    first, second = signed_in("timur"), signed_in("timur")
    assert first.post(f"{SECOND}authenticate/", {"code": code}).status_code == 302
    assert second.post(f"{SECOND}authenticate/", {"code": code}).status_code == 200
    assert second.get("/declarations/").status_code == 302


def test_a_recovery_code_is_taken_once_instead(cast: Cast) -> None:
    client = signed_in("timur")
    set_up(client)
    client.post(f"{SECOND}recovery-codes/generate/")
    codes = (
        Authenticator.objects.get(user=cast["timur"], type=Authenticator.Type.RECOVERY_CODES).wrap().get_unused_codes()
    )
    first, second = signed_in("timur"), signed_in("timur")
    assert first.post(f"{SECOND}authenticate/", {"code": codes[0]}).status_code == 302
    assert second.post(f"{SECOND}authenticate/", {"code": codes[0]}).status_code == 200


@pytest.mark.parametrize(
    ("new", "again", "told"),
    [
        ("short", "short", "at least 12 characters"),
        ("password1234", "password1234", "too common"),
        (OWN, OWN + "x", "same password"),
        (PASSWORD, PASSWORD, "your password until now"),
        ("timur,analyst", "timur,analyst", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(new: str, again: str, told: str) -> None:
    sent = {"oldpassword": PASSWORD, "password1": new, "password2": again}
    answer = signed_in("timur").post("/account/password/", sent)
    assert (answer.status_code, told in answer.text) == (200, True)
    assert Person.objects.get(username="timur").check_password(PASSWORD)


def test_a_password_that_somebody_else_gave_is_not_chosen_again(cast: Cast) -> None:
    Person.objects.filter(pk=cast["asel"].pk).update(must_change_password=True)
    sent = {"oldpassword": PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    answer = signed_in("asel", "ru").post("/account/password/", sent)
    assert (answer.status_code, "ваш прежний пароль" in answer.text) == (200, True)
    assert Person.objects.get(username="asel").must_change_password


def test_a_wrong_password_until_now_changes_nothing() -> None:
    answer = signed_in("timur").post("/account/password/", {"oldpassword": "x", "password1": OWN, "password2": OWN})
    assert 'aria-invalid="true"' in answer.text
    assert Person.objects.get(username="timur").check_password(PASSWORD)


def test_a_long_password_is_taken() -> None:
    long = "sixty-four characters and more are allowed, spaces and ң ө ү too " * 2
    sent = {"oldpassword": PASSWORD, "password1": long.strip(), "password2": long.strip()}
    assert signed_in("timur").post("/account/password/", sent).status_code == 302
    assert Person.objects.get(username="timur").check_password(long.strip())


def test_a_form_without_its_token_or_from_elsewhere_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    sent = {"login": "asel", "password": PASSWORD}
    assert client.post(SIGN_IN, sent).status_code == 403
    token = client.get(SIGN_IN).cookies["csrf"].value
    elsewhere = client.post(
        SIGN_IN, {**sent, "csrfmiddlewaretoken": token}, headers={"origin": "https://elsewhere.example"}
    )
    assert elsewhere.status_code == 403
    assert client.post(SIGN_IN, {**sent, "csrfmiddlewaretoken": token}).status_code == 302


def test_whoever_guesses_the_password_until_now_must_wait() -> None:
    client = signed_in("timur")
    sent = {"oldpassword": "x", "password1": OWN, "password2": OWN}
    answers = [client.post("/account/password/", sent) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Too many tries" in answers[-1].text


def test_the_password_is_asked_for_once_more_before_the_second_factor_is_touched() -> None:
    client = signed_in("timur", "ru")
    answer = client.get(f"{SECOND}totp/activate/", follow=True)
    assert "Это по-прежнему вы?" in answer.text
