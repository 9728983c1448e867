"""Catalogues of words: the readable files are kept, what gettext reads is made from them when it is missing or older.

Compiled files are not kept under version control: two people who translate at once would overwrite one another.
"""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

OFFICE = Path(__file__).parent


def compile_catalogues(root: Path = OFFICE) -> list[Path]:
    """Compile every catalogue below a directory that has changed; give those that were written."""
    written = []
    for source in sorted(root.glob("**/locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parts[-3])
        partial = target.with_suffix(".mo.partial")
        with partial.open("wb") as compiled:
            write_mo(compiled, catalogue)
        partial.replace(target)
        written.append(target)
    return written
