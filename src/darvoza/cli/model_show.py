"""``darvoza model show``: which model is champion, and how it came to be."""

from argparse import Namespace

from darvoza.flow.learning.registry import ModelChange, line_of_head, read_registry, registry_head


def run(options: Namespace) -> int:
    """Print every change of champion, the latest last, and the head; fail where a head that was kept is not found."""
    changes = read_registry(options.directory)
    kept = line_of_head(options.directory, options.head) if options.head else 0
    for change in changes:
        before = f" in place of {change.before[:16]}" if change.before else ""
        print(f"{change.at}  {change.change:<8}{change.after[:16]}{before}  by {change.by}: {change.reason}")
        if change.evidence.get("comparison"):
            print(f"    {_evidence(change)}")
    print(f"champion: {changes[-1].after}" if changes else "champion: none")
    if kept:
        print(f"the head that was kept is that of line {kept} of {len(changes)}: up to it all is as it was")
    if changes:
        print(f"head of the registry, to be kept elsewhere: {registry_head(options.directory)}")
    return 0


def _evidence(change: ModelChange) -> str:
    """Tell the comparison, or that it is none of these two models."""
    comparison = change.evidence["comparison"]
    pair = str(comparison.get("champion")), str(comparison.get("challenger"))
    if pair != (change.before, change.after):
        return f"no evidence: the comparison that was given is one of {pair[0][:16]} with {pair[1][:23]}"
    return f"on the evidence of {comparison['declarations']:,} declarations: {comparison['verdict']}"
