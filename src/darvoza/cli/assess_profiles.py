"""What decides of profiles in ``darvoza assess`` and ``rerun``: those of a library, and what stands beside them."""

import sys
from argparse import Namespace
from collections.abc import Iterable
from typing import Final, NamedTuple

from darvoza.cli.approved_profiles import approved_profiles
from darvoza.cli.kept_inputs import BESIDE
from darvoza.cli.sps_measures import contradictions_told
from darvoza.domain.profile import RiskProfile
from darvoza.flow.assessment.annual_minimum import read_counts
from darvoza.flow.assessment.earlier_profiles import beside_of_digest
from darvoza.flow.assessment.kept_profiles import read_profiles_json
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.profiles_beside import Beside, Profiles, made_beside
from darvoza.flow.health_sources import HealthSources
from darvoza.flow.intake.measures import read_measures

SHOWN: Final = 5


class KeptBeside(NamedTuple):
    """What a run that is decided again shows of what stood beside its profiles: as it was kept, if it was, and their digest."""

    kept: bytes | None
    digest: str


class Library(NamedTuple):
    """The profiles of a library, and what stands beside them."""

    profiles: Iterable[RiskProfile]
    beside: Profiles


def read_library(options: Namespace, sources: HealthSources, before: KeptBeside | None) -> Library:
    """Read the profiles, and make what stands beside them; of a run before it is what it was."""
    profiles = approved_profiles(options.profiles) if before is None else load_profiles(options.profiles, approved=True)
    made = _made(options, sources, kept=before is not None)
    if before is None:
        return Library(profiles, made.profiles)
    if before.kept is not None:
        return Library(profiles, read_profiles_json(before.kept, BESIDE))
    then = beside_of_digest(profiles, made, before.digest)
    return Library(profiles, made.profiles if then is None else then)


def _made(options: Namespace, sources: HealthSources, *, kept: bool) -> Beside:
    """Make what the measures of the health services and what is owed of a year put beside the profiles."""
    measures = [measure for file in options.measures for measure in read_measures(file, kept=kept)]
    met = list(contradictions_told(measures))
    for line in met[:SHOWN]:
        print(line, file=sys.stderr)
    if len(met) > SHOWN:
        print(f"{len(met) - SHOWN} more such pairs of measures: darvoza sps measures PATH", file=sys.stderr)
    return made_beside(sources.profiles(), measures, read_counts(options.quotas) if options.quotas else None)
