"""The mapping that the page on mappings shows is one that works, for every row it speaks of."""

import re
from pathlib import Path

from architecture.house import ROOT
from darvoza.flow.intake.intake import take_in
from darvoza.flow.intake.mapping import load_mapping

PAGE = ROOT / "docs" / "how-to" / "map-your-own-file.md"
COLUMNS = [
    "NUM_DT",
    "DATE_REG",
    "KOD_TP",
    "INN",
    "TNVED",
    "STR_PR",
    "STR_OTPR",
    "VES_NET",
    "ST_TAM",
    "STAVKA",
    "NUM_CMR",
    "NOMER_TS",
    "FIO_INSP",
]


def test_rows_with_an_origin_that_is_not_known_or_of_the_union_are_taken_in(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    mapping, file = tmp_path / "mapping.yaml", tmp_path / "file.csv"
    mapping.write_text(found[1], encoding="utf-8")
    rows = [
        [f"D{place}", "01.03.2026", "10", "123", "870323", origin, origin, "1 000,5", "2 000", "12", "C1", "V1", "Ф"]
        for place, origin in enumerate(("156", "000", "EU", "DE"))
    ]
    file.write_bytes("\n".join(";".join(row) for row in (COLUMNS, *rows)).encode("cp1251"))
    intake = take_in([file], load_mapping(mapping))
    assert intake.rejected_rows == 0
    assert intake.items["origin"].to_list() == ["CN", "XX", "EU", "DE"]
    assert intake.items["export_country"].to_list() == ["CN", None, "EU", "DE"]
