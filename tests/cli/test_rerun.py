"""A run is decided again, to the last bit, whatever became of profiles, lists and the score; a difference is named."""

import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from cli.conftest import MAPPING, PROFILES, Place
from cli.declared import declared, one_profile
from cli.test_gate_as_assess import NEW, everything, words_of
from cli.test_profile_lists import HEADER, PROFILE
from darvoza.cli.kept_inputs import BESIDE, INPUTS, LISTING
from darvoza.cli.main import main
from darvoza.domain.codes import Act
from darvoza.domain.profile import RiskProfile, Treatment
from darvoza.flow.assessment import profiles_beside
from darvoza.flow.assessment.claimed_process import claimed_process_profile
from darvoza.flow.assessment.kept_profiles import profiles_json

Said = pytest.CaptureFixture[str]


def made(place: Place, tmp_path: Path) -> Place:
    """Profiles, a list, a model and declarations of their own, and the run they gave."""
    shutil.copytree(place.model, tmp_path / "model")
    shutil.copytree(PROFILES / "customs", tmp_path / "profiles" / "customs")
    shutil.copytree(PROFILES / "lists", tmp_path / "profiles" / "lists")
    (tmp_path / "profiles" / "T-1.yaml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "profiles" / "lists" / "watched.yaml").write_text(HEADER, encoding="utf-8")
    importers = pl.read_csv(place.months[-1], infer_schema=False)["importer_id"].drop_nulls().unique().sort().to_list()
    codes = "\n".join(["code", "IMP-1", *(code for code in importers if code)]) + "\n"
    (tmp_path / "profiles" / "lists" / "watched.csv").write_text(codes, encoding="utf-8")
    month = Path(shutil.copy(place.months[-1], tmp_path))
    words = [month, "--mapping", MAPPING, "--profiles", tmp_path / "profiles", "--capacity", "0.1",
             "--model", tmp_path / "model", "--key-file", place.key, "--previous", place.run,
             "--dial", "inf", "--purses", "0.1,0.5,0.3,0.1", "--out", tmp_path / "run"]  # fmt: skip
    assert main(["assess", *map(str, words)]) == 0
    return Place((month,), tmp_path / "model", place.key, tmp_path / "run")


@pytest.fixture(scope="module")
def base(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A run, and what it was decided with."""
    return made(place, tmp_path_factory.mktemp("base"))


@pytest.fixture
def own(base: Place, tmp_path: Path) -> Place:
    """The run, for a test to change."""
    return replace(base, run=shutil.copytree(base.run, tmp_path / "run"))


def again(own: Place, *more: object) -> int:
    return main(["rerun", str(own.run), "--key-file", str(own.key), *map(str, more)])


def test_a_run_comes_out_the_same_when_what_decided_it_is_another_by_now(
    place: Place, tmp_path: Path, capsys: Said
) -> None:
    own, home = made(place, tmp_path), tmp_path
    listed = home / "profiles" / "lists" / "watched.csv"
    listed.write_text("code\nIMP-1\n", encoding="utf-8")
    profile = home / "profiles" / "T-1.yaml"
    profile.write_text(profile.read_text(encoding="utf-8").replace("share: 1}", "share: 0.2}"), encoding="utf-8")
    shutil.rmtree(own.model)
    assert again(own) == 0
    assert "3 found by their digests: the same, bit by bit" in capsys.readouterr().out
    words = ["assess", own.months[0], "--mapping", MAPPING, "--profiles", home / "profiles", "--capacity", "0.1"]
    assert main([*map(str, words), "--key-file", str(own.key), "--out", str(home / "now")]) == 0
    was, now = (pl.read_parquet(home / name / "decisions.parquet") for name in ("run", "now"))
    assert not was.equals(now)  # with what stands there now it would have come out otherwise


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("probability", pl.col("probability") * (1 + 2**-52)),
        ("selected", ~pl.col("selected")),
        ("floors", pl.col("floors").list.head(0)),
    ],
)
def test_the_first_difference_is_told_to_the_last_bit(own: Place, capsys: Said, column: str, value: pl.Expr) -> None:
    path = own.run / "decisions.parquet"
    decisions = pl.read_parquet(path).with_row_index("row")
    at = decisions.with_row_index("place").filter(pl.col("probability") > 0.01, pl.col("place") > 7).item(0, "place")
    changed = pl.when(pl.col("row") >= at).then(value).otherwise(column).alias(column)
    decisions.with_columns(changed).drop("row").write_parquet(path)
    assert again(own) == 1
    said = capsys.readouterr().out
    which = " ".join(decisions.select("declaration_id", "post", "agency", "act").row(at))
    assert "decisions.parquet: differs from the digest in the manifest" in said
    assert f"DIFFERENT: decisions.parquet: {which}: {column} was " in said
    assert said.count("DIFFERENT") == 1


def test_rows_columns_and_files_that_are_not_there_are_told(own: Place, capsys: Said) -> None:
    decisions = pl.read_parquet(own.run / "decisions.parquet")
    decisions.head(9).write_parquet(own.run / "decisions.parquet")
    pl.read_parquet(own.run / "load.parquet").drop("capacity").write_parquet(own.run / "load.parquet")
    (own.run / "orders.parquet").unlink()
    (own.run / "memory.json").write_text("{}", encoding="utf-8")
    assert again(own) == 1
    said = capsys.readouterr().out
    assert f"decisions.parquet: was 9 rows, is {decisions.height:,}" in said
    assert "load.parquet: capacity: was not there" in said
    assert "orders.parquet: the run does not have it" in said
    assert "memory.json: what the posts have spent is other" in said


def test_declarations_are_not_kept_and_are_found_by_their_digest_wherever_they_lie(
    tmp_path: Path, capsys: Said
) -> None:
    file, *mapping = declared(tmp_path, {})
    assert main(["assess", file, *mapping, "--profiles", one_profile(tmp_path), "--capacity", "0.1",
                 "--out", str(tmp_path / "run")]) == 0  # fmt: skip
    moved = tmp_path / "archive" / "2026"
    moved.mkdir(parents=True)
    Path(file).rename(moved / "renamed.csv")
    assert main(["rerun", str(tmp_path / "run")]) == 2
    assert "files/0/declared.csv: expected the file that was read" in (said := capsys.readouterr().err)
    assert "got 'nothing' (declarations and earlier runs are not kept" in said
    Path(file).write_text("another", encoding="utf-8")
    assert main(["rerun", str(tmp_path / "run")]) == 2
    assert "got 'another file'" in capsys.readouterr().err
    assert main(["rerun", str(tmp_path / "run"), "--look", str(tmp_path / "archive")]) == 0


def test_what_is_kept_is_what_was_read_and_never_the_key(own: Place, place: Place) -> None:
    with zipfile.ZipFile(own.run / INPUTS) as archive:
        names = set(archive.namelist())
        told = json.loads(archive.read(LISTING))
        content = b"".join(archive.read(name) for name in names)
    assert {name.partition("/")[0] for name in names} == {
        "competence", "mapping", "model", "profiles", LISTING, BESIDE,
    }  # fmt: skip
    assert [each["name"].partition("/")[0] for each in told["files"] if "at" in each] == ["files", *["previous"] * 2]
    shares = json.loads(place.key.read_text(encoding="utf-8"))["shares"].values()
    assert not any(share.encode() in content for share in shares)
    assert "key_file" not in told["settings"]


def test_a_key_that_lies_among_the_profiles_is_not_kept(tmp_path: Path, capsys: Said) -> None:
    profiles = Path(one_profile(tmp_path))
    (profiles / "lists").mkdir()
    words = [*declared(tmp_path, {}), "--profiles", str(profiles), "--capacity", "0.1"]
    assert main(["key", "new", "--agency", "customs", "--out", str(profiles / "lists" / "key.json")]) == 0
    shutil.copy(profiles / "lists" / "key.json", profiles / "lists" / "copy.json")
    key = ["--key-file", str(profiles / "lists" / "key.json")]
    assert main(["assess", *words, *key, "--out", str(tmp_path / "run")]) == 0
    with zipfile.ZipFile(tmp_path / "run" / INPUTS) as archive:
        assert [name for name in archive.namelist() if name.startswith("profiles")] == [
            "profiles/0/one_profile/NONE.yaml"
        ]
    assert main(["rerun", str(tmp_path / "run"), *key]) == 0
    assert main(["rerun", str(tmp_path / "run")]) == 2
    assert "give them with --key-file" in capsys.readouterr().err
    assert main(["key", "new", "--agency", "customs", "--out", str(tmp_path / "other.json")]) == 0
    assert main(["rerun", str(tmp_path / "run"), "--key-file", str(tmp_path / "other.json")]) == 2
    assert "the key committed to as" in capsys.readouterr().err


def test_lists_beside_the_profiles_are_kept_and_a_run_for_practice_needs_no_key(tmp_path: Path) -> None:
    (tmp_path / "all" / "lists").mkdir(parents=True)
    (tmp_path / "all" / "part").mkdir()
    (tmp_path / "all" / "part" / "T-1.yaml").write_text(PROFILE, encoding="utf-8")
    (tmp_path / "all" / "lists" / "watched.yaml").write_text(HEADER, encoding="utf-8")
    (tmp_path / "all" / "lists" / "watched.csv").write_text("code\nIMP-1\nI1\n", encoding="utf-8")
    words = [*declared(tmp_path, {}), "--profiles", str(tmp_path / "all" / "part"), "--capacity", "0.1"]
    assert main(["assess", *words, "--out", str(tmp_path / "run")]) == 0
    shutil.rmtree(tmp_path / "all")
    assert main(["rerun", str(tmp_path / "run")]) == 0


def test_everything_that_a_run_can_be_told_is_kept(tmp_path: Path) -> None:
    fields, new = everything(tmp_path), declared(tmp_path, *NEW, name="new")
    samples = tmp_path / "samples"
    for name in ("registers", "certificates"):
        fields[name] = shutil.copytree(str(fields[name]), samples / name)
    assert main(["assess", *new, *map(str, words_of(fields)), "--out", str(tmp_path / "run")]) == 0
    with zipfile.ZipFile(tmp_path / "run" / INPUTS) as archive:
        told = json.loads(archive.read(LISTING))
    assert {*told["settings"], *told["places"]} == {*fields, "files", "mapping"} - {"key_file"}
    for name in ("profiles", "registers", "certificates", "quotas", "standing", "plan_states"):
        shutil.rmtree(str(fields[name]))
    for name in ("measures", "capacity", "matching_settings", "plans"):
        Path(str(fields[name])).write_text("", encoding="utf-8")
    assert main(["rerun", str(tmp_path / "run"), "--key-file", str(fields["key_file"])]) == 0


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("mapping/0/declared.yaml", b"title: Another\n", "another content than its digest says"),
        (LISTING, b"{}", "KeyError|'files'"),
        (None, b"", "a run of an earlier version has none"),
    ],
)
def test_kept_inputs_that_were_changed_or_are_gone_are_refused(
    tmp_path: Path, capsys: Said, name: str | None, content: bytes, said: str
) -> None:
    words = [*declared(tmp_path, {}), "--profiles", one_profile(tmp_path), "--capacity", "0.1"]
    assert main(["assess", *words, "--out", str(tmp_path / "run")]) == 0
    path = tmp_path / "run" / INPUTS
    with zipfile.ZipFile(path) as archive:
        inside = {each: archive.read(each) for each in archive.namelist()}
    path.unlink()
    if name is not None:
        with zipfile.ZipFile(path, "w") as archive:
            for each, data in {**inside, name: content}.items():
                archive.writestr(each, data)
    assert main(["rerun", str(tmp_path / "run")]) == 2
    captured = capsys.readouterr()
    assert any(part in captured.err for part in said.split("|"))
    assert "inputs.zip: differs from the digest in the manifest" in captured.out


def rewritten(run: Path, beside: bytes | None) -> None:
    """Put other profiles in the place of those that stood beside the library; ``None`` as a version did that kept none."""
    path = run / INPUTS
    with zipfile.ZipFile(path) as archive:
        inside = {each: archive.read(each) for each in archive.namelist()}
    told = json.loads(inside[LISTING])
    inside.pop(BESIDE, None), told.pop("beside", None)
    if beside is not None:
        inside[BESIDE], told["beside"] = beside, hashlib.sha256(beside).hexdigest()
    path.unlink()
    with zipfile.ZipFile(path, "w") as archive:
        for each, data in {**inside, LISTING: json.dumps(told).encode()}.items():
            archive.writestr(each, data)


def another() -> RiskProfile:
    return replace(claimed_process_profile(), treatment=Treatment(Act.PHYSICAL))


def test_what_stood_beside_the_profiles_of_a_run_stands_there_again_in_every_version(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [*declared(tmp_path, {}), "--profiles", one_profile(tmp_path), "--capacity", "0.1"]
    run = tmp_path / "run"
    assert main(["assess", *words, "--out", str(run)]) == 0
    monkeypatch.setattr(profiles_beside, "claimed_process_profile", another)
    assert main(["rerun", str(run)]) == 0
    for beside in (None, profiles_json([another()])):
        capsys.readouterr()
        rewritten(run, beside)
        assert main(["rerun", str(run)]) == 1
        told = capsys.readouterr().out
        assert ("the same, bit by bit" in told) == (beside is None)
        assert ("profiles_digest is not what came out" in told) == (beside is not None)


def test_a_manifest_that_tells_otherwise_is_seen(own: Place, capsys: Said) -> None:
    path = own.run / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest["commitments"] = dict.fromkeys(manifest["commitments"], "00" * 32)
    manifest["settings"]["random"] = 0.5
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert again(own) == 1
    said = capsys.readouterr().out
    for told in ("manifest.json: commitments", "manifest.json: settings.random"):
        assert told in said


def test_a_key_file_that_came_in_the_place_of_another_knows_the_runs_of_both(
    own: Place, tmp_path: Path, capsys: Said
) -> None:
    words = [
        "key",
        "new",
        "--agency",
        "customs",
        "--after",
        str(own.key),
        "--from",
        "2031-01-01",
        "--out",
        str(tmp_path / "k.json"),
    ]
    assert main(words) == 0
    assert main(["rerun", str(own.run), "--key-file", str(tmp_path / "k.json")]) == 0, capsys.readouterr().out
