"""Addresses of the administrator."""

from darvoza.office.accounts.guard import page
from darvoza.office.accounts.permissions import Permission
from darvoza.office.administration import data_views, views

app_name = "administration"

_MANAGES, _OFFERS = Permission.PEOPLE_MANAGE, Permission.DATA_MANAGE

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
    page("reference/", data_views.reference, name="reference", needs=Permission.DATA_READ),
    page("reference/of/<str:kind>/<path:name>/", data_views.life, name="data_life", needs=Permission.DATA_READ),
    page(
        "reference/content/<str:kind>/<int:number>/",
        data_views.content,
        name="data_content",
        needs=Permission.DATA_READ,
    ),
    page("reference/offer/<str:kind>/", data_views.offer, name="offer", needs=_OFFERS),
    page("reference/<int:number>/", data_views.data_version, name="data_version", needs=Permission.DATA_READ),
    page("reference/<int:number>/act/", data_views.act, name="data_act", needs=_OFFERS),
    page("reference/<int:number>/answer/", data_views.answer, name="data_answer", needs=_OFFERS),
    page(
        "reference/back/<str:kind>/<path:name>/",
        data_views.roll_back,
        name="data_back",
        needs=_OFFERS,
        form_on="administration:data_life",
    ),
    page("data/", views.data, name="data", needs=_MANAGES),
]
