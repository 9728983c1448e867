"""The state in force: one file that names everything by which the gate decides, read as a whole or not at all.

    profiles: profiles               # a directory of profiles
    key_file: key.json               # the key of the draw
    capacity: capacity.yaml          # what posts can do; without it `share`, a tenth of what is lodged
    random: "0.01"
    dial: "0.1"                      # or: inf
    purses: [0.1, 0.9, 0, 0]         # severity, harm, money, probability
    money_power: "0.8"
    model: model                     # the score
    without_model: refuse            # or: profiles. What happens when the score cannot be read
    challenger: model-2              # a score beside it that decides nothing
    reasons: selected                # of which examinations the reasons of the score are told
    facts: facts.yaml
    competence: sps_competence.csv
    measures: [measures.csv]         # measures of the health services
    quotas: quotas                   # what `sps quotas` wrote: what is owed of a year is brought
    registers: registers             # zones, establishments, permits
    certificates: certificates
    matching_settings: matching.yaml
    certificates_used: used.parquet  # who used them before goods were lodged here, as a run writes it
    hazards: hazards
    standing: [standing]             # what `trader standing` wrote, one for each role
    plans: [plans.yaml]              # sampling plans
    plan_states: states              # what `sps states` wrote: where streams stood before goods were lodged here
    silent: [KG-TOR]                 # posts, or "*" for all, where decisions are made and kept, but no order is given

Paths are taken from where the file lies. Only ``profiles`` and ``key_file`` are required. They mean what the options of
``darvoza assess`` mean.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from darvoza.domain.profile import ProfileSet, RiskProfile
from darvoza.domain.selection import ReasonScope
from darvoza.domain.sps.measure import Measure
from darvoza.errors import DarvozaError, OutputError, SettingsError
from darvoza.flow.assessment.annual_minimum import read_counts
from darvoza.flow.assessment.earlier_profiles import beside_of_digest
from darvoza.flow.assessment.kept_profiles import read_profiles_json
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.assessment.profiles_beside import Beside, made_beside
from darvoza.flow.assessment.standing_floors import Judged as Standings
from darvoza.flow.enrichment.certificate_checks import refolded
from darvoza.flow.enrichment.routing import CompetenceRegister
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.gate.state_scores import WithoutModel, read_rival, read_score, settings_for
from darvoza.flow.health_sources import HealthSources, read_health_sources
from darvoza.flow.intake.competence import read_competence
from darvoza.flow.intake.measures import read_measures
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.learning.hazard_store import read_hazards
from darvoza.flow.learning.model_store import StoredModel
from darvoza.flow.learning.plan_states import read_states
from darvoza.flow.learning.standing_store import read_judged, standing_warnings
from darvoza.flow.pipeline import Policy
from darvoza.flow.selectivity.capacity import PURSES, Budget, Split
from darvoza.flow.selectivity.capacity_file import read_capacity
from darvoza.flow.selectivity.keys import KeyRing, read_key_file
from darvoza.flow.tables import read_table

PATHS = (
    "profiles", "key_file", "capacity", "model", "challenger", "hazards", "competence", "facts", "quotas", "registers",
    "certificates", "matching_settings", "certificates_used", "plan_states",
)  # fmt: skip
SHOWN = 5
LODGED_WITHIN, LONGEST_WITHIN = 7, 36_500
"""How long ago a declaration may have been lodged, where nothing else is said, and at most where it is [d]."""

LISTS = ("measures", "plans", "standing")
NUMBERS = ("share", "random", "money_power")
BESIDE = "beside.json"
"""Where what stood beside the profiles of a library lies with a state that is kept."""
KNOWN = frozenset({*PATHS, *LISTS, *NUMBERS, "dial", "purses", "reasons", "silent", "lodged_within", "without_model"})


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
        Measures of the health services.
    beside
        The profiles that stand for them, for what is owed of a year and for the matching of certificates.
    silent
        Posts where another system still decides: here decisions are made and kept, but bind nobody; ``*`` for all.
    lodged_within
        How long ago a declaration may have been lodged that is told now [d].
    """

    policy: Policy
    digest: str
    alarms: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    beside: tuple[RiskProfile, ...] = ()
    silent: frozenset[str] = frozenset()
    lodged_within: int = LODGED_WITHIN

    def binds(self, post: str) -> bool:
        """Tell whether what is decided for a post is to be carried out."""
        return self.silent.isdisjoint({"*", post})

    def expired(self, day: date) -> tuple[str, ...]:
        """Say which lists their source no longer vouches for, and which standings are old; they stay in use as they are."""
        lists = self.policy.profiles.expired_lists(day)
        told = tuple(f"list {named.name} expired on {named.expires}; it stays in use as it is" for named in lists)
        judged = self.policy.standings
        table = judged.standings if isinstance(judged, Standings) else judged
        return told + standing_warnings(table, self.policy.standing_rules, day)


def read_state(
    path: Path, ring: KeyRing | None = None, *, kept: bool = False, decided_with: str | None = None
) -> State:
    """Read the state in force.

    Parameters
    ----------
    ring
        The key of the draw, where it does not come from the file; then the file names none.
    kept
        Whether it is kept of what decided before: its measures and plans mean what they meant, though they would be
        refused today, and what stood beside the profiles of the library stands there again.
    decided_with
        Digest of the profiles that stands with decisions of a state that was kept. An earlier version did not keep what
        stood beside them: this tells what it was.

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
    paths = {name: path.parent / text for name in PATHS if (text := _named(fields, name, required=name in required))}
    lists = {name: [path.parent / str(each) for each in _listed_files(fields, name)] for name in LISTS}
    rule = fields.choice("without_model", WithoutModel, WithoutModel.REFUSE) or WithoutModel.REFUSE
    scope = fields.choice("reasons", ReasonScope, ReasonScope.SELECTED) or ReasonScope.SELECTED
    silent = frozenset(map(str, _listed(fields, "silent")))
    said, within = _spending(fields), _within(fields)
    fields.finish()
    model, alarms = read_score(paths.get("model"), rule)
    rival, silent_rival = read_rival(paths, model, rule)
    budget = _budget(said, paths.get("capacity"))
    health = read_health_sources(
        **{name: paths.get(name) for name in ("registers", "certificates", "matching_settings")}
    )
    measures = tuple(each for file in lists["measures"] for each in read_measures(file, kept=kept))
    library = load_profiles(paths["profiles"], approved=True)
    made = made_beside(health.profiles(), measures, read_counts(paths["quotas"]) if "quotas" in paths else None)
    beside = _kept_beside(path, library, made, decided_with) if kept else made.profiles
    policy = replace(
        _scored(Policy(joined(library, beside), budget, ring or read_key_file(paths["key_file"])), model, rival, paths),
        **_health(health, paths, lists, kept=kept),
        reasons=scope,
    )  # fmt: skip
    told = {
        **said, "rule": rule.value, "silent": sorted(silent), "reasons": scope.value, "model": policy.model_digest,
        "profiles": policy.profiles.digest,
        **({} if within == LODGED_WITHIN else {"lodged_within": within}),
    }  # fmt: skip
    apart = {"profiles", "model", *(() if rival else ("challenger",))}
    other = [place for name, place in paths.items() if name not in apart]
    other += [*lists["plans"], *lists["standing"]]
    kept_aside = tuple(f"certificate kept aside: {problem}" for problem in health.refused[:SHOWN])
    return State(policy, _digest(told, other), (*alarms, *silent_rival, *kept_aside), measures, beside, silent, within)


def ring_of(path: Path) -> KeyRing:
    """Read the key by which a state draws, and nothing else of it; errors as for `read_state`."""
    return read_key_file(key_path(path))


def key_path(path: Path) -> Path:
    """Give where the key of a state lies; errors as for `read_state`."""
    fields = Fields(read_yaml(path, path.name, error=SettingsError), path.name, error=SettingsError)
    name = _named(fields, "key_file", required=True)
    fields.finish()
    return path.parent / str(name)


def _spending(fields: Fields) -> dict[str, float | list[float]]:
    """Read what may be spent, and how."""
    usual = Budget()
    said: dict[str, float | list[float]] = {
        "share": _number(fields, "share", usual.share),
        "random": _number(fields, "random", usual.random_floor),
        "money_power": _number(fields, "money_power", usual.money_power),
        "dial": math.inf if fields.text("dial") == "inf" else _number(fields, "dial", usual.dial),
    }
    parts = [Fields({"purses": each}, fields.source, errors=fields.errors, error=SettingsError).number("purses")
             for each in _listed(fields, "purses")]  # fmt: skip
    if parts and len(parts) != len(PURSES):
        fields.refuse("purses", f"a part for each of {', '.join(PURSES)}", len(parts))
    given = [float(part) for part in parts if part is not None]
    if "share" in fields.mapping and "capacity" in fields.mapping:
        fields.refuse("share", "either a share or a capacity", "both")
    return said | ({"purses": given} if given else {})


def _within(fields: Fields) -> int:
    """Read how long ago a declaration may have been lodged."""
    number = _number(fields, "lodged_within", LODGED_WITHIN)
    if not (number == int(number) and 0 <= number <= LONGEST_WITHIN):
        fields.refuse("lodged_within", f"whole days, 0 to {LONGEST_WITHIN}", number)
        return LODGED_WITHIN
    return int(number)


def _budget(said: Mapping[str, Any], capacity: Path | None) -> Budget:
    """Say what may be spent."""
    return Budget(
        share=said["share"],
        random_floor=said["random"],
        dial=said["dial"],
        split=Split(*said.get("purses", ())),
        plan=read_capacity(capacity) if capacity else None,
        money_power=said["money_power"],
    )


def _kept_beside(path: Path, library: ProfileSet, made: Beside, decided_with: str | None) -> tuple[RiskProfile, ...]:
    """Give what stood beside the profiles of a library: as it lies with the state, or as decisions show that it was."""
    kept = path.with_name(BESIDE)
    if kept.is_file():
        return read_profiles_json(kept.read_bytes(), BESIDE)
    then = beside_of_digest(library, made, decided_with) if decided_with else None
    return made.profiles if then is None else then


def _scored(policy: Policy, model: StoredModel | None, rival: StoredModel | None, paths: Mapping[str, Path]) -> Policy:
    """Put the score in, what runs beside it, and how facts are made."""
    settings = settings_for(paths.get("facts"), model)
    if rival and (model is None or rival.settings.digest != settings.digest):
        raise SettingsError(field="challenger", expected="a score with the settings of facts of the model beside it",
                            got=str(paths["challenger"]))  # fmt: skip
    if model is None:
        return replace(policy, settings=settings)
    return replace(
        policy,
        model=model.model,
        model_digest=model.digest,
        challenger=rival.model if rival else None,
        challenger_digest=rival.digest if rival else None,
        past=model.history,
        settings=settings,
    )


def _health(
    health: HealthSources, paths: Mapping[str, Path], lists: Mapping[str, Sequence[Path]], *, kept: bool
) -> dict[str, Any]:
    """Give what decides about goods under control of the health services, and about those who trade."""
    judged = read_judged(lists["standing"], kept=kept)
    used = paths.get("certificates_used")
    return {
        "competence": CompetenceRegister.of(read_competence(paths["competence"])) if "competence" in paths else None,
        "registers": health.as_registers(),
        "attested": health.attested,
        "used": _uses(used) if used else None,
        "hazards": read_hazards(paths["hazards"]) if "hazards" in paths else None,
        "plans": tuple(plan for file in lists["plans"] for plan in read_plans(file, kept=kept)),
        "plan_states": read_states(paths["plan_states"]) if "plan_states" in paths else None,
        "standings": judged.table,
        "standing_rules": judged.rules,
    }


def with_profiles(state: State, profiles: Iterable[RiskProfile]) -> State:
    """Give the state with other profiles beside those of its measures, and the name that goes with them."""
    made = joined(profiles, state.beside)
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


def _uses(path: Path) -> pl.DataFrame:
    """Read who used certificates and permits before goods were lodged here."""
    expected = "the uses that a run wrote"
    try:
        return refolded(read_table(path, expected))
    except pl.exceptions.PolarsError as problem:
        raise OutputError(field=str(path), expected=expected, got=f"{problem!s:.200}") from problem


def _listed(fields: Fields, name: str) -> Iterable[object]:
    """Read a list of paths; none where it is absent."""
    value = fields.mapping.get(name)
    if value is not None and not isinstance(value, list | tuple):
        fields.refuse(name, "a list of files", value)
    return as_sequence(value)


def _named(fields: Fields, name: str, *, required: bool = False) -> str:
    """Read the name of a file."""
    text = fields.text(name, required=required)
    if "\0" in text:
        fields.refuse(name, "a name without the character U+0000", text)
        return ""
    return text


def _listed_files(fields: Fields, name: str) -> Iterable[object]:
    """Read a list of names of files."""
    listed = list(_listed(fields, name))
    if any("\0" in str(each) for each in listed):
        fields.refuse(name, "names without the character U+0000", listed)
        return ()
    return listed


def _number(fields: Fields, name: str, default: float) -> float:
    """Read a number, or what holds where nothing is said."""
    number = fields.number(name)
    return default if number is None else float(number)


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
