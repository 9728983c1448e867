"""Tables brought up to date, all at once or not at all.

Django keeps each step for itself, and for some steps notes only afterwards that they are done. Killed in between, an office
would need a hand. Here all steps and the notes of them are one transaction: killed at any moment, the office is what it was.
"""

from django.core.management import call_command
from django.db import connection, transaction


def upgrade() -> None:
    """Apply every migration that is not applied yet, in one transaction.

    Raises
    ------
    DatabaseError
        When one cannot be applied; then none is.
    """
    # SQLite changes tables only while it does not watch over their keys, and listens to that only outside a transaction
    unwatched = connection.vendor == "sqlite" and connection.disable_constraint_checking()
    try:
        with transaction.atomic(durable=not connection.in_atomic_block):
            call_command("migrate", verbosity=0)
            connection.check_constraints()
    finally:
        if unwatched:
            connection.enable_constraint_checking()
