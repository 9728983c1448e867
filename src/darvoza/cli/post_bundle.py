"""``darvoza post bundle``: make, at the centre, what a post needs to decide without a line."""

import secrets
from argparse import Namespace
from datetime import UTC, datetime

import polars as pl

from darvoza.cli.results import read_decisions, read_previous_memory
from darvoza.errors import OutputError
from darvoza.flow.gate.deciding import DRAW_COLUMNS
from darvoza.flow.post.bundle import Addressed, make_bundle
from darvoza.flow.post.given import check_end, post_code, read_signing_key
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.methods.sealing.sealed_box import KEY_BYTES


def run(options: Namespace) -> int:
    """Write the bundle, and say what is to be written into the journal."""
    check_end(options.end, datetime.now(UTC).date())
    post, signing_key = post_code(options.post), read_signing_key(options.signing_key)
    to = Addressed(post, options.serial, options.start, options.end, options.sealed_for, options.signed_by)
    earlier = [read_decisions(each).select(DRAW_COLUMNS) for each in options.previous]
    memory = read_previous_memory(options.previous[-1]) if options.previous else {}
    packed = make_bundle(
        options.state,
        to,
        pl.concat(earlier) if earlier else None,
        memory_text(memory) if memory else "",
        signing_key=signing_key,
        seed=secrets.token_bytes(KEY_BYTES),
    )
    try:
        with options.out.open("xb") as file:
            file.write(packed)
    except OSError as problem:
        expected = "a file that does not exist yet in a place that can be written to"
        raise OutputError(field="out", expected=expected, got=problem.strerror) from problem
    print(f"bundle {to.serial} of {to.post}, {to.start} to {to.end}: {options.out}, {len(packed) / 1024**2:.1f} MB")
    return 0
