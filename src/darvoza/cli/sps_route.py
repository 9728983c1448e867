"""``darvoza sps route``: which services control goods, in which category, and on what basis."""

from argparse import Namespace
from collections.abc import Iterator

from darvoza.cli.reference_data import basis_titles, competence_register
from darvoza.domain.codes import Agency
from darvoza.domain.sps.competence import Competence, Routing
from darvoza.domain.vocabulary import named
from darvoza.errors import SettingsError

WORDS = {
    "en": {
        "no_entry": "no entry of the register covers this code, so no health service controls it",
        "processed": "plant products processed so belong to a lighter category of ISPM 32",
        "planting": "goods for planting belong to category 4 of ISPM 32, the strictest",
        "claimed": "a declared process does not take raw or live goods, or those for planting, out of control: their identity is checked",
        "declared_use": "the entry holds for goods of this process or use only",
        "V": "the basis named was read; whether the national list agrees is for you to check",
        "R": "from memory; check before use",
        "J": "a proposal, no law",
        "none": "not controlled by any health service",
        "veterinary": "veterinary category",
        "plant_risk": "phytosanitary risk",
        "ispm32": "ISPM 32 category",
        "sanitary": "sanitary category",
        "spoils": "the goods spoil: they are examined first",
        "keeps": "the goods keep",
        "because": "because",
        "entry": "entry",
        "basis": "basis",
        "note": "note",
    },
    "ru": {
        "no_entry": "ни одна запись реестра не охватывает этот код, поэтому эти службы товар не контролируют",
        "processed": "растительная продукция такой обработки относится к более лёгкой категории МСФМ 32",
        "planting": "товар для посадки относится к категории 4 МСФМ 32, самой строгой",
        "claimed": "заявленная обработка не выводит сырой, живой или посадочный товар из-под контроля: проверяется идентичность",
        "declared_use": "запись действует только для товара такой обработки или такого назначения",
        "V": "названное основание прочитано; совпадает ли национальный перечень, проверьте сами",
        "R": "по памяти; проверьте до применения",
        "J": "предложение, не закон",
        "none": "не подконтролен ни одной из этих служб",
        "veterinary": "ветеринарная категория",
        "plant_risk": "фитосанитарный риск",
        "ispm32": "категория МСФМ 32",
        "sanitary": "санитарная категория",
        "spoils": "товар портится: его осматривают первым",
        "keeps": "товар не портится",
        "because": "потому что",
        "entry": "запись",
        "basis": "основание",
        "note": "примечание",
    },
}
"""What is said around the register; titles of legal acts and notes are those of the register."""

RISKS_RU = {"high": "высокий", "low": "низкий", "none": "нет"}


def run(options: Namespace) -> int:
    """Route one commodity code."""
    hs = options.hs.replace(" ", "").replace(".", "")
    if not (hs.isascii() and hs.isdigit() and 2 <= len(hs) <= 10):
        raise SettingsError(field="HS", expected="a commodity code of 2 to 10 digits", got=options.hs)
    found = competence_register(options.competence).route(hs, process=options.process, use=options.use)
    print("\n".join(_told(hs, found, options.language)))
    return 0


def _told(hs: str, found: Routing, language: str) -> Iterator[str]:
    say = WORDS[language]
    services = ", ".join(named(agency, language) for agency in found.agencies) or say["none"]
    yield f"{hs}: {services}"
    entry = found.entry
    if entry is not None:
        yield from (f"  {say[name]}: {value}" for name, value in _categories(found, entry, language))
        yield f"  {say['spoils' if entry.perishable else 'keeps']}"
    yield from (f"  {say['because']} {say[reason]}" for reason in found.reasons if reason in say and reason != "entry")
    if entry is not None:
        yield f"  {say['entry']} {entry.prefix} ({say[entry.certainty]})"
        titles = basis_titles()
        yield from (f"  {say['basis']}: {titles.get(basis, basis)}" for basis in entry.basis.split(";") if basis)
        if entry.note:
            yield f"  {say['note']}: {entry.note}"


def _categories(found: Routing, entry: Competence, language: str) -> Iterator[tuple[str, str]]:
    """Give the categories that the services have for the goods."""
    risk = entry.plant_risk if Agency.PHYTOSANITARY in found.agencies else None
    known = {"veterinary": entry.veterinary, "plant_risk": risk, "ispm32": found.ispm32, "sanitary": entry.sanitary}
    for name, value in known.items():
        if value is not None:
            yield name, RISKS_RU.get(str(value), str(value)) if language == "ru" else str(value)
