"""``darvoza facts``: the catalogue a profile may speak of."""

from argparse import Namespace

from darvoza.domain.facts import CATALOGUE


def run(_options: Namespace) -> int:
    """Print every fact with its type, unit, meaning and an example."""
    width = max(len(fact.name) for fact in CATALOGUE)
    group = ""
    for fact in sorted(CATALOGUE, key=lambda entry: entry.group):
        if fact.group != group:
            group = fact.group
            print(f"\n{group}")
        unit = f" [{fact.unit}]" if fact.unit else ""
        level = "item" if fact.item else "declaration"
        print(f"  {fact.name:<{width}}  {fact.type:<6} {level:<11} {fact.meaning}{unit} e.g. {fact.example}")
    return 0
