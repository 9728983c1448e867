"""Measures read from a file; every error is told, each with the measure and field it is about."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from darvoza.domain.code_lists import COUNTRIES
from darvoza.domain.codes import Act, Agency, Flow
from darvoza.domain.folding import folded_number
from darvoza.domain.sps.competence import PROCESSES, IntendedUse, PlantRisk, SanitaryCategory, VeterinaryCategory
from darvoza.domain.sps.measure import Measure, MeasureKind, MeasureScope, Requirements
from darvoza.errors import InvalidMeasure
from darvoza.flow.fields import Fields, as_sequence, is_sane, read_yaml

KEYS = frozenset(
    [
        "code",
        "title",
        "agency",
        "kind",
        "scope",
        "legal_basis",
        "from",
        "to",
        "review_by",
        "alert",
        "acts",
        "yearly",
        "required",
        "requires",
        "hazard",
        "source",
        "reference",
        "terminated_on",
        "termination",
        "instructions",
    ]
)
SCOPES: Mapping[str, Iterable[str]] = {
    "veterinary": VeterinaryCategory,
    "plant_risk": PlantRisk,
    "sanitary": SanitaryCategory,
    "uses": IntendedUse,
    "processes": PROCESSES,
    "flows": Flow,
}
CODES = ("goods", "origins", "regions", "establishments", "posts", "zone_hazards", *SCOPES)


def read_measures(path: Path, *, kept: bool = False) -> tuple[Measure, ...]:
    """Read the measures of a file, or of every file of a directory.

    Parameters
    ----------
    path
        YAML with ``measures``, a list; or a directory of such files, whose names end in ``.yaml``.
    kept
        Whether they are kept of what decided before: they mean what they meant, though they would be refused today.

    Raises
    ------
    InvalidMeasure
        When a file cannot be read, the directory holds none or one with another ending, or two of its files hold one code.
    ExceptionGroup
        Of `InvalidMeasure`, everything that is wrong with any measure of a file.
    """
    if not path.is_dir():
        return _of_file(path, kept=kept)
    files = _files(path)
    if not files:
        raise InvalidMeasure(field=str(path), expected="files of measures that end in .yaml", got="none")
    made = [(measure, file.name) for file in files for measure in _of_file(file, kept=kept)]
    held: dict[str, str] = {}
    for measure, name in made:
        if measure.code in held:
            raise InvalidMeasure(
                field=f"{name}: {measure.code}",
                expected="a code of its own",
                got=f"that of a measure in {held[measure.code]}",
            )
        held[measure.code] = name
    return tuple(measure for measure, _ in made)


def _files(folder: Path) -> list[Path]:
    """Name the files of a folder, none of which may be passed over in silence for the ending of its name."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in {".yaml", ".yml"})
    other = next((path for path in found if path.suffix != ".yaml"), None)
    if other is not None:
        raise InvalidMeasure(field=str(other), expected="a name that ends in .yaml", got=other.name, hint="rename it")
    return found


def _of_file(path: Path, *, kept: bool) -> tuple[Measure, ...]:
    """Read the measures of one file."""
    content = read_yaml(path, path.name, error=InvalidMeasure)
    errors: list[Exception] = []
    made: dict[str, Measure] = {}
    given = content.get("measures")
    if set(content) != {"measures"} or not isinstance(given, list):
        raise InvalidMeasure(field=path.name, expected="`measures`, a list", got=sorted(map(str, content)))
    for number, mapping in enumerate(given, start=1):
        fields = Fields(mapping, f"{path.name}: measures.{number}", error=InvalidMeasure)
        measure = _measure(fields, kept=kept)
        if measure is not None and measure.code in made:
            fields.refuse("code", "a code of its own", measure.code)
        errors.extend(fields.errors)
        if measure is not None:
            made[measure.code] = measure
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors in the measures of {path.name}", errors)
    return tuple(made.values())


def _measure(fields: Fields, *, kept: bool) -> Measure | None:
    """Read one measure; ``None`` after an error that leaves nothing to build on."""
    fields.only(KEYS)
    code, title = fields.text("code", required=True), fields.text("title", required=True)
    agency, kind = fields.choice("agency", Agency), fields.choice("kind", MeasureKind)
    basis, start = fields.text("legal_basis", required=True), fields.day("from", required=True)
    alert = bool(fields.flag("alert")) if "alert" in fields.mapping else False
    scope = scope_of(fields.part("scope"), kept=kept)
    if agency is None or kind is None or start is None:
        return None
    measure = Measure(
        code=code,
        title=title,
        agency=agency,
        kind=kind,
        scope=scope,
        legal_basis=basis,
        start=start,
        end=fields.day("to"),
        review_by=fields.day("review_by"),
        alert=alert,
        acts=acts_of(fields),
        yearly=fields.whole("yearly", least=1),
        required=texts_of(fields, "required"),
        requires=_requires(fields),
        hazard=fields.text("hazard"),
        source=fields.text("source"),
        reference=fields.text("reference"),
        terminated_on=fields.day("terminated_on"),
        termination=fields.text("termination"),
        instructions=_instructions(fields),
    )
    _ends(measure, fields)
    _agree(measure, fields, kept=kept)
    return measure


def _ends(measure: Measure, fields: Fields) -> None:
    """Refuse a measure that must end, or be reviewed, and does not; and days out of order."""
    ends = measure.alert or measure.kind is MeasureKind.INTENSIFIED
    if ends and measure.end is None:
        fields.refuse("to", "a last day: enhanced controls must end (WTO TFA 5.1)", None)
    if (ends or measure.kind is MeasureKind.PROHIBITION) and measure.review_by is None:
        fields.refuse("review_by", "a day of review", None)
    if measure.end is not None and measure.end < measure.start:
        fields.refuse("to", f"a day not before {measure.start}", measure.end.isoformat())
    if measure.review_by is not None and measure.end is not None and measure.review_by > measure.end:
        fields.refuse("review_by", f"a day not after the end, {measure.end}", measure.review_by.isoformat())
    if measure.terminated_on is not None and not measure.termination:
        fields.refuse("termination", "the reason of the termination", "")


def _agree(measure: Measure, fields: Fields, *, kept: bool) -> None:
    """Refuse what cannot be together, or must not be absent; a least share of other goods than imports could be `kept`."""
    if measure.kind is MeasureKind.FREQUENCY and not measure.acts:
        fields.refuse("acts", "acts with their frequency", None)
    if measure.kind is not MeasureKind.FREQUENCY and measure.yearly is not None:
        fields.refuse("yearly", "a measure of the kind frequency", measure.kind.value)
    imports = Flow.IMPORT.value in (measure.scope.flows or (Flow.IMPORT.value,))
    if measure.yearly is not None and not imports and not kept:
        flows = ", ".join(measure.scope.flows)
        fields.refuse(
            "yearly", "a measure whose scope holds imports, flows with I: a least share is one of imports", flows
        )
    if measure.kind is MeasureKind.CONDITION and not (measure.required or measure.requires):
        fields.refuse("required", "documents of which one must be presented, or `requires`", None)
    if measure.kind is not MeasureKind.CONDITION and measure.requires:
        fields.refuse("requires", "a measure of the kind condition", measure.kind.value)
    refuse_without_limit(measure.scope, fields)


def refuse_without_limit(scope: MeasureScope, fields: Fields) -> None:
    """Refuse a scope that is about all goods."""
    limits = [part for part in CODES if part != "flows"]
    if not any(getattr(scope, part) for part in limits):
        fields.refuse("scope", f"a limit by one of {', '.join(limits)}", None)


def _requires(fields: Fields) -> Requirements:
    """Read what certificates and registers must show."""
    if "requires" not in fields.mapping:
        return Requirements()
    part = fields.part("requires")
    part.only(("statements", "zone_free_of", "approved_establishment", "permit"))
    flags = {name: bool(part.flag(name)) for name in ("approved_establishment", "permit") if name in part.mapping}
    return Requirements(texts_of(part, "statements"), texts_of(part, "zone_free_of"), **flags)


def scope_of(fields: Fields, *, kept: bool = False) -> MeasureScope:
    """Read a scope; one that is `kept` may name places that nothing declared meets."""
    fields.only({*CODES, "dispatched_from"})
    read = {name: texts_of(fields, name) for name in CODES}
    for name, codes in SCOPES.items():
        for value in read[name]:
            if value not in set(codes):
                fields.refuse(name, f"some of {', '.join(codes)}", value)
    for value in read["goods"]:
        if not (value.isascii() and value.isdigit() and len(value) <= 10):
            fields.refuse("goods", "prefixes of commodity codes, digits", value)
    _check_places(fields, read, kept=kept)
    return MeasureScope(**read, dispatched_from=fields.day("dispatched_from"))


def _check_places(fields: Fields, read: Mapping[str, tuple[str, ...]], *, kept: bool) -> None:
    """Refuse countries, regions and establishments that nothing declared could be compared with."""
    for value in read["origins"]:
        if value not in COUNTRIES:
            fields.refuse("origins", "countries of ISO 3166-1, two letters", value)
    if kept:
        return
    for value in read["regions"]:
        country = folded_number(value)[:2]
        if country not in COUNTRIES or (read["origins"] and country not in read["origins"]):
            expected = (
                f"regions that begin with their country, {', '.join(read['origins']) or 'two letters'}, such as PK-2"
            )
            fields.refuse("regions", expected, value)
    for value in read["establishments"]:
        if not folded_number(value):
            fields.refuse("establishments", "approval numbers, letters and digits", value)


def texts_of(fields: Fields, name: str) -> tuple[str, ...]:
    """Read a list of texts; empty where there is none."""
    value = fields.mapping.get(name)
    if value is None:
        return ()
    texts = as_sequence(value)
    if not texts or not all(isinstance(text, str) and text for text in texts):
        fields.refuse(name, "a list of texts", value)
        return ()
    return tuple(str(text) for text in texts)


def acts_of(fields: Fields) -> tuple[tuple[Act, Decimal], ...]:
    """Read acts, each with the frequency that is its floor."""
    given = fields.mapping.get("acts")
    if given is None:
        return ()
    if not isinstance(given, Mapping) or not given:
        fields.refuse("acts", "acts with their frequency, such as {physical: 0.2}", given)
        return ()
    made = []
    for name, text in given.items():
        share = _share(text)
        if name not in set(Act):
            fields.refuse(f"acts.{name}", f"one of {', '.join(Act)}", name, fields.nearest(str(name), list(Act)))
        elif share is None:
            fields.refuse(f"acts.{name}", "a frequency above 0 and at most 1", text)
        else:
            made.append((Act(name), share))
    return tuple(made)


def _share(text: object) -> Decimal | None:
    try:
        share = Decimal(str(text))
    except InvalidOperation:
        return None
    return share if is_sane(share) and 0 < share <= 1 else None


def _instructions(fields: Fields) -> dict[str, str]:
    given = fields.mapping.get("instructions")
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(text, str) for text in given.values()):
        fields.refuse("instructions", "texts by language code", given)
        return {}
    return {str(language): str(text) for language, text in given.items()}


def expired(measures: tuple[Measure, ...], day: date) -> tuple[Measure, ...]:
    """Name the measures whose last day or day of review has passed, and that nobody has ended."""
    return tuple(measure for measure in measures if not _ended(measure, day) and _past(measure, day))


def _ended(measure: Measure, day: date) -> bool:
    return measure.terminated_on is not None and measure.terminated_on <= day


def _past(measure: Measure, day: date) -> bool:
    days = (measure.last_day, measure.review_by)
    return any(last is not None and last < day for last in days)
