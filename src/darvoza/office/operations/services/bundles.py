"""Bundles made out of the office: the profiles of its library, the draws and the spending that its register knows."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction
from django.db.models import Max

from darvoza.domain.journal import EntryKind
from darvoza.errors import CommitmentMismatch, SettingsError
from darvoza.flow.fields import read_yaml
from darvoza.flow.gate.deciding import Gate
from darvoza.flow.gate.state_file import LISTS, PATHS
from darvoza.flow.learning.plan_states import STATES
from darvoza.flow.post.bundle import BACK, Addressed, make_bundle, without_keys
from darvoza.flow.post.given import check_end
from darvoza.flow.selectivity.keys import KeyRing
from darvoza.flow.selectivity.memory_file import memory_text
from darvoza.methods.sealing.sealed_box import KEY_BYTES
from darvoza.office.api.services.drawn_keys import days_of_other_draws
from darvoza.office.api.services.keeping import keep_files
from darvoza.office.api.services.kinship import drawn_for_posts
from darvoza.office.api.services.opening import OpenGate
from darvoza.office.journal.queries import days_of_other_keys, days_revealed
from darvoza.office.journal.services import SYSTEM, record
from darvoza.office.operations.models import PostBundle
from darvoza.office.profiles.queries import set_in_force
from darvoza.office.profiles.services.files import write_out


@dataclass(frozen=True, slots=True)
class BundleWish:
    """For which post, for which days, sealed for whose key, and by which key the post signs."""

    post: str
    start: date
    end: date
    sealed_for: str
    signed_by: str


def bundle_for(
    wish: BundleWish, state: Path, signing_key: str, *, keep: Callable[[bytes], None], now: datetime
) -> PostBundle:
    """Make the next bundle of a post, number it, and write that down; nothing of it when it cannot be kept.

    Parameters
    ----------
    state
        File of the state in force.
    keep
        Keeps the bundle; called before anything is written down for good.

    Raises
    ------
    DarvozaError, ExceptionGroup
        When the state cannot be read, the days cannot be used, when they are over, too, or another key was committed to for one of
        them.
    """
    check_end(wish.end, now.date())
    # before the transaction: what it holds for a moment, every lodging waits for
    gate = OpenGate.open(state, now=now).gate
    with transaction.atomic(), TemporaryDirectory() as place:
        _check_keys(gate.policy.ring, wish)
        serial = (PostBundle.objects.filter(post=wish.post).aggregate(last=Max("serial"))["last"] or 0) + 1
        to = Addressed(wish.post, serial, wish.start, wish.end, wish.sealed_for, wish.signed_by)
        told = _as_it_stands(state, gate, Path(place), now)
        memory = memory_text(gate.policy.memory) if gate.policy.memory else ""
        drawn = drawn_for_posts(gate, wish.start)
        days = set() if drawn is None else set(drawn.get_column("key_day"))
        days |= {now.date() - timedelta(days=number) for number in range((now.date() - wish.start).days + BACK + 1)}
        packed = make_bundle(
            told,
            to,
            drawn,
            memory,
            signing_key=signing_key,
            seed=secrets.token_bytes(KEY_BYTES),
            revealed=days_revealed(days),
        )
        made = PostBundle.objects.create(
            post=wish.post,
            serial=serial,
            start=wish.start,
            end=wish.end,
            state=gate.policy.profiles.digest,
            signed_by=wish.signed_by,
            made_at=now,
            files=keep_files(without_keys(packed)),
        )
        body = {"what": "bundle made", "serial": serial, "start": wish.start, "end": wish.end, "profiles": made.state}
        body["signed_by"] = wish.signed_by
        record(EntryKind.SETTINGS_CHANGE, f"bundle {wish.post} {serial}", body, by=SYSTEM, now=now)
        keep(packed)
    return made


def _check_keys(ring: KeyRing, wish: BundleWish) -> None:
    """Refuse to let a post draw with another key than the one committed to: its record would not be believed.

    Raises
    ------
    CommitmentMismatch
        When a day of the bundle was committed to, or drawn for here, with another key.
    """
    days = [wish.start + timedelta(days=number) for number in range((wish.end - wish.start).days + 1)]
    if other := days_of_other_keys(ring, days) or days_of_other_draws(ring, days):
        expected = "the key that the journal commits to, or that was drawn with here"
        raise CommitmentMismatch(field=other[0].isoformat(), expected=expected, got=ring.commitment(other[0]))


def _as_it_stands(state: Path, gate: Gate, place: Path, now: datetime) -> Path:
    """Write the state anew: with the profiles in force in the library, and what only the gate knows by now.

    That is where streams stand in their plans, and who has used which certificate or permit.
    """
    said = dict(read_yaml(state, state.name, error=SettingsError))
    for name in PATHS:
        if name in said:
            said[name] = str((state.parent / str(said[name])).absolute())
    for name in LISTS:
        listed = said.get(name)
        if isinstance(listed, list):
            said[name] = [str((state.parent / str(each)).absolute()) for each in listed]
    if tuple(set_in_force(now)):
        write_out(place / "profiles", moment=now)
        said["profiles"] = str(place / "profiles")
    if gate.policy.plans:
        (place / "plan_states").mkdir()
        gate.stands(now).write_parquet(place / "plan_states" / STATES)
        said["plan_states"] = str(place / "plan_states")
    if gate.policy.used is not None:
        gate.policy.used.write_parquet(place / "certificates_used.parquet")
        said["certificates_used"] = str(place / "certificates_used.parquet")
    written = place / "gate.yaml"
    written.write_text(json.dumps(said, default=str), encoding="utf-8")
    return written
