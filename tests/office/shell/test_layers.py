"""Systems pass the layers of pages by: no session, no language of a browser, and nothing is open that does not say so."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from django.utils import translation
from django.utils.translation import get_language

from darvoza.office.accounts.guard import open_page
from darvoza.office.shell.layers import ForPages, Innermost
from people import Cast


def _says(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{get_language()} {hasattr(request, 'session')} {request.user.is_authenticated}")


urlpatterns = [
    path("api/shut", _says),
    open_page("api/open", _says, name="open"),
    open_page("page/", _says, name="page"),
    path("account/", include("darvoza.office.accounts.urls")),
]
HERE = override_settings(ROOT_URLCONF=__name__)


@HERE
def test_a_system_is_nobody_who_signed_in_and_is_answered_in_the_language_of_the_office(cast: Cast) -> None:
    browser = cast.browser("jamila", language="ru")
    with translation.override("ru"):
        answer = browser.get("/api/open")
    assert answer.content == b"en False False"
    assert "Vary" not in answer.headers
    assert not answer.cookies
    assert browser.get("/page/").content == b"ru True True"


@HERE
@pytest.mark.django_db
def test_what_does_not_say_that_it_is_open_stays_shut_below_the_interface() -> None:
    answer = Client().get("/api/shut")
    assert answer.status_code == 302
    assert answer["Location"] == "/account/sign-in/?next=/api/shut"
    assert Client().get("/api/open").status_code == 200


def test_layers_without_an_end_are_refused() -> None:
    with pytest.raises(RuntimeError, match="Innermost"):
        ForPages(_says)
    Innermost(_says)
    ForPages(_says)
    with pytest.raises(RuntimeError, match="Innermost"):
        ForPages(_says)
