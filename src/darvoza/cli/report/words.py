"""Numbers and decisions in words, as the report says them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from darvoza.cli.reason_words import told
from darvoza.cli.report.numerals import number, percent
from darvoza.domain.selection import FloorKind, Purse
from darvoza.flow.oversight.examples import Example
from darvoza.flow.oversight.joint_draw import JointDraw
from darvoza.flow.oversight.outcomes import GainsCurve
from darvoza.flow.oversight.summary import Count, RunSummary

ACTS = {
    "audit": "Audit after release",
    "documentary": "Check of documents",
    "identity": "Identity check",
    "scan": "Scan",
    "sampling": "Sampling",
    "physical": "Physical examination",
}
BASES = {
    "law": "The law",
    "alert": "An alert",
    "profile": "A risk profile",
    "plan": "A sampling plan",
    "score": "The score",
    "random": "Chance",
}
HAZARD = "hazard"
"""Source of a floor of the hazard score, which stands without a model of offences."""

PAID: dict[str, str] = {
    Purse.SEVERITY: ", for severity",
    Purse.HARM: ", for the harm expected",
    Purse.MONEY: ", for the money at stake",
    Purse.PROBABILITY: ", for the probability of a finding",
    Purse.CHANCE: ", by chance",
    HAZARD: ", by the hazard of the goods",
}
"""Which purse paid for a floor of the score."""
UNSCORED = "Spare capacity, spread evenly"  # what the score would spend, where there is no model
CHANNELS = {
    "green": "released",
    "blue": "released, audited later",
    "yellow": "documents checked",
    "red": "goods examined",
}


def probability(value: float, digits: int = 4) -> str:
    """A probability or draw with so many digits, without needless zeros.

    Cut off, not rounded, so that a number below 1 is never shown as 1.

    Examples
    --------
    >>> probability(1.0), probability(0.7), probability(0.99999), probability(0.012345)
    ('1', '0.7', '0.9999', '0.0123')
    """
    cut = int(value * 10**digits + 1e-6) / 10**digits
    return f"{cut:.{digits}f}".rstrip("0").rstrip(".")


def apart(one: float, other: float) -> tuple[str, str]:
    """Two probabilities with as many digits as it takes to see which is larger.

    Examples
    --------
    >>> apart(0.3, 0.7), apart(0.01999, 0.02), apart(0.0199999, 0.02)
    (('0.3', '0.7'), ('0.0199', '0.02'), ('0.0199', '0.02'))
    >>> apart(0.020041, 0.020049)
    ('0.020041', '0.020049')
    """
    shown = ("", "")
    for digits in range(4, 16):
        shown = (probability(one, digits), probability(other, digits))
        if shown[0] != shown[1]:
            break
    return shown


def lanes(channels: Iterable[Count]) -> str:
    """The bar of the channels, for those who do not see it."""
    return "Channels: " + ", ".join(f"{lane.name} {percent(lane.share)}" for lane in channels)


def cuts(curve: GainsCurve) -> str:
    """The gains curve, for those who do not see it."""
    said = (f"the highest {percent(cut.share)} hold {percent(cut.recall)} of the findings" for cut in curve.cuts)
    return "Gains curve: " + "; ".join(said)


def headline(summary: RunSummary) -> str:
    """The run in one sentence."""
    released, lighter = summary.declarations - summary.selected, summary.selected - summary.stopped
    checked = f"{number(lighter)} have their documents checked or are audited later, " if lighter else ""
    return (
        f"Of {number(summary.declarations)} declarations, {number(summary.stopped)} "
        f"({percent(summary.stopped / summary.declarations)}) are stopped for examination, {checked}and "
        f"{number(released)} ({percent(released / summary.declarations)}) go on their way."
    )


def joint(draw: JointDraw) -> str:
    """The joint draw in two sentences."""
    return (
        f"{len(draw.services)} services share one number per consignment, so a consignment is stopped with the largest of "
        f"their probabilities: {number(draw.expected)} stops were to be expected (Σ max π), give or take "
        f"{number(draw.deviation)}, and {number(draw.stopped)} were drawn. Were each service to draw for itself, "
        f"{number(draw.apart)} would be stopped on the average; the joint draw saves {percent(draw.fewer)} of the stops and "
        "leaves every service its own probability."
    )


def grounds(summary: RunSummary) -> dict[str, str]:
    """The names of the bases; without a model it is not a score that spends the capacity."""
    return BASES if summary.model_digests else BASES | {"score": UNSCORED}


def partly_known(summary: RunSummary) -> bool:
    """Whether results are missing for much of what was selected."""
    known = sum(rate.examined for rate in summary.hit_rates)
    return known < 0.95 * sum(rate.selected for rate in summary.hit_rates)


@dataclass(frozen=True, slots=True)
class Told:
    """One decision as sentences."""

    decision_id: str
    channel: str
    what: str
    who: str
    verdict: str
    reasons: tuple[str, ...]
    score: str | None


def tell(example: Example, titles: Mapping[str, str]) -> Told:
    """Say what is checked, on what grounds, and how the draw decided."""
    goods = f"“{example.goods}”" if example.goods else "goods without a description"
    act = ACTS.get(example.act, example.act)
    what = f"{act} by the {example.agency} service" if example.agency != "customs" else f"{act} by customs"
    u, pi = apart(example.u, example.probability)
    if example.basis is None:
        verdict = f"Not carried out: the draw u\u00a0=\u00a0{u} is not below π\u00a0=\u00a0{pi}."
    else:
        ground = _ground(example.basis, example).lower()
        verdict = f"Carried out because of {ground}: the draw u\u00a0=\u00a0{u} is below π\u00a0=\u00a0{pi}."
    more = f" and {example.items - 1} more" if example.items > 1 else ""
    return Told(
        decision_id=example.decision_id,
        channel=example.channel,
        what=what,
        who=(
            f"{goods}, HS\u00a0{example.hs or 'unknown'}, origin {example.origin or 'unknown'}{more}; "
            f"declared at {example.post} on {example.day.isoformat()} by {example.importer or 'an unnamed importer'}."
        ),
        verdict=verdict,
        reasons=tuple(_reasons(example, titles)),
        score=_score(example),
    )


def _ground(basis: str, example: Example) -> str:
    return UNSCORED if basis == "score" and example.score is None else BASES.get(basis, basis)


def _reasons(example: Example, titles: Mapping[str, str]) -> Iterable[str]:
    """Each floor, the highest first."""
    for floor in sorted(example.floors, key=lambda held: -held.probability):
        title = titles.get(floor.source, "")
        named = "" if floor.source == floor.kind else f" {floor.source}" + (f", {title}" if title else "")
        by_hazard = floor.source == HAZARD
        if floor.kind == FloorKind.SCORE:
            named = PAID.get(floor.source, "") if example.score is not None or by_hazard else ""
        reached = "" if example.u < floor.probability else ", not reached by the draw"
        ground = BASES[floor.kind] if by_hazard else _ground(floor.kind, example)
        yield f"{ground}{named}: at least {probability(floor.probability)}{reached}"


def _score(example: Example) -> str | None:
    if example.score is None:
        return None
    said = f"The score gives {percent(example.score)} for a finding"
    largest = sorted(example.contributions, key=lambda part: -abs(part.amount))[:4]
    if not largest:
        return f"{said}."
    if all(part.code for part in largest):
        return f"{said}. " + ". ".join(_sentence(told(part, "en")) for part in largest) + "."
    parts = ", ".join(
        f"{part.concept.replace('_', ' ')} {'+' if part.amount >= 0 else '−'}{abs(part.amount):.2f}" for part in largest
    )
    return f"{said}; what moved it most, in log-odds: {parts}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def expired_lists(manifest: Mapping[str, object]) -> list[str]:
    """Say, in one warning or none, which named lists of a run their source no longer vouched for."""
    lists = manifest.get("lists")
    expired = [entry for entry in (lists if isinstance(lists, list) else []) if entry["expired"]]
    if not expired:
        return []
    named = "; ".join(f"{entry['name']} ({number(entry['codes'])} codes, {entry['expires']})" for entry in expired)
    rule = "They stay in use as they are, for a date must not change what a sentence means; ask for new ones."
    return [f"Past the last day their source vouches for them: {named}. {rule}"]
