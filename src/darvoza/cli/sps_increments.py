"""``darvoza sps increments``: how many increments are taken of a lot, how it is divided, and why."""

from argparse import Namespace
from collections.abc import Iterator
from decimal import Decimal

from darvoza.cli.reference_data import shipped
from darvoza.domain.sps.sampling import Division, IncrementPart
from darvoza.errors import SettingsError
from darvoza.flow.inspection.samples import division
from darvoza.flow.intake.sampling_rules import read_sampling_rules
from darvoza.methods.sampling.steps import interval_of_packages
from darvoza.plural import several

KILOGRAMS = Decimal(1000)


def run(options: Namespace) -> int:
    """Print what is taken of a lot; without a part, the parts there are."""
    parts = read_sampling_rules(options.rules or shipped("sampling_rules.yaml")).parts
    if options.part is None:
        print("\n".join(f"{code}  {part.title}" for code, part in parts.items()))
        return 0
    if options.part not in parts:
        raise SettingsError(field="part", expected=f"one of {', '.join(parts)}", got=options.part)
    if options.tonnes is None:
        raise SettingsError(field="tonnes", expected="the mass of the lot", got="none", hint="add --tonnes")
    print("\n".join(_told(parts[options.part], options)))
    return 0


def _told(part: IncrementPart, options: Namespace) -> Iterator[str]:
    """Say what is taken, how it is spread over the packages, and on what it rests."""
    found = division(part, options.tonnes)
    each, mass = found.each, options.tonnes / found.sublots
    yield str(each.increments * found.sublots)
    lot = f"the lot of {_plain(options.tonnes)} t"
    if found.sublots == 1:
        yield f"{lot} is sampled as a whole: {_taken(part, found)}"
    else:
        yield f"{lot} is divided into {found.sublots} sublots of about {_plain(mass)} t, each by itself: {_taken(part, found)}"
    yield f"each aggregate makes {several(each.laboratory_samples, 'laboratory sample')}"
    if options.package_kg is not None:
        every = interval_of_packages(
            mass * KILOGRAMS, increment=part.increment_kg, aggregate=each.aggregate_kg, package=options.package_kg
        )
        yield f"one of every {every} packages of {_plain(options.package_kg)} kg gives an increment"
    yield f"source: {part.provenance.source} ({part.provenance.certainty})"
    if part.provenance.note:
        yield f"note: {' '.join(part.provenance.note.split())}"


def _taken(part: IncrementPart, found: Division) -> str:
    each = found.each
    return (
        f"{each.increments} increments of about {_plain(part.increment_kg)} kg, together {_plain(each.aggregate_kg)} kg"
    )


def _plain(amount: Decimal) -> str:
    """Write an amount with at most three decimals and no zeros at the end."""
    text = f"{amount:.3f}"
    return text.rstrip("0").rstrip(".")
