"""What is wrong with certificates and permits, in words."""

from collections.abc import Iterable, Mapping

from darvoza.domain.fact_settings import DocumentKind
from darvoza.domain.matching import PermitFault
from darvoza.domain.sps.certificate import CertificateFault

FAULTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        CertificateFault.NO_NUMBER: "it was declared without its number",
        CertificateFault.NOT_FOUND: "none is known under its number",
        CertificateFault.UNKNOWN_TYPE: "it is none of export (851), re-export (657), sanitary (852), veterinary (853)",
        CertificateFault.NOT_ISSUED: "its status is not 70, issued",
        CertificateFault.NO_DATE: "it has no date of issue that can be read",
        CertificateFault.FUTURE_DATE: "it was issued after the day of the check",
        CertificateFault.AFTER_DISPATCH: "it was issued after the goods were dispatched",
        CertificateFault.EXPIRED: "its last day is past, or it is older than is set",
        CertificateFault.ALREADY_USED: "it was used for another consignment",
        CertificateFault.OTHER_COUNTRY: "it was issued for another country",
        CertificateFault.UNKNOWN_COUNTRY: "it was issued for one country, and where the goods go is not known",
        CertificateFault.STATEMENT_MISSING: "an additional declaration that is required is missing",
        CertificateFault.OTHER_GOODS: "it does not speak of these goods",
        CertificateFault.OTHER_ORIGIN: "it speaks of these goods, but of another origin",
        CertificateFault.TOO_LITTLE: "it covers less than was declared",
        CertificateFault.UNKNOWN_QUANTITY: "its quantity or the declared net mass is not known, so nobody can tell whether it covers",
        PermitFault.OTHER_TRADER: "it was issued to another trader",
        PermitFault.NOT_IN_FORCE: "it is not in force on the day",
    },
    "ru": {
        CertificateFault.NO_NUMBER: "номер не заявлен",
        CertificateFault.NOT_FOUND: "документ с таким номером неизвестен",
        CertificateFault.UNKNOWN_TYPE: "вид документа неизвестен",
        CertificateFault.NOT_ISSUED: "статус не 70 (выдан)",
        CertificateFault.NO_DATE: "нет читаемой даты выдачи",
        CertificateFault.FUTURE_DATE: "дата выдачи позже дня проверки",
        CertificateFault.AFTER_DISPATCH: "дата выдачи позже отправки товара",
        CertificateFault.EXPIRED: "срок действия истёк, или документ старше установленного",
        CertificateFault.ALREADY_USED: "номер использован для другой партии",
        CertificateFault.OTHER_COUNTRY: "страна назначения в документе другая",
        CertificateFault.UNKNOWN_COUNTRY: "документ выдан для одной страны, а страна назначения товара неизвестна",
        CertificateFault.STATEMENT_MISSING: "нет требуемой дополнительной декларации",
        CertificateFault.OTHER_GOODS: "товары в документе другие",
        CertificateFault.OTHER_ORIGIN: "происхождение в документе другое",
        CertificateFault.TOO_LITTLE: "количество меньше заявленного",
        CertificateFault.UNKNOWN_QUANTITY: "количество в документе или заявленная масса нетто неизвестны",
        PermitFault.OTHER_TRADER: "держатель документа — другое лицо",
        PermitFault.NOT_IN_FORCE: "срок действия не охватывает этот день",
    },
}
"""Language → fault → what is wrong, without the document it is said of."""

KINDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        DocumentKind.PHYTOSANITARY: "phytosanitary certificate",
        DocumentKind.VETERINARY: "veterinary certificate",
        DocumentKind.SANITARY: "sanitary certificate",
        DocumentKind.PERMIT: "permit",
    },
    "ru": {
        DocumentKind.PHYTOSANITARY: "фитосанитарный сертификат",
        DocumentKind.VETERINARY: "ветеринарный сертификат",
        DocumentKind.SANITARY: "санитарный сертификат",
        DocumentKind.PERMIT: "разрешение",
    },
}
"""Language → kind of document → its name."""

ITEM: Mapping[str, str] = {"en": "item", "ru": "товар"}
ITEMS: Mapping[str, str] = {"en": "items", "ru": "товары"}
"""Language → one goods item, and several, before their numbers."""


def document_named(kind: str, number: str, language: str) -> str:
    """Name a document by its kind and number; by its kind alone where it has none.

    Examples
    --------
    >>> document_named("permit", " KG-V/2026   118 ", "en"), document_named("permit", "", "ru")
    ('permit KG-V/2026 118', 'разрешение')
    """
    return " ".join([KINDS[language][kind], *number.split()])


def faults_named(faults: Iterable[str], language: str) -> str:
    """Say what is wrong, one thing after the other."""
    return "; ".join(FAULTS[language][fault] for fault in faults)
