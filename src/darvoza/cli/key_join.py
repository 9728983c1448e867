"""``darvoza key join``: put a key together again from the shares of its agencies, where its file was lost."""

from argparse import Namespace
from pathlib import Path

from darvoza.cli.key_new import write_key
from darvoza.errors import InvalidKey
from darvoza.flow.selectivity.key_shares import AgencyShare, read_share_text, ring_of_shares
from darvoza.flow.selectivity.keys import in_file, key_file_text


def run(options: Namespace) -> int:
    """Write the key file, when the shares make the key that was committed to."""
    ring = ring_of_shares([_share(path) for path in options.shares], options.commitment.strip())
    write_key(options.out, key_file_text(ring))
    print(f"key: {options.out}")
    print(f"it is the one that was committed to: {ring.commitment()}")
    return 0


def _share(path: Path) -> AgencyShare:
    with in_file(path):
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, ValueError) as problem:
            raise InvalidKey(field="share", expected="a readable file of JSON", got=str(path)) from problem
        return read_share_text(text)
