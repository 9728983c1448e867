"""``darvoza assess``: a file of declarations in; an explained, verifiable selection out."""

import json
import math
import secrets
import sys
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import polars as pl

from darvoza.cli.assess_certificates import (
    certificates_told,
    health_sources,
    sources_told,
    used_before,
    write_certificates,
)
from darvoza.cli.assess_profiles import KeptBeside, Library, read_library
from darvoza.cli.declarations import take_in_files, told, torn_declarations
from darvoza.cli.kept_inputs import inputs_of, write_inputs
from darvoza.cli.manifest import expiry_warnings, file_entries, lists_told, profiles_told, write_manifest
from darvoza.cli.output import fresh_directory, write_alone
from darvoza.cli.previous_run import memory_of_days_before
from darvoza.cli.reference_data import competence_register, fact_settings
from darvoza.cli.refused_rows import tell_of_refused
from darvoza.cli.report.html import render_report
from darvoza.cli.results import DECISIONS, LOAD, MEMORY, ORDERS, read_decisions, read_previous_memory
from darvoza.domain.capacity import CapacityUnit
from darvoza.domain.fact_settings import FactSettings
from darvoza.domain.profile import ProfileSet
from darvoza.errors import SettingsError
from darvoza.flow.assessment.kept_profiles import profiles_json
from darvoza.flow.assessment.profiles_beside import Profiles
from darvoza.flow.gate.state_file import joined
from darvoza.flow.health_sources import HealthSources
from darvoza.flow.inspection.faulty_documents import faulty_documents
from darvoza.flow.inspection.orders import orders
from darvoza.flow.intake.outcomes import without_results
from darvoza.flow.intake.plans import read_plans
from darvoza.flow.intake.records import Intake
from darvoza.flow.intake.report import write_left, write_rejected
from darvoza.flow.learning.hazard_store import read_hazards
from darvoza.flow.learning.model_store import StoredModel, load_model
from darvoza.flow.learning.plan_states import read_states
from darvoza.flow.learning.registry import champion_directory, is_registry
from darvoza.flow.learning.standing_store import read_judged, standing_warnings
from darvoza.flow.oversight.breaker import Alarm, alarms
from darvoza.flow.oversight.joint_draw import JointDraw, joint_draw
from darvoza.flow.oversight.summary import summarise
from darvoza.flow.pipeline import Assessed, Policy, assess_all
from darvoza.flow.selectivity.capacity import SHARE_UNSTATED, Budget, Split
from darvoza.flow.selectivity.capacity_file import read_capacity
from darvoza.flow.selectivity.keys import key_file_text, new_key_ring, read_key_file
from darvoza.flow.selectivity.load import capacity_by_post, unnamed_posts
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.plural import several
from darvoza.progress import Progress

FRESH_AGENCIES = ("customs", "phytosanitary")
KEY, REJECTED, UNMAPPED = "key.json", "rejected.parquet", "unmapped.parquet"
REPORT = "report.html"
ROW_GROUP = 131_072
SHOWN = 5


def run(options: Namespace) -> int:
    """Assess declarations and write decisions, rejected rows, report and manifest."""
    given = inputs_of(options)
    by = ready(options)
    with fresh_directory(options.out) as part:
        write_inputs(part, given, profiles_json(by.beside))
        intake, done = decide(options, by, part, Progress())
    policy, decisions = by.policy, done.decisions
    _tell(options.out, intake, decisions, made_key=options.key_file is None)
    for line in certificates_told(done.certificates, policy.attested):
        print(line)
    for alarm in _alarms(decisions, policy):
        print(
            f"ALARM: {alarm.profile} matches more than {policy.ceiling.share:.0%} of what is lodged at {alarm.post}; "
            f"its floor was lowered for {alarm.declarations:,} declarations, to {alarm.lowest:.3f} at the least"
        )
    _tell_of_load(done.load)
    if policy.budget.plan:
        _tell_of_posts(done.load, options.capacity)
    _tell_of_validity(policy.profiles, by.beside, decisions, options.profiles)
    for warning in expiry_warnings(policy.profiles, _last_day(decisions)):
        print(warning, file=sys.stderr)
    table = policy.standings if isinstance(policy.standings, pl.DataFrame) else None
    for warning in standing_warnings(table, policy.standing_rules, _last_day(decisions)):
        print(f"ATTENTION: {warning}", file=sys.stderr)
    return 0


class Ready(NamedTuple):
    """Everything that decides, read and checked."""

    policy: Policy
    sources: HealthSources
    beside: Profiles


def ready(options: Namespace, before: KeptBeside | None = None) -> Ready:
    """Read and check everything that decides; no declaration is looked at. What is kept of a run `before` means what it meant."""
    sources = health_sources(options)
    profiles = read_library(options, sources, before)
    return Ready(_policy(options, sources, profiles, kept=before is not None), sources, profiles.beside)


def decide(options: Namespace, by: Ready, part: Path, progress: Progress) -> tuple[Intake, Assessed]:
    """Decide declarations, and write everything that comes out of it into a directory."""
    intake = take_in_files(options, progress)
    known = by.policy.earlier if isinstance(by.policy.earlier, pl.DataFrame) else None
    before = memory_of_days_before(by.policy.memory, known, intake.items, options.previous)
    policy = replace(by.policy, memory=before)
    done = assess_all(intake.items, policy, threads=options.workers, progress=progress)
    write_certificates(part, done.certificates)
    _write(part, intake, done, policy=policy, options=options, health=sources_told(by.sources))
    progress("output", done.decisions.height)
    return intake, done


def _last_day(decisions: pl.DataFrame) -> date:
    """Give the last day of lodging, on which it is asked what has expired."""
    latest = decisions.get_column("lodged_at").max()
    return latest.date() if isinstance(latest, datetime) else date.min


def _alarms(decisions: pl.DataFrame, policy: Policy) -> tuple[Alarm, ...]:
    """Name the profiles that were slowed down because they ran away."""
    return alarms(decisions, policy.profiles.shares)


def _models(options: Namespace) -> tuple[StoredModel | None, StoredModel | None]:
    """Load champion and challenger; say where one has to do without its trees."""
    paths = [options.model, options.challenger]
    if options.challenger and not options.model:
        raise SettingsError(field="challenger", expected="a champion beside it", got="none", hint="add --model")
    found = [load_model(champion_directory(path) if is_registry(path) else path) if path else None for path in paths]
    for path, stored in zip(paths, found, strict=True):
        if stored and stored.without:
            print(f"{path}: its smoothed rates stand in for its trees ({stored.without})", file=sys.stderr)
    return found[0], found[1]


def _policy(options: Namespace, sources: HealthSources, library: Library, *, kept: bool) -> Policy:
    """Gather what decides; everything is checked before a row is read."""
    stored, challenger = _models(options)
    judged = read_judged(options.standing, kept=kept)
    ring = read_key_file(options.key_file) if options.key_file else new_key_ring(FRESH_AGENCIES, secrets.token_bytes)
    return Policy(
        profiles=joined(library.profiles, library.beside),
        budget=_budget(options),
        ring=ring,
        model=stored.model if stored else None,
        model_digest=stored.digest if stored else None,
        challenger=challenger.model if challenger else None,
        challenger_digest=challenger.digest if challenger else None,
        past=stored.history if stored else None,
        earlier=read_decisions(options.previous) if options.previous else None,
        competence=competence_register(options.competence),
        registers=sources.as_registers(),
        attested=sources.attested,
        used=used_before(options.previous),
        memory=read_previous_memory(options.previous) if options.previous else {},
        plans=read_plans(options.plans, kept=kept) if options.plans else (),
        plan_states=read_states(options.plan_states) if options.plan_states else None,
        hazards=read_hazards(options.hazards) if options.hazards else None,
        standings=judged.table,
        standing_rules=judged.rules,
        settings=_settings(options, stored, challenger),
        reasons=options.reasons,
    )


def _budget(options: Namespace) -> Budget:
    """Gather what may be spent, and how."""
    plan = read_capacity(options.capacity) if isinstance(options.capacity, Path) else None
    share = SHARE_UNSTATED if plan else options.capacity
    return Budget(share, options.random, options.dial, Split(*options.purses), plan, options.money_power)


def _settings(options: Namespace, stored: StoredModel | None, challenger: StoredModel | None) -> FactSettings:
    """Give the settings of facts; those of the score, where there is one."""
    given = fact_settings(options.facts)
    if stored and challenger and stored.settings.digest != challenger.settings.digest:
        raise SettingsError(
            field="challenger",
            expected=f"the settings of facts of the champion ({stored.settings.digest[:16]}…)",
            got=f"{challenger.settings.digest[:16]}…",
            hint="both see the same facts: fit one of them again",
        )
    if stored is None or options.facts is None:
        return stored.settings if stored else given
    if given.digest != stored.settings.digest:
        raise SettingsError(
            field="facts",
            expected=f"the settings that the model was fitted with ({stored.settings.digest[:16]}…)",
            got=f"{options.facts} ({given.digest[:16]}…)",
            hint="leave --facts out, or learn again with it",
        )
    return given


def _write(
    part: Path, intake: Intake, done: Assessed, *, policy: Policy, options: Namespace, health: dict[str, object]
) -> None:
    """Write every file of the run."""
    decisions = done.decisions
    decisions.write_parquet(part / DECISIONS, compression="zstd", row_group_size=ROW_GROUP)
    checked = done.certificates
    faulty = faulty_documents(checked.checks if checked else None, policy.attested.settings)
    orders(decisions, policy.profiles, faulty).write_parquet(
        part / ORDERS, compression="zstd", row_group_size=ROW_GROUP
    )
    done.load.write_parquet(part / LOAD, compression="zstd")
    (part / MEMORY).write_text(memory_text(done.memory), encoding="utf-8")
    write_rejected(intake, part / REJECTED)
    write_left(intake, part / UNMAPPED)
    if options.key_file is None:
        write_alone(part / KEY, key_file_text(policy.ring))
    content = _provenance(intake, decisions, policy, options) | {"health_sources": health}
    titles = {profile.code: profile.title for profile in policy.profiles}
    able = capacity_by_post(done.load)
    summary = summarise(
        decisions,
        without_results(intake.items, torn_declarations(intake)),
        capacity=_share_of(able, decisions) if policy.budget.plan else policy.budget.share,
        random_floor=options.random,
        titles=titles,
        capacities=able,
    )
    (part / REPORT).write_text(render_report(summary, summary.examples, content), encoding="utf-8")
    write_manifest(part, content)


def _share_of(able: Mapping[str, float], decisions: pl.DataFrame) -> float:
    """Give what all posts can do as examinations per declaration."""
    share = sum(able.values()) / max(decisions.get_column("declaration_id").n_unique(), 1)
    return min(max(share, 1e-9), 1.0)


def _provenance(intake: Intake, decisions: pl.DataFrame, policy: Policy, options: Namespace) -> dict[str, object]:
    """Tell everything that went in."""
    days = decisions.select("key_day", "commitment").unique().sort("key_day")
    return {
        "inputs": file_entries(options.files),
        "mapping": file_entries([options.mapping])[0],
        "rows": {"read": intake.read, "accepted": intake.accepted, "rejected": intake.rejected_rows},
        "settings": {
            "capacity": str(options.capacity) if policy.budget.plan else options.capacity,
            "random": options.random,
            "dial": str(options.dial) if math.isinf(options.dial) else options.dial,
            "purses": asdict(policy.budget.split),
            "money_power": options.money_power,
        },
        "capacity": _capacity_told(policy.budget, options),
        "ceiling": asdict(policy.ceiling),
        "alarms": [asdict(alarm) | {"since": alarm.since.isoformat()} for alarm in _alarms(decisions, policy)],
        "fact_settings": policy.settings.as_mapping(),
        "profiles_digest": policy.profiles.digest,
        "profiles": profiles_told(policy.profiles),
        "lists": lists_told(policy.profiles, _last_day(decisions)),
        "model_digest": policy.model_digest,
        "challenger_digest": policy.challenger_digest,
        "ring_commitment": policy.ring.commitment(),
        "commitments": {day.isoformat(): commitment for day, commitment in days.iter_rows()},
    }


def _capacity_told(budget: Budget, options: Namespace) -> dict[str, object]:
    """Tell what posts can do, as it was."""
    told: dict[str, object] = {
        "rows": [
            {"post": row.post, "duty": str(row.duty), row.unit.value: row.amount, "from": row.start, "to": row.end}
            for row in budget.capacity().rows
        ]
    }
    if budget.plan:
        told["file"] = file_entries([options.capacity])[0]
    return json.loads(json.dumps(told, default=str))  # type: ignore[no-any-return]


def _tell_of_load(load: pl.DataFrame) -> None:
    """Say where floors alone ask for more than can be done; nothing of it is dropped."""
    over = load.filter("overloaded").with_columns(excess=pl.col("overload") / pl.col("capacity"))
    worst = over.sort(["excess", "day"], descending=[True, False], nulls_last=True).group_by(
        "post", "agency", "act", maintain_order=True
    )
    told = list(
        worst.agg(pl.len(), pl.col("floors", "capacity", "unit", "day").first())
        .sort("post", "agency", "act")
        .iter_rows()
    )
    for post, agency, act, days, floors, capacity, unit, day in told[:SHOWN]:
        what = f"hours of {agency} {act}" if unit == CapacityUnit.HOURS else f"{agency} {act}"
        print(
            f"OVERLOAD: the floors alone ask {post} for {floors:.1f} {what} on {day}, it can do {capacity:.1f}; "
            f"{several(days, 'such day')}; nothing is dropped, see {LOAD} and the turns in {ORDERS}"
        )
    if len(told) > SHOWN:
        print(f"OVERLOAD: {len(told) - SHOWN} more posts and acts, see {LOAD}")


def _tell_of_posts(load: pl.DataFrame, path: Path) -> None:
    """Say which posts the file of capacities does not name, and what was taken instead."""
    unnamed: dict[tuple[str, bool], list[str]] = {}
    for duty, post, stated in unnamed_posts(load):
        unnamed.setdefault((str(duty), stated), []).append(post)
    for (what, stated), posts in unnamed.items():
        instead = "its row for *" if stated else f"{SHARE_UNSTATED:.2f} of the declarations"
        named = ", ".join(posts[:SHOWN]) + (f" and {len(posts) - SHOWN} more" if len(posts) > SHOWN else "")
        print(f"{path.name} does not name for {what}: {named}; {instead} was taken", file=sys.stderr)


def _tell(out: Path, intake: Intake, decisions: pl.DataFrame, *, made_key: bool) -> None:
    """Say what came out and where to look."""
    declarations = decisions.select("declaration_id", "channel").unique(subset="declaration_id")
    lanes = dict(declarations.group_by("channel").len().iter_rows())
    print(told(intake))
    print(
        f"{declarations.height:,} declarations: "
        + ", ".join(f"{lanes.get(lane, 0):,} {lane}" for lane in ("red", "yellow", "blue", "green"))
    )
    _tell_of_the_draw(joint_draw(decisions))
    tell_of_refused(intake, set(declarations.get_column("declaration_id")), out / REJECTED)
    print(f"orders for officers: {out / ORDERS}; report: {out / REPORT}")
    if made_key:
        print(f"no key file was given: a fresh key was made and lies in {out / KEY} (fit for practice only;")
        print(
            "  in earnest each agency keeps its share: darvoza key new --agency customs --agency phytosanitary --out KEY)"
        )


def _tell_of_the_draw(draw: JointDraw | None) -> None:
    """Say what one draw for several services saves."""
    if draw and len(draw.services) > 1:
        print(
            f"one draw for {len(draw.services)} services: {draw.stopped:,} stopped, Σ max π = {draw.expected:,.1f} ± "
            f"{draw.deviation:.1f}; a draw for each would stop {draw.apart:,.1f}, so {draw.fewer:.0%} fewer are stopped"
        )


def _tell_of_validity(profiles: ProfileSet, beside: Profiles, decisions: pl.DataFrame, library: Path) -> None:
    """Say which profiles of the library were in force on no day of these declarations: they could not match."""
    made = {profile.code for profile in beside}
    own = [profile for profile in profiles if profile.code not in made]
    if not own:
        print(f"ATTENTION: no profile (*.yaml) lies below {library}: none could match", file=sys.stderr)
    days = decisions.get_column("lodged_at").dt.date().unique().to_list()
    idle = [profile.code for profile in own if not any(day in profile.valid for day in days)]
    if idle:
        shown = ", ".join(idle[:SHOWN]) + (", …" if len(idle) > SHOWN else "")
        print(
            f"{len(idle)} of {len(own)} profiles were in force on none of these days ({min(days)} to {max(days)}): {shown}",
            file=sys.stderr,
        )
