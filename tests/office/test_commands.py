"""Commands of the office, as a stranger types them."""

import importlib
import shlex
from pathlib import Path

import pytest

from darvoza.cli.arguments import build_parser
from darvoza.errors import OutputError, SettingsError
from darvoza.flow.assessment.profile_text import fields_text
from darvoza.office.accounts.models import Person
from darvoza.office.accounts.roles import Role
from darvoza.office.accounts.services.sign_in import identify
from darvoza.office.commands import ROLES
from darvoza.office.journal.queries import entries_on
from office.profiles_sample import fields
from office.sample import NOW

ASEL = ["enter", "asel", "--name", "Asel", "--role", "line_officer", "--agency", "customs", "--post", "KG-AKT"]


def run(words: list[str]) -> int:
    """Run one command of the office."""
    from importlib.metadata import EntryPoint

    door = EntryPoint("office", "darvoza.office.commands:add_commands", "darvoza.commands")
    options = build_parser([door]).parse_args(["office", *words])
    return int(importlib.import_module(options.command_module).run(options))


def test_the_roles_of_the_command_are_those_of_the_office() -> None:
    assert set(ROLES) == set(Role)


@pytest.mark.parametrize(
    "words",
    [
        ["expire", "--before", "26.11.2026"],
        ["bundle", "--post", "KG-TOR", "--sealed-for", "K", "--signed-by", "K", "--signing-key", "k", "--out", "b", "--until", "26.11.2026"],
        ["bundle", "--post", "KG-TOR", "--sealed-for", "K", "--signed-by", "K", "--signing-key", "k", "--out", "b", "--from", "26.11.2026"],
    ],
)  # fmt: skip
def test_a_day_that_is_written_otherwise_is_told_how_to_be_written(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run(words)
    assert "expected a day such as 2026-01-31, got '26.11.2026'" in capsys.readouterr().err


@pytest.mark.django_db
def test_a_person_who_is_entered_can_sign_in_with_the_password_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ASEL) == 0
    password = capsys.readouterr().out.split("password")[1].split()[0]
    person = Person.objects.get(username="asel")
    assert (person.agency, person.post, person.roles) == ("customs", "KG-AKT", ["line_officer"])
    assert identify("asel", password, now=NOW) == person
    assert [entry.kind.value for entry in entries_on("asel")] == ["account-change"]
    assert password not in str(entries_on("asel"))


@pytest.mark.django_db
def test_a_post_that_nobody_knew_until_now_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """The code may be right, for the first person of a post is entered like any other; a slip of the pen is seen at once."""
    assert run(ASEL) == 0
    assert "warning" not in capsys.readouterr().out, "an office that knows no post yet has nothing to compare with"
    for name, post, told in (
        ("jyrgal", "KG-AKT", ""),
        ("jamal", "KG-AKY", "did you mean KG-AKT?"),
        ("marat", "TJ-1", "known are KG-AKT, KG-AKY"),
    ):
        assert run(["enter", name, "--name", name, *ASEL[4:-1], post]) == 0
        doubt = f"warning   nobody knew a post {post} until now; {told}\n" if told else ""
        assert capsys.readouterr().out.endswith(f"(shown once, kept nowhere)\n{doubt}")


@pytest.mark.django_db
def test_nobody_is_entered_twice() -> None:
    run(ASEL)
    with pytest.raises(SettingsError, match="a name that nobody has"):
        run(ASEL)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("timur --name Timur --role analyst --role approver", "--role: expected roles that go together"),
        ("oraz --name Oraz --role administrator --role auditor", "--role: .*have no other role"),
        ("asel --name Asel --role line_officer", "--agency: .*belong to an agency"),
        ("salima --name Salima --role supervisor --post KG-AKT", "--agency: .*belong to an agency"),
        ("'Ivan Petrov' --name Ivan --role chief", "USERNAME: .*Small Latin letters"),
        ("ivan --name '' --role chief", "--name: expected a name of 1 to 120 characters"),
        ("ivan --name Ivan --role chief --post akt", "--post: .*Capitals, digits and hyphens"),
    ],
)
def test_who_is_refused_on_the_page_is_refused_here_too(words: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        run(["enter", *shlex.split(words)])
    assert not Person.objects.exists()


@pytest.mark.django_db
def test_what_is_no_run_is_not_taken_in() -> None:
    with pytest.raises(OutputError, match="darvoza assess"):
        run(["load", "nowhere", "--declarations", "x.csv", "--mapping", "mappings/own.yaml"])


@pytest.mark.django_db
def test_profiles_go_in_from_files_and_come_out_as_the_same_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "cars.yaml").write_text(fields_text(fields()), encoding="utf-8")
    assert run(["profiles", "--take-in", str(tmp_path / "in")]) == 0
    digest = capsys.readouterr().out.split("digest ")[1].strip()
    assert run(["profiles", "--out", str(tmp_path / "out")]) == 0
    assert f"digest {digest}" in capsys.readouterr().out
    with pytest.raises(OutputError, match="expected profiles in force at 2020-01-01T00:00"):
        run(["profiles", "--out", str(tmp_path / "before"), "--at", "2020-01-01T00:00+05:00"])
    assert not (tmp_path / "before").exists()


@pytest.mark.parametrize("words", [[], ["--replace", "he left"], ["--commit", "3", "--replace", " "]])
def test_keys_that_are_neither_committed_to_nor_revealed_are_a_slip(words: list[str]) -> None:
    with pytest.raises(SettingsError, match=r"--commit|--replace"):
        run(["keys", "--key-file", "key.json", *words])


@pytest.mark.django_db
def test_figures_need_a_history(settings: object, tmp_path: Path) -> None:
    settings.HISTORY = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(OutputError, match="DARVOZA_HISTORY"):
        run(["profiles", "--figures"])
