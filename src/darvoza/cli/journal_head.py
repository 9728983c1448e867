"""``darvoza journal head``: sign what the journal is on a day."""

import os
from argparse import Namespace
from datetime import UTC, datetime

from darvoza.cli.journal_files import readable, text_of
from darvoza.darvoza_verify import lines_of
from darvoza.errors import OutputError
from darvoza.flow.journal.heads import next_head
from darvoza.on_disk import wait_for_disk


def run(options: Namespace) -> int:
    """Add a head to the file of heads, whole or not at all, and print it."""
    key = text_of(options.signing_key, "the private key of the journal")
    earlier = text_of(options.heads, "the heads signed so far") if options.heads.exists() else ""
    with readable(options.journal, "an exported journal"):
        lines, now = lines_of(options.journal), datetime.now(UTC)
        head = next_head(lines, earlier, day=options.day, key=key.strip(), now=now)
    part = options.heads.with_name(f".{options.heads.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(f"{earlier.rstrip()}\n\n{head}" if earlier.strip() else head)
            file.flush()
            os.fsync(file.fileno())
        part.replace(options.heads)
        wait_for_disk(options.heads.absolute().parent)
    except OSError as problem:
        got = problem.strerror
        raise OutputError(field=str(options.heads), expected="a place that can be written to", got=got) from problem
    print(head, end="")
    return 0
