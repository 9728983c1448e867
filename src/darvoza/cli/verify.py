"""``darvoza verify``: recompute every draw and say how many agree."""

from argparse import Namespace

from darvoza.cli.manifest import changed_outputs, read_manifest
from darvoza.cli.results import read_decisions
from darvoza.errors import CommitmentMismatch
from darvoza.flow.oversight.verification import CHECKS, verify
from darvoza.flow.selectivity.keys import read_key_file


def run(options: Namespace) -> int:
    """Verify a run; 0 if everything agrees, 1 otherwise."""
    manifest = read_manifest(options.directory)
    ring = read_key_file(options.key_file)
    if manifest.get("ring_commitment") != ring.commitment():
        raise CommitmentMismatch(
            field="key-file",
            expected=f"the key committed to as {manifest.get('ring_commitment')}",
            got=ring.commitment(),
            hint="this is not the key the draws were made with",
        )
    changed = changed_outputs(options.directory, manifest)
    for name in changed:
        print(f"{name}: differs from the digest in the manifest")
    found = verify(read_decisions(options.directory), dict(ring.shares))
    print(f"{found.agreed:,} of {found.decisions:,} decisions agree ({found.draws:,} different draws recomputed)")
    for check in CHECKS:
        if found.disagreed[check]:
            print(f"  {check}: {found.disagreed[check]:,} disagree")
    for example in found.examples:
        print(f"  such as {example}")
    return 0 if found.agreed == found.decisions and not changed else 1
