"""Requirements of OWASP ASVS 5.0 on the office, by their numbers."""

import os
import subprocess
import sys
import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings as office_settings
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from darvoza.domain.journal import EntryKind
from darvoza.office import settings as real
from darvoza.office.accounts.models import Person
from darvoza.office.environment import read_environment
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Declaration, Order
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.addresses import ADDRESSES
from office.sample import FIRST, NOW, ORDER, a_decision, a_declaration, as_items, load_sample
from people import PASSWORD, Cast

SIGN_IN = "/account/sign-in/"
METACHARACTERS = "'\";-- )(%_\\*/"


@given(st.text(METACHARACTERS + "ORand1= ", min_size=1, max_size=40))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_v1_2_4_metacharacters_of_sql_are_only_text(cast: Cast, words: str) -> None:
    if not Declaration.objects.exists():
        load_sample()
    browser = cast.browser("umar")
    for address in ("/declarations/", "/journal/"):
        answer = browser.get(address, {"q": words, "page": words})
        assert answer.status_code == 200
    assert FIRST not in browser.get("/declarations/", {"q": f"xx{words}"}).text
    assert Declaration.objects.count() == 4


SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_v1_2_1_markup_in_a_declaration_is_shown_and_not_run(cast: Cast) -> None:
    import polars as pl

    written = a_declaration("KG-AKT-000009", importer_name=SCRIPT, vehicle_id=SCRIPT)
    decisions = pl.DataFrame([a_decision("KG-AKT-000009", "customs", "physical", selected=False)])
    orders = pl.DataFrame(schema={"declaration_id": pl.String})
    load(RunFiles("run", "ab" * 32, decisions, orders, {}), as_items([written]), by="system", now=NOW)
    for name, address in (("timur", "/declarations/"), ("timur", "/declarations/KG-AKT-000009/")):
        page = cast.browser(name).get(address).text
        assert "KG-AKT-000009" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    policy = cast.browser().get(SIGN_IN)["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_v3_3_cookies_are_bound_and_closed() -> None:
    secure = read_environment({"DARVOZA_HOME": "/nowhere"})
    assert secure.secure, "HTTPS is what an office asks for unless it is a demo"
    assert real.SESSION_COOKIE_HTTPONLY
    assert real.CSRF_COOKIE_HTTPONLY
    assert (real.SESSION_COOKIE_SAMESITE, real.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert real.SESSION_COOKIE_SECURE is real.CSRF_COOKIE_SECURE is real.ENVIRONMENT.secure
    assert (real.SESSION_COOKIE_NAME, real.CSRF_COOKIE_NAME) == ("__Host-session", "__Host-csrf")


def test_v3_4_errors_and_files_carry_the_headers_too(cast: Cast) -> None:
    missing, refused = cast.browser().get("/no-such-page/"), cast.browser("oraz").get("/journal/")
    file = cast.browser().get("/static/darvoza/office.css")
    assert (refused.status_code, file.status_code) == (403, 200)
    for answer in (missing, refused, file):
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
        assert answer["Referrer-Policy"] == "same-origin"
    file.close()


def test_v3_5_1_a_form_from_elsewhere_changes_nothing(cast: Cast) -> None:
    load_sample()
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["asel"], backend="darvoza.office.accounts.services.sign_in.PersonBackend")
    claim = reverse("desk:claim", kwargs={"order_id": ORDER})
    for headers in ({}, {"origin": "https://elsewhere.example"}):
        assert client.post(claim, headers=headers).status_code == 403
    assert Order.objects.get(order_id=ORDER).state == "waiting"


def test_v4_1_1_every_page_says_its_type_and_charset(cast: Cast) -> None:
    load_sample()
    for name, address in ADDRESSES.items():
        answer = cast.browser("umar").get(reverse(name, kwargs=dict(address.named) or None))
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/"):
            assert "charset=utf-8" in answer["Content-Type"], name


def test_v4_1_3_a_forged_forwarded_host_is_not_believed(cast: Cast) -> None:
    client = cast.browser("umar")
    assert not getattr(real, "USE_X_FORWARDED_HOST", False)
    forged = client.get(
        "/journal/", headers={"x-forwarded-host": "elsewhere.example", "forwarded": "host=elsewhere.example"}
    )
    assert "elsewhere.example" not in forged.text
    assert client.get("/journal/", headers={"host": "elsewhere.example"}).status_code == 400


def test_v6_2_short_and_common_passwords_are_refused_and_long_ones_taken() -> None:
    common = sorted(word for word in CommonPasswordValidator().passwords if len(word) >= 12)
    assert len(common) > 20
    for password in ("elevenchars", *common[:20]):
        with pytest.raises(ValidationError):
            validate_password(password)
    for password in ("bafidogu hajekilo", "ветер над перевалом " * 10, "x" * 63 + " "):
        validate_password(password)


@pytest.mark.django_db
def test_v6_3_2_nobody_is_there_by_default() -> None:
    assert Person.objects.count() == 0


def test_v6_5_1_a_number_of_the_second_factor_counts_once(cast: Cast) -> None:
    secret = totp.generate_totp_secret()
    device = totp.TOTP.activate(cast["timur"], secret)
    number = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    assert device.validate_code(number)
    assert not device.validate_code(number)


def test_v7_2_4_the_session_gets_a_new_name_at_sign_in(cast: Cast) -> None:
    client = cast.browser()
    client.get(SIGN_IN)
    client.cookies[office_settings.SESSION_COOKIE_NAME] = "x" * 32
    client.post(SIGN_IN, {"login": "umar", "password": PASSWORD})
    assert client.get("/journal/").status_code == 200
    assert client.cookies[office_settings.SESSION_COOKIE_NAME].value != "x" * 32


def test_v7_4_1_a_session_that_was_signed_out_is_worth_nothing(cast: Cast) -> None:
    client = cast.browser("umar")
    kept = client.cookies[office_settings.SESSION_COOKIE_NAME].value
    client.post("/account/sign-out/")
    client.cookies[office_settings.SESSION_COOKIE_NAME] = kept
    assert client.get("/journal/").status_code == 302


def test_v7_4_3_a_new_password_ends_the_other_sessions(cast: Cast) -> None:
    client = cast.browser("umar")
    assert client.get("/journal/").status_code == 200
    person = cast["umar"]
    person.set_password("bafidogu-hajekilo-2")
    person.save()
    assert client.get("/journal/").status_code == 302


def test_v11_4_2_passwords_are_kept_by_argon2id() -> None:
    from django.contrib.auth.hashers import Argon2PasswordHasher

    assert real.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    kept = Argon2PasswordHasher().encode("bafidogu hajekilo", "0123456789abcdef")
    assert kept.startswith("argon2$argon2id$")


def test_v13_2_3_there_is_no_default_secret() -> None:
    assert read_environment({"DARVOZA_HOME": "/nowhere"}).secret == ""
    assert read_environment({"DARVOZA_HOME": "/nowhere"}).metrics_token == ""


def test_v13_4_2_the_settings_pass_the_check_for_deployment() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "DARVOZA"))}
    clean |= {
        "DJANGO_SETTINGS_MODULE": "darvoza.office.settings",
        "DARVOZA_HOME": "/nowhere",
        "DARVOZA_SECRET": "aB3$" + "".join(map(chr, range(40, 110))),
    }
    words = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=clean)
    assert done.returncode == 0, done.stderr
    assert real.DEBUG is False


@pytest.mark.parametrize(
    "path", ["/.git/config", "/.env", "/admin/", "/static/../settings.py", "/api/v1/docs", "/office.sqlite3"]
)
def test_v13_4_1_nothing_of_the_inside_is_public(cast: Cast, path: str) -> None:
    assert cast.browser().get(path).status_code in {302, 401, 403, 404}


def test_v14_2_1_a_token_in_an_address_is_not_taken(db: None) -> None:  # noqa: ARG001
    token = office_settings.METRICS_TOKEN
    assert Client().get("/metrics", {"token": token, "authorization": f"Bearer {token}"}).status_code == 401


def test_v16_3_failed_sign_ins_and_refusals_are_written_down(cast: Cast) -> None:
    browser = cast.browser()
    browser.post(SIGN_IN, {"login": "asel\nadmin", "password": "wrong"})
    assert cast.browser("oraz").get("/journal/").status_code == 403
    refused = Entry.objects.filter(kind=EntryKind.SIGN_IN_REFUSED).order_by("sequence")
    assert [entry.actor for entry in refused] == ["aseladmin", "oraz"]
    assert [(entry.body or {}).get("path") for entry in refused] == [None, "/journal/"]
    assert all(entry.at for entry in refused)
