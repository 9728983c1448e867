"""``darvoza sps quota``: how many examinations a service still owes of its annual minimum, and the floor that brings them."""

from argparse import Namespace

from darvoza.methods.plans.quota import quota


def run(options: Namespace) -> int:
    """Print what is owed and what to take; end with 1 where the minimum can no longer be met."""
    stands = quota(options.share, arrived=options.arrived, taken=options.taken, expected=options.expected)
    print(f"{options.taken:,} of {options.arrived:,} examined; at least {options.share:.4g} of the year is due")
    print(
        f"owed now: {stands.owed:,}; to be examined until the end of the year: {stands.needed:,} of {options.expected:,}"
    )
    if not stands.attainable:
        print("fewer are expected than are needed: the minimum cannot be met any more, everything is taken")
        return 1
    behind = "raised" if stands.floor > options.share else "the minimum itself, nothing is behind"
    print(f"floor for the next consignment: {stands.floor:.4f} ({behind}); ask again as results come in")
    return 0
