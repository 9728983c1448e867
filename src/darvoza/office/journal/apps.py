"""The app as Django knows it."""

from importlib import import_module

from django.apps import AppConfig


class JournalApp(AppConfig):
    """The journal."""

    name = "darvoza.office.journal"
    label = "journal"

    def ready(self) -> None:
        """Listen to sign-in and sign-out; the tables exist only now."""
        import_module("darvoza.office.journal.sign_ins").listen()
