"""Intensified examination: after a serious failure every unit, until enough pass in a row, by number and by mass.

References
----------
Commission Implementing Regulation (EU) 2019/1873, Articles 4 to 6: at least 10 satisfactory results in a row whose
mass is at least ten times that of the triggering consignment or 300 tonnes, whichever is less; after three failures of
the same kind, at least 30 in a row and an accepted plan of action. The numbers are parameters here. That the mass
starts anew with a failure follows from "uninterrupted sequence" and is our reading.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from darvoza.errors import SettingsError
from darvoza.methods.plans.states import Mode, Notice, NoticeKind, PlanState, Result
from darvoza.methods.sampling.arguments import whole


@dataclass(frozen=True, slots=True)
class IntensifiedPlan:
    """Everything is examined until the end is earned; an ended plan stays ended, and a new trigger makes a new one.

    Attributes
    ----------
    trigger
        Mass of the unit that triggered it, above 0.
    passes
        Passes in a row that are needed.
    times
        How many times the trigger's mass they must weigh.
    cap
        Mass that is enough whatever the trigger weighed, in the same unit.
    failures
        Failures after which the examination is imposed until a plan of correction is accepted.
    imposed_passes
        Passes in a row needed then.

    Examples
    --------
    >>> from darvoza.methods.plans.states import replay
    >>> plan = IntensifiedPlan(trigger=Decimal(20))
    >>> replay([Result(passed=True, weight=Decimal(20))] * 10, plan=plan).mode.value
    'ended'
    """

    trigger: Decimal
    passes: int = 10
    times: int = 10
    cap: Decimal = Decimal(300)
    failures: int = 3
    imposed_passes: int = 30

    def __post_init__(self) -> None:
        for field in ("passes", "times", "failures", "imposed_passes"):
            whole(field, getattr(self, field))
        for field, mass in (("trigger", self.trigger), ("cap", self.cap)):
            if not (mass.is_finite() and mass > 0):
                raise SettingsError(field=field, expected="a mass above 0", got=mass)

    @property
    def validity(self) -> int | None:
        """Never: silence does not earn the end, nor does it bring a beginning."""
        return None

    @property
    def needed(self) -> Decimal:
        """Mass of passes in a row that is needed."""
        return min(self.times * self.trigger, self.cap)

    def start(self) -> PlanState:
        """Begin with everything."""
        return PlanState(Mode.CENSUS)

    def share(self, state: PlanState) -> float:
        """Everything, or nothing after the end."""
        return 0.0 if state.mode is Mode.ENDED else 1.0

    def earned(self, state: PlanState) -> bool:
        """Whether a state fulfils what ends the plan."""
        if state.mode is Mode.IMPOSED:
            return state.run >= self.imposed_passes and state.corrected
        return state.run >= self.passes and state.weight >= self.needed

    def after(self, state: PlanState, result: Result) -> PlanState:
        """Move on after a result that counts."""
        if state.mode is Mode.ENDED:
            return state
        if not result.passed:
            failures = state.failures + 1
            mode = Mode.IMPOSED if failures >= self.failures else state.mode
            return replace(state, mode=mode, run=0, weight=Decimal(0), failures=failures)
        if not (result.weight.is_finite() and result.weight >= 0):
            raise SettingsError(field="weight", expected="a mass of 0 or more", got=result.weight)
        return self._settled(replace(state, run=state.run + 1, weight=state.weight + result.weight))

    def noticed(self, state: PlanState, notice: Notice) -> PlanState:
        """Take note of a correction accepted or revoked, or of the withdrawal of the whole."""
        if state.mode is Mode.ENDED:
            return state
        if notice.kind is NoticeKind.WITHDRAWN:
            return replace(state, mode=Mode.ENDED)
        return self._settled(replace(state, corrected=notice.kind is NoticeKind.CORRECTION_ACCEPTED))

    def _settled(self, state: PlanState) -> PlanState:
        return replace(state, mode=Mode.ENDED) if self.earned(state) else state
