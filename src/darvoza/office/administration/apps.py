"""The app as Django knows it."""

from django.apps import AppConfig


class AdministrationApp(AppConfig):
    """The administrator."""

    name = "darvoza.office.administration"
    label = "administration"
