"""``darvoza office reconcile``: take in what a post did without a line."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.errors import UnreadableFile
from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Take in what is new in the record; 0 when nothing differs, 1 when somebody should look at something.

    What is taken in without the key is not looked at: then it is 1, too.
    """
    start(options, secret=False)
    from darvoza.flow.post.record import complete_lines, read_record  # noqa: PLC0415 - heavy, and Django comes first
    from darvoza.flow.selectivity.keys import read_key_file  # noqa: PLC0415
    from darvoza.office.operations.services.returning import take_in  # noqa: PLC0415

    try:
        data = options.record.read_bytes()
    except OSError as problem:
        expected = "the record of a post"
        raise UnreadableFile(field=str(options.record), expected=expected, got=problem.strerror) from problem
    ring = read_key_file(options.key_file) if options.key_file else None
    whole = complete_lines(data)
    if not whole:
        raise UnreadableFile(field=str(options.record), expected="the record of a post", got="no entry")
    entries = read_record(whole)
    found = take_in(options.post, entries, ring=ring, now=datetime.now(UTC))
    print(f"taken in of {options.post}: entries {found.entries}, new declarations {found.new}, results {found.results}")
    for conflict in found.conflicts:
        print(f"CONFLICT: {conflict.subject}: {conflict.told}")
    if found.unchecked:
        print(f"decisions that were not made again: {found.unchecked}; the journal says why, of each")
    cut = len(data) - sum(map(len, whole))
    if cut:
        print(f"CUT: the last line came without its end, {cut} bytes of it; bring the record again")
    return 1 if found.conflicts or found.unchecked or cut else 0
