"""The one address that is answered before all others are loaded; `darvoza.office.operations.urls` has it, too."""

from django.urls import URLPattern, URLResolver, include, path

from darvoza.office.accounts.guard import open_page
from darvoza.office.operations.alive import LIVE, live

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(([open_page(LIVE, live, name="live")], "operations"))),
]
