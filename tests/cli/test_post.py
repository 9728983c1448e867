"""A post without a line by its commands, from its key to its record."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from cli.declared import declared
from darvoza.cli.main import main
from darvoza.flow.journal.export import entry_line
from darvoza.flow.post.deciding import decided
from darvoza.flow.post.record import read_record
from darvoza.flow.selectivity.keys import read_day_keys
from post_world import CENTRE, POST, SEALED_FOR, TRUSTED, a_centre, written_anew


def words(**options: object) -> list[str]:
    """Options as they are typed."""
    return [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]


def declarations(directory: Path) -> list[str]:
    """A file of two declarations lodged just now, as words of a command."""
    at = {"lodged_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds"), "post": POST}
    apples, car = {"declaration_id": "A-1", "hs": "080810"}, {"declaration_id": "A-2", "hs": "870323", "origin": "GE"}
    return declared(directory, apples | at, car | at)


@pytest.fixture
def post(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A post that took a bundle of today and tomorrow."""
    a_centre(tmp_path / "centre")
    profiles = tmp_path / "centre" / "profiles"
    for path in profiles.glob("*.yaml"):
        path.write_text(path.read_text().replace("2026-12-31", "2100-12-31"), encoding="utf-8")
    (tmp_path / "centre.key").write_text(CENTRE)
    (tmp_path / "centre.pub").write_text(TRUSTED)
    home = tmp_path / "post"
    assert main(["post", "new", *words(post=POST, trust=tmp_path / "centre.pub", home=home)]) == 0
    keys = capsys.readouterr().out.split()[-4:]
    today = datetime.now(UTC).date()
    for serial, name in ((1, "b.zip"), (2, "next.zip")):
        made = [*words(post=POST, serial=serial, until=today + timedelta(days=1)), *keys, "--from", today.isoformat()]
        made += words(state=tmp_path / "centre" / "gate.yaml", out=tmp_path / name)
        assert main(["post", "bundle", *made, *words(signing_key=tmp_path / "centre.key")]) == 0
    assert main(["post", "accept", str(tmp_path / "b.zip"), *words(home=home)]) == 0
    return home


def decide(post: Path, file: list[str]) -> int:
    return main(["post", "decide", *file, *words(home=post)])


def test_a_post_decides_records_and_says_how_it_stands(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert decide(post, declarations(tmp_path / "one")) == 0
    said = capsys.readouterr()
    assert "A-1:customs:documentary items 1: Compare" in said.out
    assert "ask the centre for a new bundle" in said.err
    assert decide(post, [*declarations(tmp_path / "one"), "--language", "ru"]) == 0
    assert "Сверить декларацию" in capsys.readouterr().out
    results = {"results": [{"order": "A-1:customs:documentary", "officer": "person 12", "items": [{"item": 1}]}]}
    (tmp_path / "results.yaml").write_text(json.dumps(results))
    assert main(["post", "record", str(tmp_path / "results.yaml"), *words(home=post)]) == 0
    assert "no word yet" not in capsys.readouterr().out
    assert main(["post", "status", *words(home=post)]) == 0
    assert "4 decision, 1 finding, 1 settings-change" in capsys.readouterr().out
    entries = read_record((post / "record.ndjson").read_bytes().splitlines(keepends=True))
    assert [entry.subject for entry in entries] == [
        "bundle KG-TOR 1", "A-1", "A-2", "A-1", "A-2", "A-1:customs:documentary",
    ]  # fmt: skip
    assert [path.name for path in post.iterdir() if path.stat().st_mode & 0o077 and path.name != "post.json"] == []


@pytest.mark.parametrize("code", ["", " ", "KG\nTOR", "K" * 21])
def test_a_post_with_a_code_that_no_declaration_can_have_is_not_made(
    code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "centre.pub").write_text(TRUSTED)
    assert main(["post", "new", *words(post=code, trust=tmp_path / "centre.pub", home=tmp_path / "post")]) == 2
    assert "post: expected the code of a post as declarations name it, 1 to 20 characters" in capsys.readouterr().err
    assert not (tmp_path / "post").exists()


@pytest.mark.parametrize(
    ("trust", "said"),
    [
        (CENTRE.encode(), "expected the public key of the centre, got 'a private key'"),
        (b"PRIVATE+KEY+a+slip", "expected the public key of the centre, got 'a private key'"),
        (SEALED_FOR.encode(), "expected a public key, name+mark+Base64"),
        (b"something else", "expected a public key, name+mark+Base64"),
        (b"", "expected a public key, name+mark+Base64"),
        (b"\xff\xfe", "the file is not UTF-8"),
        (None, "expected the public key of the centre, got 'No such file or directory'"),
    ],
)
def test_a_post_trusts_nothing_but_the_public_key_of_a_centre(
    trust: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "centre.pub"
    if trust is not None:
        file.write_bytes(trust)
    assert main(["post", "new", *words(post=POST, trust=file, home=tmp_path / "post")]) == 2
    told = capsys.readouterr().err
    assert f"{file}: {said}" in told
    assert "a+slip" not in told
    assert CENTRE[-40:] not in told
    assert not (tmp_path / "post").exists()


def test_a_key_is_taken_as_an_editor_saves_it(tmp_path: Path) -> None:
    (tmp_path / "centre.pub").write_text(f"{TRUSTED}\n", encoding="utf-8-sig")
    assert main(["post", "new", *words(post=POST, trust=tmp_path / "centre.pub", home=tmp_path / "post")]) == 0
    assert json.loads((tmp_path / "post" / "post.json").read_text())["trusted"] == TRUSTED


@pytest.mark.parametrize(
    ("key", "said"),
    [(TRUSTED.encode(), "expected a private key"), (b"", "expected a private key"), (b"\xff", "the file is not UTF-8")],
)
def test_a_bundle_is_signed_with_the_private_key_of_the_centre(
    key: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "key").write_bytes(key)
    today = datetime.now(UTC).date().isoformat()
    made = words(post=POST, serial=1, until=today, state="gate.yaml", sealed_for="K", signed_by="K", out=tmp_path / "b")
    assert main(["post", "bundle", *made, "--from", today, *words(signing_key=tmp_path / "key")]) == 2
    assert f"{tmp_path / 'key'}: {said}" in capsys.readouterr().err


def test_a_bundle_of_days_that_are_over_is_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = words(post=POST, serial=1, until="2026-01-02", state="s", sealed_for="K", signed_by="K", out=tmp_path / "b")
    assert main(["post", "bundle", *made, "--from", "2026-01-01", *words(signing_key=tmp_path / "key")]) == 2
    assert "until: expected a last day from today on" in capsys.readouterr().err


@pytest.mark.parametrize("key", ["", "something else"])
def test_a_post_that_lost_its_key_says_so(post: Path, key: str, capsys: pytest.CaptureFixture[str]) -> None:
    (post / "sign.key").write_text(key)
    assert main(["post", "status", *words(home=post)]) == 2
    told = capsys.readouterr().err
    assert f"the key by which {POST} signs: expected a private key" in told
    assert "darvoza post new" in told
    assert "something else" not in told


def test_a_bundle_is_taken_once(post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["post", "accept", str(tmp_path / "b.zip"), *words(home=post)]) == 2
    assert "an older bundle is never taken again" in capsys.readouterr().err


def test_with_the_next_bundle_the_keys_of_its_own_draws_stay_with_the_post(post: Path, tmp_path: Path) -> None:
    assert decide(post, declarations(tmp_path / "one")) == 0
    assert main(["post", "accept", str(tmp_path / "next.zip"), *words(home=post)]) == 0
    today = datetime.now(UTC).date()
    assert [day for day, _ in read_day_keys((post / "keys.json").read_text(encoding="utf-8")).days] == [today]
    assert (post / "keys.json").stat().st_mode & 0o077 == 0
    assert decide(post, declarations(tmp_path / "one")) == 0


def test_a_damaged_bundle_does_not_stop_the_next_one(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (post / "bundle.zip").write_bytes(b"damaged")
    assert decide(post, declarations(tmp_path / "one")) == 2
    assert main(["post", "accept", str(tmp_path / "next.zip"), *words(home=post)]) == 0
    assert "ALARM: the keys of earlier draws are not kept" in capsys.readouterr().err
    assert decide(post, declarations(tmp_path / "one")) == 0


def test_a_day_that_has_begun_at_the_post_and_not_yet_in_utc_is_decided(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    last = datetime.now(UTC).date() + timedelta(days=1)
    night = datetime.combine(last, time(20), UTC)
    monkeypatch.setattr("darvoza.cli.post_decide.datetime", SimpleNamespace(now=night.astimezone))
    begun, after = ((last + timedelta(days=number)).isoformat() for number in (1, 2))
    file = declared(
        tmp_path / "one", *({"declaration_id": day, "lodged_at": day, "post": POST} for day in (begun, after))
    )
    assert decide(post, file) == 1, "a mapping without a zone is in UTC"
    assert f"NOT DECIDED: {begun}: lodged_at" in capsys.readouterr().err
    mapping = Path(file[-1])
    mapping.write_text(f"{mapping.read_text()}format: {{time_zone: Asia/Bishkek}}\n", encoding="utf-8")
    for _ in range(2):
        assert decide(post, file) == 1
        told = capsys.readouterr()
        assert begun in told.out
        assert "NOT DECIDED: " + begun not in told.err
        assert f"NOT DECIDED: {after}: lodged_at" in told.err, "a day that has not begun anywhere near is not decided"
    made = [
        each
        for each in decided(read_record((post / "record.ndjson").read_bytes().splitlines(keepends=True)))
        if each.declaration_id == begun
    ]
    assert {each.items.item(0, "lodged_at") for each in made} == {night}


def test_without_a_bundle_or_with_one_that_is_over_nothing_is_decided(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = declarations(tmp_path / "one")

    later = SimpleNamespace(now=lambda zone: datetime.now(zone) + timedelta(days=2))
    monkeypatch.setattr("darvoza.cli.post_decide.datetime", later)
    monkeypatch.setattr("darvoza.cli.post_status.datetime", later)
    assert decide(post, file) == 2
    assert "examine everything by hand" in capsys.readouterr().err
    assert main(["post", "status", *words(home=post)]) == 1
    assert "ALARM: nothing is decided" in capsys.readouterr().out
    monkeypatch.undo()
    shutil.move(post / "bundle.zip", tmp_path / "gone.zip")
    assert decide(post, file) == 2
    assert "darvoza post accept" in capsys.readouterr().err
    assert len((post / "record.ndjson").read_bytes().splitlines()) == 1


def test_a_bundle_for_another_key_is_not_taken(post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    assert main(["post", "new", *words(post=POST, trust=tmp_path / "centre.pub", home=other)]) == 0
    shutil.copy(post / "seal.key", other / "seal.key")
    assert main(["post", "accept", str(tmp_path / "b.zip"), *words(home=other)]) == 2
    assert "tell the centre the key of this post" in capsys.readouterr().err
    assert not (other / "bundle.zip").exists()


def test_a_record_that_was_written_anew_without_the_key_stops_the_post(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = declarations(tmp_path / "one")
    assert decide(post, file) == 0
    record = post / "record.ndjson"
    *before, last = read_record(record.read_bytes().splitlines(keepends=True))
    other = {"channel": "none such"}  # whatever it was drawn for by the key of the day
    forged = written_anew([*before, replace(last, body={**(last.body or {}), **other})])
    record.write_bytes(b"".join(map(entry_line, forged)))
    assert decide(post, file) == 2
    assert "expected the signature of KG-TOR under it" in capsys.readouterr().err


def test_a_declaration_of_which_a_row_cannot_be_read_is_not_decided_and_named(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = {"lodged_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds"), "post": POST}
    whole = {"declaration_id": "A-1", "hs": "080810"} | at
    torn = {"declaration_id": "A-2", "hs": "080810"} | at
    file = declared(tmp_path / "torn", whole, torn, torn | {"item": "2", "net_mass": "heavy"})
    assert decide(post, file) == 1
    said = capsys.readouterr()
    assert "A-1  " in said.out
    assert "A-2" not in said.out
    assert "NOT DECIDED: declared.csv, row 4: net_mass: expected" in said.err
    assert "NOT DECIDED: A-2: a row of it cannot be read" in said.err
    entries = read_record((post / "record.ndjson").read_bytes().splitlines(keepends=True))
    assert [entry.subject for entry in entries] == ["bundle KG-TOR 1", "A-1"]


def test_a_post_whose_record_is_gone_decides_nothing_and_says_so(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = declarations(tmp_path / "one")
    assert decide(post, file) == 0
    (post / "record.ndjson").unlink()
    capsys.readouterr()
    assert decide(post, file) == 2
    assert "the record is lost" in capsys.readouterr().err
    assert main(["post", "status", *words(home=post)]) == 1
    assert "ALARM: nothing is decided" in capsys.readouterr().out
    assert main(["post", "accept", str(tmp_path / "next.zip"), *words(home=post)]) == 2
    assert "the record of what was decided here" in capsys.readouterr().err


def test_a_bundle_that_was_put_in_place_when_the_power_went_is_taken_again(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(tmp_path / "next.zip", post / "bundle.zip")
    assert decide(post, declarations(tmp_path / "one")) == 2
    assert "take it again with: darvoza post accept" in capsys.readouterr().err
    assert main(["post", "accept", str(tmp_path / "next.zip"), *words(home=post)]) == 0
    assert decide(post, declarations(tmp_path / "one")) == 0


def test_the_same_results_are_written_down_once_and_a_clock_set_back_writes_nothing(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert decide(post, declarations(tmp_path / "one")) == 0
    results = {"results": [{"order": "A-1:customs:documentary", "officer": "person 12", "items": [{"item": 1}]}]}
    (tmp_path / "results.yaml").write_text(json.dumps(results))
    record = ["post", "record", str(tmp_path / "results.yaml"), *words(home=post)]
    assert main(record) == 0
    capsys.readouterr()
    assert main(record) == 0
    assert "results written down: 0\nwritten down before, and not again: 1" in capsys.readouterr().out
    earlier = SimpleNamespace(now=lambda zone: datetime.now(zone) - timedelta(hours=2))
    for module in ("record", "accept"):
        monkeypatch.setattr(f"darvoza.cli.post_{module}.datetime", earlier)
    for command in (record, ["post", "accept", str(tmp_path / "next.zip"), *words(home=post)]):
        assert main(command) == 2
        assert "set the clock" in capsys.readouterr().err


def test_what_cannot_be_kept_besides_the_record_is_told_and_what_was_decided_is_said(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (post / ".memory.json.part").mkdir()  # so that it cannot be written
    assert decide(post, declarations(tmp_path / "one")) == 0
    said = capsys.readouterr()
    assert "A-1  " in said.out
    assert "ALARM: what was spent of the capacity is not kept" in said.err


def test_items_of_an_order_on_which_there_is_no_word_are_named(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = {"lodged_at": (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds"), "post": POST}
    apples = {"declaration_id": "A-1", "hs": "080810"} | at
    assert decide(post, declared(tmp_path / "two", apples, apples | {"item": "2"})) == 0
    found = {"order": "A-1:customs:documentary", "officer": "person 12"}
    for item, said in ((2, "A-1:customs:documentary: no word yet on items 1"), (1, "")):
        (tmp_path / "r.yaml").write_text(json.dumps({"results": [found | {"items": [{"item": item}]}]}))
        capsys.readouterr()
        assert main(["post", "record", str(tmp_path / "r.yaml"), *words(home=post)]) == 0
        assert capsys.readouterr().out.partition("\n")[2].strip() == said


def test_a_declaration_that_is_not_for_this_post_or_day_is_named_and_the_rest_is_decided(
    post: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    at, later = ((now + timedelta(minutes=each)).isoformat(timespec="seconds") for each in (-1, 60))
    fruit = {"hs": "080810", "lodged_at": at, "post": POST}
    rows = [
        fruit | {"declaration_id": "M-1"},
        fruit | {"declaration_id": "M-2", "lodged_at": later},
        fruit | {"declaration_id": "M-3", "post": "UZ-GIS"},
        fruit | {"declaration_id": "M-4"},
    ]
    capsys.readouterr()
    assert decide(post, declared(tmp_path / "many", *rows)) == 1
    said = capsys.readouterr()
    assert [name for name in ("M-1", "M-2", "M-3", "M-4") if f"{name}  yellow" in said.out] == ["M-1", "M-4"]
    assert "NOT DECIDED: M-2: lodged_at: expected not after" in said.err
    assert "NOT DECIDED: M-3: post: expected declarations of KG-TOR, got UZ-GIS" in said.err
    entries = read_record((post / "record.ndjson").read_bytes().splitlines(keepends=True))
    assert [entry.subject for entry in entries[1:]] == ["M-1", "M-4"]


def test_what_a_cut_power_left_unpacked_is_taken_away_by_the_next_command(post: Path, tmp_path: Path) -> None:
    left = post / ".state-abc" / "state"
    left.mkdir(parents=True)
    (left / "gate.yaml").write_text("{}", encoding="utf-8")
    assert decide(post, declarations(tmp_path / "one")) == 0
    assert list(post.glob(".state-*")) == []
