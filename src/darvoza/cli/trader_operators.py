"""``darvoza trader operators``: whether authorised operators get the benefits they were granted."""

from argparse import Namespace
from collections.abc import Iterator

from darvoza.cli.declarations import take_in_files, told
from darvoza.domain.operators import Benefit, OperatorCriterion
from darvoza.flow.intake.registers import read_operators
from darvoza.flow.oversight.operators import (
    LEAST_BENEFITS,
    OperatorBenefits,
    SmallFirms,
    benefits_delivered,
    small_firms,
)
from darvoza.methods.matched_ratio import MatchedRatio
from darvoza.progress import Progress

MEASURED = {Benefit.FEW_EXAMINATIONS, Benefit.RAPID_RELEASE}


def run(options: Namespace) -> int:
    """Compare operators with matched peers and print what they got."""
    operators = read_operators(options.register)
    intake = take_in_files(options, Progress())
    print(told(intake))
    delivered = benefits_delivered(intake.items, operators)
    print("\n".join(_compared(delivered)))
    print("\n".join(_register(delivered, small_firms(operators))))
    for operator in operators:
        missing = [criterion.value for criterion in OperatorCriterion if criterion not in operator.criteria]
        if missing:
            print(f"note: {operator.trader} is registered without the criteria {', '.join(missing)}")
    return 0


def _compared(delivered: tuple[OperatorBenefits, ...]) -> Iterator[str]:
    yield "Beside other traders at the same post, in the same month, with goods of the same chapter:"
    yield f"  {'operator':<18} {'declarations':>12} {'peers':>9}   {'examinations':<24} {'time to release':<24}"
    for one in delivered:
        name = one.trader or "all together"
        cases = one.examinations
        yield (
            f"  {name:<18} {cases.cases:>12,} {cases.peers:>9,}   "
            f"{_ratio(cases):<24} {_ratio(one.release):<24}"
        ).rstrip()  # fmt: skip


def _ratio(found: MatchedRatio) -> str:
    """Tell a ratio with its limits."""
    if found.ratio is None:
        return "nothing to compare"
    if found.ratio.low is None or found.ratio.high is None:
        return "none examined"
    return f"{found.ratio.value:.2f} × ({found.ratio.low:.2f} to {found.ratio.high:.2f})"


def _register(delivered: tuple[OperatorBenefits, ...], firms: SmallFirms) -> Iterator[str]:
    for one in delivered[1:]:
        if one.too_few_granted:
            yield f"note: {one.trader} was granted {len(one.granted)} benefits; TFA 7.7.3 asks for {LEAST_BENEFITS}"
        recorded = [benefit.value for benefit in one.granted if benefit not in MEASURED]
        if recorded:
            yield f"note: {one.trader}: {', '.join(recorded)} cannot be measured from declarations"
    if firms.share is not None and firms.low is not None and firms.high is not None:
        yield (
            f"small firms: {firms.small} of {firms.stated} operators whose size is stated, "
            f"{firms.share:.0%} ({firms.low:.0%} to {firms.high:.0%})"
        )
    else:
        yield "small firms: the register states the size of none"
