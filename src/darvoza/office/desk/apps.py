"""The app as Django knows it."""

from django.apps import AppConfig


class DeskApp(AppConfig):
    """The desk."""

    name = "darvoza.office.desk"
    label = "desk"
