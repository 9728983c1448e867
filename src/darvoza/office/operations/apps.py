"""The app as Django knows it."""

from django.apps import AppConfig


class OperationsApp(AppConfig):
    """What keeps the office running."""

    name = "darvoza.office.operations"
    label = "operations"
