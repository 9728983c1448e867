"""``darvoza sps measures``: read measures, say what they ask for, where they contradict, what has run out."""

from argparse import Namespace
from collections.abc import Iterable, Iterator

from darvoza.domain.sps.measure import Measure
from darvoza.flow.assessment.measures import Contradiction, contradictions, measure_profiles
from darvoza.flow.intake.measures import expired, read_measures


def run(options: Namespace) -> int:
    """Check a file of measures; exit with 1 when one has run out and was not ended."""
    measures = read_measures(options.file)
    for measure in measures:
        print("\n".join(_told(measure)))
    for line in contradictions_told(measures):
        print(line)
    late = expired(measures, options.day) if options.day else ()
    for measure in late:
        print(f"{measure.code}: past its last day or its day of review on {options.day}; review, extend or end it")
    print(f"{len(measures)} measures, {len(measure_profiles(measures))} floors, {len(late)} to be reviewed")
    return 1 if late else 0


def _told(measure: Measure) -> Iterator[str]:
    until = f"until {measure.last_day}" if measure.last_day else "without an end"
    yield f"{measure.code}  {measure.title} ({measure.agency}, {measure.kind}, from {measure.start} {until})"
    for profile in measure_profiles([measure]):
        share = f"{profile.treatment.share:.0%}"
        yield f"  {profile.treatment.act} check of {share} when {profile.sentence}; as {profile.floor}"
    if measure.terminated_on:
        yield f"  ended on {measure.terminated_on}: {measure.termination}"


def contradictions_told(measures: Iterable[Measure]) -> Iterator[str]:
    """Say where measures meet and ask for different things; the stricter wins."""
    return map(_contradiction, contradictions(measures))


def _contradiction(found: Contradiction) -> str:
    what = "prohibits what the other admits" if found.act is None else f"asks for more {found.act} checks"
    return f"{found.stricter} and {found.other} meet: {found.stricter} {what}, and the stricter wins"
