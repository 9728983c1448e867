"""Every address is tried by every role and by a stranger; whatever is not declared is refused."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from darvoza.domain.journal import EntryKind
from darvoza.office.journal.models import End, Entry
from office.addresses import ADDRESSES, ADMITTED
from office.profiles_sample import take_in_sample
from office.sample import load_sample
from people import BY_ROLE, Cast

SIGN_IN = "/account/sign-in/"


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


@pytest.fixture(autouse=True)
def _register(cast: Cast) -> None:  # noqa: ARG001 - people come first
    """Something to be looked at."""
    load_sample()
    take_in_sample()


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_address_admits_whom_it_should_and_nobody_else(name: str, cast: Cast) -> None:
    address = ADDRESSES[name]
    asked = reverse(name, kwargs=dict(address.named) or None)
    answers = {role: cast.browser(person).get(asked).status_code for role, person in BY_ROLE.items()}
    if address.token:
        assert set(answers.values()) <= {401, 405}, answers
        return
    admitted = {role for role, status in answers.items() if status != 403}
    assert admitted == address.roles, answers
    assert {answers[role] for role in admitted} <= ADMITTED | (
        {404} if name.startswith("mfa_") or address.absent else set()
    )


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_stranger_is_sent_to_sign_in_unless_the_address_is_open(name: str, cast: Cast) -> None:
    answer = cast.browser().get(asked := reverse(name, kwargs=dict(ADDRESSES[name].named) or None))
    to_sign_in = answer.status_code == 302 and answer["Location"].startswith(SIGN_IN)
    if ADDRESSES[name].token:
        assert answer.status_code in {401, 405}
    elif not ADDRESSES[name].public:
        assert to_sign_in, asked
    else:
        assert answer.status_code in ADMITTED


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_answer_carries_the_security_headers(name: str, cast: Cast) -> None:
    for browser in (cast.browser(), cast.browser("umar")):
        answer = browser.get(reverse(name, kwargs=dict(ADDRESSES[name].named) or None))
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]


def test_asking_changes_nothing(cast: Cast) -> None:
    """Every role asks for every address; no table changes but sessions, and the journal of what was refused."""
    browsers = [cast.browser(person) for person in BY_ROLE.values()]
    before, visits = _everything(), End.objects.values_list("number", flat=True).first() or 0
    for browser in browsers:
        for name, address in ADDRESSES.items():
            browser.get(reverse(name, kwargs=dict(address.named) or None))
    assert {table: rows for table, rows in _everything().items() if rows != before[table]} == {}
    written = Entry.objects.filter(sequence__gt=visits).values_list("kind", flat=True)
    assert set(written) <= {EntryKind.SIGN_IN, EntryKind.SIGN_IN_REFUSED, EntryKind.EXPORT}


def _everything() -> dict[str, list[str]]:
    """Every row of every table, but those that tell of asking."""
    apart = {"sessions.session", "journal.entry", "journal.end", "operations.pulse"}  # the last: that writing works
    tables = (model for model in apps.get_models() if model._meta.label_lower not in apart)
    return {model._meta.label_lower: sorted(map(repr, model._default_manager.values_list())) for model in tables}
