"""``darvoza facts``: the catalogue a profile may speak of."""

import difflib
from argparse import Namespace
from collections.abc import Sequence

from darvoza.domain.facts import CATALOGUE, FACT, Fact
from darvoza.errors import SettingsError


def run(options: Namespace) -> int:
    """Print facts with their type, unit, source, meaning and an example: all of them, of a group, or found by words."""
    found = [
        fact for fact in CATALOGUE if options.group in {None, fact.group.value} and _speaks_of(fact, options.words)
    ]
    if not found:
        raise _nothing(options.words, options.group)
    _print(found)
    return 0


def _speaks_of(fact: Fact, words: Sequence[str]) -> bool:
    """Tell whether every word stands in the name, the meaning or the unit."""
    said = f"{fact.name} {fact.meaning} {fact.unit} {fact.source}".casefold()
    return all(word.casefold() in said for word in words)


def _nothing(words: Sequence[str], group: str | None) -> SettingsError:
    """Make the error for a search that found nothing, with the nearest names."""
    close = difflib.get_close_matches("_".join(words).casefold(), FACT, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(close)}?" if close else "`darvoza facts` prints all of them"
    where = f" of the group {group}" if group else ""
    return SettingsError(field="facts", expected=f"words of a fact{where}", got=" ".join(words), hint=hint)


def _print(facts: Sequence[Fact]) -> None:
    width = max(len(fact.name) for fact in facts)
    group = ""
    for fact in sorted(facts, key=lambda entry: entry.group):
        if fact.group != group:
            group = fact.group
            print(f"\n{group}")
        level = "item" if fact.item else "declaration"
        print(
            f"  {fact.name:<{width}}  {fact.type:<6} {level:<11} {fact.source:<9} {fact.meaning} [{fact.unit}] "
            f"e.g. {fact.example}"
        )
