"""Profiles read from files: every error of every file is collected, each naming its file and field."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import Contains, Expression, HasWord, InList, OneOf, facts_used, nodes
from darvoza.domain.facts import FACT, FactType
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import Outcome, ProfileSet, RiskProfile, Treatment, UnknownPolicy, Validity, WorkedCase
from darvoza.domain.selection import FloorKind
from darvoza.errors import InvalidProfile, ProfileError, SentenceError, UnknownFact
from darvoza.flow.assessment.interpreter import any_of, evaluate
from darvoza.flow.assessment.list_files import read_lists
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.fields import Fields, as_sequence, keep_first, leaves, read_yaml

WORDS: Final = (
    *("legal_basis", "rationale", "justification", "owner", "author", "approver", "visibility", "risk_register"),
    "national_data",
)
"""Fields that are kept as they are written."""

KEYS: Final = frozenset(
    {"code", "title", "agency", "risk_area", "valid", "when", "treatment", "unknown", "instructions", "cases"}
    | {"review_by", "floor", "needs_national_data", *WORDS}
)
FLOORS: Final = (FloorKind.PROFILE, FloorKind.LAW, FloorKind.ALERT)
TRADERS: Final = frozenset(
    ["importer", "importer_name", "exporter", "exporter_name", "declarant", "carrier", "vehicle"]
)


def load_profiles(directory: Path) -> ProfileSet:
    """Read every profile below a directory, and the named lists in its ``lists`` folders.

    Parameters
    ----------
    directory
        Where the profiles lie: every ``*.yaml`` below it, outside folders named ``lists``.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong in any file, each a `ProfileError` that names file and field.
    """
    if not directory.is_dir():
        raise InvalidProfile(field=str(directory), expected="a directory of profiles", got="nothing there")
    folders = sorted(path for path in directory.rglob("lists") if path.is_dir())
    lists, errors = read_lists(folders, directory)
    errors += [_misnamed(path, directory) for path in sorted(directory.rglob("*.yml"))]
    paths = [path for path in sorted(directory.rglob("*.yaml")) if path.parent.name != "lists"]
    profiles = _read_profiles(paths, directory, lists.values(), errors)
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors in the profiles of {directory.name}", errors)
    return ProfileSet(tuple(profiles))


def load_profile(path: Path) -> ProfileSet:
    """Read one profile, and the named lists of the folders ``lists`` beside it or one above.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with them, each a `ProfileError` that names file and field.
    """
    if not path.is_file():
        raise InvalidProfile(field=str(path), expected="a profile, or a directory of them", got="nothing there")
    beside = path.resolve().parent
    lists, errors = read_lists((beside / "lists", beside.parent / "lists"), beside.parent)
    profiles = _read_profiles([path], path.parent, lists.values(), errors)
    if errors:
        raise ExceptionGroup(f"{path.name} cannot be used", errors)
    return ProfileSet(tuple(profiles))


def load(path: Path) -> ProfileSet:
    """Read a directory of profiles, or one profile; see `load_profiles` and `load_profile`."""
    return load_profiles(path) if path.is_dir() else load_profile(path)


def _read_profiles(
    paths: Iterable[Path], root: Path, lists: Collection[NamedList], errors: list[ProfileError]
) -> list[RiskProfile]:
    """Read profiles one by one; what is wrong joins the errors."""
    profiles: dict[str, RiskProfile] = {}
    for path in paths:
        source = path.relative_to(root).as_posix()
        try:
            profile = parse_profile(read_yaml(path, source), source, lists=lists)
            keep_first(profiles, profile.code, profile, path=f"{source}: code", errors=errors)
        except* ProfileError as group:
            errors.extend(leaves(group))
    return list(profiles.values())


def _misnamed(path: Path, root: Path) -> InvalidProfile:
    """Make the error for a file that would be passed over because of its name."""
    return InvalidProfile(
        field=path.relative_to(root).as_posix(), expected="a name that ends in .yaml", got=path.name, hint="rename it"
    )


def parse_profile(mapping: Mapping[str, object], source: str, *, lists: Iterable[NamedList] = ()) -> RiskProfile:
    """Read one profile from a mapping.

    Parameters
    ----------
    mapping
        The fields of the file.
    source
        The name of the file, for the errors.
    lists
        The named lists its sentence may speak of.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with it, each a `ProfileError`.
    """
    fields = Fields(mapping, source)
    fields.only(KEYS)
    condition, sentence = _condition(fields, lists)
    valid, treatment = fields.part("valid"), fields.part("treatment")
    valid.only({"from", "to"})
    treatment.only({"act", "share"})
    floor = fields.choice("floor", FloorKind, default=FloorKind.PROFILE)
    if floor is not None and floor not in FLOORS:
        fields.refuse("floor", "profile, law or alert", floor.value)
    code, title = fields.text("code", required=True), fields.text("title", required=True)
    agency, risk_area = fields.choice("agency", Agency), fields.choice("risk_area", RiskArea)
    act, share = treatment.choice("act", Act), _share(treatment)
    unknown = fields.choice("unknown", UnknownPolicy)
    validity = _validity(valid)
    instructions, cases = _instructions(fields), _cases(fields)
    review_by = fields.day("review_by")
    _second_person(fields)
    _grounds(fields, condition)
    words = {name: fields.text(name) for name in WORDS}
    national = fields.flag("needs_national_data") if "needs_national_data" in mapping else False
    fields.finish()
    if condition is None or agency is None or risk_area is None or act is None or unknown is None or floor is None:
        raise InvalidProfile(field=source, expected="a complete profile", got="an incomplete one")
    return RiskProfile(
        code=code,
        title=title,
        agency=agency,
        risk_area=risk_area,
        condition=condition,
        sentence=sentence,
        treatment=Treatment(act, share),
        unknown=unknown,
        valid=validity,
        cases=cases,
        instructions=instructions,
        floor=floor,
        review_by=review_by,
        needs_national_data=bool(national),
        **words,
    )


def run_case(profile: RiskProfile, case: WorkedCase) -> bool | None:
    """Say what the sentence of a profile makes of a worked case: whether it holds for at least one goods item."""
    rows = case.rows
    return any_of(evaluate(profile.condition, rows, index) for index in range(len(rows)))


def _second_person(fields: Fields) -> None:
    """Refuse a profile that its author approved."""
    author, approver = fields.text("author"), fields.text("approver")
    if author and author.casefold() == approver.casefold():
        fields.refuse("approver", "somebody else than the author", approver, "a profile is approved by a second person")


def _condition(fields: Fields, lists: Iterable[NamedList]) -> tuple[Expression | None, str]:
    sentence = fields.text("when", required=True)
    if not sentence:
        return None, ""
    try:
        return parse(sentence, lists), sentence
    except SentenceError as error:
        error.field = fields.path("when")
        fields.errors.append(error)
        return None, sentence


def _share(treatment: Fields) -> Decimal:
    share = treatment.number("share")
    if share is None or not 0 < share <= 1:
        treatment.refuse("share", "a share above 0, at most 1", treatment.mapping.get("share"))
        return Decimal(1)
    return share


def _validity(valid: Fields) -> Validity:
    start, end = valid.day("from", required=True), valid.day("to", required=True)
    if start is not None and end is not None and end < start:
        valid.refuse("to", f"a day from {start} on", end.isoformat())
    return Validity(start, end)


def _instructions(fields: Fields) -> dict[str, str]:
    part = fields.part("instructions")
    return {language: part.text(language, required=True) for language in ("en", "ru", *part.mapping)}


def _cases(fields: Fields) -> tuple[WorkedCase, ...]:
    listed = as_sequence(fields.mapping.get("cases"))
    if not listed:
        fields.refuse("cases", "at least one worked case", fields.mapping.get("cases"))
    made = []
    for place, given in enumerate(listed):
        case = Fields(given, fields.source, prefix=f"cases.{place}.", errors=fields.errors)
        case.only({"title", "given", "expect"})
        title, expect = case.text("title", required=True), case.choice("expect", Outcome)
        facts = case.part("given")
        items = tuple(
            read_facts(Fields(item, fields.source, prefix=f"cases.{place}.given.items.{number}.", errors=fields.errors))
            for number, item in enumerate(as_sequence(facts.mapping.get("items")))
        )
        made.append(WorkedCase(title, read_facts(facts), expect or Outcome.UNKNOWN, items))
    return tuple(made)


def read_facts(given: Fields) -> dict[str, object]:
    """Read the facts of a worked case, each as the catalogue types it."""
    made: dict[str, object] = {}
    for name in given.mapping:
        if name == "items":
            continue
        if name not in FACT:
            error = UnknownFact(
                f"there is no fact {name!r}", field=given.path(name), expected="a fact", hint=given.nearest(name, FACT)
            )
            given.errors.append(error)
            continue
        made[name] = _fact(given, name)
    return made


def _fact(given: Fields, name: str) -> object:
    value = given.mapping[name]
    if value is None:
        return None
    match FACT[name].type:
        case FactType.NUMBER:
            return given.number(name)
        case FactType.DATE:
            return given.day(name)
        case FactType.FLAG:
            return given.flag(name)
        case FactType.CODES:
            return tuple(str(code) for code in as_sequence(value))
        case _:
            return given.text(name)


def _grounds(fields: Fields, condition: Expression | None) -> None:
    """Refuse a profile without law or reason, or one that differentiates without saying why."""
    if not (fields.text("legal_basis") or fields.text("rationale")):
        fields.refuse("legal_basis", "a legal basis, or a rationale", None)
    if condition is None or fields.text("justification"):
        return
    countries = {
        fact for fact in facts_used(condition) if fact == "origin" or fact.endswith(("_country", "_countries"))
    }
    named = {
        node.fact
        for node in nodes(condition)
        if isinstance(node, OneOf | InList | Contains | HasWord) and node.fact in TRADERS
    }
    if countries or named:
        used = ", ".join(sorted(countries | named))
        hint = f"the sentence differentiates by {used}: say why that is not arbitrary (TFA 7.4.2)"
        fields.refuse("justification", "the reason for differentiating", None, hint)
