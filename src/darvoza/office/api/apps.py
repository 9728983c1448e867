"""The app as Django knows it."""

from django.apps import AppConfig


class ApiApp(AppConfig):
    """The interface for other systems."""

    name = "darvoza.office.api"
    label = "api"

    def ready(self) -> None:
        """Be told of results."""
        from darvoza.office.api.services.telling import hold_numbering, tell  # noqa: PLC0415 - tables exist by now
        from darvoza.office.registry.services.telling import Listener, listen  # noqa: PLC0415

        listen(Listener(hold_numbering, tell))
