import csv
import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.fields import FIELDS as CANONICAL
from darvoza.errors import InvalidMapping, OutputError, SettingsError, UnreadableFile
from darvoza.flow.intake import reading_csv
from darvoza.flow.intake.intake import Intake, check_report, take_in, write_rejected
from darvoza.flow.intake.mapping import Mapping, load_mapping
from darvoza.flow.intake.tally import in_order
from flow.intake.made_files import COLUMNS, FIELDS, a_csv, a_row

Take = Callable[..., Intake]
Load = Callable[[str], Mapping]
ROOT = Path(__file__).parents[3]
KCS = ROOT.parent / "shared" / "data" / "kcs"


def rejections(intake: Intake) -> list[tuple[int, str | None, str]]:
    return list(intake.rejected.select("row", "field", "rule").iter_rows())


def test_items_have_every_canonical_field_in_order(take: Take) -> None:
    intake = take(a_csv(a_row()))
    assert intake.items.columns == [*(entry.name for entry in CANONICAL), "file", "row"]
    assert intake.items.select("declaration_id", "file", "row").row(0) == ("D1", "file.csv", 2)
    assert intake.items["seal_ids"].dtype == pl.List(pl.String)


def test_all_bad_values_of_a_row_are_reported_and_the_row_counts_once(take: Take) -> None:
    intake = take(a_csv(a_row(HS="870", Origin="QQ", Net="-5", Currency="XXX"), a_row(Ref="D2")))
    assert rejections(intake) == [  # in canonical order
        (2, "invoice_currency", "unknown-currency"),
        (2, "hs", "not-hs"),
        (2, "origin", "unknown-country"),
        (2, "net_mass", "below-minimum"),
    ]
    assert (intake.read, intake.accepted, intake.rejected_rows) == (2, 1, 1)
    first = intake.rejected.row(0, named=True)
    assert (first["column"], first["got"], first["declaration_id"]) == ("Currency", "'XXX'", "D1")
    assert json.loads(first["record"])["Goods"] == "used car"


def test_a_missing_required_value_is_rejected(take: Take) -> None:
    intake = take(a_csv(a_row(Ref=" "), a_row()))
    assert rejections(intake) == [(2, "declaration_id", "missing")]
    assert intake.rejected["got"].to_list() == ["' '"]


def test_items_of_a_declaration_stand_together(take: Take) -> None:
    rows = [a_row(Ref=ref, Item=item) for ref, item in (("B", "2"), ("A", "1"), ("B", "1"))]
    intake = take(a_csv(*rows, a_row(Ref="C", Date="2025-01-01")))
    assert intake.items.select("declaration_id", "item").rows() == [("C", 1), ("A", 1), ("B", 1), ("B", 2)]


def test_the_first_of_two_equal_items_is_kept(take: Take) -> None:
    intake = take(a_csv(a_row(), a_row(HS="010121"), a_row(Item="2")))
    assert rejections(intake) == [(3, "declaration_id", "duplicate-item")]
    assert intake.items["hs"].to_list() == ["870323", "870323"]
    assert json.loads(intake.rejected["record"][0])["HS"] == "010121"


def test_a_row_that_contradicts_the_head_of_its_declaration_is_rejected(take: Take) -> None:
    intake = take(a_csv(a_row(), a_row(Item="2", Importer="I2", Post="P2"), a_row(Item="3")))
    assert rejections(intake) == [(3, "post", "header-differs"), (3, "importer_id", "header-differs")]


def test_gross_mass_below_net_mass_is_rejected(take: Take) -> None:
    intake = take(a_csv(a_row(Gross="9.99"), a_row(Ref="D2", Gross=""), a_row(Ref="D3", Gross="10")))
    assert rejections(intake) == [(2, "gross_mass", "gross-below-net")]


def test_nothing_is_lodged_after_now(take: Take) -> None:
    intake = take(a_csv(a_row(), a_row(Ref="D2", Date="2025-03-03")), now=datetime(2025, 3, 2, tzinfo=UTC))
    assert rejections(intake) == [(3, "lodged_at", "after-now")]


def test_now_must_have_its_time_zone(take: Take) -> None:
    with pytest.raises(SettingsError):
        take(a_csv(a_row()), now=datetime(2025, 3, 2))  # noqa: DTZ001


@pytest.mark.parametrize("content", ["", "\ufeff", "\n\n"])
def test_an_empty_file_is_unreadable(take: Take, content: str) -> None:
    with pytest.raises(UnreadableFile, match="no declarations: the file is empty"):
        take(content)


@pytest.mark.parametrize("name", ["file.csv", "file.parquet"])
def test_a_header_alone_is_no_declaration(take: Take, name: str) -> None:
    buffer = io.BytesIO()
    pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String)).write_parquet(buffer)
    with pytest.raises(UnreadableFile, match="no declarations"):
        take(a_csv() if name == "file.csv" else buffer.getvalue(), name)


def test_the_delimiter_is_found_out(take: Take) -> None:
    for mark in (",", ";", "\t", "|"):
        intake = take(a_csv(a_row(), delimiter=mark))
        assert (intake.accepted, intake.files[0].delimiter) == (1, mark)


def test_a_wrong_delimiter_is_named_with_the_right_one(take: Take) -> None:
    with pytest.raises(UnreadableFile) as caught:
        take(a_csv(a_row(), delimiter=";"), form="{delimiter: ','}")
    assert caught.value.expected == "';'"


def test_a_missing_column_is_named_with_the_nearest(take: Take) -> None:
    with pytest.raises(InvalidMapping) as caught:
        take(a_csv(a_row()).replace("Importer", "Importers", 1))
    assert caught.value.field == "fields.importer_id"
    assert "'Importers'" in str(caught.value.hint)


def test_a_column_that_occurs_twice_is_refused(take: Take) -> None:
    with pytest.raises(UnreadableFile, match="one column 'HS'"):
        take("\n".join(line + ",HS" for line in a_csv(a_row()).splitlines()))


def test_missing_files_directories_and_unknown_forms_are_unreadable(tmp_path: Path, load: Load, take: Take) -> None:
    plan = load(FIELDS)
    with pytest.raises(UnreadableFile, match="no such file"):
        take_in([tmp_path / "absent.csv"], plan)
    with pytest.raises(UnreadableFile, match="a directory"):
        take_in([tmp_path], plan)
    with pytest.raises(UnreadableFile, match="no file was given"):
        take_in([], plan)
    with pytest.raises(UnreadableFile, match="a picture"):
        take(b"\x89PNG\r\n\x1a\n" + bytes(100), "file.csv")
    with pytest.raises(UnreadableFile, match=r"\.dat"):
        take(a_csv(a_row()), "file.dat")
    with pytest.raises(UnreadableFile, match="UTF-16"):
        take(a_csv(a_row()).encode("utf-16"))
    with pytest.raises(UnreadableFile, match="expected parquet"):
        take(a_csv(a_row()), "file.parquet")


def test_a_field_of_ten_million_characters_is_an_error_of_its_row(take: Take) -> None:
    intake = take(a_csv(a_row(Goods="x" * 10_000_000), a_row(Ref="D2")))
    assert rejections(intake) == [(2, None, "oversized")]
    assert intake.accepted == 1
    assert len(intake.rejected["record"][0]) < 10_000


def test_nul_bytes_are_an_error_of_their_row(take: Take) -> None:
    intake = take(a_csv(a_row(Goods="used\0car"), a_row(Ref="D2", HS="8703\x0023"), a_row(Ref="D3")))
    assert rejections(intake) == [(2, "description", "control-characters"), (3, "hs", "not-hs")]


def test_bytes_of_another_encoding_are_an_error_of_their_row(take: Take) -> None:
    rows = [a_row(Ref=f"D{number}", Goods="автомобиль подержанный") for number in range(3)]
    lines = a_csv(*rows).split("\n")
    content = b"\n".join(line.encode("cp1251" if line.startswith("D1") else "utf-8") for line in lines)
    intake = take(content)
    assert rejections(intake) == [(3, None, "encoding")]
    assert intake.items["declaration_id"].to_list() == ["D0", "D2"]
    assert intake.rejected["got"][0] == "'автомобиль подержанный' in cp1251"


def test_cp1251_and_utf8_with_a_mark_are_found_out(take: Take) -> None:
    for encoding, found in (("cp1251", "cp1251"), ("utf-8-sig", "utf-8-sig"), ("utf-8", "utf-8")):
        intake = take(a_csv(a_row(Goods="легковой автомобиль")).encode(encoding))
        assert (intake.files[0].encoding, intake.items["description"][0]) == (found, "легковой автомобиль")


def test_decimal_commas_are_read(take: Take) -> None:
    intake = take(a_csv(a_row(Gross="1234,5", Net="10,25"), delimiter=";"), form="{decimal: ','}")
    assert [str(intake.items[name][0]) for name in ("gross_mass", "net_mass")] == ["1234.500000", "10.250000"]


def test_ragged_rows_are_errors_of_their_rows(take: Take) -> None:
    intake = take(a_csv(a_row()[:-1], [*a_row(), "more"], a_row()))
    assert rejections(intake) == [(2, None, "ragged"), (3, None, "ragged")]
    assert intake.accepted == 1


def test_rows_are_numbered_not_lines(take: Take) -> None:
    intake = take(a_csv(a_row(Goods='"used\ncar\n"'), a_row(Ref="D2"), a_row(Ref="D3", HS="1")))
    assert intake.items["row"].to_list() == [2, 3]
    assert rejections(intake) == [(4, "hs", "not-hs")]


def test_rows_are_numbered_alike_however_the_file_is_cut(take: Take, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        a_row(Ref=f"D{n:02d}", Goods='"a\n""b"""' if n % 3 == 0 else "b", HS="1" if n == 13 else "870323")
        for n in range(20)
    ]
    whole = take(a_csv(*rows))
    for lines in (1, 2, 3, 7):
        monkeypatch.setattr(reading_csv, "BLOCK_LINES", lines)
        monkeypatch.setattr(reading_csv, "CHUNK_ROWS", 4)
        cut = take(a_csv(*rows))
        assert cut.items.equals(whole.items)
        assert cut.rejected.equals(whole.rejected)


def test_a_quote_that_never_closes_costs_one_row(take: Take) -> None:
    rows = [a_row(Ref=f"D{number}") for number in range(5)]
    rows[1][-1] = '"used car'
    intake = take(a_csv(*rows))
    assert rejections(intake) == [(3, None, "quoting")]
    assert intake.accepted == 4


def test_blank_lines_are_counted_but_are_no_rows(take: Take) -> None:
    intake = take(a_csv(a_row(), a_row(Ref="D2")).replace("\nD2", "\n\nD2"))
    assert (intake.read, intake.items["row"].to_list()) == (2, [2, 4])


def test_items_are_counted_within_their_declaration_across_chunks(
    tmp_path: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_csv, "CHUNK_ROWS", 2)
    monkeypatch.setattr(reading_csv, "BLOCK_LINES", 2)
    plan = load(FIELDS.replace("  item: Item\n", "") + "item: {number_within: declaration_id}\n")
    path = tmp_path / "file.csv"
    path.write_text(a_csv(*(a_row(Ref=ref) for ref in "AABABBA")), encoding="utf-8")
    items = take_in([path], plan).items
    assert items.select("declaration_id", "item").rows() == [
        *(("A", n) for n in range(1, 5)),
        *(("B", n) for n in range(1, 4)),
    ]


def test_the_same_file_twice_adds_nothing(tmp_path: Path, load: Load) -> None:
    path = tmp_path / "file.csv"
    path.write_text(a_csv(a_row(), a_row(Ref="D2")), encoding="utf-8")
    intake = take_in([path, path], load(FIELDS))
    assert (intake.read, intake.accepted, intake.rejected_rows) == (4, 2, 2)


def test_files_are_named_with_digest_and_progress_is_told(tmp_path: Path, load: Load) -> None:
    path, told = tmp_path / "file.csv", list[int]()
    path.write_text(a_csv(a_row(), a_row(Ref="D2")), encoding="utf-8")
    intake = take_in([path], load(FIELDS), on_progress=told.append)
    assert intake.files[0].sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (intake.files[0].rows, told) == (2, [2])


def test_the_report_counts_by_rule_and_shows_examples(take: Take, tmp_path: Path) -> None:
    intake = take(a_csv(a_row(HS="870"), a_row(Ref="D2", HS="1"), a_row(Ref="D3")))
    text = check_report(intake)
    assert "read 3 = accepted 1 + rejected 2" in text
    assert "2 × not-hs in hs" in text
    assert "file.csv row 2, HS: expected 6 to 10 digits, got '870'" in text
    write_rejected(intake, tmp_path / "rejected.csv")
    assert pl.read_csv(tmp_path / "rejected.csv")["row"].to_list() == [2, 3]
    write_rejected(intake, tmp_path / "rejected.parquet")
    assert pl.read_parquet(tmp_path / "rejected.parquet").equals(intake.rejected)
    with pytest.raises(OutputError):
        write_rejected(intake, tmp_path / "absent" / "rejected.csv")


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
CELLS = st.one_of(
    st.binary(max_size=12), ANY_TEXT.map(lambda text: text.encode("utf-8")), st.sampled_from([b"1", b"CN", b"870323"])
)


@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=13), min_size=1, max_size=6), good=st.integers(0, 2))
def test_every_row_is_accounted_for_whatever_its_bytes(
    rows: list[list[bytes]], good: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    plan, path = folder / "mapping.yaml", folder / "file.csv"
    plan.write_text(FIELDS, encoding="utf-8")
    lines = [",".join(COLUMNS).encode(), *(b",".join(row) for row in rows)]
    lines += [",".join(a_row(Ref=f"good{number}")).encode() for number in range(good)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    try:
        intake = take_in([path], load_mapping(plan))
    except UnreadableFile as error:
        assert "no declarations" in str(error)  # noqa: PT017 - blank lines alone
        return
    assert intake.read == intake.accepted + intake.rejected_rows
    assert intake.accepted == len(intake.items)
    assert intake.rejected_rows == intake.rejected.select("file", "row").n_unique()
    assert intake.items.select("file", "row").is_unique().all()
    write_rejected(intake, folder / "rejected.csv")


@given(rows=st.lists(st.lists(ANY_TEXT, min_size=11, max_size=11), min_size=1, max_size=5))
def test_no_quoted_row_is_lost_whatever_its_text(
    rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("quoted")
    plan, path = folder / "mapping.yaml", folder / "file.csv"
    plan.write_text(FIELDS, encoding="utf-8")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *rows, a_row(Ref="good")])
    intake = take_in([path], load_mapping(plan))
    assert intake.read == len(rows) + 1 == intake.accepted + intake.rejected_rows
    assert "good" in intake.items["declaration_id"]


@pytest.mark.skipif(not KCS.exists(), reason="the Korean data set is not beside the repository")
def test_the_korean_set_is_taken_in_whole() -> None:
    intake = take_in([KCS / "train.csv", KCS / "valid.csv"], load_mapping(ROOT / "mappings" / "kcs.yaml"))
    assert [file.rows for file in intake.files] == [37_385, 8_134]
    assert (intake.read, intake.accepted, intake.rejected_rows) == (45_519, 45_519, 0)
    items = intake.items
    assert items["net_mass"].null_count() == 340
    assert items["finding"].sum() == 9_818
    assert set(items["transport_mode"]) == {"1", "2", "3", "4", "5", "9"}
    assert items["item"].unique().to_list() == [1]


ORDER = ("lodged_at", "declaration_id", "version", "item")
A_KEY = st.tuples(
    st.sampled_from([1, 2]), st.sampled_from("ab"), st.sampled_from([None, 1, 2]), st.sampled_from([None, 1, 2])
)


@given(st.lists(A_KEY, max_size=4))
def test_items_that_come_in_order_are_left_where_they_are(keys: list[tuple[object, ...]]) -> None:
    schema = {"lodged_at": pl.Int64, "declaration_id": pl.String, "version": pl.Int64, "item": pl.Int64}
    items = pl.DataFrame(keys, schema=schema, orient="row")
    in_place = items.sort(ORDER, maintain_order=True)
    assert in_order(items).equals(in_place)
    assert (in_order(items) is items) == items.equals(in_place)
