"""``darvoza key share``: write the share of one agency apart, for that agency to keep sealed."""

from argparse import Namespace

from darvoza.cli.key_new import write_key
from darvoza.flow.selectivity.key_shares import share_text
from darvoza.flow.selectivity.keys import read_key_file


def run(options: Namespace) -> int:
    """Write the share to a file that only its owner can read."""
    ring = read_key_file(options.key_file)
    write_key(options.out, share_text(ring, options.agency))
    print(f"share of {options.agency}: {options.out}; seal it, and keep none here")
    print(f"commitment of its key: {ring.commitment()}")
    return 0
