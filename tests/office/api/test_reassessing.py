"""Another state comes into force: what is open is looked at again, with the draw it had, and nothing is taken back."""

import os
from datetime import timedelta
from errno import EACCES
from pathlib import Path

import pytest
from django.db import OperationalError, transaction

from darvoza.domain.journal import EntryKind
from darvoza.flow.gate.state_file import State, read_state
from darvoza.office.api.models import KeptState, Lodgement
from darvoza.office.api.services import batch, lodging, opening
from darvoza.office.api.services.reassessing import reassess
from darvoza.office.journal.models import Entry
from darvoza.office.registry.models import Decision, Order
from office.api.systems import NOW, PROFILE, Systems, a_body, an_item, write_state

TROUSERS = {
    "code": "CUS-NEW", "title": "Trousers", "agency": "customs", "area": "undervaluation", "when": "hs starts with 6203",
    "act": "physical", "given": 'hs: "620342"',
}  # fmt: skip


@pytest.fixture
def home(systems: Systems, settings: object, tmp_path: Path) -> Path:  # noqa: ARG001 - clients come first
    """A state of its own, which the test changes."""
    write_state(tmp_path)
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    return tmp_path


def change(home: Path, *, text: str = "") -> None:
    """Put another profile in force."""
    (home / "profiles" / "new.yaml").write_text(text or PROFILE.format(**TROUSERS), encoding="utf-8")
    file = home / "gate.yaml"
    os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns + 1_000_000))


def goes_on(systems: Systems, before: str, name: str) -> None:
    """The state of before decides, with an alarm, for the new one cannot be read."""
    said = systems.lodge(a_body(name, transport_document=name))
    assert (said.status, said.body["state"]) == (201, before)
    assert "the old one stays in force" in systems.send("GET", "/gate").body["alarms"][0]


def test_a_new_profile_reaches_what_is_open_without_a_new_draw(systems: Systems, home: Path) -> None:
    systems.lodge(a_body("A"))
    systems.lodge(a_body("B", items=[an_item(hs="870323")], transport_document="T"))
    draws = dict(Decision.objects.values_list("decision_id", "u"))
    assert reassess(NOW) == 0
    change(home)
    assert reassess(NOW) == 2
    assert reassess(NOW) == 0
    assert dict(Decision.objects.values_list("decision_id", "u")).items() >= draws.items()
    assert Order.objects.get(declaration__declaration_id="A").act == "physical"
    latest = Lodgement.objects.get(declaration_id="A", revision=2)
    assert (latest.kind, latest.channel) == ("reassessed", "red")
    assert latest.state != Lodgement.objects.get(declaration_id="A", revision=1).state
    assert systems.send("GET", "/declarations/A").body["revision"] == 2
    assert Entry.objects.filter(kind=EntryKind.SETTINGS_CHANGE).count() == 2


def test_a_profile_that_went_takes_no_order_with_it(systems: Systems, home: Path) -> None:
    change(home)
    assert systems.lodge(a_body("A")).body["channel"] == "red"
    (home / "profiles" / "new.yaml").unlink()
    os.utime(home / "gate.yaml", ns=(1, 1))
    assert reassess(NOW) == 1
    assert systems.send("GET", "/declarations/A").body["channel"] == "red"
    assert Order.objects.get().state == "waiting"


def test_an_open_order_says_what_is_known_now_and_one_that_is_recorded_what_was(systems: Systems, home: Path) -> None:
    change(home)
    for name in ("A", "B"):
        systems.lodge(a_body(name, transport_document=name))
    systems.send("POST", "/orders/B:customs:physical/findings", {"items": [{"item": 1}]})
    write_state(home, more='random: "0.02"\n')
    change(home, text=PROFILE.format(**TROUSERS).replace("Look closely.", "Count them."))
    assert reassess(NOW) == 2
    told = {order.declaration.declaration_id: order.instructions["en"] for order in Order.objects.all()}
    assert ("Count them." in told["A"], "Look closely." in told["A"]) == (True, False)
    assert ("Count them." in told["B"], "Look closely." in told["B"]) == (False, True)
    entries = Entry.objects.filter(kind=EntryKind.ORDER, body__what="instructions")
    assert [entry.subject for entry in entries] == ["A:customs:physical"]
    write_state(home, more='random: "0.03"\n')
    assert reassess(NOW) == 2
    assert entries.count() == 1, "nothing is told of an order that says what it said"


def test_a_state_that_cannot_be_read_leaves_the_old_one_with_an_alarm(systems: Systems, home: Path) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    change(home, text="code: [")
    goes_on(systems, before, "B")
    change(home)
    assert systems.lodge(a_body("C", transport_document="U")).body["state"] != before
    assert systems.send("GET", "/gate").body["alarms"] == []


def test_after_a_failure_the_old_state_goes_on_where_the_new_one_cannot_be_read(
    systems: Systems, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    change(home, text="code: [")
    systems.lodge(a_body("B", transport_document="T"))
    with monkeypatch.context() as patched:
        patched.setattr(batch, "record_all", lambda _: 1 // 0)
        assert systems.lodge(a_body("C", transport_document="U")).status == 500
    goes_on(systems, before, "C")
    gate = lodging._Open.gate
    assert gate is not None
    assert gate.gate.past().get_column("declaration_id").to_list() == ["A", "B", "C"]
    change(home)
    assert systems.lodge(a_body("D", transport_document="V")).body["state"] != before
    assert systems.send("GET", "/gate").body["alarms"] == []


def test_after_a_failure_the_old_state_goes_on_with_an_alarm_also_where_the_file_that_names_the_others_stayed(
    systems: Systems, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    (home / "profiles" / "new.yaml").write_text("code: [", encoding="utf-8")
    with monkeypatch.context() as patched:
        patched.setattr(batch, "record_all", lambda _: 1 // 0)
        assert systems.lodge(a_body("B", transport_document="T")).status == 500
    for name in "BC":
        said = systems.lodge(a_body(name, transport_document=name))
        assert (said.status, said.body["state"]) == (201, before)
        assert "the old one stays in force" in systems.send("GET", "/gate").body["alarms"][0]
    (home / "profiles" / "new.yaml").write_text(PROFILE.format(**TROUSERS), encoding="utf-8")
    assert systems.lodge(a_body("D", transport_document="D")).body["state"] != before
    assert systems.send("GET", "/gate").body["alarms"] == []


def test_a_state_that_is_not_in_the_database_any_more_does_not_go_on_where_it_cannot_be_read(
    systems: Systems, home: Path
) -> None:
    with transaction.atomic():
        systems.lodge(a_body("A"))
        transaction.set_rollback(True)  # as where a backup was put back
    change(home, text="code: [")
    for _ in range(2):
        said = systems.lodge(a_body("B"))
        assert (said.status, said.code) == (503, "gate-closed"), "nobody could decide by it again"
    change(home)
    assert systems.lodge(a_body("B")).status == 201
    assert KeptState.objects.get().digest == Lodgement.objects.get().state


def test_a_state_that_the_office_may_not_read_leaves_the_old_one_with_an_alarm(
    systems: Systems, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    change(home)

    def locked(file: Path) -> State:
        raise PermissionError(EACCES, "Permission denied", str(file.parent / "profiles"))

    monkeypatch.setattr(opening, "read_state", locked)
    goes_on(systems, before, "B")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Each reading of a state by the gate."""
    done: list[Path] = []

    def reading(file: Path) -> State:
        done.append(file)
        return read_state(file)

    monkeypatch.setattr(opening, "read_state", reading)
    return done


def test_a_state_that_cannot_be_read_is_read_again_once_a_file_of_it_changed_or_after_a_while(
    systems: Systems, home: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    change(home, text="code: [")
    for name in "BCD":
        said = systems.lodge(a_body(name, transport_document=name))
        assert (said.status, said.body["state"], len(reads)) == (201, before, 2)
        assert "the old one stays in force" in systems.send("GET", "/gate").body["alarms"][0]
    (home / "profiles" / "new.yaml").write_text(PROFILE.format(**TROUSERS), encoding="utf-8")  # and gate.yaml stays
    said = systems.lodge(a_body("E", transport_document="E"))
    assert (said.body["state"] != before, len(reads)) == (True, 3)
    assert systems.send("GET", "/gate").body["alarms"] == []
    change(home, text="code: [")
    monkeypatch.setattr(opening, "A_WHILE", timedelta(0))
    for read, name in enumerate("FGH", start=4):
        systems.lodge(a_body(name, transport_document=name))
        assert len(reads) == read


def test_a_new_state_that_the_database_failed_to_give_is_in_force_as_soon_as_it_is_back(
    systems: Systems, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    change(home)

    def gone(_now: object) -> None:
        raise OperationalError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(opening, "set_in_force", gone)
        assert systems.lodge(a_body("B", transport_document="B")).status == 503
    assert systems.lodge(a_body("B", transport_document="B")).body["state"] != before


@pytest.mark.parametrize("name", ["profiles", "plans"])
def test_a_state_that_names_what_no_file_is_called_leaves_the_old_one_with_an_alarm(
    systems: Systems, home: Path, name: str
) -> None:
    before = systems.lodge(a_body("A")).body["state"]
    said = {"profiles": "profiles", "plans": "[]"} | {name: r'"a\0"' if name == "profiles" else r'["a\0"]'}
    text = "".join(f"{each}: {value}\n" for each, value in said.items())
    (home / "gate.yaml").write_text(f"{text}key_file: key.json\nlodged_within: 36500\n", encoding="utf-8")
    change(home)
    answer = systems.lodge(a_body("B", transport_document="T"))
    assert (answer.status, answer.body["state"]) == (201, before)
    assert "the old one stays in force" in systems.send("GET", "/gate").body["alarms"][0]


def test_files_that_were_changed_since_they_were_read_decide_as_they_lie_there(
    systems: Systems, home: Path, reads: list[Path]
) -> None:
    before = systems.send("GET", "/gate").body["state"]
    profile = home / "profiles" / "new.yaml"
    profile.write_text(PROFILE.format(**TROUSERS), encoding="utf-8")  # and gate.yaml stays
    said = systems.lodge(a_body("A"))
    assert (said.status, said.body["state"] != before, len(reads)) == (201, True, 2)
    assert list(KeptState.objects.values_list("digest", flat=True)) == [said.body["state"]]
    assert Decision.objects.filter(agency="customs", act="physical", selected=True).exists()


def test_files_that_cannot_be_read_any_more_shut_the_gate_that_has_not_decided_by_them(
    systems: Systems, home: Path
) -> None:
    assert systems.send("GET", "/gate").status == 200
    profile = home / "profiles" / "new.yaml"
    profile.write_text("code: [", encoding="utf-8")
    for name in "AB":
        said = systems.lodge(a_body(name, transport_document=name))
        assert (said.status, said.code, said.headers["Retry-After"]) == (503, "gate-closed", "30")
    assert not Lodgement.objects.exists()
    profile.unlink()
    assert systems.lodge(a_body("A")).status == 201


def test_a_state_that_is_mended_to_what_it_was_leaves_no_alarm(systems: Systems, home: Path) -> None:
    file = home / "gate.yaml"
    was = file.read_text(encoding="utf-8")
    before = systems.lodge(a_body("A")).body["state"]
    for times, (text, alarms) in enumerate((("profiles: [", 1), (was, 0)), start=1):
        file.write_text(text, encoding="utf-8")
        os.utime(file, (times, times))
        said = systems.lodge(a_body(f"B{times}", transport_document=f"T{times}"))
        assert (said.status, said.body["state"]) == (201, before)
        assert len(systems.send("GET", "/gate").body["alarms"]) == alarms


def test_without_a_state_nothing_is_decided(systems: Systems, home: Path) -> None:
    (home / "gate.yaml").unlink()
    said = systems.lodge(a_body("A"))
    assert (said.status, said.code) == (503, "gate-closed")
    assert not Lodgement.objects.exists()
    write_state(home)
    assert systems.lodge(a_body("A")).status == 201


def test_a_score_that_cannot_be_read_closes_the_gate_unless_another_rule_was_stated(
    systems: Systems, home: Path
) -> None:
    write_state(home, more="model: model\n")
    assert systems.lodge(a_body("A")).code == "gate-closed"
    write_state(home, more="model: model\nwithout_model: profiles\n")
    assert systems.lodge(a_body("A")).status == 201
    assert "profiles, plans and chance decide" in systems.send("GET", "/gate").body["alarms"][0]


def test_what_two_processes_decide_is_known_to_both(systems: Systems, home: Path) -> None:  # noqa: ARG001 - the state
    systems.lodge(a_body("A", transport_document="SAME"))
    here = lodging._Open.gate
    lodging.close()  # another process opens a gate of its own and decides
    systems.lodge(a_body("B", transport_document="OTHER"))
    lodging._Open.gate = here  # the first one goes on, and has not seen it
    said = systems.lodge(a_body("C", transport_document="OTHER"))
    assert said.status == 201
    draws = dict(Decision.objects.values_list("declaration__declaration_id", "u"))
    assert draws["B"] == draws["C"] != draws["A"]
    assert here is not None
    past = here.gate.past()
    assert past is not None
    assert past["declaration_id"].to_list() == ["A", "B", "C"]
