"""Addresses of the administrator."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.administration import views

app_name = "administration"

_MANAGES = Permission.PEOPLE_MANAGE

urlpatterns = [
    page("people/", views.people, name="people", needs=_MANAGES),
    page("people/enter/", views.enter, name="enter", needs=_MANAGES),
    page("people/<str:username>/", views.person, name="person", needs=_MANAGES),
    page("people/<str:username>/close/", views.close, name="close", needs=_MANAGES),
    page("people/<str:username>/open/", views.reopen, name="reopen", needs=_MANAGES),
    page("people/<str:username>/password/", views.password, name="password", needs=_MANAGES),
    page("people/<str:username>/second-factor/", views.second_factor, name="second_factor", needs=_MANAGES),
    page("people/<str:username>/sessions/", views.sessions, name="sessions", needs=_MANAGES),
    page("places/", views.places, name="places", needs=_MANAGES),
    page("data/", views.data, name="data", needs=_MANAGES),
]
