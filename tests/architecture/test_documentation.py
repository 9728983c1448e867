"""The documentation says what the code says; where it could drift, this fails."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest
import yaml

from architecture.house import DOCS, ROOT, SOURCE, public_classes
from darvoza.cli.main import main
from darvoza.domain.expression import Include
from darvoza.errors import SentenceError
from darvoza.flow.assessment.forms import IDENTITIES
from darvoza.flow.assessment.sentence import parse
from darvoza.flow.intake.mapping import load_mapping

ADR_LINES = 60
ADR_PARTS = ["Context", "Decision", "Consequences", "Rejected"]


def load_generator() -> ModuleType:
    """Load docs/generate.py, which is a script and no part of the package."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GENERATOR = load_generator()


def pages_in_nav() -> list[str]:
    """Every page that the navigation leads to."""
    return re.findall(r":\s*([\w/.-]+\.md)\s*$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)


def glossary_terms() -> list[str]:
    """Terms of the glossary as headings of its entries, in order."""
    return re.findall(r"^\*\*(.+?)\*\*", (DOCS / "glossary.md").read_text(encoding="utf-8"), re.MULTILINE)


def glossary_classes() -> set[str]:
    """Names of classes given in the glossary."""
    return set(re.findall(r"`([A-Z]\w+)`", (DOCS / "glossary.md").read_text(encoding="utf-8")))


def test_every_noun_of_the_domain_stands_in_the_glossary() -> None:
    assert set(public_classes("darvoza.domain")) - glossary_classes() == set()


def test_the_glossary_names_no_class_that_is_gone() -> None:
    known = set(public_classes("darvoza"))
    assert glossary_classes() - known == set()


def test_every_term_of_the_glossary_has_its_russian_word() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^\*\*.+$", text, re.MULTILINE)
    assert len(entries) == len(glossary_terms()) > 40
    assert [entry for entry in entries if not re.search(r"\*[а-яёА-ЯЁ]", entry)] == []


def test_the_glossary_holds_each_term_once() -> None:
    terms = glossary_terms()
    assert [term for term in terms if terms.count(term) > 1] == []


def test_no_generated_page_is_stale() -> None:
    assert GENERATOR.stale() == [], "run: make docs"


def test_a_page_that_was_edited_by_hand_counts_as_stale(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path_factory.mktemp("reference")
    for name in GENERATOR.PAGES:
        (copies / name).write_text((DOCS / "reference" / name).read_text() + ("edited" if name == "facts.md" else ""))
    monkeypatch.setattr(GENERATOR, "REFERENCE", copies)
    assert "facts.md" in GENERATOR.stale()


def test_every_command_and_option_is_documented() -> None:
    parser = GENERATOR.build_parser()
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    spelled = [
        (name, GENERATOR.spelled(action))
        for name, command in GENERATOR.commands(parser)
        for action in GENERATOR.arguments(command)
    ]
    assert spelled
    assert [(name, argument) for name, argument in spelled if f"`{argument}`" not in _section(page, name)] == []


def _section(page: str, name: str) -> str:
    """The part of a page under one heading, empty where there is none."""
    found = re.search(rf"^## {re.escape(name)}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def test_every_command_that_the_pages_show_exists() -> None:
    parser = GENERATOR.build_parser()
    known = {
        name: {flag for a in each._actions for flag in a.option_strings} for name, each in GENERATOR.commands(parser)
    }
    unknown = []
    for path in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for line in re.findall(r"^ *darvoza .+$", path.read_text(encoding="utf-8").replace("\\\n", " "), re.MULTILINE):
            words = line.split("#")[0].split()
            name = next((" ".join(words[:n]) for n in (4, 3, 2) if " ".join(words[:n]) in known), None)
            flags = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
            if name is None or flags - known[name]:
                unknown.append((path.name, line, flags - known.get(name or "", set())))
    assert unknown == []


def test_every_page_can_be_reached_and_every_link_of_the_navigation_leads_somewhere() -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert pages == set(pages_in_nav())
    assert len(pages_in_nav()) == len(set(pages_in_nav()))


def test_every_decision_taken_has_its_four_parts_and_fits_on_a_page() -> None:
    records = sorted((DOCS / "adr").glob("*.md"))
    assert [path.name[:4] for path in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ADR_PARTS, path.name
        assert len(text.splitlines()) <= ADR_LINES, path.name


def test_the_settings_of_the_site_are_yaml() -> None:
    assert yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["site_name"] == "Darvoza"


def test_the_columns_of_the_pages_on_results_are_those_of_a_run(tmp_path: Path) -> None:
    world, run = tmp_path / "world", tmp_path / "run"
    assert main(["simulate", "--months", "1", "--per-month", "30", "--out", str(world)]) == 0
    files = [str(path) for path in sorted((world / "declarations").glob("*.csv"))]
    profiles, mapping = str(ROOT / "profiles"), str(ROOT / "mappings" / "own.yaml")
    options = ["--mapping", mapping, "--profiles", profiles, "--capacity", "0.1", "--out", str(run)]
    assert main(["assess", *files, *options]) == 0
    for name in ("decisions", "orders", "load"):
        page = (DOCS / "reference" / f"{name}.md").read_text(encoding="utf-8")
        columns = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
        assert len(columns) == len(set(columns))
        assert set(columns) == set(pl.read_parquet_schema(run / f"{name}.parquet"))


def block(page: str, beginning: str) -> str:
    """The YAML block of a page that begins with the given words."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return next(str(found) for found in blocks if found.startswith(beginning))


def test_the_profile_that_the_page_shows_decides_its_cases_as_stated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "CUS-VAL-099.yaml").write_text(block("how-to/write-a-profile.md", "code:"), encoding="utf-8")
    assert main(["profile", "check", str(tmp_path)]) == 0, capsys.readouterr()
    assert main(["profile", "format", "--check", str(tmp_path)]) == 0, "the page shows the one form, too"


def test_the_mapping_that_the_page_shows_can_be_used(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(block("how-to/map-your-own-file.md", "title:"), encoding="utf-8")
    mapping = load_mapping(path)
    assert mapping.number_within == ("declaration_id",)
    assert "NUM_DT" in mapping.columns


def test_every_file_that_a_page_points_to_exists() -> None:
    pages = [ROOT / "README.md", *DOCS.rglob("*.md")]
    named = {
        (path.name, name)
        for path in pages
        for name in re.findall(r"`((?:tests|src|docs|benchmarks|profiles)/[\w/.-]+)`", path.read_text(encoding="utf-8"))
    }
    assert named
    assert [(page, name) for page, name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_first_selection_tells_every_step_of_the_demo() -> None:
    from darvoza.cli.demo import STEPS

    text = (ROOT / "docs" / "tutorial" / "first-selection.md").read_text(encoding="utf-8")
    told = [int(number) for number in re.findall(r"^(\d+)\. \*\*", text, re.MULTILINE)]
    assert told == list(range(1, STEPS + 1))
    source = (SOURCE / "cli" / "demo.py").read_text(encoding="utf-8")
    assert sorted(int(number) for number in re.findall(r"(\d+) of \{STEPS\}", source)) == told
    counted = {10: "ten", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen", 16: "sixteen"}
    assert f"it does {counted[STEPS]} things" in text


@pytest.mark.parametrize("page", ["keep-a-named-list", "profiles-as-sql"])
def test_pages_name_every_number_that_is_compared_folded(page: str) -> None:
    text = (DOCS / f"how-to/{page}.md").read_text(encoding="utf-8")
    assert {fact for fact in IDENTITIES if f"`{fact}`" not in text} == set()


def test_what_the_page_of_named_lists_says_of_sets_is_so() -> None:
    text = (DOCS / "how-to/keep-a-named-list.md").read_text(encoding="utf-8")
    shown = re.findall(r"`((?:containers|seals|documents) in[^`]+)`", text)
    refused = [sentence for sentence in shown if " in list " in sentence]
    for sentence in refused:
        with pytest.raises(SentenceError, match="use include"):
            parse(sentence)
    assert [type(parse(sentence)) for sentence in shown if sentence not in refused] == [Include] * 2
    assert len(refused) == 1
