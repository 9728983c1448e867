"""Every address of the office."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.defaults import bad_request

from darvoza.office.accounts.guard import open_page, page
from darvoza.office.api.views.failing import failure_or, problem_or
from darvoza.office.navigation import home
from darvoza.office.shell import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("darvoza.office.api.urls")),  # first: most of what is asked is asked there
    path("", include("darvoza.office.operations.urls")),
    page("", home, name="home"),
    open_page("language/", views.language, name="language"),
    path("account/", include("darvoza.office.accounts.urls")),
    path("queue/", include("darvoza.office.desk.urls")),
    path("comparisons/", include("darvoza.office.operations.beside_urls")),
    path("returns/", include("darvoza.office.operations.return_urls")),
    path("post/", include("darvoza.office.desk.post_urls")),
    path("declarations/", include("darvoza.office.registry.urls")),
    path("figures/", include("darvoza.office.insight.urls")),
    path("profiles/", include("darvoza.office.profiles.urls")),
    path("administration/", include("darvoza.office.administration.urls")),
    path("journal/", include("darvoza.office.journal.urls")),
]

handler400 = problem_or(bad_request, "bad-request")
handler403 = problem_or(views.refused, "forbidden")
handler404 = problem_or(views.absent, "not-found")
handler500 = failure_or(views.failed)
