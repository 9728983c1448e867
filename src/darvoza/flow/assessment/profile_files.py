"""Profiles read from files: every error of every file is collected, each naming its file and field."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.expression import Contains, Expression, HasWord, InList, OneOf, facts_used, nodes
from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet, RiskProfile, Treatment, UnknownPolicy, Validity, Visibility
from darvoza.domain.selection import FloorKind
from darvoza.errors import InvalidProfile, ProfileError, SentenceError
from darvoza.flow.assessment.code_rules import latin, looks_latin, meant
from darvoza.flow.assessment.folding import folded
from darvoza.flow.assessment.list_files import is_misnamed, misnamed, read_lists
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.assessment.worked_cases import read_cases
from darvoza.flow.fields import Fields, keep_first, leaves, read_yaml

WORDS: Final = (
    *("legal_basis", "rationale", "justification", "owner", "author", "approver", "risk_register"),
    "national_data",
)
"""Fields that are kept as they are written."""

CODE: Final = re.compile(r"\w[\w.-]*")
LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
KEYS: Final = frozenset(
    {"code", "title", "agency", "risk_area", "valid", "when", "treatment", "unknown", "instructions", "cases"}
    | {"review_by", "visibility", "floor", "needs_national_data", *WORDS}
)
FLOORS: Final = (FloorKind.PROFILE, FloorKind.LAW, FloorKind.ALERT)
TRADERS: Final = frozenset(
    ["importer", "importer_name", "exporter", "exporter_name", "declarant", "carrier", "vehicle", "trailer"]
)


def load_profiles(directory: Path, *, approved: bool = False) -> ProfileSet:
    """Read every profile below a directory, and the named lists in its ``lists`` folders.

    A directory without such a folder at its top is one part of a larger one: the lists beside it are its lists, too.

    Parameters
    ----------
    directory
        Where the profiles lie: every ``*.yaml`` below it, outside folders named ``lists``.
    approved
        Whether they are in force already; see `parse_profile`.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong in any file, each a `ProfileError` that names file and field.
    """
    if not directory.is_dir():
        raise InvalidProfile(field=str(directory), expected="a directory of profiles", got="nothing there")
    folders = sorted(path for path in directory.rglob("lists") if path.is_dir())
    lists, errors = read_lists(folders, directory)
    if not (directory / "lists").is_dir():
        above = directory.resolve().parent
        beside, wrong = read_lists([above / "lists"], above)
        lists, errors = beside | lists, wrong + errors
    files = [path for path in sorted(directory.rglob("*")) if path.parent.name != "lists"]
    errors += [misnamed(path, directory) for path in files if is_misnamed(path)]
    paths = [path for path in files if path.suffix == ".yaml"]
    profiles = _read_profiles(paths, directory, lists.values(), errors, approved=approved)
    if errors:
        raise ExceptionGroup(f"{len(errors)} errors in the profiles of {directory.name}", errors)
    return ProfileSet(tuple(profiles))


def load_profile(path: Path, *, approved: bool = False) -> ProfileSet:
    """Read one profile, and the named lists of the folders ``lists`` beside it or one above; `approved` as `load_profiles`.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with them, each a `ProfileError` that names file and field.
    """
    if not path.is_file():
        raise InvalidProfile(field=str(path), expected="a profile, or a directory of them", got="nothing there")
    beside = path.resolve().parent
    lists, errors = read_lists((beside / "lists", beside.parent / "lists"), beside.parent)
    profiles = _read_profiles([path], path.parent, lists.values(), errors, approved=approved)
    if errors:
        raise ExceptionGroup(f"{path.name} cannot be used", errors)
    return ProfileSet(tuple(profiles))


def load(path: Path, *, approved: bool = False) -> ProfileSet:
    """Read a directory of profiles, or one profile; see `load_profiles` and `load_profile`."""
    return (load_profiles if path.is_dir() else load_profile)(path, approved=approved)


def _read_profiles(
    paths: Iterable[Path],
    root: Path,
    lists: Collection[NamedList],
    errors: list[ProfileError],
    *,
    approved: bool = False,
) -> list[RiskProfile]:
    """Read profiles one by one; what is wrong joins the errors."""
    profiles: dict[str, RiskProfile] = {}
    for path in paths:
        source = path.relative_to(root).as_posix()
        try:
            profile = parse_profile(read_yaml(path, source), source, lists=lists, approved=approved)
            keep_first(profiles, profile.code, profile, path=f"{source}: code", errors=errors)
        except* ProfileError as group:
            errors.extend(leaves(group))
    return list(profiles.values())


def parse_profile(
    mapping: Mapping[str, object], source: str, *, lists: Iterable[NamedList] = (), approved: bool = False
) -> RiskProfile:
    """Read one profile from a mapping.

    Parameters
    ----------
    mapping
        The fields of the file.
    source
        The name of the file, for the errors.
    lists
        The named lists its sentence may speak of.
    approved
        Whether it was approved before: codes in it that never occur, and look-alike letters in its own, are refused in
        what is written now, and left in what decides already.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong with it, each a `ProfileError`.
    """
    fields = Fields(mapping, source)
    fields.only(KEYS)
    condition, sentence = _condition(fields, lists, approved=approved)
    treatment = fields.part("treatment")
    treatment.only({"act", "share"})
    code, title = _code(fields, approved=approved), fields.text("title", required=True)
    agency, risk_area = fields.choice("agency", Agency), fields.choice("risk_area", RiskArea)
    act, share = treatment.choice("act", Act), _share(treatment)
    unknown = fields.choice("unknown", UnknownPolicy)
    validity, floor = _validity(fields.part("valid")), _floor(fields)
    instructions, cases = _instructions(fields), read_cases(fields)
    review_by = _review(fields, validity)
    visibility = fields.choice("visibility", Visibility, default=Visibility.AGENCY)
    _second_person(fields)
    _grounds(fields, condition)
    words = {name: fields.text(name) for name in WORDS}
    national = _national(fields)
    fields.finish()  # from here on nothing is None: whatever could not be read was an error
    return RiskProfile(
        code=code,
        title=title,
        agency=cast("Agency", agency),
        risk_area=cast("RiskArea", risk_area),
        condition=cast("Expression", condition),
        sentence=sentence,
        treatment=Treatment(cast("Act", act), share),
        unknown=cast("UnknownPolicy", unknown),
        valid=validity,
        cases=cases,
        instructions=instructions,
        floor=cast("FloorKind", floor),
        review_by=review_by,
        visibility=cast("Visibility", visibility),
        needs_national_data=national,
        **words,
    )


def _second_person(fields: Fields) -> None:
    """Refuse a profile that its author approved, or of which nobody knows whether it was."""
    author, approver = folded(fields.text("author")), folded(fields.text("approver"))
    if approver and not author:
        fields.refuse("author", "who wrote what was approved", None, "a profile is approved by a second person")
    if author and author == approver:
        got = fields.text("approver")
        fields.refuse("approver", "somebody else than the author", got, "a profile is approved by a second person")


def _floor(fields: Fields) -> FloorKind | None:
    floor = fields.choice("floor", FloorKind, default=FloorKind.PROFILE)
    if floor is not None and floor not in FLOORS:
        fields.refuse("floor", "profile, law or alert", floor.value)
    return floor


def _national(fields: Fields) -> bool:
    """Read whether a number must be set on national data, and refuse a profile that does not say which."""
    asked = "needs_national_data" in fields.mapping and bool(fields.flag("needs_national_data"))
    if asked and not fields.text("national_data"):
        fields.refuse("national_data", "which number must be set on national data", None)
    return asked


def _code(fields: Fields, *, approved: bool) -> str:
    code = fields.text("code", required=True)
    if code and not CODE.fullmatch(code):
        fields.refuse("code", "letters, digits, dots, hyphens and underscores", code)
    elif looks_latin(code) and not approved:
        fields.refuse("code", "letters of one alphabet", code, meant(latin(code)))
    return code


def _review(fields: Fields, valid: Validity) -> date | None:
    """Read the day of review, which lies within the validity."""
    day = fields.day("review_by")
    if day is not None and day not in valid:
        fields.refuse("review_by", f"a day of the validity, {valid.start} to {valid.end}", day.isoformat())
    return day


def _condition(fields: Fields, lists: Iterable[NamedList], *, approved: bool) -> tuple[Expression | None, str]:
    sentence = fields.text("when", required=True)
    if not sentence:
        return None, ""
    try:
        return parse(sentence, lists, approved=approved), sentence
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
    valid.only({"from", "to"})
    start, end = valid.day("from", required=True), valid.day("to", required=True)
    if start is not None and end is not None and end < start:
        valid.refuse("to", f"a day from {start} on", end.isoformat())
    return Validity(start, end)


def _instructions(fields: Fields) -> dict[str, str]:
    part = fields.part("instructions")
    for language in part.mapping:
        if not LANGUAGE.fullmatch(str(language)):
            part.refuse(str(language), "the code of a language, such as en, ru, ky", language)
    return {language: part.text(language, required=True) for language in ("en", "ru", *part.mapping)}


def _grounds(fields: Fields, condition: Expression | None) -> None:
    """Refuse a profile without law or reason, or one that differentiates without saying why."""
    if fields.text("floor") == FloorKind.LAW and not fields.text("legal_basis"):
        fields.refuse("legal_basis", "the law that asks for it", None, "its floor is law")
    elif not (fields.text("legal_basis") or fields.text("rationale")):
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
