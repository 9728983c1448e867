"""What anybody may read: how selection works, and nothing that tells how not to be chosen."""

import pytest

from darvoza.domain.codes import Channel
from darvoza.domain.operators import Benefit, OperatorCriterion
from darvoza.domain.selection import FloorKind
from darvoza.office.insight import public
from darvoza.office.insight.queries import public as published
from darvoza.office.insight.queries.figures import last_figures
from people import Cast


def test_every_channel_ground_criterion_and_benefit_is_told() -> None:
    assert set(public.CHANNELS) == set(Channel)
    assert set(public.GROUNDS) == set(FloorKind)
    assert set(public.CRITERIA) == set(OperatorCriterion)
    assert set(public.BENEFITS) == set(Benefit)


def test_a_stranger_reads_it_with_the_release_times_that_were_measured(world: Cast) -> None:
    answer = world.browser().get("/figures/selection/")
    red = {one.channel: one.time for one in answer.context["channels"]}["red"]
    assert answer.status_code == 200
    assert (red.median, red.slow) == (4.0, 4.0)
    assert "too few to say" in answer.text  # nothing went by yellow


def test_a_time_of_few_consignments_is_not_published(world: Cast, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    kept = last_figures()
    assert kept is not None
    released = next(one.released for one in kept.figures.releases if (one.post, one.channel) == ("", "red"))
    monkeypatch.setattr(published, "FEWEST", released)
    assert set(published.published_times()) == {"red"}
    monkeypatch.setattr(published, "FEWEST", released + 1)
    assert published.published_times() == {}


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_profile_threshold_probability_or_name_is_told(world: Cast, language: str) -> None:
    page = world.browser(language=language).get("/figures/selection/").text
    told = ["CUS-VAL-001", "Undervalued cars", "KG-AKT", "0.2", "0,2", "259662696297", "%"]
    main = page[page.index("<main") : page.index("</main>")]
    assert [each for each in told if each in main] == []


def test_it_is_whole_in_russian_before_any_figures(cast: Cast) -> None:
    page = cast.browser(language="ru").get("/figures/selection/").text
    assert "Как отбираются партии" in page
    assert "Released at once" not in page
