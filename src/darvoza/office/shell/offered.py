"""Languages that are offered beside English and Russian: the screens of an officer are translated, the rest is Russian.

A translation that no speaker has checked says so: in the first line of its catalogue, and at the foot of each page.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message

from darvoza.office.catalogues import OFFICE
from darvoza.office.shell.words import ACTS, AGENCIES, AREAS, CHANNELS, MOVES, SEVERITIES, STATES

OFFERED: Final = ("ky", "tg", "uz", "kk", "tk")
"""Kyrgyz, Tajik, Uzbek in Latin letters, Kazakh, Turkmen."""

UNCHECKED: Final = "Machine-made translation; no speaker has checked it yet."
"""First line of a catalogue, until a speaker has signed it with a name instead."""

SCREENS: Final = (
    "shell/templates/base.html",
    "shell/templates/pages.html",
    "shell/templates/account/account_inactive.html",
    "shell/templates/account/login.html",
    "shell/templates/account/logout.html",
    "shell/templates/account/form_field.html",
    "shell/templates/account/password_change.html",
    "accounts/adapter.py",
    "shell/templates/account/provider.html",
    "accounts/provider/views.py",
    "shell/templates/errors/403.html",
    "shell/templates/errors/404.html",
    "shell/templates/errors/form.html",
    "shell/templates/refused.html",
    "desk/templates/desk/queue.html",
    "desk/templates/desk/queue_table.html",
    "desk/templates/desk/order.html",
    "desk/templates/desk/result_parts.html",
    "desk/templates/desk/correct.html",
    "desk/templates/desk/photos.html",
    "registry/templates/registry/declarations.html",
    "registry/templates/registry/goods.html",
    "desk/templates/desk/said.html",
    "desk/templatetags/desk.py",
    "desk/fields.py",
    "desk/forms.py",
    "desk/refusals.py",
    "desk/views.py",
    "desk/result_views.py",
    "shell/templatetags/darvoza.py",
)
"""What an officer reads from sign-in to the result, below the directory of the office."""

VOCABULARIES: Final = (AGENCIES, ACTS, CHANNELS, STATES, MOVES, AREAS, SEVERITIES)

PLACE: Final = re.compile(r"%\(\w+\)[sd]|%[sd%]")


def screens_of(app: Path) -> tuple[Path, ...]:
    """Give the files of an app that an officer reads from."""
    return tuple(OFFICE / screen for screen in SCREENS if screen.startswith(f"{app.name}/"))


def coded_words(app: Path) -> Iterator[str]:
    """Give the words for codes that stand on these screens; they are the shell's."""
    if app.name == "shell":
        for vocabulary in VOCABULARIES:
            for word in vocabulary.values():
                yield word._args[0]  # type: ignore[attr-defined] # noqa: SLF001 - a text that is translated late keeps it there


def wrong_places(catalogue: Catalog) -> list[str]:
    """Give the words whose translation does not hold the same places for values.

    Examples
    --------
    >>> made = Catalog(locale="ky")
    >>> _ = made.add("Item %(number)s:", "%(numero)s-товар:")
    >>> wrong_places(made)
    ['Item %(number)s:']
    """
    return [_said(entry) for entry in catalogue if entry.id and not _agree(entry)]


def _said(entry: Message) -> str:
    return entry.id if isinstance(entry.id, str) else entry.id[0]


def _agree(entry: Message) -> bool:
    asked = set(PLACE.findall(entry.id if isinstance(entry.id, str) else entry.id[-1]))
    forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
    return all(set(PLACE.findall(form)) == asked for form in forms if form)


def is_checked(catalogue: Catalog) -> bool:
    """Tell whether a speaker has signed a catalogue."""
    return UNCHECKED not in catalogue.header_comment
