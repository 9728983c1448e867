"""Continuous sampling plans: examine all until enough pass in a row, then a fraction, and go back on failure.

References
----------
CSP-1: Dodge (1943), Annals of Mathematical Statistics 14:264. CSP-2 and CSP-3: Dodge & Torrey (1951), Industrial
Quality Control 7(5):7. In the tight run of CSP-3 here the first failure decides; a variant that always examines the
whole run differs slightly.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from darvoza.methods.plans.states import Mode, Notice, PlanState, Result, unknown_notice
from darvoza.methods.sampling.arguments import share_up_to_one, whole


class Variant(StrEnum):
    """What the first failure under monitoring brings.

    `CSP1` goes back to the census at once. `CSP2` goes back when another failure comes within the memory. `CSP3` first
    examines a short tight run, and then remembers like `CSP2`.
    """

    CSP1 = "csp-1"
    CSP2 = "csp-2"
    CSP3 = "csp-3"


@dataclass(frozen=True, slots=True)
class ContinuousPlan:
    """A continuous sampling plan.

    Attributes
    ----------
    clearance
        Passes in a row that end the census (i), at least 1.
    monitored
        Fraction examined under monitoring (f), in (0, 1].
    variant
        What a failure under monitoring brings.
    memory
        Examined units for which CSP-2 and CSP-3 remember a failure (k); ``None`` for as many as `clearance`.
    tight
        Units of the tight run of CSP-3, at least 1.
    validity
        Days without an event after which the census starts anew; ``None`` for never.

    Examples
    --------
    >>> from darvoza.methods.plans.states import fraction, replay
    >>> plan = ContinuousPlan(clearance=3, monitored=0.5)
    >>> fraction(replay([Result(passed=True)] * 3, plan=plan), plan=plan)
    0.5
    >>> fraction(replay([Result(passed=True)] * 3 + [Result(passed=False)], plan=plan), plan=plan)
    1.0
    """

    clearance: int
    monitored: float
    variant: Variant = Variant.CSP1
    memory: int | None = None
    tight: int = 4
    validity: int | None = None

    def __post_init__(self) -> None:
        whole("clearance", self.clearance)
        share_up_to_one("monitored", self.monitored)
        whole("tight", self.tight)
        if self.memory is not None:
            whole("memory", self.memory)
        if self.validity is not None:
            whole("validity", self.validity)

    @property
    def remembered(self) -> int:
        """Examined units for which a failure is remembered; 0 under CSP-1."""
        if self.variant is Variant.CSP1:
            return 0
        return self.clearance if self.memory is None else self.memory

    def start(self) -> PlanState:
        """Begin with the census."""
        return PlanState(Mode.CENSUS)

    def share(self, state: PlanState) -> float:
        """Give the fraction under monitoring, and everything otherwise."""
        return self.monitored if state.mode is Mode.MONITOR else 1.0

    def after(self, state: PlanState, result: Result) -> PlanState:
        """Move on after a result that counts."""
        if not result.passed:
            return self._failed(state)
        if state.mode is Mode.MONITOR:
            return replace(state, memory=max(0, state.memory - 1))
        needed = self.tight if state.mode is Mode.TIGHT else self.clearance
        if state.run + 1 < needed:
            return replace(state, run=state.run + 1)
        return PlanState(Mode.MONITOR, memory=self.remembered if state.mode is Mode.TIGHT else 0)

    def _failed(self, state: PlanState) -> PlanState:
        first = state.mode is Mode.MONITOR and state.memory == 0
        if first and self.variant is Variant.CSP2:
            return replace(state, memory=self.remembered)
        return PlanState(Mode.TIGHT if first and self.variant is Variant.CSP3 else Mode.CENSUS)

    def noticed(self, state: PlanState, notice: Notice) -> PlanState:  # noqa: ARG002 - the protocol gives the state
        """Refuse every decision: this plan knows none but a reset."""
        raise unknown_notice(notice, plan=f"a {self.variant} plan")
