"""An office in this very process, for what is measured without a server."""

import os
import secrets
from pathlib import Path


def make_office(home: Path) -> None:
    """Load Django for a home and make its tables; on SQLite there, or in the database that ``DARVOZA_DATABASE`` names."""
    os.environ |= {
        "DARVOZA_HOME": str(home),
        "DARVOZA_DEMO": "1",
        "DARVOZA_SECRET": secrets.token_urlsafe(48),
        "DJANGO_SETTINGS_MODULE": "darvoza.office.settings",
    }
    import django  # noqa: PLC0415 - reads the environment

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    call_command("migrate", verbosity=0)
