"""The app as Django knows it."""

from django.apps import AppConfig


class ProfilesApp(AppConfig):
    """Risk profiles."""

    name = "darvoza.office.profiles"
    label = "profiles"
