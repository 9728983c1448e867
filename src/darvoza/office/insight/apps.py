"""The app as Django knows it."""

from django.apps import AppConfig


class InsightApp(AppConfig):
    """Figures."""

    name = "darvoza.office.insight"
    label = "insight"
