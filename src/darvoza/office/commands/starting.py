"""Django made ready for a command."""

import os
from argparse import Namespace
from pathlib import Path

import django

from darvoza.errors import SettingsError
from darvoza.office.catalogues import compile_catalogues
from darvoza.office.environment import Environment, read_environment
from darvoza.office.variables import HOME, SECRET

OWNER_ONLY = 0o077
"""What others may not do with a file that is made."""


def start(options: Namespace, *, secret: bool = True) -> Environment:
    """Read the environment, compile the words, load Django.

    Parameters
    ----------
    secret
        Whether the command cannot do without the secret of the office.

    Raises
    ------
    SettingsError
        When the secret is needed and there is none.
    """
    if options.home is not None:
        os.environ[HOME] = str(options.home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "darvoza.office.settings")
    environment = read_environment(os.environ)
    if secret and not environment.secret:
        raise SettingsError(
            field=SECRET,
            expected="the secret of this office",
            got="none",
            hint=f"make one with: darvoza office first-run --home {environment.home}",
        )
    os.umask(OWNER_ONLY)
    compile_catalogues()
    django.setup()
    return environment


def write_alone(path: Path, text: str) -> None:
    """Write a file that only its owner can read; refuse to overwrite one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
