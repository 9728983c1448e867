"""What was worked out elsewhere: taken in once, shown as it was written, refused when it is something else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darvoza.domain.journal import EntryKind
from darvoza.errors import OutputError
from darvoza.office.insight.maps import WIDE, Place, draw_map
from darvoza.office.insight.models import Reckoning, Report
from darvoza.office.insight.report_files import POINTS, read_report
from darvoza.office.insight.services.reports import take_in_report
from darvoza.office.journal.models import Entry
from office.insight.made_reports import (
    POSTS_FILE,
    card_directory,
    comparison_file,
    drift_directory,
    frontier_directory,
    with_estimates,
)
from office.insight.world import NOW
from people import POST, Cast

READERS = {"frontier": "salima", "score": "timur", "posts": "jamila"}


@pytest.fixture
def reported(world: Cast, tmp_path: Path) -> Cast:
    """The office with a report of every kind."""
    paths = (frontier_directory(tmp_path / "f"), drift_directory(tmp_path / "d"), card_directory(tmp_path / "m"))
    for path in (*paths, comparison_file(tmp_path / "c.json"), POSTS_FILE):
        assert take_in_report(read_report(path), by="system", now=NOW)
    return world


def test_a_report_is_taken_in_once_and_told_in_the_journal(reported: Cast, tmp_path: Path) -> None:  # noqa: ARG001
    assert not take_in_report(read_report(frontier_directory(tmp_path / "again")), by="system", now=NOW)
    assert sorted(Report.objects.values_list("kind", flat=True)) == [
        "comparison",
        "drift",
        "frontier",
        "model",
        "places",
    ]
    told = Entry.objects.filter(kind=EntryKind.SETTINGS_CHANGE, subject__startswith="report ")
    assert told.count() == 5


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", "not JSON"), ("a.json", "[]"), ("a.json", '{"champion": 1}'), ("a.csv", "code,name\nKG-AKT,Ak-Tilek\n"),
        ("a.csv", "code,name,latitude,longitude\nX,Y,95,10\n"), ("a.csv", "code,name,latitude,longitude\nX,Y,here,10\n"),
        ("frontier.json", '{"posts": []}'), ("nothing.txt", ""),
    ],
)  # fmt: skip
def test_what_is_no_report_is_refused_with_its_name(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    path = tmp_path / name if name.startswith("a.") else tmp_path
    with pytest.raises(OutputError, match="darvoza frontier") as refused:
        read_report(path)
    assert refused.value.field == str(path)


def test_the_frontier_shows_the_selection_that_was_made(reported: Cast) -> None:
    answer = reported.browser("jamila").get("/figures/frontier/")
    assert len(answer.context["shown"].findings.dots) == 1
    for told in ("50.0%", "25.0% – 75.0%", "1.5 more a day", "The dial", "amount not stated: 7"):
        assert told in answer.text


def test_a_supervisor_sees_the_frontier_of_the_own_post_alone(reported: Cast) -> None:
    for asked in ("", "KG-DOS"):
        answer = reported.browser("salima").get("/figures/frontier/", {"post": asked})
        assert (answer.context["shown"].post, answer.context["shown"].posts) == (POST, ())


def test_too_few_results_draw_nothing(reported: Cast) -> None:
    answer = reported.browser("jamila").get("/figures/frontier/", {"post": "KG-DOS"})
    assert answer.context["shown"].findings is None
    assert "Too few results" in answer.text


def test_the_score_shows_card_drift_and_challenger(reported: Cast) -> None:
    answer = reported.browser("timur").get("/figures/score/")
    shown = answer.context["shown"]
    assert len(shown.charts) == 1  # the other has too few results
    assert len(shown.charts[0][1].line.split()) == POINTS
    for told in ("0.873", "no longer says what is true", "alarm", "better beyond chance", "2026-03-20"):
        assert told in answer.text


def test_a_card_too_good_to_be_true_says_so(reported: Cast, tmp_path: Path) -> None:
    made = read_report(card_directory(tmp_path / "good", warnings=["too-good"]))
    take_in_report(made._replace(digest="cc" * 32), by="system", now=NOW)
    assert "Too good to be believed" in reported.browser("umar").get("/figures/score/").text


def test_the_map_holds_the_posts_that_have_a_place(reported: Cast) -> None:
    answer = reported.browser("jamila").get("/figures/posts/")
    assert {spot.code for spot in answer.context["map"].spots} == {"KG-AKT", "KG-DOS"}
    assert "<path" in answer.text


def test_before_any_report_every_page_says_what_makes_it(world: Cast) -> None:
    for page, name in READERS.items():
        assert "darvoza office report" in world.browser(name).get(f"/figures/{page}/").text


@pytest.mark.parametrize("page", READERS)
def test_every_page_is_russian(reported: Cast, page: str) -> None:
    text = reported.browser(READERS[page], language="ru").get(f"/figures/{page}/").text
    main = text[text.index("<main") : text.index("</main>")]
    for told in ("Report ", "Share examined", "Stated", "Declared", "Frontier", "Posts", "valuation", "all rows"):
        assert told not in main


@pytest.mark.parametrize("page", READERS)
def test_every_page_asks_the_database_a_few_times(
    reported: Cast, page: str, django_assert_max_num_queries: object
) -> None:
    browser = reported.browser(READERS[page])
    browser.get("/")
    with django_assert_max_num_queries(7):  # type: ignore[operator]
        browser.get(f"/figures/{page}/")


COORDINATES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(st.lists(COORDINATES, min_size=1, max_size=30))
def test_posts_anywhere_in_the_world_stand_within_their_map(where: list[tuple[float, float]]) -> None:
    places = [Place(f"P{n}", "", *each) for n, each in enumerate(where)]
    drawn = draw_map(places, {place.code: n + 1.0 for n, place in enumerate(places)})
    assert drawn is not None
    assert len(drawn.spots) == len(places)
    for spot in drawn.spots:
        assert -0.1 <= float(spot.x) <= WIDE + 0.1
        assert -60 * WIDE <= float(spot.y) <= 60 * WIDE


def test_a_map_of_the_region_has_its_borders_and_keeps_names_apart() -> None:
    places = [
        Place(code, one["name"], one["latitude"], one["longitude"])
        for code, one in read_report(POSTS_FILE).content.items()
    ]
    drawn = draw_map(places, dict.fromkeys((place.code for place in places), 1.0))
    assert drawn is not None
    assert sum(len(line) for line in drawn.outlines) < 20_000
    assert len(drawn.outlines) > 5
    texts = [(float(spot.text_x) - (62 if spot.left else 0), float(spot.text_y)) for spot in drawn.spots]
    near = [(a, b) for n, a in enumerate(texts) for b in texts[:n] if abs(a[0] - b[0]) < 61 and abs(a[1] - b[1]) < 14]
    assert near == []


def test_posts_without_declarations_or_places_make_no_map() -> None:
    assert draw_map([Place("KG-AKT", "", 42.9, 75.3)], {"KG-AKT": 0, "KG-DOS": 5}) is None


def test_leakage_over_several_months_is_drawn_and_tabled(world: Cast) -> None:
    Reckoning.objects.update(figures=with_estimates(Reckoning.objects.get().figures))
    answer = world.browser("jamila").get("/figures/")
    assert len(answer.context["shown"].trend.marks) == 2
    assert answer.text.count("1.0% – 4.0%") >= 3


def test_one_more_examiner_of_all_posts_is_one_at_each(reported: Cast) -> None:
    browser = reported.browser("jamila")
    together = browser.get("/figures/frontier/")
    posts = together.context["shown"].posts
    assert len(posts) > 1
    assert f"One more examiner at each of {len(posts)} posts" in together.text
    assert "One more examiner would" not in together.text
    alone = browser.get("/figures/frontier/", {"post": posts[0]})
    assert "at each of" not in alone.text
