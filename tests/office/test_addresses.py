"""Every address is tried by every role and by a stranger; whatever is not declared is refused."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from pytest_django.plugin import DjangoDbBlocker

from darvoza.domain.journal import EntryKind
from darvoza.office.journal.models import End, Entry
from office.addresses import ADDRESSES, ADMITTED
from office.profiles_sample import take_in_sample
from office.sample import load_sample
from people import BY_ROLE, enter_cast

SIGN_IN = "/account/sign-in/"
Browser = Callable[[str | None], Client]


def walk(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """Give the name of every address, with its name space."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from walk(each, f"{space}{each.namespace}:" if each.namespace else space)
        elif isinstance(each, URLPattern):
            assert each.name, f"an address without a name: {each.pattern}"
            yield f"{space}{each.name}"


def test_every_address_is_declared_and_every_declared_address_exists() -> None:
    assert set(walk(get_resolver())) == set(ADDRESSES)


@pytest.fixture(scope="module")
def _an_office(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str | None, Client]]:  # noqa: ARG001 - made by asking
    """Something to be looked at, and a browser of everybody in which he is signed in; gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = enter_cast()
        load_sample()
        take_in_sample()
        browsers = {name: cast.browser(name) for name in (*BY_ROLE.values(), None)}
        with django_db_blocker.block():
            yield browsers
        transaction.set_rollback(True)


@pytest.fixture
def browser(_an_office: dict[str | None, Client], db: None, settings: object) -> Browser:  # noqa: ARG001 - made by asking
    """Give a browser of somebody, or of nobody, as it was after the sign-in: what an earlier test did in it is forgotten."""
    settings.DEMO = True  # type: ignore[attr-defined]
    return lambda name: deepcopy(_an_office[name])


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_admits_whom_it_should_and_nobody_else(name: str, browser: Browser) -> None:
    address = ADDRESSES[name]
    asked = reverse(name, kwargs=dict(address.named) or None)
    answers = {role: browser(person).get(asked).status_code for role, person in BY_ROLE.items()}
    if address.token:
        assert set(answers.values()) <= {401, 405}, answers
        return
    admitted = {role for role, status in answers.items() if status != 403}
    assert admitted == address.roles, answers
    assert {answers[role] for role in admitted} <= ADMITTED | (
        {404} if name.startswith("mfa_") or address.absent else set()
    )


@pytest.mark.parametrize("name", ADDRESSES)
def test_whoever_comes_to_the_address_of_a_form_is_led_to_a_page(name: str, browser: Browser) -> None:
    address = ADDRESSES[name]
    asked = reverse(name, kwargs=dict(address.named) or None)
    for role in address.roles:
        each = browser(BY_ROLE[role])
        answer = each.get(asked)
        if answer.status_code == 302:
            page = ADDRESSES[resolve(urlsplit(answer["Location"]).path).view_name]
            seen = each.get(answer["Location"]).status_code
            assert seen in ADMITTED | ({404} if page.absent else set()), answer["Location"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_stranger_is_sent_to_sign_in_unless_the_address_is_open(name: str, browser: Browser) -> None:
    answer = browser(None).get(asked := reverse(name, kwargs=dict(ADDRESSES[name].named) or None))
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)
    if ADDRESSES[name].token:
        assert answer.status_code in {401, 405}
    elif not ADDRESSES[name].public:
        assert to_sign_in, asked
    else:
        assert answer.status_code in ADMITTED


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_answer_carries_the_security_headers(name: str, browser: Browser) -> None:
    for each in (browser(None), browser("umar")):
        answer = each.get(reverse(name, kwargs=dict(ADDRESSES[name].named) or None))
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]


def test_asking_changes_nothing(browser: Browser) -> None:
    """Every role asks for every address; no table changes but sessions, and the journal of what was refused."""
    browsers = [browser(person) for person in BY_ROLE.values()]
    before, visits = _everything(), End.objects.values_list("number", flat=True).first() or 0
    for each in browsers:
        for name, address in ADDRESSES.items():
            each.get(reverse(name, kwargs=dict(address.named) or None))
    assert {table: rows for table, rows in _everything().items() if rows != before[table]} == {}
    written = Entry.objects.filter(sequence__gt=visits).values_list("kind", flat=True)
    assert set(written) <= {EntryKind.SIGN_IN, EntryKind.SIGN_IN_REFUSED, EntryKind.EXPORT}


def _everything() -> dict[str, list[str]]:
    """Every row of every table, but those that tell of asking."""
    apart = {"sessions.session", "journal.entry", "journal.end", "operations.pulse"}  # the last: that writing works
    tables = (model for model in apps.get_models() if model._meta.label_lower not in apart)
    return {model._meta.label_lower: sorted(map(repr, model._default_manager.values_list())) for model in tables}
