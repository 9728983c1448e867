"""Proofs: that an entry stands in the journal, or that it only grew, for those who have a signed head and nothing else."""

from collections.abc import Sequence

from darvoza.errors import InvalidHead
from darvoza.flow.journal.export import Header
from darvoza.json_text import read_json
from darvoza.methods.sealing.merkle_tree import consistency_proof, inclusion_proof


def prove_entry(line: bytes, leaves: Sequence[bytes], *, body: bool = False) -> dict[str, object]:
    """Prove that an entry stands in the journal of which all leaves are given.

    Only the header is given away, and what the entry says only where it is asked for.

    Parameters
    ----------
    line
        The entry, as exported.
    leaves
        Heads of all entries that the signed head was made over.
    body
        Whether the body and its salt are shown, too.

    Raises
    ------
    InvalidHead
        When the entry came after it, or its body is to be shown and was erased.
    """
    entry = read_json(line)
    header: Header = entry["header"]
    sequence, size = int(header["sequence"]), len(leaves)
    if sequence > size:
        raise InvalidHead(field="sequence", expected=f"an entry from 1 to {size}, which the head is over", got=sequence)
    if body and entry["salt"] is None:
        raise InvalidHead(
            field="body", expected="an entry whose body is there", got=f"entry {sequence}, which was erased"
        )
    path = [step.hex() for step in inclusion_proof(leaves, sequence - 1)]
    shown = {name: entry[name] for name in ("body", "salt")} if body else {}
    return {"proof": "inclusion", "size": size, "header": header, "path": path, **shown}


def prove_growth(leaves: Sequence[bytes], shorter: int) -> dict[str, object]:
    """Prove that the journal of which all leaves are given begins with the first `shorter` entries as they were.

    Raises
    ------
    InvalidHead
        When it has not so many entries, or none are asked for.

    Examples
    --------
    >>> proof = prove_growth([b"", b"x"], 1)
    >>> proof["from"], proof["size"], len(proof["path"])
    (1, 2, 1)
    """
    if not 1 <= shorter <= len(leaves):
        raise InvalidHead(field="since", expected=f"a number of entries from 1 to {len(leaves)}", got=shorter)
    path = [step.hex() for step in consistency_proof(leaves, shorter)]
    return {"proof": "consistency", "from": shorter, "size": len(leaves), "path": path}
