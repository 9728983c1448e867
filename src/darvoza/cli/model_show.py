"""``darvoza model show``: which model is champion, and how it came to be."""

from argparse import Namespace

from darvoza.flow.learning.registry import read_registry


def run(options: Namespace) -> int:
    """Print every change of champion, the latest last."""
    changes = read_registry(options.directory)
    for change in changes:
        before = f" in place of {change.before[:16]}" if change.before else ""
        print(f"{change.at}  {change.change:<8}{change.after[:16]}{before}  by {change.by}: {change.reason}")
        comparison = change.evidence.get("comparison")
        if comparison:
            print(f"    on the evidence of {comparison['declarations']:,} declarations: {comparison['verdict']}")
    print(f"champion: {changes[-1].after}" if changes else "champion: none")
    return 0
