"""The app as Django knows it."""

from django.apps import AppConfig


class AccountsApp(AppConfig):
    """People."""

    name = "darvoza.office.accounts"
    label = "accounts"
