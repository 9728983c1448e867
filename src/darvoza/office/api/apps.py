"""The app as Django knows it."""

from django.apps import AppConfig


class ApiApp(AppConfig):
    """The interface for other systems."""

    name = "darvoza.office.api"
    label = "api"
