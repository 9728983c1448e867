"""The app as Django knows it."""

from django.apps import AppConfig


class ShellApp(AppConfig):
    """The frame of every page."""

    name = "darvoza.office.shell"
    label = "shell"
