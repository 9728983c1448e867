"""The log: a line of JSON for each thing that happened, without personal data.

Who did what to what stands in the journal, which is guarded. The log is read by whoever runs the machines, is copied to
other systems, and lives longer than anybody thinks. So it holds nothing that came in with a request: not the address but
the name of the route, not the text of an error but its kind and where in the code it was raised. Of what libraries
say, only the fixed words are written; where a library has put its words together already, only where it spoke.
"""

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

OURS: Final = "darvoza"
"""Loggers below this one; their `fields` are written, for they are named in the code and hold no personal data."""

_SERVER: Final = "gunicorn.error"
_OF_THE_SERVER: Final = frozenset({
    "Starting gunicorn %s", "Listening at: %s (%s)", "Listening at: %s", "Using worker: %s", "Booting worker with pid: %s",
    "Worker exiting (pid: %s)", "Worker (pid:%s) was sent %s!", "Worker (pid:%s) was sent %s! Perhaps out of memory?",
    "Worker (pid:%s) exited with code %s.", "WORKER TIMEOUT (pid:%s)", "Handling signal: %s", "Ignoring unknown signal: %s",
    "Hang up: %s", "Shutting down: %s", "Reason: %s", "graceful stop of workers", "Quick shutdown requested",
    "Parent changed, shutting down: %s", "Connection in use: %s", "Invalid address: %s", "Can't connect to %s",
    "Unhandled exception in main loop", "Exception in worker process",
})  # fmt: skip
"""What the server says of its processes and ports, none of which came in with a request. Everything else that it says may: it has
put parts of a request into its words where it could not read one."""

_UNREADABLE: Final = "Invalid request"

_PORT = re.compile(r"connection to (\('[\w.:-]*', \d+(, \d+)*\)|[\w./-]+) failed: \[Errno -?\d+\] [A-Z][a-z ]+")
"""What it says of a port in words that were put together already."""


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it, line breaks and all that could imitate another line escaped."""
        told: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": _event(record),
            "process": record.process,
        }
        status = getattr(record, "status_code", None)
        if isinstance(status, int):
            told["status"] = status
        fields = getattr(record, "fields", None)
        if isinstance(fields, dict) and record.name.split(".")[0] == OURS:
            told |= fields
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = _raised(record.exc_info[1])
        return json.dumps(told, ensure_ascii=True, default=str)


class StandardError(logging.StreamHandler):  # type: ignore[type-arg] # generic in the stubs alone
    """Writes to whatever is standard error at the moment, as a process that was handed over may have another."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record."""
        self.stream = sys.stderr
        super().emit(record)


def _event(record: logging.LogRecord) -> str:
    """Give the words of the code, without what was put between them."""
    if record.name == _SERVER and (
        record.msg in _OF_THE_SERVER or (not record.args and _PORT.fullmatch(str(record.msg)))
    ):
        return record.getMessage()
    if record.name == _SERVER and str(record.msg).startswith(_UNREADABLE):
        return _UNREADABLE
    if record.args or record.name.split(".")[0] == OURS:
        return str(record.msg)
    return f"{record.module}:{record.lineno}"


def _raised(error: BaseException) -> dict[str, object]:
    """Give the kind of an error, of those behind it, and where each was raised; never its text."""
    kinds: list[str] = []
    each: BaseException | None = error
    while each is not None and len(kinds) < 5:
        kinds.append(f"{type(each).__module__}.{type(each).__qualname__}")
        each = each.__cause__ or each.__context__
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kinds": kinds, "where": places}
