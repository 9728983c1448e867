"""Empty databases of both kinds, for tests that run an office in a process of its own."""

import os
from collections.abc import Iterator
from itertools import repeat

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.sql import SQL, Identifier

from sql_tables import absent

Addresses = Iterator[str]


def addresses_of(kind: str) -> Iterator[Addresses]:
    """Addresses of empty databases, as many as are asked for; of SQLite, which stands in the home, the empty address."""
    if kind == "sqlite":
        yield repeat("")
        return
    told = os.environ.get("DARVOZA_TEST_POSTGRES")
    if told is None:
        absent("PostgreSQL", KeyError("DARVOZA_TEST_POSTGRES"))
    where = conninfo_to_dict(str(told))
    made: list[str] = []
    with psycopg.connect(**where, autocommit=True) as server:  # type: ignore[arg-type]

        def fresh() -> Addresses:
            while True:
                made.append(f"durability_{os.getpid()}_{len(made)}")
                server.execute(SQL("CREATE DATABASE {}").format(Identifier(made[-1])))
                yield f"postgresql://{where['user']}@{where['host']}:{where['port']}/{made[-1]}"

        yield fresh()
        for name in made:
            server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))
