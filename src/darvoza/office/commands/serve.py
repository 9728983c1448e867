"""``darvoza serve``: the office behind gunicorn."""

import gc
import os
from argparse import Namespace
from threading import Thread
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from darvoza.office.commands.starting import OWNER_ONLY, no_office, start
from darvoza.office.environment import ANYBODY, DATABASE_FILE
from darvoza.office.operations.counting import COUNTS, ROWS


class ServerLog(Logger):  # type: ignore[misc] # gunicorn has no types
    """What the server says of itself; of requests nothing, for the office logs each of them without personal data."""

    def access(self, *_: object) -> None:
        """Put nothing together that is not written."""


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


def _logging() -> dict[str, Any]:
    """Let the server log as the office does."""
    from django.conf import settings  # noqa: PLC0415 - they are read once Django is loaded

    quiet = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    ours: dict[str, Any] = settings.LOGGING
    return {**ours, "loggers": {**ours["loggers"], "gunicorn.error": quiet}}


def _before_fork(server: Any, worker: Any) -> None:  # noqa: ANN401 - gunicorn has no types
    """Give a new process a row of the counts that no living one has."""
    taken = {getattr(each, "row", None) for each in server.WORKERS.values()}
    worker.row = next(row for row in range(ROWS) if row not in taken)


def _after_fork(_server: Any, worker: Any) -> None:  # noqa: ANN401 - as above
    """Let the process write the row it was given."""
    COUNTS.take_row(worker.row)


def _open_gate(_worker: Any) -> None:  # noqa: ANN401 - as above
    """Load and open the gate of a process that has just started, beside what it answers: until then it is not ready."""
    from django.db import connection  # noqa: PLC0415 - once Django is loaded
    from django.utils import timezone  # noqa: PLC0415

    from darvoza.office.api.awaited import expect_opening  # noqa: PLC0415

    def work() -> None:
        from darvoza.office.api.services.lodging import (  # noqa: PLC0415 - heavy: the process already answers
            keep_connection,
            open_early,
        )

        keep_connection()
        try:
            open_early(timezone.now())
        finally:
            connection.close()
        # what is there by now stays as long as the process: nobody looks through it for what can be let go
        gc.collect()
        gc.freeze()

    if expect_opening():
        Thread(target=work, name="gate", daemon=True).start()


def run(options: Namespace) -> int:
    """Serve until stopped from the keyboard."""
    # a few rows are not worth waking threads for, and there are as many processes as cores; read when polars is first used
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    # a database on another machine may be gone for a while: then it is said that the office is not ready
    environment = start(options, tables=False)
    if not environment.database and not (environment.home / DATABASE_FILE).exists():
        raise no_office(environment)
    if ANYBODY in environment.hosts:
        print(
            "warning: DARVOZA_HOSTS is *: browsers may ask by any name, and links may be made of names that others chose",
            flush=True,
        )
    shown = "http" if environment.demo else "https, through the proxy that ends it,"
    print(f"the office answers at {shown} {options.bind}; stop with Ctrl+C", flush=True)
    settings = {
        "bind": options.bind,
        "workers": options.processes,
        "worker_class": "gthread",
        "threads": options.threads,
        "timeout": 60,
        "preload_app": False,
        "umask": OWNER_ONLY,
        "control_socket_disable": True,
        "pre_fork": _before_fork,
        "post_fork": _after_fork,
        "post_worker_init": _open_gate,
        "logger_class": ServerLog,
        "logconfig_dict": _logging(),
    }
    Server(settings).run()
    return 0
