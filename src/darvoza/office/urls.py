"""Every address of the office."""

from django.urls import URLPattern, URLResolver, include, path

from darvoza.office.accounts.guard import open_page, page
from darvoza.office.navigation import home
from darvoza.office.shell import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("darvoza.office.operations.urls")),
    page("", home, name="home"),
    open_page("language/", views.language, name="language"),
    path("account/", include("darvoza.office.accounts.urls")),
    path("queue/", include("darvoza.office.desk.urls")),
    path("post/", include("darvoza.office.desk.post_urls")),
    path("declarations/", include("darvoza.office.registry.urls")),
    path("figures/", include("darvoza.office.insight.urls")),
    path("profiles/", include("darvoza.office.profiles.urls")),
    path("administration/", include("darvoza.office.administration.urls")),
    path("journal/", include("darvoza.office.journal.urls")),
    path("api/v1/", include("darvoza.office.api.urls")),
]

handler403 = views.refused
handler404 = views.absent
handler500 = views.failed
