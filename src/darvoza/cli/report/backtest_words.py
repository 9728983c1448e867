"""A back-test in words, for the page and for the terminal."""

from darvoza.cli.report.numerals import number, percent
from darvoza.flow.backtest import Backtest, Tried
from darvoza.flow.oversight.overlap import Overlap, Replacement

NAMED = 5  # profiles named in one note

WHY_NOT = {
    "too few": "too few results to say",
    "unknown chances": "not known with what chance some were examined",
    "incomplete": "too many results are missing",
    "all certain": "only what was certain to be examined was",
}
RELATIONS = {
    "same": "the same declarations",
    "inside": "always inside it",
    "around": "always contains it",
    "partly": "partly",
}
VERDICTS = {
    "retire": "Propose to retire",
    "ended": "Validity has ended",
    "watch": "Keep watching",
    "keep": "Keep",
    "exempt": "Asked for by law or alert",
}


def headline(test: Backtest) -> str:
    """The back-test in one sentence."""
    tried = f"{test.tried[0].code} is" if len(test.tried) == 1 else f"{number(len(test.tried))} profiles are"
    return (
        f"{tried} tried on {number(test.declarations)} decided declarations, lodged {test.start.isoformat()} "
        f"to {test.end.isoformat()}."
    )


def found(one: Tried) -> str:
    """What a profile finds, in a sentence."""
    effect = one.effect
    if effect.hit_rate is None:
        return f"None of its {number(effect.declarations)} matched declarations has a known result."
    text = (
        f"{number(effect.findings)} of {number(effect.results)} results among its matches are findings "
        f"({percent(effect.hit_rate)})"
    )
    if effect.lift is not None:
        limits = f", {effect.lift_low:.1f} to {effect.lift_high:.1f}" if effect.lift_low and effect.lift_high else ""
        text += f", {effect.lift:.1f} times the base rate{limits}"
    if effect.chance_worthwhile is not None:
        text += f"; it is worthwhile with probability {percent(effect.chance_worthwhile)}"
    return f"{text}."


def costs(one: Tried) -> str:
    """What a profile costs, in a sentence."""
    share = f", {percent(one.cost.of_capacity)} of the capacity" if one.cost.of_capacity is not None else ""
    over = sum(post.weeks_over for post in one.cost.posts)
    tips = f" In {number(over)} weeks of a post it would tip the post over its capacity." if over else ""
    return f"It would ask for {number(one.cost.extra)} more {one.act} checks than are asked for now{share}.{tips}"


def value(one: Tried) -> str:
    """What would be lost without a profile, in a sentence."""
    own = one.alone
    return (
        f"{number(own.declarations)} of its matches no profile in force has, with {number(own.findings)} findings in "
        f"{number(own.results)} results and {recovered(own.recovered, own.unstated)}."
    )


def recovered(amount: float | None, unstated: int = 0) -> str:
    """Say what was recovered, and of how many findings nobody wrote it down.

    Examples
    --------
    >>> recovered(12.0), recovered(None, 3), recovered(12.0, 2)
    ('12 recovered', 'an amount recovered that is not known', '12 recovered, amount not stated: 2')
    """
    if amount is None:
        return "an amount recovered that is not known"
    return f"{number(amount)} recovered" + (f", amount not stated: {number(unstated)}" if unstated else "")


def change(replaced: Replacement) -> str:
    """What a replacement would have changed, in a sentence."""
    return (
        f"In the place of {replaced.code} it would have caught {number(replaced.caught)} findings more "
        f"({recovered(replaced.recovered_caught, replaced.unstated_caught)}) and missed {number(replaced.missed)} "
        f"({recovered(replaced.recovered_missed, replaced.unstated_missed)}), of which {number(replaced.missed_by_all)} no other profile in force "
        f"matches. {number(replaced.kept)} declarations are matched by both, {number(replaced.gained)} by the new one "
        f"alone, {number(replaced.lost)} by the old one alone."
    )


def notes(one: Tried) -> list[str]:
    """What an approver should not overlook."""
    said = [_contained(shared) for shared in one.overlaps if shared.relation in {"same", "inside"}]
    crossed = [shared.code for shared in one.overlaps if shared.conflict]
    if crossed:
        named = ", ".join(crossed[:NAMED]) + (f" and {len(crossed) - NAMED} more" if len(crossed) > NAMED else "")
        said.append(f"Asked for another act or share, for some of the same goods, by {named}. The strictest counts.")
    said += [
        f"Less is found among its matches from {group.group} than elsewhere: is that group examined too much?"
        for group in (*one.origins, *one.sizes)
        if group.less_is_found
    ]
    return said


def _contained(shared: Overlap) -> str:
    if shared.relation == "same":
        return f"It matches the same declarations as {shared.code}."
    return f"All its matches lie within {shared.code}."
