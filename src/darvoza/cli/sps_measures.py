"""``darvoza sps measures``: read measures, say what they ask for, where they contradict, what has run out."""

from argparse import Namespace
from collections.abc import Iterable, Iterator

from darvoza.domain.sps.measure import Measure
from darvoza.domain.vocabulary import named
from darvoza.domain.wording_ru import render_ru
from darvoza.flow.assessment.measures import Contradiction, contradictions, measure_profiles
from darvoza.flow.intake.measures import expired, read_measures

WORDS = {
    "en": {
        "late": "{code}: past its last day or its day of review on {day}; review, extend or end it",
        "sum": "{measures} measures, {floors} floors, {late} to be reviewed",
        "until": "until {day}",
        "without_end": "without an end",
        "head": "{code}  {title} ({agency}, {kind}, from {start} {until})",
        "floor": "  {act} check of {share} when {when}; as {floor}",
        "ended": "  ended on {day}: {reason}",
        "meet": "{stricter} and {other} meet: {stricter} {what}, and the stricter wins",
        "prohibits": "prohibits what the other admits",
        "asks": "asks for more {act} checks",
    },
    "ru": {
        "late": "{code}: на {day} прошёл последний день или день пересмотра; пересмотрите, продлите или прекратите меру",
        "sum": "мер: {measures}, нижних границ: {floors}, подлежат пересмотру: {late}",
        "until": "по {day}",
        "without_end": "без срока окончания",
        "head": "{code}  {title} ({agency}, {kind}, с {start} {until})",
        "floor": "  {act}: {share}, если {when}; основание: {floor}",
        "ended": "  прекращена {day}: {reason}",
        "meet": "{stricter} и {other} пересекаются: {stricter} {what}; действует более строгая мера",
        "prohibits": "запрещает то, что другая допускает",
        "asks": "требует больше контроля (форма: {act})",
    },
}


def run(options: Namespace) -> int:
    """Check a file of measures; exit with 1 when one has run out and was not ended."""
    measures, say = read_measures(options.file), WORDS[options.language]
    for measure in measures:
        print("\n".join(_told(measure, options.language)))
    for line in contradictions_told(measures, options.language):
        print(line)
    late = expired(measures, options.day) if options.day else ()
    for measure in late:
        print(say["late"].format(code=measure.code, day=options.day))
    print(say["sum"].format(measures=len(measures), floors=len(measure_profiles(measures)), late=len(late)))
    return 1 if late else 0


def _told(measure: Measure, language: str) -> Iterator[str]:
    say = WORDS[language]
    until = say["until"].format(day=measure.last_day) if measure.last_day else say["without_end"]
    agency, kind = named(measure.agency, language), named(measure.kind, language)
    yield say["head"].format(
        code=measure.code, title=measure.title, agency=agency, kind=kind, start=measure.start, until=until
    )
    for profile in measure_profiles([measure]):
        when = render_ru(profile.condition) if language == "ru" else profile.sentence
        share = f"{profile.treatment.share:.0%}"
        act, floor = named(profile.treatment.act, language), named(profile.floor, language)
        yield say["floor"].format(act=act, share=share, when=when, floor=floor)
    if measure.terminated_on:
        yield say["ended"].format(day=measure.terminated_on, reason=measure.termination)


def contradictions_told(measures: Iterable[Measure], language: str = "en") -> Iterator[str]:
    """Say where measures meet and ask for different things; the stricter wins."""
    return (_contradiction(found, language) for found in contradictions(measures))


def _contradiction(found: Contradiction, language: str) -> str:
    say = WORDS[language]
    what = say["prohibits"] if found.act is None else say["asks"].format(act=named(found.act, language))
    return say["meet"].format(stricter=found.stricter, other=found.other, what=what)
