"""``darvoza sps route``: which services control goods, in which category, and on what basis."""

from argparse import Namespace
from collections.abc import Iterator

from darvoza.cli.reference_data import basis_titles, competence_register
from darvoza.domain.sps.competence import Certainty, Routing
from darvoza.errors import SettingsError

REASONS = {
    "no_entry": "no entry of the register covers this code, so no health service controls it",
    "processed": "plant products processed so belong to a lighter category of ISPM 32",
    "planting": "goods for planting belong to category 4 of ISPM 32, the strictest",
    "declared_use": "the entry holds for goods of this process or use only",
}
CERTAINTIES = {
    Certainty.VERIFIED: "the basis named was read; whether the national list agrees is for you to check",
    Certainty.RECALLED: "from memory; check before use",
    Certainty.JUDGED: "a proposal, no law",
}


def run(options: Namespace) -> int:
    """Route one commodity code."""
    hs = options.hs.replace(" ", "").replace(".", "")
    if not (hs.isascii() and hs.isdigit() and 2 <= len(hs) <= 10):
        raise SettingsError(field="HS", expected="a commodity code of 2 to 10 digits", got=options.hs)
    found = competence_register(options.competence).route(hs, process=options.process, use=options.use)
    print("\n".join(_told(hs, found)))
    return 0


def _told(hs: str, found: Routing) -> Iterator[str]:
    services = ", ".join(found.agencies) or "not controlled by any health service"
    yield f"{hs}: {services}"
    entry = found.entry
    if entry is not None:
        categories = [
            ("veterinary category", entry.veterinary),
            ("phytosanitary risk", entry.plant_risk if "phytosanitary" in found.agencies else None),
            ("ISPM 32 category", found.ispm32),
            ("sanitary category", entry.sanitary),
        ]
        yield from (f"  {name}: {value}" for name, value in categories if value is not None)
        yield "  the goods spoil: they are examined first" if entry.perishable else "  the goods keep"
    yield from (f"  because {REASONS[reason]}" for reason in found.reasons if reason in REASONS)
    if entry is not None:
        yield f"  entry {entry.prefix} ({CERTAINTIES[entry.certainty]})"
        titles = basis_titles()
        yield from (f"  basis: {titles.get(basis, basis)}" for basis in entry.basis.split(";") if basis)
        if entry.note:
            yield f"  note: {entry.note}"
