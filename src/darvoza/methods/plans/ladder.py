"""Ladders: several fractions, the next one after enough passes in a row, and down again on failure.

Step-down (all, a quarter, a twentieth) and skip-lot plans are ladders.

References
----------
Dodge (1955), Industrial Quality Control 11(5):3 (skip-lot); Perry (1973), Journal of Quality Technology 5:123.
Imported Food Control Regulations 2019 (Australia), section 16: 100 %, 25 %, 5 %.
"""

from dataclasses import dataclass, replace

from darvoza.errors import SettingsError
from darvoza.methods.plans.states import Mode, Notice, PlanState, Result, unknown_notice
from darvoza.methods.sampling.arguments import share_up_to_one, whole


@dataclass(frozen=True, slots=True)
class Ladder:
    """A plan with several fractions.

    Attributes
    ----------
    fractions
        Fraction examined on each rung, falling, each in (0, 1].
    clearances
        Passes in a row that lead from each rung to the next; one fewer than there are rungs.
    first
        Rung on which a stream starts.
    falls_to
        Rung to which a failure leads from above; `first` by default. A failure on that rung or below leads one down.
    falls_by
        Rungs down at a failure, in the place of `falls_to`.
    quick
        Passes in a row that bring a stream straight back to the rung it fell from, if nothing fails on the way;
        ``None`` for no such way.
    validity
        Days without an event after which a stream starts anew; ``None`` for never.

    Examples
    --------
    >>> from darvoza.methods.plans.states import fraction, replay
    >>> plan = Ladder((1.0, 0.25, 0.05), (5, 20))
    >>> fraction(replay([Result(passed=True)] * 25, plan=plan), plan=plan)
    0.05
    >>> fraction(replay([Result(passed=True)] * 25 + [Result(passed=False)], plan=plan), plan=plan)
    1.0
    """

    fractions: tuple[float, ...]
    clearances: tuple[int, ...]
    first: int = 0
    falls_to: int | None = None
    falls_by: int | None = None
    quick: int | None = None
    validity: int | None = None

    def __post_init__(self) -> None:
        for each in self.fractions:
            share_up_to_one("fractions", each)
        for clearance in self.clearances:
            whole("clearances", clearance)
        if not self.fractions or list(self.fractions) != sorted(set(self.fractions), reverse=True):
            raise SettingsError(
                field="fractions", expected="falling fractions, such as 1, 0.25, 0.05", got=self.fractions
            )
        if len(self.clearances) != len(self.fractions) - 1:
            expected = f"{len(self.fractions) - 1} numbers, one for each step between {len(self.fractions)} fractions"
            raise SettingsError(field="clearances", expected=expected, got=self.clearances)
        self._check_rungs()

    def _check_rungs(self) -> None:
        for field, rung in (("first", self.first), ("falls_to", self.falls_to)):
            if rung is not None and whole(field, rung, least=0) >= len(self.fractions):
                raise SettingsError(field=field, expected=f"a rung from 0 to {len(self.fractions) - 1}", got=rung)
        for field, number in (("falls_by", self.falls_by), ("quick", self.quick), ("validity", self.validity)):
            if number is not None:
                whole(field, number)
        if self.falls_by is not None and (self.falls_to is not None or self.quick is not None):
            raise SettingsError(
                field="falls_by",
                expected="either falls_by, or falls_to and quick",
                got=self.falls_by,
                hint="a fall by so many rungs is climbed again in the ordinary way",
            )

    def start(self) -> PlanState:
        """Begin on the first rung."""
        return self._on(self.first)

    def share(self, state: PlanState) -> float:
        """Give the fraction of the rung."""
        return self.fractions[state.level]

    def after(self, state: PlanState, result: Result) -> PlanState:
        """Move on after a result that counts."""
        if not result.passed:
            return self._fallen(state)
        run = state.run + 1
        if state.restore is not None and self.quick is not None and run >= self.quick:
            return self._on(state.restore)
        if state.level == len(self.clearances):
            return state
        if run < self.clearances[state.level]:
            return replace(state, run=run)
        higher = state.level + 1
        # what was climbed in the ordinary way need not be restored
        return self._on(higher, restore=state.restore if (state.restore or 0) > higher else None)

    def _fallen(self, state: PlanState) -> PlanState:
        if self.falls_by is not None:
            return self._on(max(0, state.level - self.falls_by))
        target = self.first if self.falls_to is None else self.falls_to
        if state.level <= target:
            return self._on(max(0, state.level - 1))
        return self._on(target, restore=None if self.quick is None else state.level)

    def _on(self, level: int, *, restore: int | None = None) -> PlanState:
        mode = Mode.CENSUS if self.fractions[level] == 1 else Mode.MONITOR
        return PlanState(mode, level=level, restore=restore)

    def noticed(self, state: PlanState, notice: Notice) -> PlanState:  # noqa: ARG002 - the protocol gives the state
        """Refuse every decision: this plan knows none but a reset."""
        raise unknown_notice(notice, plan="a ladder")
