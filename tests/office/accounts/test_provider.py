"""Sign-in with a service of the administration: the whole way out and back, and every lie on it."""

import html
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.test import Client
from pytest_django.fixtures import Settings

from darvoza.domain.journal import EntryKind
from darvoza.errors import ProviderError
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.provider import asking, line
from darvoza.office.accounts.provider.tokens import claims_of
from darvoza.office.accounts.provider.views import PENDING
from darvoza.office.journal.models import Entry
from darvoza.office.shell.offered import OFFERED
from office.accounts.identity_service import CLIENT, KEY, KEY_NAME, STRANGE_KEY, IdentityService, serving
from office.accounts.test_own_pages import SECOND, code_of, set_up, signed_in
from people import Cast

OUT, BACK, SIGN_IN = "/account/provider/", "/account/provider/return/", "/account/sign-in/"
AGAIN, UNKNOWN, TROUBLE = "Begin again.", "Nobody can sign in here under the name", "did not answer as it should"
pytestmark = pytest.mark.usefixtures("cast")


@pytest.fixture
def service(settings: Settings) -> Iterator[IdentityService]:
    """A service that the office knows."""
    with serving() as made:
        settings.PROVIDER = made.provider()
        yield made


def leave(client: Client, onward: str = "") -> str:
    """Press the button; the address at the service that the browser goes to."""
    page = client.post(OUT, {"next": onward}).text
    [target] = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', page)
    return html.unescape(target)


def go(service: IdentityService, client: Client | None = None, **changes: str) -> tuple[Client, str]:
    """Go the whole way; the browser, and the page that it ends on."""
    client = client or Client()
    page = client.get(service.visit(leave(client), **changes), follow=True)
    return client, page.text


def journal() -> list[tuple[str, str, dict[str, Any]]]:
    """What the journal tells of sign-ins."""
    kinds = (EntryKind.SIGN_IN, EntryKind.SIGN_IN_REFUSED)
    return [
        (each.kind, each.actor, each.body or {}) for each in Entry.objects.filter(kind__in=kinds).order_by("sequence")
    ]


def is_in(client: Client) -> bool:
    """Whether somebody is signed in."""
    return client.get("/account/password/").status_code == 200


# ── the whole way ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_whoever_the_office_knows_signs_in_by_a_code(service: IdentityService) -> None:
    client, page = go(service)
    assert "Asel, line officer of customs" in page
    assert is_in(client)
    told = {"service": service.address}
    assert journal() == [("sign-in", "asel", told)]
    described, token, keys = "/.well-known/openid-configuration", "/token", "/keys"
    assert service.asked == [described, described, token, keys]


def test_one_arrives_where_one_wanted_to_go(service: IdentityService) -> None:
    client = Client()
    page = client.get("/declarations/", follow=True).text
    assert '<input type="hidden" name="next" value="/declarations/">' in page.partition(OUT)[2]
    assert client.get(service.visit(leave(client, "/declarations/")))["Location"] == "/declarations/"
    elsewhere = Client()
    assert elsewhere.get(service.visit(leave(elsewhere, "https://elsewhere.example/")))["Location"] == "/"


def test_what_is_sent_along_is_new_each_time_and_asks_for_no_more_than_is_needed(service: IdentityService) -> None:
    sent = [dict(parse_qsl(urlsplit(leave(Client())).query)) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert sent[0][name] != sent[1][name]
        assert len(sent[0][name]) >= 43
    assert sent[0]["scope"] == "openid profile email"
    assert sent[0]["redirect_uri"] == f"http://testserver{BACK}"
    assert service.provider().secret not in str(sent)


def test_a_service_that_takes_the_secret_in_the_form_only_gets_it_there(service: IdentityService) -> None:
    service.described["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    assert is_in(go(service)[0])


def test_the_name_may_come_from_another_claim(service: IdentityService, settings: Settings) -> None:
    settings.PROVIDER = service.provider(claim="staff_number")
    service.person = {"sub": "7", "preferred_username": "oraz", "staff_number": "asel"}
    assert is_in(go(service)[0])
    assert [actor for _, actor, _ in journal()] == ["asel"]


def test_what_the_token_does_not_tell_is_asked_for(service: IdentityService) -> None:
    service.person, service.more = {"sub": "7"}, {"sub": "7", "preferred_username": "asel"}
    assert is_in(go(service)[0])
    service.more = {"sub": "8", "preferred_username": "asel"}
    client, page = go(service)
    assert TROUBLE in page
    assert not is_in(client)


@pytest.mark.parametrize(("verified", "entered"), [(True, True), (False, False), (None, False), ("true", False)])
def test_an_address_counts_only_when_it_was_verified(
    service: IdentityService, settings: Settings, verified: object, entered: bool
) -> None:
    Person.objects.filter(username="asel").update(username="asel@customs.example")
    settings.PROVIDER = service.provider(claim="email")
    service.person = {"sub": "7", "email": "asel@customs.example", "email_verified": verified}
    assert is_in(go(service)[0]) is entered


def test_whoever_is_signed_in_and_comes_back_as_somebody_else_is_somebody_else(
    service: IdentityService, cast: Cast
) -> None:
    client, page = go(service, cast.browser("umar"))
    assert "Asel" in page
    assert "Umar" not in page
    assert client.get("/journal/").status_code == 403


# ── who is not let in ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["nobody", "ASEL", " asel", "", 7, None, ["asel"]])
def test_nobody_is_entered_by_coming(service: IdentityService, name: object) -> None:
    before = Person.objects.count()
    service.person = {"sub": "7", "preferred_username": name, "roles": ["administrator"], "groups": ["administrator"]}
    client, page = go(service)
    assert UNKNOWN in page
    assert not is_in(client)
    assert Person.objects.count() == before
    told = name if isinstance(name, str) and name else "-"
    assert journal() == [("sign-in-refused", told, {})]


def test_the_service_gives_no_role(service: IdentityService, cast: Cast) -> None:
    service.person |= {"roles": ["administrator"], "groups": ["auditor"], "agency": "veterinary", "is_superuser": True}
    client, _ = go(service)
    assert client.get("/administration/people/").status_code == 403
    asel = Person.objects.get(username="asel")
    assert (asel.roles, asel.agency, asel.password) == (cast["asel"].roles, "customs", cast["asel"].password)


def test_a_closed_account_stays_closed(service: IdentityService) -> None:
    Person.objects.filter(username="asel").update(is_active=False)
    client, page = go(service)
    assert UNKNOWN in page
    assert not is_in(client)
    assert journal() == [("sign-in-refused", "asel", {})]


def test_an_account_that_is_closed_later_is_out_at_the_next_request(service: IdentityService) -> None:
    client, _ = go(service)
    Person.objects.filter(username="asel").update(is_active=False)
    assert not is_in(client)


# ── tokens that are not believed ─────────────────────────────────────────────────────────────────────────────────────


def public() -> bytes:
    """The public half of the key, which everybody knows."""
    return KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)


def by_public_half(claims: dict[str, Any]) -> str:
    """Signed with what everybody knows, as if it were a shared secret."""
    return str(jwt.encode(claims, public(), "HS256", {"kid": KEY_NAME}))


LIES: dict[str, dict[str, Any]] = {
    "for another office": {"aud": "another"},
    "for others, and this office": {"aud": [CLIENT, "another"]},
    "made for another party": {"azp": "another"},
    "by another service": {"iss": "https://elsewhere.example"},
    "over": {"exp": 1},
    "over for two minutes": {"exp": int(time.time()) - 120},
    "of the future": {"iat": int(time.time()) + 3600},
    "not yet": {"nbf": int(time.time()) + 3600},
    "of another sign-in": {"nonce": "another"},
    "without nonce": {"nonce": None},
    "without end": {"exp": None},
    "without audience": {"aud": None},
    "without issuer": {"iss": None},
    "without a person": {"sub": None},
    "with a time that is none": {"exp": "tomorrow"},
}
SIGNED: dict[str, Callable[[dict[str, Any]], str]] = {
    "by a strange key": lambda claims: jwt.encode(claims, STRANGE_KEY, "RS256", {"kid": KEY_NAME}),
    "by a key that is not there": lambda claims: jwt.encode(claims, KEY, "RS256", {"kid": "another"}),
    "by nobody": lambda claims: jwt.encode(claims, "", "none", {"kid": KEY_NAME}),
    "by the public half": by_public_half,
    "not at all": lambda _: "no token",
    "with nothing": lambda _: "",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_for_this_sign_in_is_refused(service: IdentityService, lie: str) -> None:
    service.lies = LIES[lie]
    client, page = go(service)
    assert TROUBLE in page
    assert not is_in(client)
    assert journal() == [("sign-in-refused", "-", {})]


@pytest.mark.parametrize("way", SIGNED)
def test_a_token_that_the_service_did_not_sign_is_refused(service: IdentityService, way: str) -> None:
    service.sign = SIGNED[way]
    client, page = go(service)
    assert TROUBLE in page
    assert not is_in(client)


def test_a_token_for_several_is_taken_when_it_was_made_for_this_office(service: IdentityService) -> None:
    service.lies = {"aud": [CLIENT, "another"], "azp": CLIENT}
    assert is_in(go(service)[0])


def test_clocks_may_differ_by_half_a_minute(service: IdentityService) -> None:
    now = int(time.time())
    service.lies = {"iat": now + 30, "exp": now - 30}
    assert is_in(go(service)[0])


def test_a_key_without_a_name_is_found_when_it_is_the_only_one(service: IdentityService) -> None:
    service.sign = lambda claims: jwt.encode(claims, KEY, "RS256")
    assert is_in(go(service)[0])
    two = [{**each, "kid": name} for name in "ab" for each in json.loads(json.dumps(service._keys()))["keys"]]
    service.said["/keys"] = (200, "application/json", json.dumps({"keys": two}).encode())
    assert not is_in(go(service)[0])


SHARED = {"kty": "oct", "k": "c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2gtZm9yLWl0", "kid": KEY_NAME}


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"keys": 7},
        {"keys": [7]},
        {"keys": [SHARED]},
        {"keys": [{"kty": "RSA", "kid": KEY_NAME, "n": "", "e": "!"}]},
    ],
)
def test_keys_that_are_none_are_refused(service: IdentityService, keys: dict[str, Any]) -> None:
    service.said["/keys"] = (200, "application/json", json.dumps(keys).encode())
    client, page = go(service)
    assert TROUBLE in page
    assert not is_in(client)


def test_time_is_what_one_is_told_it_is(service: IdentityService) -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    claims = {
        "iss": service.address,
        "aud": CLIENT,
        "sub": "7",
        "nonce": "n",
        "iat": at.timestamp(),
        "exp": at.timestamp() + 9,
    }
    told = service.sign(claims), service._keys(), service.provider()
    assert claims_of(*told, nonce="n", now=at)["sub"] == "7"
    with pytest.raises(ProviderError, match="one that is over"):
        claims_of(*told, nonce="n", now=at + timedelta(seconds=69))
    with pytest.raises(ProviderError, match="one of the future"):
        claims_of(*told, nonce="n", now=at - timedelta(seconds=61))


# ── ways that were not begun here ────────────────────────────────────────────────────────────────────────────────────


def test_a_way_back_that_was_not_begun_in_this_browser_leads_nowhere(service: IdentityService) -> None:
    """Nobody can be signed in as another by a link that the other made."""
    victim = Client()
    page = victim.get(service.visit(leave(Client())), follow=True).text
    assert AGAIN in page
    assert not is_in(victim)
    leave(victim)
    assert AGAIN in victim.get(service.visit(leave(Client())), follow=True).text
    assert "/token" not in service.asked


def test_a_way_back_is_gone_once(service: IdentityService) -> None:
    client = Client()
    back = service.visit(leave(client))
    assert client.get(back)["Location"] == "/"
    client.post("/account/sign-out/")
    assert AGAIN in client.get(back, follow=True).text


def test_a_way_back_that_comes_too_late_is_refused(service: IdentityService) -> None:
    client = Client()
    back = service.visit(leave(client))
    session = client.session
    begun = datetime.fromisoformat(session[PENDING]["begun"]) - asking.LASTS - timedelta(seconds=1)
    session[PENDING] = {**session[PENDING], "begun": begun.isoformat()}
    session.save()
    assert AGAIN in client.get(back, follow=True).text


def test_a_code_of_another_service_is_not_shown_to_this_one(service: IdentityService) -> None:
    assert AGAIN in go(service, iss="https://elsewhere.example")[1]
    assert "/token" not in service.asked
    assert is_in(go(service, iss=service.address)[0])


def test_whoever_changes_their_mind_there_can_begin_again(service: IdentityService) -> None:
    client = Client()
    state = dict(parse_qsl(urlsplit(leave(client)).query))["state"]
    page = client.get(f"{BACK}?{urlencode({'error': 'access_denied', 'state': state})}", follow=True).text
    assert TROUBLE in page
    assert is_in(go(service, client)[0])


@pytest.mark.usefixtures("service")
def test_the_way_out_is_a_form_of_the_office_and_counts_as_a_sign_in() -> None:
    assert Client().get(OUT).status_code == 405
    assert Client(enforce_csrf_checks=True).post(OUT).status_code == 403
    client = Client()
    assert [client.post(OUT).status_code for _ in range(31)] == [200] * 30 + [429]


# ── a service that does not answer ───────────────────────────────────────────────────────────────────────────────────

WRONG = {
    "a page": (200, "text/html", b"<html>"),
    "a failure": (500, "application/json", b"{}"),
    "a redirection": (302, "http://127.0.0.1:1/", b""),
    "a list": (200, "application/json", b"[]"),
    "too much": (200, "application/json", b'{"a": "' + b"x" * line.LARGEST + b'"}'),
    "too deep": (200, "application/json", b"[" * 100_000),
    "another service": (200, "application/json", b'{"issuer": "https://elsewhere.example"}'),
    "no addresses": (200, "application/json", b"{}"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
def test_a_service_that_answers_something_else_lets_nobody_in(service: IdentityService, path: str, wrong: str) -> None:
    client = Client()
    if path.startswith("/."):
        service.said[path] = WRONG[wrong]
        page = client.post(OUT, follow=True).text
    else:
        back = service.visit(leave(client))
        service.said[path] = WRONG[wrong]
        page = client.get(back, follow=True).text
    assert TROUBLE in page
    assert not is_in(client)


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize("address", ["ftp://elsewhere.example", "javascript:alert(1)", 7, "/keys"])
def test_addresses_of_the_service_are_addresses(service: IdentityService, name: str, address: object) -> None:
    service.described[name] = address
    assert TROUBLE in Client().post(OUT, follow=True).text


def test_an_address_without_https_is_not_taken_from_a_service_with_it() -> None:
    provider = IdentityService("https://login.example").provider()

    def ask(url: str, **_: object) -> dict[str, Any]:
        return {"issuer": "https://login.example", "authorization_endpoint": url.replace("https:", "http:")}

    with pytest.raises(ProviderError, match="HTTPS"):
        asking.describe(provider, ask)


def test_a_service_that_is_away_is_told(settings: Settings) -> None:
    with serving() as made:
        settings.PROVIDER = made.provider()
    assert TROUBLE in Client().post(OUT, follow=True).text


def test_neither_secret_nor_code_nor_token_stands_in_the_log(
    service: IdentityService, caplog: pytest.LogCaptureFixture
) -> None:
    service.lies = {"aud": "another"}
    go(service)
    service.said["/token"] = (400, "application/json", b'{"error": "invalid_grant", "hint": "asel"}')
    go(service)
    text = " ".join(record.getMessage() for record in caplog.records)
    assert "sign-in with the service failed" in text
    assert "asel" not in text
    assert service.provider().secret not in text
    assert "code=" not in text


# ── the second factor ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def earnest(cast: Cast, settings: Settings) -> None:  # noqa: ARG001 - people come first
    """An office that asks for second factors."""
    settings.DEMO = False


@pytest.mark.usefixtures("earnest")
def test_a_role_that_needs_a_second_factor_needs_it_still(service: IdentityService) -> None:
    service.person = {"sub": "9", "preferred_username": "timur", "amr": ["pwd", "otp"], "acr": "2"}
    client, page = go(service)
    assert "Set up the second factor" in page
    assert client.get("/declarations/").status_code == 302


@pytest.mark.usefixtures("earnest")
def test_it_is_set_up_without_a_password_while_the_sign_in_is_fresh(service: IdentityService) -> None:
    service.person = {"sub": "9", "preferred_username": "timur"}
    client, _ = go(service)
    page = client.get(f"{SECOND}totp/activate/")
    client.post(f"{SECOND}totp/activate/", {"code": code_of(page.context["form"].secret)})
    assert client.get("/declarations/").status_code == 200


@pytest.mark.usefixtures("earnest")
def test_whoever_has_one_here_is_asked_for_it(service: IdentityService) -> None:
    secret = set_up(signed_in("timur"))
    service.person = {"sub": "9", "preferred_username": "timur", "amr": ["otp"]}
    client, page = go(service)
    assert "six digits" in page
    assert client.get("/declarations/").status_code == 302
    assert client.get(f"{SECOND}recovery-codes/").status_code == 302, "the service alone opens nothing"
    client.post(f"{SECOND}authenticate/", {"code": code_of(secret, 1)})
    assert client.get("/declarations/").status_code == 200
    assert client.post(f"{SECOND}recovery-codes/generate/").status_code == 302
    assert "<h1>Recovery codes</h1>" in client.get(f"{SECOND}recovery-codes/").text


@pytest.mark.usefixtures("earnest")
@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize("how", [{"amr": ["pwd", "otp"]}, {"acr": "urn:two"}])
def test_that_of_the_service_counts_when_the_administrator_allows_it(
    service: IdentityService, settings: Settings, how: dict[str, Any], here: bool
) -> None:
    if here:
        set_up(signed_in("timur"))
    settings.PROVIDER = service.provider(second_factor=frozenset({"otp", "urn:two"}))
    service.person = {"sub": "9", "preferred_username": "timur", **how}
    client, _ = go(service)
    assert client.get("/declarations/").status_code == 200
    used = "otp" if "amr" in how else "urn:two"
    assert journal()[-1] == ("sign-in", "timur", {"service": service.address, "second_factor": used})


@pytest.mark.usefixtures("earnest")
@pytest.mark.parametrize("how", [{"amr": ["pwd"]}, {"amr": "otp"}, {"acr": "0"}, {}, {"amr": [["otp"]]}])
def test_that_of_the_service_counts_only_when_it_was_used(
    service: IdentityService, settings: Settings, how: dict[str, Any]
) -> None:
    settings.PROVIDER = service.provider(second_factor=frozenset({"otp", "urn:two"}))
    service.person = {"sub": "9", "preferred_username": "timur", **how}
    assert "Set up the second factor" in go(service)[1]


@pytest.mark.usefixtures("earnest")
def test_it_is_told_by_the_token_alone(service: IdentityService, settings: Settings) -> None:
    settings.PROVIDER = service.provider(second_factor=frozenset({"otp"}))
    service.person, service.more = {"sub": "9"}, {"sub": "9", "preferred_username": "timur", "amr": ["otp"]}
    assert "Set up the second factor" in go(service)[1]


@pytest.mark.usefixtures("earnest")
def test_it_counts_for_this_person_and_this_session_only(service: IdentityService, settings: Settings) -> None:
    settings.PROVIDER = service.provider(second_factor=frozenset({"otp"}))
    service.person = {"sub": "9", "preferred_username": "timur", "amr": ["otp"]}
    client, _ = go(service)
    client.post("/account/sign-out/")
    service.person = {"sub": "10", "preferred_username": "zarina"}
    assert "Set up the second factor" in go(service, client)[1]


@pytest.mark.usefixtures("earnest")
def test_a_password_that_another_knows_must_be_changed_by_whoever_uses_it(service: IdentityService) -> None:
    Person.objects.filter(username="asel").update(must_change_password=True)
    client, _ = go(service)
    assert client.get("/queue/").status_code == 200
    assert signed_in("asel").get("/queue/")["Location"] == "/account/password/"


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────────

BUTTON = {
    "en": "Sign in with Ministry of Finance",
    "ru": "Войти через Ministry of Finance",
    "ky": "Ministry of Finance аркылуу кирүү",
    "tg": "Даромадан тавассути Ministry of Finance",
    "uz": "Ministry of Finance orqali kirish",
    "kk": "Ministry of Finance арқылы кіру",
    "tk": "Ministry of Finance arkaly girmek",
}


def test_every_language_has_its_button() -> None:
    assert set(BUTTON) == {"en", "ru", *OFFERED}


@pytest.mark.parametrize("language", BUTTON)
@pytest.mark.usefixtures("service")
def test_the_sign_in_page_shows_the_button_in_every_language(language: str) -> None:
    page = Client(headers={"accept-language": language}).get(SIGN_IN).text
    assert BUTTON[language] in page
    assert 'name="password"' in page, "a password of the office stays a way in"


def test_without_a_service_there_is_no_button_and_no_way() -> None:
    assert OUT not in Client().get(SIGN_IN).text
    assert Client().post(OUT)["Location"] == SIGN_IN
    assert Client().get(BACK, {"code": "x", "state": "y"})["Location"] == SIGN_IN
