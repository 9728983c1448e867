"""One connection that threads use in turns: the same for all, their own given back, and made anew where it was lost."""

import threading
import time

import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections

from darvoza.office.shell.connections import InTurns


def _asked() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 6 * 7")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_threads_use_one_connection_and_have_their_own_again() -> None:
    turns, used = InTurns(), []

    def work() -> None:
        own = connections[DEFAULT_DB_ALIAS]
        with turns.used():
            assert _asked() == 42
            used.append(connections[DEFAULT_DB_ALIAS].connection)
        assert connections[DEFAULT_DB_ALIAS] is own
        own.close()

    for _ in range(3):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    with turns.used():
        assert len({*map(id, used), id(connection.connection)}) == 1
        connection.close()


@pytest.mark.django_db
def test_what_fails_gives_the_own_connection_back() -> None:
    own = connections[DEFAULT_DB_ALIAS]
    with pytest.raises(ZeroDivisionError), InTurns().used():
        raise ZeroDivisionError
    assert connections[DEFAULT_DB_ALIAS] is own


@pytest.mark.django_db
def test_a_connection_that_was_lost_since_the_last_turn_is_made_anew() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that goes; these tests are run on PostgreSQL, too")
    turns = InTurns()
    with turns.used(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (lost,) = cursor.fetchone()
    with connection.cursor() as cursor:
        assert lost != connection.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s, 10000)", [lost])
    with turns.used():
        assert _asked() == 42
        connection.close()


@pytest.mark.django_db
def test_a_connection_that_was_not_used_for_long_is_made_anew_and_not_asked_whether_it_still_is() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("that of SQLite in memory is never closed; these tests are run on PostgreSQL, too")
    turns = InTurns()
    with turns.used():
        assert _asked() == 42
        kept, old = connections[DEFAULT_DB_ALIAS], connection.connection
    kept.close_at = time.monotonic() - 1
    with turns.used():
        assert _asked() == 42
        assert connection.connection is not old
        connection.close()
