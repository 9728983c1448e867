"""The closed vocabularies of the field in the languages of its officers; everything else knows only their codes."""

from typing import Final

from darvoza.domain.codes import Act, Agency, Channel, RiskArea
from darvoza.domain.profile import Outcome
from darvoza.domain.selection import FloorKind
from darvoza.domain.sps.control import CheckStatus, ControlOutcome, CustomsWord, LaboratoryVerdict
from darvoza.domain.sps.entry import EntryState, FollowUpKind
from darvoza.domain.sps.measure import MeasureKind

LANGUAGES: Final = ("en", "ru")

RUSSIAN: Final[dict[str, str]] = {
    Agency.CUSTOMS: "таможенная служба",
    Agency.VETERINARY: "ветеринарная служба",
    Agency.PHYTOSANITARY: "фитосанитарная служба",
    Agency.QUARANTINE: "карантинная служба",
    Agency.SANITARY: "санитарно-эпидемиологическая служба",
    Act.AUDIT: "проверка после выпуска",
    Act.DOCUMENTARY: "проверка документов",
    Act.IDENTITY: "идентификация товара",
    Act.SCAN: "сканирование",
    Act.SAMPLING: "отбор проб",
    Act.PHYSICAL: "досмотр",
    Channel.GREEN: "зелёный",
    Channel.BLUE: "синий",
    Channel.YELLOW: "жёлтый",
    Channel.RED: "красный",
    RiskArea.UNDERVALUATION: "занижение стоимости",
    RiskArea.MISCLASSIFICATION: "неверная классификация",
    RiskArea.ORIGIN: "происхождение",
    RiskArea.UNDECLARED: "недекларирование",
    RiskArea.PROHIBITED: "запреты",
    RiskArea.QUANTITY: "количество",
    RiskArea.DOCUMENTS: "документы",
    RiskArea.INTELLECTUAL_PROPERTY: "интеллектуальная собственность",
    RiskArea.SAFETY: "безопасность",
    RiskArea.SPS: "санитарный, ветеринарный или фитосанитарный риск",
    RiskArea.TRANSIT: "транзит",
    RiskArea.PROCEDURE: "процедура",
    FloorKind.LAW: "закон",
    FloorKind.PROFILE: "профиль риска",
    FloorKind.ALERT: "оповещение",
    FloorKind.PLAN: "план выборки",
    FloorKind.SCORE: "оценка риска",
    FloorKind.RANDOM: "случайный отбор",
    Outcome.MATCH: "срабатывает",
    Outcome.NO_MATCH: "не срабатывает",
    Outcome.UNKNOWN: "неизвестно",
    CheckStatus.TO_DO: "предстоит",
    CheckStatus.HOLD: "задержать",
    CheckStatus.TO_BE_INSPECTED: "подлежит осмотру",
    CheckStatus.NOT_INSPECTED: "не проводилась",
    CheckStatus.AUTO_CLEARED: "пройдена автоматически",
    CheckStatus.COMPLIANT: "соответствует",
    CheckStatus.NOT_COMPLIANT: "не соответствует",
    ControlOutcome.RELEASE: "выпустить",
    ControlOutcome.UNDER_MONITORING: "выпустить, результаты пробы позже",
    ControlOutcome.CONDITIONAL: "выпустить на условиях",
    ControlOutcome.TREAT: "обработать (обеззаразить)",
    ControlOutcome.QUARANTINE: "поместить на карантин",
    ControlOutcome.TRANSFORM: "переработать",
    ControlOutcome.RETURN: "вернуть",
    ControlOutcome.DESTROY: "уничтожить",
    MeasureKind.PROHIBITION: "запрет",
    MeasureKind.CONDITION: "условие ввоза",
    MeasureKind.FREQUENCY: "частота контроля",
    MeasureKind.INTENSIFIED: "усиленный контроль",
    MeasureKind.EVIDENCE: "сведения для оценки",
    CustomsWord.REFUSE: "отказать в выпуске",
    EntryState.DRAFT: "черновик",
    EntryState.LODGED: "подан",
    EntryState.UNDER_CONTROL: "идёт контроль",
    EntryState.FOLLOW_UP: "решение исполняется",
    EntryState.DECIDED: "решение принято",
    EntryState.CLOSED: "закрыт",
    EntryState.WITHDRAWN: "отозван",
    FollowUpKind.ARRIVED: "прибытие на место назначения",
    FollowUpKind.TREATED: "обработка проведена",
    FollowUpKind.QUARANTINE_ENDED: "карантин окончен",
    FollowUpKind.TRANSFORMED: "переработка проведена",
    FollowUpKind.LEFT: "вывоз из страны",
    FollowUpKind.DESTROYED: "уничтожение проведено",
    LaboratoryVerdict.PENDING: "результата ещё нет",
    LaboratoryVerdict.ACCEPT: "в пределах нормы",
    LaboratoryVerdict.REJECT: "превышает норму",
    LaboratoryVerdict.INCONCLUSIVE: "не доказывает соответствия норме",
}
"""What each code is called in Russian; no two vocabularies spell a code alike and mean different things."""


ENGLISH: Final[dict[str, str]] = {
    Agency.SANITARY: "sanitary-epidemiological",
    RiskArea.SPS: "sanitary, veterinary or phytosanitary risk",
}
"""Words for the codes that are none in English."""


def named(code: str, language: str) -> str:
    """Give the word for a code; in English the code itself, with its underscores apart, where it is a word.

    Examples
    --------
    >>> named("intellectual_property", "en"), named("sanitary", "en"), named("physical", "ru")
    ('intellectual property', 'sanitary-epidemiological', 'досмотр')
    """
    return RUSSIAN.get(code, code) if language == "ru" else ENGLISH.get(code, str(code).replace("_", " "))
