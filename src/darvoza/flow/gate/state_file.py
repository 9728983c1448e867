"""The state in force: one file that names everything by which the gate decides, read as a whole or not at all.

    profiles: profiles               # a directory of profiles
    key_file: key.json               # the key of the draw
    measures: [measures.csv]         # measures of the health services
    capacity: capacity.yaml          # what posts can do; without it, a tenth of what is lodged
    model: model                     # the score
    without_model: refuse            # or: profiles. What happens when the score cannot be read
    hazards: hazards
    competence: sps_competence.csv
    facts: facts.yaml
    plans: [plans.csv]
    random: "0.01"
    dial: "0.1"
    silent: [KG-TOR]                 # posts, or "*" for all, where decisions are made and kept, but no order is given

Paths are taken from where the file lies. Only ``profiles`` and ``key_file`` are required.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from darvoza.domain.fact_settings import DEFAULT, FactSettings
from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.errors import DarvozaError, ModelError, SettingsError
from darvoza.flow.assessment.measures import measure_profiles
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.fact_settings import load_fact_settings
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.learning.hazard_store import read_hazards
from darvoza.flow.learning.model_store import StoredModel, load_model
from darvoza.flow.learning.registry import champion_directory, is_registry
from darvoza.flow.pipeline import Policy
from darvoza.flow.selectivity.capacity import Budget
from darvoza.flow.selectivity.capacity_file import read_capacity
from darvoza.flow.selectivity.keys import KeyRing, read_key_file

PATHS = ("profiles", "key_file", "capacity", "model", "hazards", "competence", "facts")
LISTS = ("measures", "plans")
KNOWN = frozenset({*PATHS, *LISTS, "silent", "without_model", "random", "dial"})


class WithoutModel(StrEnum):
    """What happens when the score cannot be read: a rule that is stated before, and never that all is let through."""

    REFUSE = "refuse"  # nothing is decided
    PROFILES = "profiles"  # profiles, plans and chance decide, and an alarm is given


@dataclass(frozen=True, slots=True)
class State:
    """Everything by which the gate decides.

    Attributes
    ----------
    policy
        What decides.
    digest
        SHA-256 (hexadecimal) over all of it: the name of the state.
    alarms
        What is not as it should be, though it decides.
    measures
        Of the profiles, those that stand for measures of the health services.
    silent
        Posts where another system still decides: here decisions are made and kept, but bind nobody; ``*`` for all.
    """

    policy: Policy
    digest: str
    alarms: tuple[str, ...] = ()
    measures: tuple[RiskProfile, ...] = ()
    silent: frozenset[str] = frozenset()

    def binds(self, post: str) -> bool:
        """Tell whether what is decided for a post is to be carried out."""
        return self.silent.isdisjoint({"*", post})

    def expired(self, day: date) -> tuple[str, ...]:
        """Say which lists their source no longer vouches for; they stay in use as they are."""
        lists = self.policy.profiles.expired_lists(day)
        return tuple(f"list {named.name} expired on {named.expires}; it stays in use as it is" for named in lists)


def read_state(path: Path, ring: KeyRing | None = None) -> State:
    """Read the state in force.

    Parameters
    ----------
    ring
        The key of the draw, where it does not come from the file; then the file names none.

    Raises
    ------
    ExceptionGroup
        Everything that is wrong in the file.
    DarvozaError
        When something it names cannot be used.
    """
    fields = Fields(read_yaml(path, path.name, error=SettingsError), path.name, error=SettingsError)
    fields.only(KNOWN)
    required = PATHS[:2] if ring is None else PATHS[:1]
    paths = {name: path.parent / text for name in PATHS if (text := fields.text(name, required=name in required))}
    lists = {name: [path.parent / str(each) for each in _listed(fields, name)] for name in LISTS}
    rule = fields.choice("without_model", WithoutModel, WithoutModel.REFUSE) or WithoutModel.REFUSE
    silent = frozenset(map(str, _listed(fields, "silent")))
    random, dial = _number(fields, "random", Budget().random_floor), _number(fields, "dial", Budget().dial)
    fields.finish()
    measures = measure_profiles([each for file in lists["measures"] for each in read_measures(file)])
    model, alarms = _model(paths.get("model"), rule)
    plan = read_capacity(paths["capacity"]) if "capacity" in paths else None
    policy = Policy(
        profiles=joined(load_profiles(paths["profiles"]), measures),
        budget=Budget(random_floor=random, dial=dial, plan=plan),
        ring=ring or read_key_file(paths["key_file"]),
        model=model.model if model else None,
        model_digest=model.digest if model else None,
        past=model.history if model else None,
        competence=CompetenceRegister.of(read_competence(paths["competence"])) if "competence" in paths else None,
        hazards=read_hazards(paths["hazards"]) if "hazards" in paths else None,
        plans=tuple(plan for file in lists["plans"] for plan in read_plans(file)),
        settings=_settings(paths.get("facts"), model),
    )
    told = {
        "random": random,
        "dial": dial,
        "rule": rule.value,
        "silent": sorted(silent),
        "model": policy.model_digest,
        "profiles": policy.profiles.digest,
    }
    other = [place for name, place in paths.items() if name not in {"profiles", "model"}] + list(lists["plans"])
    return State(policy, _digest(told, other), alarms, measures, silent)


def with_profiles(state: State, profiles: Iterable[RiskProfile]) -> State:
    """Give the state with other profiles beside its measures, and the name that goes with them."""
    made = joined(profiles, state.measures)
    told = {"without profiles": state.digest, "profiles": made.digest}
    return replace(state, policy=replace(state.policy, profiles=made), digest=_digest(told, ()))


def joined(profiles: Iterable[RiskProfile], measures: Iterable[RiskProfile]) -> ProfileSet:
    """Put profiles and what measures ask for beside each other.

    Raises
    ------
    SettingsError
        When a measure has the code of a profile, or of another measure.
    """
    made = (*profiles, *measures)
    codes = [profile.code for profile in made]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise SettingsError(field="measures", expected="codes that no profile or other measure has", got=twice)
    return ProfileSet(made)


def _listed(fields: Fields, name: str) -> Iterable[object]:
    """Read a list of paths; none where it is absent."""
    value = fields.mapping.get(name)
    if value is not None and not isinstance(value, list | tuple):
        fields.refuse(name, "a list of files", value)
    return as_sequence(value)


def _number(fields: Fields, name: str, default: float) -> float:
    """Read a number, or what holds where nothing is said."""
    number = fields.number(name)
    return default if number is None else float(number)


def _model(path: Path | None, rule: WithoutModel) -> tuple[StoredModel | None, tuple[str, ...]]:
    """Load the score; where it cannot be read, do as the rule says."""
    if path is None:
        return None, ()
    try:
        stored = load_model(champion_directory(path) if is_registry(path) else path)
    except ModelError as problem:
        if rule is WithoutModel.REFUSE:
            raise
        return None, (f"no score: {problem}; profiles, plans and chance decide",)
    lame = (f"the smoothed rates of the score stand in for its trees: {stored.without}",) if stored.without else ()
    return stored, lame


def _settings(path: Path | None, model: StoredModel | None) -> FactSettings:
    """Take the settings of facts; with a score, those it was fitted with."""
    given = load_fact_settings(path) if path else None
    if model and given and given.digest != model.settings.digest:
        raise SettingsError(field="facts", expected="the settings that the score was fitted with", got=str(path))
    return given or (model.settings if model else DEFAULT)


def _digest(told: Mapping[str, object], files: Iterable[Path]) -> str:
    """Name a state by all that is in it."""
    parts: dict[str, object] = dict(told)
    for file in files:
        inside = sorted(each for each in file.rglob("*") if each.is_file()) if file.is_dir() else [file]
        parts |= {str(each.relative_to(file.parent)): _sum(each) for each in inside}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _sum(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as problem:
        raise DarvozaError(field=str(file), expected="a file that can be read", got=problem.strerror) from problem
