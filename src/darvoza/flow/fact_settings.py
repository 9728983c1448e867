"""Settings of facts read from a file that people write, every error told with its field."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from zoneinfo import available_timezones

from darvoza.domain.fact_settings import DEFAULT, DocumentCode, DocumentKind, FactSettings, ValueLimit
from darvoza.domain.sps.competence import Certainty
from darvoza.errors import SettingsError
from darvoza.flow.fields import Fields, as_sequence, read_yaml

KEYS = frozenset(DEFAULT.as_mapping())
DESCRIBED = frozenset({"title", "source", "date"})
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_HALF_LIFE = 3_650


def load_fact_settings(path: Path) -> FactSettings:
    """Read settings of facts from a YAML file; what it does not name keeps its default.

    Raises
    ------
    SettingsError
        When the file cannot be read.
    ExceptionGroup
        Of `SettingsError`: everything that is wrong in it.
    """
    try:
        mapping = read_yaml(path, path.name, error=SettingsError)
    except OSError as problem:
        raise SettingsError(field="settings", expected="a file that can be read", got=str(path)) from problem
    return read_fact_settings(mapping, path.name)


def read_fact_settings(mapping: Mapping[str, object], source: str) -> FactSettings:
    """Read settings of facts from a mapping; `source` names it in errors.

    Raises
    ------
    ExceptionGroup
        Of `SettingsError`: everything that is wrong in it.
    """
    fields = Fields(mapping, source, error=SettingsError)
    fields.only(KEYS | DESCRIBED)
    made = FactSettings(
        half_life_days=_whole(fields, "half_life_days", DEFAULT.half_life_days, (1, LONGEST_HALF_LIFE)),
        time_zone=_zone(fields),
        night=_night(fields),
        weekend=_weekend(fields),
        limits=_limits(fields),
        documents=_documents(fields),
        vague_words=_words(fields),
        volume_units=_units(fields),
    )
    fields.finish()
    return made


def _whole(fields: Fields, name: str, default: int, allowed: tuple[int, int]) -> int:
    """Read a whole number within limits."""
    value = fields.number(name)
    if value is None:
        return default
    if value != int(value) or not allowed[0] <= value <= allowed[1]:
        fields.refuse(name, f"a whole number from {allowed[0]} to {allowed[1]}", fields.mapping.get(name))
        return default
    return int(value)


def _zone(fields: Fields) -> str | None:
    name = fields.text("time_zone")
    if name and name not in available_timezones():
        near = fields.nearest(name, available_timezones())
        fields.refuse("time_zone", "a time zone such as Asia/Bishkek", name, near)
    return name or None


def _night(fields: Fields) -> tuple[int, int]:
    if "night" not in fields.mapping:
        return DEFAULT.night
    part = fields.part("night")
    part.only({"from", "to"})
    return _whole(part, "from", DEFAULT.night[0], (0, 23)), _whole(part, "to", DEFAULT.night[1], (0, 23))


def _weekend(fields: Fields) -> tuple[str, ...]:
    if "weekend" not in fields.mapping:
        return DEFAULT.weekend
    days = tuple(str(day) for day in as_sequence(fields.mapping["weekend"]))
    if not set(days) <= set(WEEKDAYS):
        fields.refuse("weekend", f"days out of {', '.join(WEEKDAYS)}", fields.mapping["weekend"])
    return days


def _parts(fields: Fields, name: str, known: set[str]) -> list[Fields]:
    """Give the entries of a list, each as fields of its own."""
    listed = fields.mapping.get(name)
    if not isinstance(listed, list | tuple):
        fields.refuse(name, "a list", listed)
    parts = [
        Fields(entry, fields.source, prefix=f"{name}.{place}.", errors=fields.errors, error=SettingsError)
        for place, entry in enumerate(as_sequence(listed))
    ]
    for part in parts:
        part.only(known)
    return parts


def _limits(fields: Fields) -> tuple[ValueLimit, ...]:
    if "limits" not in fields.mapping:
        return DEFAULT.limits
    made = []
    for part in _parts(fields, "limits", {"name", "value", "from", "to", "source", "certainty"}):
        value = part.number("value")
        if value is None or value <= 0:
            part.refuse("value", "a value above 0", part.mapping.get("value"))
            continue
        certainty = part.choice("certainty", Certainty)
        name, source = part.text("name", required=True), part.text("source", required=True)
        if certainty is not None:
            made.append(ValueLimit(name, value, part.day("from"), part.day("to"), source, certainty))
    return tuple(made)


def _documents(fields: Fields) -> tuple[DocumentCode, ...]:
    if "documents" not in fields.mapping:
        return DEFAULT.documents
    made = []
    for part in _parts(fields, "documents", {"code", "kind", "source", "certainty"}):
        kind, certainty = part.choice("kind", DocumentKind), part.choice("certainty", Certainty)
        code, source = part.text("code", required=True), part.text("source", required=True)
        if kind is not None and certainty is not None:
            made.append(DocumentCode(code, kind, source, certainty))
    return tuple(made)


def _words(fields: Fields) -> tuple[str, ...]:
    if "vague_words" not in fields.mapping:
        return DEFAULT.vague_words
    return tuple(str(word).lower() for word in as_sequence(fields.mapping["vague_words"]))


def _units(fields: Fields) -> tuple[tuple[str, Decimal], ...]:
    if "volume_units" not in fields.mapping:
        return DEFAULT.volume_units
    part = fields.part("volume_units")
    sizes = [(str(unit), part.number(str(unit))) for unit in part.mapping]
    for unit, size in sizes:
        if size is None or size <= 0:
            part.refuse(unit, "its cubic metres, above 0", part.mapping.get(unit))
    return tuple((unit, size) for unit, size in sizes if size is not None and size > 0)
