"""One connection to the database for what many threads do one after another.

Each thread has a connection of its own, and behind each stands a process of the database that looks up anew what tables and
indexes there are. What is decided in turns is therefore written through one, which knows them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper


class InTurns:
    """A connection that the thread whose turn it is uses instead of its own; the caller sees to it that it is one at a time."""

    def __init__(self) -> None:
        self._kept: BaseDatabaseWrapper | None = None

    @contextmanager
    def used(self) -> Iterator[None]:
        """Have everything that this thread asks of the database go through the connection.

        It is looked after before, as those of requests are, and not behind: one that lay idle since may have no other end by now, and
        whoever asks it waits for minutes.
        """
        own, kept = connections[DEFAULT_DB_ALIAS], self._connection()
        kept.close_if_unusable_or_obsolete()
        connections[DEFAULT_DB_ALIAS] = kept
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = own

    def _connection(self) -> BaseDatabaseWrapper:
        if self._kept is None:
            self._kept = connections.create_connection(DEFAULT_DB_ALIAS)
            self._kept.inc_thread_sharing()
        return self._kept
