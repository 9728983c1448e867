"""The report is one page that loads nothing, escapes everything, and says what the summary says."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest

from darvoza.cli.report.charts import stack
from darvoza.cli.report.html import render_report
from darvoza.cli.report.numerals import THIN
from darvoza.cli.report.words import headline, tell
from darvoza.flow.oversight.estimate_records import Limits
from darvoza.flow.oversight.summary import RunSummary, summarise
from flow.oversight.made_runs import TITLES, a_run, an_item, decisions_of, rows_of

MANIFEST: dict[str, object] = {
    "inputs": [{"name": "march.csv", "sha256": "ab" * 32}],
    "settings": {"capacity": 0.1, "random": 0.02},
    "profiles": [{"code": f"CUS-VAL-{k:03d}", "digest": "ef" * 32} for k in range(30)],
    "profiles_digest": "12" * 32,
    "model_digest": None,
}
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Reads a page and refuses one whose tags do not close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.tags)


@pytest.fixture(scope="module")
def summary() -> RunSummary:
    decisions, items = a_run()
    return summarise(decisions, items, capacity=0.1, random_floor=0.02, titles=TITLES)


@pytest.fixture(scope="module")
def text(summary: RunSummary) -> str:
    return render_report(summary, summary.examples, MANIFEST)


def a_small_run(**changes: object) -> RunSummary:
    rows = rows_of("D1", {("customs", "physical"): [("random", "random", 0.01), ("profile", "P<1>", 1.0)]}, u=0.5)
    items = pl.DataFrame([an_item("D1", **changes)], infer_schema_length=None)
    return summarise(decisions_of(rows), items, capacity=0.1, random_floor=0.01, titles={"P<1>": "A & <b>title</b>"})


def test_the_page_asks_nothing_of_a_network_and_runs_nothing(text: str) -> None:
    page = Page(text)
    assert {"script", "link", "img", "iframe", "object", "base", "form"}.isdisjoint(tag for tag, _ in page.tags)
    for _, attributes in page.tags:
        assert {"src", "href", "srcset", "action", "style"}.isdisjoint(attributes)
        assert not any(name.startswith("on") for name in attributes)
    assert not re.search(r"https?:|//[a-z]|url\(|@import|javascript:", text)
    assert "default-src 'none'" in text


def test_the_same_run_gives_the_same_bytes(summary: RunSummary, text: str) -> None:
    assert render_report(summary, summary.examples, dict(reversed(MANIFEST.items()))) == text


@pytest.mark.parametrize("field", ["description", "importer_name", "hs", "origin"])
def test_what_traders_write_stays_text(field: str) -> None:
    attack = """<script>alert(1)</script>"' onload=x <img src=x onerror=y> {{ 7*7 }} {% raw %}"""
    small = a_small_run(**{field: attack})
    text = render_report(small, small.examples, {"inputs": [{"name": attack}], attack: attack})
    page = Page(text)
    assert page.count("script") == page.count("img") == 0
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
    assert "49 " not in text
    assert "A &amp; &lt;b&gt;title&lt;/b&gt;" in text


def test_names_of_declarations_cannot_leave_the_command_they_stand_in() -> None:
    small = a_small_run()
    example = replace(small.examples[0], declaration_id="x; rm -rf ~'\"")
    assert "rm -rf ~" in render_report(small, [example], {})
    assert "darvoza explain x;" not in render_report(small, [example], {})


def test_every_table_has_a_caption_and_every_picture_a_name(text: str) -> None:
    page = Page(text)
    assert page.count("table") == page.count("caption") >= 9
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert pictures
    assert all(a.get("aria-hidden") == "true" or (a.get("role") == "img" and a.get("aria-label")) for a in pictures)
    assert page.count("h1") == 1
    assert ("html", {"lang": "en"}) in page.tags


def test_every_chart_is_well_formed(text: str) -> None:
    charts = re.findall(r"<svg.*?</svg>", text, flags=re.DOTALL)
    assert len(charts) > 20
    for chart in charts:
        for shape in ET.fromstring(chart).iter("rect"):  # noqa: S314 - made by this test's own page
            assert 0 <= float(shape.get("x", "0")) <= 100
            assert float(shape.get("width", "0")) <= 100.001


def test_the_parts_of_the_channel_bar_fill_it_and_its_label_is_escaped() -> None:
    drawn = stack([("green", 0.75), ("red", 0.25)], label='a "b" <c>')
    widths = [float(w) for w in re.findall(r'class="(?:green|red)" x="[\d.]+" width="([\d.]+)"', drawn)]
    assert widths == [75, 25]
    assert 'aria-label="a &#34;b&#34; &lt;c&gt;"' in drawn


def with_whole(summary: RunSummary, **changes: Any) -> RunSummary:
    """The same run, with another estimate of the whole."""
    assert summary.estimates is not None
    first, *others = summary.estimates.groups
    return replace(summary, estimates=replace(summary.estimates, groups=(replace(first, **changes), *others)))


def test_leakage_comes_before_the_hit_rate_and_the_page_says_why(text: str, summary: RunSummary) -> None:
    assert summary.estimates is not None
    assert summary.estimates.whole is not None
    assert summary.estimates.whole.leakage is not None
    assert text.index("Leakage, estimated") < text.index("What was released unseen") < text.index("Hit rate: findings")
    assert text.index("would have shown a finding") < text.index("Hit rate: findings")
    assert "a hit rate can rise while more and more passes unseen" in text


def test_every_rate_stands_beside_its_interval_and_what_it_rests_on(text: str) -> None:
    for title in ("By post", "By HS chapter", "By risk family", "By risk area", "By channel", "By month"):
        assert text.count(f"<summary>{title}</summary>") == (1 if title == "By channel" else 2)
    table = text[text.index("Leakage by post:") :]
    row = table[table.index("<tbody>") : table.index("</tr>", table.index("<tbody>"))]
    assert re.search(rf"<b>[\d.]+{THIN}%</b></td><td class=\"n\">[\d.]+{THIN}% to [\d.]+{THIN}%", row)
    assert "too few" in text, "a chapter with twenty random checks gets no number"


def test_where_little_is_known_the_page_says_so(summary: RunSummary) -> None:
    nothing: dict[str, Any] = {"leakage": None, "leaked": None, "detected": None, "lost": None}
    few = render_report(with_whole(summary, **nothing, why_not="too few", random_checks=12.0, needed=18), (), {})
    assert '<dd class="big">too few</dd>' in few
    assert "18 more random examinations are needed" in few
    part = render_report(with_whole(summary, **nothing, why_not="incomplete"), (), {})
    assert "may have been chosen" in part
    assert "By channel" not in part
    everything = render_report(with_whole(summary, **nothing, why_not="none released"), (), {})
    assert "every declaration was examined" in everything
    none = render_report(replace(summary, estimates=None, hit_rates=(), gains=None, results=0), (), {})
    assert "not yet known" in none
    assert "Hit rate: findings" not in none
    assert "How well the score ranks" not in none


def test_what_is_left_out_is_said(summary: RunSummary) -> None:
    assert summary.estimates is not None
    recent = replace(
        summary.estimates, settled_until=datetime(2026, 3, 20, 8, tzinfo=UTC), outstanding=17, unmeasured=4
    )
    text = render_report(replace(summary, estimates=recent), (), {})
    assert "Counted is what was lodged until 2026-03-20" in text
    assert "17 are outstanding" in text
    assert "4 declarations had no chance at all" in text
    empty = render_report(replace(summary, estimates=replace(recent, groups=(), lifts=())), (), {})
    assert "Nothing is left to estimate from" in empty
    young = replace(recent, groups=(), lifts=(), begins=datetime(2026, 4, 2, 8, tzinfo=UTC))
    text = render_report(replace(summary, estimates=young), (), {})
    assert "Nothing is old enough yet to estimate from" in text
    assert "there will be something from 2026-04-02" in text
    assert "Nothing is left" not in text


@pytest.mark.parametrize(
    ("helped", "said"),
    [
        (Limits(-4.0, 0.0, 900.0), "comes out below 0, where nothing can be"),
        (Limits(50.0, 0.0, 90_000.0), "the less sure of the two"),
        (Limits(50.0, 49.0, 51.0), "the surer of the two"),
    ],
)
def test_what_the_score_adds_to_the_estimate_is_said_as_it_is(summary: RunSummary, helped: Limits, said: str) -> None:
    assert summary.estimates is not None
    text = render_report(replace(summary, estimates=replace(summary.estimates, helped=helped)), (), {})
    assert said in text
    assert "whatever the score is worth" not in text.split("With the help of the score")[1].split("</p>")[0]


def test_money_is_told_only_where_it_can_be(summary: RunSummary) -> None:
    known = render_report(with_whole(summary, lost=Limits(12_000.0, 8_000.0, 20_000.0), why_not_lost=None), (), {})
    assert f"about 12{THIN}000 (95{THIN}% interval 8{THIN}000 to 20{THIN}000)" in known
    partly = render_report(
        with_whole(summary, lost=Limits(12_000.0, 8_000.0, 20_000.0), why_not_lost=None, recovered=500.0, unstated=3),
        (),
        {},
    )
    assert "Both are of the amounts stated: 3 of" in partly
    heavy = render_report(with_whole(summary, lost=None, why_not_lost="too few"), (), {})
    assert "a few large stakes could hold most of it" in heavy


def test_without_a_model_nothing_is_called_a_score() -> None:
    rows = rows_of("D1", {("customs", "physical"): [("random", "random", 0.01), ("score", "score", 0.9)]}, u=0.5)
    plain = summarise(decisions_of(rows), pl.DataFrame([an_item("D1")]), capacity=0.1, random_floor=0.01, titles={})
    text = render_report(plain, plain.examples, {})
    assert "because of spare capacity, spread evenly" in text
    assert ">The score<" not in text


def test_results_of_a_part_are_not_taken_for_the_whole(summary: RunSummary, text: str) -> None:
    note = "if that part was chosen for other reasons"
    assert note not in text  # everything examined has its result; that papers were checked, too, takes nothing from it
    part = tuple(replace(rate, selected=2 * rate.selected) for rate in summary.hit_rates)
    assert note in render_report(replace(summary, hit_rates=part), (), {})


def test_posts_that_cannot_do_what_is_demanded_are_named(summary: RunSummary, text: str) -> None:
    assert "Nothing was dropped" not in text
    burdened = replace(summary.posts[0], overburdened=True)
    assert "Nothing was dropped" in render_report(replace(summary, posts=(burdened,)), (), {})


def test_the_headline_adds_up(summary: RunSummary) -> None:
    numbers = [
        int(n.replace(THIN, "")) for n in re.findall(rf"(?<![(\d])\d[\d{THIN}]*(?=[ ,](?!%))", headline(summary))
    ]
    whole, stopped, papers, released = numbers
    assert whole == 3_000 == stopped + papers + released
    assert stopped == summary.stopped


def test_each_example_says_what_why_and_how_the_draw_decided(summary: RunSummary, text: str) -> None:
    for example in summary.examples:
        told = tell(example, TITLES)
        assert told.verdict.startswith("Carried out" if example.basis else "Not carried out")
        assert len(told.reasons) == len(example.floors)
        assert example.decision_id in text
    law = next(example for example in summary.examples if example.basis == "law")
    assert "because of the law" in tell(law, TITLES).verdict


def test_a_draw_that_misses_by_a_hair_is_shown_with_enough_digits() -> None:
    example = replace(a_small_run().examples[0], u=0.020041, probability=0.020049)
    assert "u = 0.020041 is below π = 0.020049" in tell(example, {}).verdict.replace("\u00a0", " ")


def test_everything_that_went_in_is_on_the_page(text: str) -> None:
    for mark in ("ab" * 32, "12" * 32, "ef" * 32, "CUS-VAL-029", "march.csv"):
        assert mark in text
    for command in ("darvoza explain", "darvoza verify", "darvoza practice"):
        assert command in text


def test_a_very_long_manifest_is_cut_and_says_so() -> None:
    small = a_small_run()
    text = render_report(small, small.examples, {"commitments": {f"day {k}": "x" for k in range(1_000)}})
    assert "600 more stand in the manifest" in text


def test_what_is_folded_on_the_screen_is_printed(text: str) -> None:
    """Sixteen of seventeen tables were missing on paper, which cannot be clicked."""
    printed = text[text.index("@media print") :]
    assert "details::details-content { content-visibility: visible;" in printed
    assert text.count("<details>") > 5
