"""``darvoza office words``: which words lack a translation."""

from argparse import Namespace

from darvoza.office.shell.translation import add_missing, untranslated


def run(options: Namespace) -> int:
    """Name every word that lacks a translation; add them to the catalogues when asked to."""
    if options.write:
        for path in add_missing():
            print(f"written: {path}")
    lacking = untranslated()
    for each in lacking:
        print(f"{each.catalogue}: {each.message!r} {each.fault}")
    print(f"{len(lacking)} words lack a translation" if lacking else "every word is translated")
    return 1 if lacking else 0
