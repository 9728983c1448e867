"""What is past its time goes, what is not stays, and the chain of the journal holds."""

import hashlib
from argparse import Namespace
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act
from darvoza.domain.journal import ERASABLE, EntryKind
from darvoza.errors import SettingsError
from darvoza.flow.intake.control_results import CONTROL_RESULTS
from darvoza.flow.post.deciding import decision_event, decision_of
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.office.api.models import Client, Comparison, Event, Lodgement, Receipt
from darvoza.office.commands import expire as command
from darvoza.office.desk.models import Draft, Photo
from darvoza.office.desk.photo_files import place_of, store
from darvoza.office.desk.pictures.small import keep_small
from darvoza.office.desk.services.orders import claim, refer
from darvoza.office.desk.services.photos import add_photo
from darvoza.office.insight.queries.figures import last_figures
from darvoza.office.insight.queries.photos_audit import photos_held
from darvoza.office.insight.queries.register_audit import audit
from darvoza.office.insight.queries.results_audit import from_files
from darvoza.office.insight.services.reckoning import reckon
from darvoza.office.journal.models import Entry
from darvoza.office.journal.queries import verify
from darvoza.office.journal.services import record_alone
from darvoza.office.operations.models import PostEntry
from darvoza.office.operations.retention import JOURNAL, KeptData, RetentionRule, read_retention, shipped_rules
from darvoza.office.operations.services.expiring import expire, past_its_time
from darvoza.office.operations.services.returning import take_in
from darvoza.office.registry.attested import ERASED, run_subject
from darvoza.office.registry.mapping import declaration_record
from darvoza.office.registry.models import Decision, Declaration, Finding, Mark, Order, Result, Run
from darvoza.office.registry.services.results import load_results
from office.desk.pictures import BASELINE, LOSSY, PNG
from office.operations.test_returned_forged import signed
from office.operations.test_returning import a_bundle, a_record
from office.sample import FIRST, NOW, ORDER, PASSED, SECOND, load_sample
from people import Cast
from post_world import NOW as AT
from post_world import POST, a_centre

RULES = read_retention(shipped_rules())
PERSONAL = ("Ала-Тоо", "259662696297", "01KG777ABC", "MSKU1234565")
"""Who traded in the sample, and by what."""


def test_no_class_ends_what_the_checker_of_the_journal_wants_to_see_for_ever() -> None:
    assert {kind for kinds in JOURNAL.values() for kind in kinds} == ERASABLE


def only(data: KeptData) -> list[RetentionRule]:
    """The proposed rule of one class."""
    return [rule for rule in RULES if rule.data is data]


def later(data: KeptData, **more: float) -> datetime:
    """The moment at which what happened at `NOW` is as old as it may become, and a little more."""
    [rule] = only(data)
    return NOW.replace(year=NOW.year + rule.years) + timedelta(days=rule.days) + timedelta(**more)


def test_every_class_has_a_proposed_period_that_says_that_it_is_proposed() -> None:
    assert {rule.data for rule in RULES} == set(KeptData)
    assert [rule.basis for rule in RULES if not rule.basis.startswith("proposal: ")] == []
    assert "status: proposal" in shipped_rules().read_text(encoding="utf-8")


@pytest.fixture
def _finished(db: None) -> None:  # noqa: ARG001
    """A register in which nobody waits for anything."""
    load_sample()
    Order.objects.update(state=CaseState.RECORDED)
    order = Order.objects.get(order_id=f"{FIRST}:customs:physical")
    Result.objects.create(order=order, number=1, by="asel", at=NOW)
    Lodgement.objects.create(
        declaration_id=FIRST, revision=1, kind="lodge", batch=1, state="ab", post="KG-AKT", lodged_at=NOW, decided_at=NOW,
        channel="red", items=[{"importer_name": PERSONAL[0]}], decisions=[],
    )  # fmt: skip


def everything() -> str:
    """Every value of the register and of the interface, as one text."""
    models = (Declaration, Mark, Decision, Order, Result, Finding, Lodgement, Event, Receipt)
    return str([list(model._default_manager.values()) for model in models])


@pytest.mark.usefixtures("_finished")
def test_who_traded_is_erased_in_time_and_what_was_declared_and_found_stays() -> None:
    assert [each for each in PERSONAL if each not in everything()] == []
    on_time = later(KeptData.IDENTITIES, hours=-4)
    assert expire(only(KeptData.IDENTITIES), now=on_time)[0].number == 0
    decisions = list(Decision.objects.values_list("decision_id", "u", "probability"))
    assert expire(only(KeptData.IDENTITIES), now=later(KeptData.IDENTITIES))[0].number == 4
    assert [each for each in PERSONAL if each in everything()] == []
    row = Declaration.objects.get(declaration_id=FIRST)
    kept = declaration_record(row, row.items.all())
    assert (kept.importer_id, kept.items[0].hs, kept.items[0].net_mass) == (ERASED, "870322", kept.items[0].net_mass)
    assert list(Decision.objects.values_list("decision_id", "u", "probability")) == decisions
    assert expire(only(KeptData.IDENTITIES), now=later(KeptData.IDENTITIES))[0].number == 0


@pytest.mark.usefixtures("_finished")
def test_a_declaration_goes_with_everything_about_it() -> None:
    Event.objects.create(kind="decided", declaration_id=FIRST, post="KG-AKT", body={}, at=NOW)
    assert expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS))[0].number == 4
    for model in (Declaration, Mark, Decision, Order, Result, Lodgement, Event):
        assert model._default_manager.count() == 0, model
    assert verify().faults == ()


def a_photo(order_id: str, content: bytes, root: Path) -> Path:
    """A photo of an order, with its small picture; its file."""
    stored = store(root, [content], most=len(content))
    keep_small(root, stored.digest, b"small")
    Photo.objects.create(order_id=order_id, number=1, by="asel", at=NOW, **stored._asdict())
    return place_of(root, stored.digest, stored.kind)


@pytest.mark.usefixtures("_finished")
def test_photos_go_with_their_declarations_and_those_left_behind_as_well(
    tmp_path: Path, settings: Settings, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.PHOTOS = tmp_path
    Order.objects.filter(declaration__declaration_id=SECOND).update(state=CaseState.CLAIMED)
    own = a_photo(f"{FIRST}:customs:physical", BASELINE, tmp_path)
    shared = a_photo(f"{FIRST}:customs:documentary", PNG, tmp_path)
    a_photo(f"{SECOND}:customs:documentary", PNG, tmp_path)
    left = a_photo("LONG-GONE:customs:physical", LOSSY, tmp_path)
    with django_capture_on_commit_callbacks() as later_on:
        expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS, days=1))
    assert own.exists()  # a file goes once nothing names it for good
    for callback in later_on:
        callback()
    assert [each.order_id.split(":")[0] for each in Photo.objects.all()] == [SECOND]
    assert [each.exists() for each in (own, shared, left)] == [False, True, False]
    assert [path.stem for path in (tmp_path / "small").rglob("*.png")] == [shared.stem]


@pytest.mark.parametrize("erased", [False, True])
def test_a_reference_that_comes_again_is_held_against_what_the_journal_tells_since(
    cast: Cast, tmp_path: Path, settings: Settings, erased: bool
) -> None:
    settings.PHOTOS = tmp_path
    load_sample()
    asel = cast.people["asel"]
    claim(asel, ORDER, now=NOW)
    add_photo(asel, ORDER, [BASELINE], root=tmp_path, now=NOW)
    refer(asel, FIRST, Act.SCAN, suspicion="it is heavier than it says", now=NOW)
    assert (audit().holds, photos_held(tmp_path).attested) == (True, 1)
    Order.objects.update(state=CaseState.RECORDED)
    expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS))
    if erased:
        expire(only(KeptData.JOURNAL_WORK), now=later(KeptData.JOURNAL_WORK, days=1))
    Run.objects.all().delete()
    load_sample()
    assert audit().holds
    assert photos_held(tmp_path).different == 0
    Declaration.objects.filter(declaration_id=FIRST).update(arrived_at=NOW, arrived_post="KG-OSH")
    assert [each.field for each in audit().differences] == ["arrived"]


def compared(declaration_id: str) -> Comparison:
    """What another system decided of a declaration."""
    return Comparison.objects.create(
        declaration_id=declaration_id, system="old", post="KG-AKT", theirs="green", ours="red", at=NOW
    )


@pytest.mark.usefixtures("_finished")
def test_comparisons_go_with_their_declarations_and_those_left_behind_as_well() -> None:
    Order.objects.filter(declaration__declaration_id=FIRST).update(state=CaseState.CLAIMED)
    for name in (FIRST, PASSED, "LONG-GONE"):
        compared(name)
    expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS, hours=-4))
    assert Comparison.objects.count() == 3
    expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS, days=1))
    assert list(Comparison.objects.values_list("declaration_id", flat=True)) == [FIRST]


@pytest.mark.usefixtures("_finished")
def test_the_journal_of_a_declaration_stays_for_as_long_as_the_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("darvoza.office.operations.services.expiring.BATCH", 2)
    order = f"{FIRST}:customs:physical"
    for kind, subject in (
        (EntryKind.DECISION, FIRST),
        (EntryKind.DECISION, "GONE"),
        (EntryKind.ORDER, order),
        (EntryKind.FINDING, order),
        (EntryKind.DECISION, PASSED),
        (EntryKind.FINDING, "GONE:customs:physical"),
        (EntryKind.DECISION, "GONE-2"),
    ):
        record_alone(kind, subject, {"a": 1}, by="person 7", now=NOW)
    rule = RetentionRule(KeptData.JOURNAL_WORK, 0, 1, "x", "ab" * 32)
    at = NOW + timedelta(days=366)
    number = past_its_time([rule], at)[0].number
    assert expire([rule], now=at)[0].number == number >= 3
    assert past_its_time([rule], at)[0].number == 0
    told = Entry.objects.filter(subject__in=[FIRST, order, PASSED, "GONE", "GONE:customs:physical", "GONE-2"])
    assert set(told.exclude(salt=None).values_list("subject", flat=True)) == {FIRST, order, PASSED}
    Order.objects.filter(declaration__declaration_id=FIRST).update(state=CaseState.CLAIMED)
    expire(RULES, now=later(KeptData.DECLARATIONS, days=1))
    assert set(told.exclude(salt=None).values_list("subject", flat=True)) == {FIRST, order}
    assert verify().faults == ()


@pytest.mark.usefixtures("_finished")
def test_entries_on_runs_and_files_stay_for_as_long_as_what_came_with_them() -> None:
    (run,) = {decision.run.digest for decision in Decision.objects.select_related("run")}
    gone = Run.objects.create(digest="ab" * 32, name="gone", loaded_at=NOW)
    files = f"results {NOW + timedelta(hours=2):%Y-%m-%d %H:%M}", f"results {NOW - timedelta(hours=2):%Y-%m-%d %H:%M}"
    for subject, at in ((files[0], NOW + timedelta(hours=2)), (files[1], NOW - timedelta(hours=2))):
        record_alone(EntryKind.FINDING, subject, {"what": "results taken in", "results": 1}, by="person 7", now=at)
    for digest in (run, gone.digest):
        if not Entry.objects.filter(subject=run_subject(digest)).exists():
            record_alone(EntryKind.DECISION, run_subject(digest), {"what": "taken in"}, by="person 7", now=NOW)
    told = Entry.objects.filter(subject__in=[*files, run_subject(run), run_subject(gone.digest)])
    assert told.exclude(salt=None).count() == 4
    rule = RetentionRule(KeptData.JOURNAL_WORK, 0, 1, "x", "ab" * 32)
    expire([rule], now=NOW + timedelta(days=366))
    assert set(told.exclude(salt=None).values_list("subject", flat=True)) == {files[0], run_subject(run)}
    assert from_files() == float("inf"), "that of the file of which nothing stands is erased"
    Declaration.objects.all().delete()
    expire([rule], now=NOW + timedelta(days=366))
    assert not told.exclude(salt=None).exists()
    assert verify().faults == ()


@pytest.mark.django_db
def test_the_entry_on_a_file_whose_results_are_known_later_stays_with_them() -> None:
    load_sample()
    told = {
        "declaration_id": FIRST, "item": 1, "agency": "customs", "act": "physical", "officer": "AKT-01",
        "result_at": NOW + timedelta(hours=6), "finding_area": "undervaluation", "finding_severity": 2,
    }  # fmt: skip
    rows = pl.DataFrame([dict.fromkeys(CONTROL_RESULTS) | told], schema=CONTROL_RESULTS)
    assert load_results(rows, by="person 7", now=NOW).results == 1
    rule = RetentionRule(KeptData.JOURNAL_WORK, 0, 1, "x", "ab" * 32)
    expire([rule], now=NOW + timedelta(days=366))
    assert from_files() == 0, "nothing may be passed as come with a file that nobody remembers"
    assert audit().holds


@pytest.mark.usefixtures("_finished")
def test_what_is_erased_of_a_declaration_is_locked_before_it_is_read() -> None:
    if not connection.features.has_select_for_update:
        pytest.skip("the whole database is locked")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        expire(only(KeptData.IDENTITIES), now=later(KeptData.IDENTITIES))
    told = [each["sql"] for each in asked.captured_queries]
    first = next(place for place, sql in enumerate(told) if sql.startswith("UPDATE"))
    locked = [sql for sql in told[:first] if "FOR NO KEY UPDATE" in sql]
    assert any('FROM "registry_declaration"' in sql for sql in locked)
    assert [
        sql for sql in told if 'FROM "registry_order"' in sql and "overrides" in sql and "FOR NO KEY" not in sql
    ] == []


@pytest.mark.django_db
def test_an_erasure_says_by_which_rules_it_was_done(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text("title: T\nrules: [{data: journal-work, keep: 2 years, basis: Article 7}]\n", encoding="utf-8")
    record_alone(EntryKind.FINDING, "KG-1", {}, by="person 7", now=NOW)
    expire(read_retention(path), now=NOW.replace(year=NOW.year + 3))
    told = Entry.objects.get(kind=EntryKind.ERASURE).body or {}
    assert told == {
        "erased": [1],
        "basis": "Article 7",
        "data": "journal-work",
        "keep": "2 years",
        "before": NOW.replace(year=NOW.year + 1).isoformat(),
        "rules": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    assert verify().faults == ()


@pytest.mark.usefixtures("_finished")
def test_what_somebody_still_works_on_stays() -> None:
    Order.objects.filter(declaration__declaration_id=FIRST).update(state=CaseState.CLAIMED)
    expire(RULES, now=later(KeptData.DECLARATIONS))
    assert list(Declaration.objects.values_list("declaration_id", flat=True)) == [FIRST]
    assert PASSED != FIRST


@pytest.mark.django_db
def test_bodies_of_the_journal_go_by_kind_and_the_chain_holds() -> None:
    kinds = (
        EntryKind.SIGN_IN,
        EntryKind.SENSITIVE_READ,
        EntryKind.FINDING,
        EntryKind.PROFILE_CHANGE,
    )
    for kind in kinds:
        record_alone(kind, "KG-1", {"name": PERSONAL[0]}, by="person 7", now=NOW)
    gone: dict[EntryKind, int] = {}
    for years in range(13):
        expire(RULES, now=NOW.replace(year=NOW.year + years) + timedelta(days=1))
        found = verify()
        assert found.faults == ()
        for entry in Entry.objects.filter(body__isnull=True):
            gone.setdefault(EntryKind(entry.kind), years)
    assert gone == {EntryKind.SIGN_IN: 2, EntryKind.SENSITIVE_READ: 3, EntryKind.FINDING: 10}
    assert Entry.objects.filter(kind=EntryKind.ERASURE).count() == 3
    assert Entry.objects.filter(body__name=PERSONAL[0]).count() == 1


@pytest.mark.django_db
def test_small_things_go_when_nobody_needs_them() -> None:
    client = Client.objects.create(name="broker", token_digest="ab", made_at=NOW)
    Receipt.objects.create(client=client, key="k", digest="ab", status=201, answer="{}", at=NOW)
    Event.objects.create(kind="decided", declaration_id="KG-1", post="KG-AKT", body={}, at=NOW)
    Draft.objects.create(order_id="x", person="asel", saved_at=NOW)
    Session.objects.create(session_key="x" * 32, session_data="", expire_date=NOW)
    for data, model in {
        KeptData.RECEIPTS: Receipt,
        KeptData.EVENTS: Event,
        KeptData.DRAFTS: Draft,
        KeptData.SESSIONS: Session,
    }.items():
        assert expire(only(data), now=later(data))[0].number == 0, "not on the day itself"
        assert expire(only(data), now=later(data, seconds=1))[0].number == 1
        assert model._default_manager.count() == 0


@pytest.mark.usefixtures("_finished")
def test_counting_changes_nothing_and_every_batch_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    at = later(KeptData.DECLARATIONS)
    before = everything()
    assert {each.data: each.number for each in past_its_time(RULES, at)}[KeptData.DECLARATIONS] == 4
    assert everything() == before
    monkeypatch.setattr("darvoza.office.operations.services.expiring.BATCH", 3)
    expire(only(KeptData.DECLARATIONS), by="oraz", now=at)
    told = [entry.body for entry in Entry.objects.filter(subject="retention").order_by("sequence")]
    assert [body["count"] for body in told if body] == [3, 1]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("[]", "a list of rules"),
        ("[{data: drafts, keep: forever, basis: x}]", "30 days or 5 years"),
        ("[{data: drafts, keep: 0 days, basis: x}]", "30 days or 5 years"),
        ("[{data: draft, keep: 1 days, basis: x}]", "did you mean drafts"),
        ("[{data: drafts, keep: 1 days}]", "basis"),
        ("[{data: journal-work, keep: 1 days, basis: x}]", "365 days or more for journal-work"),
        ("[{data: journal-work, keep: 1 days, basis: x}]", "write keep: 365 days, or longer"),
        ("[{data: journal-reads, keep: 364 days, basis: x}]", "365 days or more for journal-reads"),
        ("[{data: journal-access, keep: 89 days, basis: x}]", "90 days or more for journal-access"),
        ("[{data: identities, keep: 30 days, basis: x}]", "365 days or more for identities"),
        ("[{data: declarations, keep: 30 days, basis: x}]", "365 days or more for declarations"),
        ("[{data: drafts, keep: 1 days, basis: x}, {data: drafts, keep: 2 days, basis: x}]", "a class once"),
    ],
)
def test_a_rule_that_cannot_be_read_deletes_nothing(tmp_path: Path, rules: str, said: str) -> None:
    path = tmp_path / "retention.yaml"
    path.write_text(f"title: T\nrules: {rules}\n", encoding="utf-8")
    with pytest.raises(ExceptionGroup) as raised:
        read_retention(path)
    assert all(isinstance(problem, SettingsError) for problem in raised.value.exceptions)
    assert any(said in str(problem) for problem in raised.value.exceptions)


def test_a_rule_that_cannot_be_read_is_the_only_one_told(tmp_path: Path) -> None:
    path = tmp_path / "retention.yaml"
    path.write_text("title: T\nrules: [{data: drafts, keep: forever, basis: x}]\n", encoding="utf-8")
    with pytest.raises(ExceptionGroup) as raised:
        read_retention(path)
    [problem] = raised.value.exceptions
    assert str(problem).startswith("retention.yaml: rules.1.keep: expected a period")


@pytest.mark.usefixtures("_finished")
def test_the_command_counts_first_and_deletes_when_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    Declaration.objects.update(lodged_at=datetime(2001, 1, 1, tzinfo=UTC))
    options = Namespace(home=None, now=False, before=None, rules=None)
    assert command.run(options) == 0
    assert "nothing was deleted" in capsys.readouterr().out
    assert Declaration.objects.count() == 4
    command.run(Namespace(home=None, now=True, before=datetime(2010, 1, 1, tzinfo=UTC).date(), rules=None))
    assert Declaration.objects.count() == 4
    command.run(Namespace(home=None, now=True, before=None, rules=None))
    assert Declaration.objects.count() == 0
    assert "proposals" in capsys.readouterr().out


@pytest.mark.usefixtures("_finished")
def test_figures_are_made_anew_when_declarations_went_so_that_no_number_opens_into_less_than_it_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Declaration.objects.update(lodged_at=datetime(2001, 1, 1, tzinfo=UTC))
    reckon(now=NOW)
    options = Namespace(home=None, now=True, before=None, rules=None)
    command.run(options)
    kept = last_figures()
    assert kept is not None
    assert (kept.figures.declared, kept.figures.checks, kept.figures.deleted) == ((), (), 4)
    assert "figures: made" in capsys.readouterr().out
    command.run(options)
    assert "figures: made" not in capsys.readouterr().out


@pytest.mark.django_db
def test_what_is_still_to_come_is_not_counted_from() -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    with pytest.raises(SettingsError, match=f"--before: expected a day not after .*, got '{tomorrow}"):
        command.run(Namespace(home=None, rules=None, now=True, before=tomorrow))


@pytest.mark.django_db
def test_what_was_refused_of_the_record_of_a_post_goes_with_those_who_traded(tmp_path: Path) -> None:
    a_bundle(1)
    entries = read_record(complete_lines(a_record(tmp_path)))
    made = decision_of(entries[1])
    elsewhere = replace(made, items=made.items.with_columns(pl.lit("KG-OSH").alias("post")))
    body = dict(entries[1].body or {}) | dict(
        decision_event(elsewhere, a_centre(tmp_path / "again").opened().bundle, now=entries[1].at).body
    )
    take_in(POST, signed(replace(entries[1], body=body), entries[2]), ring=None, now=AT)
    assert list(Declaration.objects.values_list("declaration_id", flat=True)) == [entries[2].subject]
    [rule] = only(KeptData.IDENTITIES)
    for moment, left in ((AT, 2), (AT.replace(year=AT.year + rule.years) + timedelta(days=rule.days + 1), 1)):
        Declaration.objects.update(lodged_at=moment)  # what was taken in is not past its time
        expire([rule], now=moment)
        assert PostEntry.objects.exclude(line="").count() == left
    assert PostEntry.objects.exclude(line="").get().declaration_id == entries[2].subject


@pytest.mark.usefixtures("_finished")
def test_photos_that_were_left_behind_are_no_declarations_that_went(tmp_path: Path, settings: Settings) -> None:
    settings.PHOTOS = tmp_path
    expire(only(KeptData.DECLARATIONS), now=later(KeptData.DECLARATIONS))
    told = {"what": "photos", "photos": 1, **only(KeptData.DECLARATIONS)[0].told(NOW)}
    record_alone(EntryKind.SETTINGS_CHANGE, "retention", told, by="system", now=NOW)
    assert audit().differences == []
