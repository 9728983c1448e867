"""Addresses of sign-in: those pages of allauth that are used here, the way to a service of one's own and back, no others."""

from allauth.account import views
from django.urls import URLPattern, URLResolver, include, path

from darvoza.office.accounts.guard import open_page
from darvoza.office.accounts.provider import views as provider

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", views.login, name="account_login"),
    open_page("provider/", provider.leave, name="account_provider"),
    open_page("provider/return/", provider.come_back, name="account_provider_return"),
    path("sign-out/", views.logout, name="account_logout"),
    path("closed/", views.account_inactive, name="account_inactive"),
    path("again/", views.reauthenticate, name="account_reauthenticate"),
    path("password/", views.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]
