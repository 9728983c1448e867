"""What stands beside the profiles of a library: the profiles that this program makes of registers, certificates and measures."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from darvoza.domain.profile import RiskProfile
from darvoza.domain.sps.measure import Measure
from darvoza.flow.assessment.annual_minimum import owed_profiles
from darvoza.flow.assessment.claimed_process import claimed_process_profile
from darvoza.flow.assessment.measures import measure_profiles

Profiles = tuple[RiskProfile, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """The profiles that stand beside those of a library, by what they are made of.

    Attributes
    ----------
    claimed, matched
        What asks for a look at processes merely declared, and at what is wrong with certificates and permits.
    measures
        The measures of the health services.
    measured, owed
        What they ask for, and what they are owed of a year.
    """

    claimed: Profiles
    matched: Profiles
    measures: tuple[Measure, ...] = ()
    measured: Profiles = ()
    owed: Profiles = ()

    @property
    def profiles(self) -> Profiles:
        """All of them, in the order of a run."""
        return (*self.claimed, *self.matched, *self.measured, *self.owed)


def made_beside(matched: Profiles, measures: Iterable[Measure], counted: pl.DataFrame | None) -> Beside:
    """Make what stands beside the profiles of a library today.

    Parameters
    ----------
    matched
        The profiles of the levels at which certificates and permits are matched.
    measures
        The measures of the health services.
    counted
        What `sps quotas` counted of the year, or ``None``.
    """
    known = tuple(measures)
    owed = owed_profiles(known, counted) if counted is not None else ()
    return Beside((claimed_process_profile(),), matched, known, measure_profiles(known), owed)
