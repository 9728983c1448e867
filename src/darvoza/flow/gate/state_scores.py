"""The score of a state, what runs beside it, and how facts are made for them."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.errors import ModelError, SettingsError
from darvoza.flow.fact_settings import load_fact_settings
from darvoza.flow.learning.model_store import StoredModel, load_model
from darvoza.flow.learning.registry import champion_directory, is_registry


class WithoutModel(StrEnum):
    """What happens when the score cannot be read: a rule that is stated before, and never that all is let through."""

    REFUSE = "refuse"  # nothing is decided
    PROFILES = "profiles"  # profiles, plans and chance decide, and an alarm is given


def read_score(path: Path | None, rule: WithoutModel) -> tuple[StoredModel | None, tuple[str, ...]]:
    """Load the score; where it cannot be read, do as the rule says."""
    if path is None:
        return None, ()
    try:
        stored = _stored(path)
    except ModelError as problem:
        if rule is WithoutModel.REFUSE:
            raise
        return None, (f"no score: {problem}; profiles, plans and chance decide",)
    lame = (f"the smoothed rates of the score stand in for its trees: {stored.without}",) if stored.without else ()
    return stored, lame


def read_rival(
    paths: Mapping[str, Path], model: StoredModel | None, rule: WithoutModel
) -> tuple[StoredModel | None, tuple[str, ...]]:
    """Load what runs beside the score; it decides nothing, so that by the same rule one does without it."""
    without_score = "model" in paths and model is None
    if "challenger" not in paths or without_score:
        return None, ()
    try:
        return _stored(paths["challenger"]), ()
    except ModelError as problem:
        if rule is WithoutModel.REFUSE:
            raise
        return None, (f"no challenger: {problem}; the score decides without one beside it",)


def _stored(path: Path) -> StoredModel:
    """Load a score, the champion where it is a registry."""
    return load_model(champion_directory(path) if is_registry(path) else path)


def settings_for(path: Path | None, model: StoredModel | None) -> FactSettings:
    """Take the settings of facts; with a score, those it was fitted with."""
    given = load_fact_settings(path) if path else None
    if model and given and given.digest != model.settings.digest:
        raise SettingsError(field="facts", expected="the settings that the score was fitted with", got=str(path))
    return given or (model.settings if model else DEFAULT)
