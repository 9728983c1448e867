"""Policies that can be tried in the practice world: the same draw and capacity, other reasons to look."""

from enum import StrEnum

from darvoza.domain.profile import ProfileSet


class PolicyName(StrEnum):
    """What spends the capacity. The random floor lies under every one of them."""

    DARVOZA = "darvoza"  # profiles first, the score spends the rest
    RANDOM = "random"  # chance spends everything
    PROFILES = "profiles"  # profiles first, chance spends the rest
    SCORE = "score"  # the score spends everything

    @property
    def uses_profiles(self) -> bool:
        """Whether risk profiles set floors."""
        return self in {PolicyName.DARVOZA, PolicyName.PROFILES}

    @property
    def uses_score(self) -> bool:
        """Whether a score is learned and spends capacity."""
        return self in {PolicyName.DARVOZA, PolicyName.SCORE}

    def profiles(self, given: ProfileSet) -> ProfileSet:
        """Give the profiles this policy looks at."""
        return given if self.uses_profiles else ProfileSet(())
