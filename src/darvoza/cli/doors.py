"""Commands of the other doors: they name themselves in a group of entry points, for doors do not import each other."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterable
from importlib.metadata import EntryPoint, entry_points

GROUP = "darvoza.commands"


def add_other_doors(commands: "_SubParsersAction[ArgumentParser]", doors: Iterable[EntryPoint] | None = None) -> None:
    """Let each other door add its commands.

    Parameters
    ----------
    doors
        Where they keep their commands; those of the installed package by default.
    """
    for door in entry_points(group=GROUP) if doors is None else doors:
        door.load()(commands)
