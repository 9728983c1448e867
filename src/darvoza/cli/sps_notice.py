"""``darvoza sps notice``: the notice that a measure was introduced or ended, to be published (WTO TFA 5.1)."""

from argparse import Namespace
from collections.abc import Iterator

from darvoza.domain.sps.measure import Measure
from darvoza.errors import SettingsError
from darvoza.flow.intake.measures import read_measures

WORDS = {
    "en": {
        "start": "Notice of a measure", "end": "Notice of the end of a measure", "code": "Measure", "agency": "Service",
        "goods": "Goods", "origin": "Origin", "posts": "Posts", "all": "all", "from": "In force from", "to": "until",
        "review": "To be reviewed by", "ended": "Ended on", "reason": "Reason", "basis": "Legal basis", "hazard": "Hazard",
    },
    "ru": {
        "start": "Уведомление о введении меры", "end": "Уведомление о прекращении меры", "code": "Мера",
        "agency": "Служба", "goods": "Товары", "origin": "Происхождение", "posts": "Пункты пропуска", "all": "все",
        "from": "Действует с", "to": "по", "review": "Пересмотр не позднее", "ended": "Прекращена", "reason": "Причина",
        "basis": "Правовое основание", "hazard": "Опасность",
    },
}  # fmt: skip
AGENCIES_RU = {
    "customs": "таможенная служба",
    "veterinary": "ветеринарная служба",
    "phytosanitary": "служба карантина растений",
    "quarantine": "карантинная служба",
    "sanitary": "санитарно-эпидемиологическая служба",
}


def run(options: Namespace) -> int:
    """Write the notice of one measure."""
    measures = {measure.code: measure for measure in read_measures(options.file)}
    if options.code not in measures:
        raise SettingsError(field="CODE", expected=f"one of {', '.join(measures)}", got=options.code)
    print("\n".join(notice(measures[options.code], options.language)))
    return 0


def notice(measure: Measure, language: str) -> Iterator[str]:
    """Say that a measure was introduced or ended, in English or Russian."""
    say = WORDS[language]
    scope = measure.scope
    agency = measure.agency.value if language == "en" else AGENCIES_RU[measure.agency]
    yield say["end"] if measure.terminated_on else say["start"]
    yield f"{say['code']}: {measure.code}, {measure.title}"
    yield f"{say['agency']}: {agency}"
    yield f"{say['goods']}: {', '.join(scope.goods) or say['all']}"
    yield f"{say['origin']}: {', '.join((*scope.origins, *scope.regions, *scope.establishments)) or say['all']}"
    yield f"{say['posts']}: {', '.join(scope.posts) or say['all']}"
    until = f" {say['to']} {measure.end}" if measure.end else ""
    yield f"{say['from']} {measure.start}{until}"
    if measure.hazard:
        yield f"{say['hazard']}: {measure.hazard}"
    if measure.terminated_on:
        yield f"{say['ended']}: {measure.terminated_on}"
        yield f"{say['reason']}: {measure.termination}"
    elif measure.review_by:
        yield f"{say['review']} {measure.review_by}"
    yield f"{say['basis']}: {measure.legal_basis}"
