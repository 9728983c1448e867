"""Every decision of the past comes out the same when it is made again, whatever has changed since."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from darvoza.domain.casework import ItemResult
from darvoza.domain.codes import Act
from darvoza.domain.profile import RiskProfile, Treatment
from darvoza.errors import SettingsError
from darvoza.flow.assessment import profiles_beside
from darvoza.flow.assessment.claimed_process import claimed_process_profile
from darvoza.flow.assessment.profile_files import load_profiles
from darvoza.flow.gate.state_file import BESIDE
from darvoza.flow.selectivity.keys import KeyRing, read_key_file
from darvoza.office.administration.models import Post
from darvoza.office.api.callers import Caller
from darvoza.office.api.models import DecidedBatch, KeptPart, KeptState, Lodgement
from darvoza.office.api.purposes import LodgementKind
from darvoza.office.api.requests import Answer, Request
from darvoza.office.api.services import lodging
from darvoza.office.api.services.acting import record_finding
from darvoza.office.api.services.clients import caller_of
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.api.services.replaying import replay
from darvoza.office.profiles.services.files import take_in
from darvoza.office.registry.models import Order
from office.api.systems import Systems
from office.replay_world import POSTS, bodies, change, found_in, write_gate


@pytest.fixture(scope="module")
def gate_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gate with two scores."""
    home = tmp_path_factory.mktemp("replay")
    write_gate(home)
    return home


def lead(caller: Caller, home: Path, count: int) -> None:
    """Lodge, amend, examine; now and then another state comes, the gate opens again with what it kept, or what is open is looked at again."""
    rng, waves = random.Random(4), 0
    for number, (reference, at, body) in enumerate(bodies(count, 3, days=6)):
        ask(caller, LodgementKind.LODGED, body, at)
        if number % 5 == 3:
            ask(
                caller,
                LodgementKind.AMENDED,
                {**body, "items": body["items"][:1], "vehicle_id": "V-NEW"},
                at,
                reference,
            )
        if number % 11 == 7:
            ask(caller, LodgementKind.CANCELLED, None, at, reference)
        if number % 2:
            examine(caller, rng, at)
        if number % 9 == 8:
            waves += 1
            change(home, waves)
            assert reassess(at) or waves > 1
        if number % 16 == 4:
            lodging.keep_memory(at)
            lodging.close()
        if number == count // 2:
            take_in(load_profiles(home / "profiles"), by="oraz", now=at)


def ask(caller: Caller, kind: LodgementKind, body: object, at: datetime, reference: str = "") -> None:
    request = Request(caller, kind, body, reference=reference)
    lodging.lodge([request], now=at)
    assert isinstance(request.outcome, Answer), request.outcome


def examine(caller: Caller, rng: random.Random, at: datetime) -> None:
    order = Order.objects.filter(state="waiting", agency="customs").order_by("pk").first()
    if order is not None:
        numbers = order.declaration.items.values_list("number", flat=True)
        items = [ItemResult(number, found_in(rng)) for number in numbers]
        record_finding(caller, order.order_id, items, words="", if_match="", now=at + timedelta(minutes=1))


@pytest.fixture
def rings(systems: Systems, settings: object, gate_home: Path) -> dict[str, KeyRing]:
    """An office that has decided under many states, and the key of its draws."""
    settings.GATE_FILE = gate_home / "gate.yaml"  # type: ignore[attr-defined]
    change(gate_home, 0)
    lodging.close()
    Post.objects.bulk_create(Post(code=code, name=code) for code in POSTS)
    caller = caller_of(systems.tokens["customs"])
    assert caller is not None
    lead(caller, gate_home, 60)
    ring = read_key_file(gate_home / "key.json")
    return {ring.commitment(): ring}


def test_every_decision_comes_out_the_same_again(rings: dict[str, KeyRing]) -> None:
    revisions = Lodgement.objects.exclude(kind=LodgementKind.CANCELLED)
    assert len(set(revisions.values_list("kind", flat=True))) == 3
    assert KeptState.objects.count() > 5
    found = replay(rings)
    assert found.differing == []
    assert (found.equal, found.different, found.gone) == (revisions.count(), 0, 0)
    reference = revisions.filter(kind="reassessed").values_list("declaration_id", flat=True)[3]
    alone = replay(rings, reference)
    assert (alone.equal, alone.different) == (revisions.filter(declaration_id=reference).count(), 0)
    assert DecidedBatch.objects.filter(memory__isnull=False).count() == 7
    _of_other_versions(rings, revisions.count())
    _other_than_stored(rings, reference)
    _other_than_kept(rings)


def test_what_was_erased_makes_no_other_decision_differ(rings: dict[str, KeyRing]) -> None:
    revisions = Lodgement.objects.exclude(kind=LodgementKind.CANCELLED)
    references = sorted(set(revisions.values_list("declaration_id", flat=True)))
    Lodgement.objects.filter(declaration_id__in=references[:40]).update(items=[])
    found = replay(rings)
    assert found.differing == []
    assert found.equal + found.gone == revisions.count()
    assert found.gone >= revisions.filter(items=[]).count()
    [own] = revisions.filter(declaration_id=references[-1], revision=1)
    own.decisions[0]["u"] /= 2
    own.save()
    assert [each.declaration_id for each in replay(rings).differing or ()] == [references[-1]]


def test_what_was_erased_is_looked_for_once_however_many_decisions_differ(rings: dict[str, KeyRing]) -> None:
    rows = list(Lodgement.objects.exclude(kind=LodgementKind.CANCELLED))
    for row in rows:
        row.decisions[0]["u"] /= 2
    Lodgement.objects.bulk_update(rows, ["decisions"])
    with CaptureQueriesContext(connection) as asked:
        assert replay(rings).different > 50
    batches = [each["sql"] for each in asked.captured_queries if "NOT (EXISTS" in each["sql"]]
    assert len([each for each in batches if DecidedBatch._meta.db_table in each]) == 1


def another() -> RiskProfile:
    """What a later version may say of processes merely declared."""
    return replace(claimed_process_profile(), treatment=Treatment(Act.PHYSICAL))


def _of_other_versions(rings: dict[str, KeyRing], count: int) -> None:
    """What this program puts beside a library today is not what it put there; an earlier version did not even keep it."""
    with pytest.MonkeyPatch.context() as later:
        later.setattr(profiles_beside, "claimed_process_profile", another)
        assert (replay(rings).equal, replay(rings).different) == (count, 0)
        for row in KeptState.objects.all():
            del row.files[BESIDE]
            row.save()
        found = replay(rings)
        assert (found.differing, found.equal) == ([], count)


def _other_than_stored(rings: dict[str, KeyRing], reference: str) -> None:
    """What was changed behind the back of the office is found, and named."""
    row = Lodgement.objects.filter(declaration_id=reference, revision=1).get()
    row.decisions[0]["probability"] /= 2
    row.save()
    found = replay(rings, reference)
    assert found.different == 1
    assert [(each.declaration_id, each.revision, each.field) for each in found.differing or ()] == [
        (reference, 1, "probability")
    ]
    with pytest.raises(SettingsError, match="declaration: expected one that was lodged here"):
        replay(rings, "NOBODY")


def _other_than_kept(rings: dict[str, KeyRing]) -> None:
    """A state that is not what was kept is not decided by."""
    with pytest.raises(SettingsError, match="expected the key of the commitment"):
        replay({})
    part = KeptPart.objects.first()
    assert part is not None
    KeptPart.objects.update(content=b"another")
    with pytest.raises(SettingsError, match="expected the piece"):
        replay(rings)
