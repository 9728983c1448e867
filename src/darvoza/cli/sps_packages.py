"""``darvoza sps packages``: package numbers that nobody can choose and an auditor can recompute."""

from argparse import Namespace

from darvoza.cli.reference_data import shipped
from darvoza.errors import SettingsError
from darvoza.flow.inspection.samples import packages_to_open
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from darvoza.flow.selectivity.keys import read_key_file
from darvoza.methods.sampling.units import units_drawn


def run(options: Namespace) -> int:
    """Print the numbers, rising."""
    size, why = _size(options)
    ring = read_key_file(options.key_file)
    key = ring.key(options.day)
    lot = (options.consignment, options.lot)
    numbers = units_drawn(key, lot=lot, lot_size=options.packages, size=size)
    print(
        f"open {size} of {options.packages:,} packages of lot {options.lot}, consignment {options.consignment}: {why}"
    )
    print(" ".join(map(str, numbers)))
    print(
        f"each package with probability {size / options.packages:.4g}; key of {options.day}, commitment {ring.commitment(options.day)}"
    )
    print("the same command with the revealed key gives the same numbers; a larger --size keeps these and adds others")
    return 0


def _size(options: Namespace) -> tuple[int, str]:
    if options.size is not None:
        return options.size, "as asked"
    rules = read_sampling_rules(options.rules or shipped("sampling_rules.yaml")).packages
    if options.rule not in rules:
        raise SettingsError(field="rule", expected=f"one of {', '.join(rules)}", got=options.rule)
    rule = rules[options.rule]
    return packages_to_open(rule, options.packages), f"{rule.provenance.source} ({rule.provenance.certainty})"
