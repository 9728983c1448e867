"""``darvoza serve``: the office behind gunicorn."""

from argparse import Namespace
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication

from darvoza.office.commands.starting import start

THREADS = 4


class Server(BaseApplication):  # type: ignore[misc] # gunicorn has no types
    """Gunicorn with the settings of this office."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings over."""
        for name, value in self.settings.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Load the application, once in each process."""
        return get_wsgi_application()


def run(options: Namespace) -> int:
    """Serve until stopped from the keyboard."""
    environment = start(options)
    shown = "http" if environment.demo else "https, through the proxy that ends it,"
    print(f"the office answers at {shown} {options.bind}; stop with Ctrl+C", flush=True)
    settings = {
        "bind": options.bind,
        "workers": options.processes,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": 60,
        "preload_app": False,
    }
    Server(settings).run()
    return 0
