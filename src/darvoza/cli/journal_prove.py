"""``darvoza journal prove``: print a proof for who has a signed head and nothing else."""

import json
from argparse import Namespace
from itertools import islice

from darvoza.cli.journal_files import readable
from darvoza.darvoza_verify import lines_of
from darvoza.errors import SettingsError
from darvoza.flow.journal.heads import holding
from darvoza.flow.journal.proofs import prove_entry, prove_growth


def run(options: Namespace) -> int:
    """Check the journal, and print the proof as JSON."""
    if options.body and options.sequence is None:
        raise SettingsError(field="body", expected="--sequence beside it: growth has no body", got="--since")
    with readable(options.journal, "an exported journal"):
        verdict, leaves = holding(lines_of(options.journal))
        size = verdict.entries if options.size is None else options.size
        for name, number in (("size", size), ("sequence", options.sequence)):
            if number is not None and number > verdict.entries:
                raise SettingsError(field=name, expected=f"at most {verdict.entries}, the whole journal", got=number)
        if options.since is not None:
            proof = prove_growth(leaves[:size], options.since)
        else:
            line = next(islice(lines_of(options.journal), options.sequence - 1, None))
            proof = prove_entry(line, leaves[:size], body=options.body)
    print(json.dumps(proof, ensure_ascii=False, indent=2, sort_keys=True))
    return 0
