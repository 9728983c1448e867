"""By which clock pages and papers tell moments: by that of the setting, and they say by which."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from darvoza.flow.inspection.papers.paper import Paper, as_text
from darvoza.office.desk import result_views
from darvoza.office.profiles.views.review import moment_of
from darvoza.office.registry.models import Declaration
from darvoza.office.shell.templatetags.darvoza import moment
from office.sample import ORDER, load_sample
from people import Cast

BISHKEK = ZoneInfo("Asia/Bishkek")
ACT = f"/queue/{ORDER}/"


@pytest.fixture
def bishkek(settings: Any) -> None:
    """An office whose people live by the clock of Bishkek."""
    settings.TIME_ZONE = "Asia/Bishkek"


@pytest.mark.usefixtures("bishkek")
def test_a_page_says_by_which_clock_it_tells(cast: Cast) -> None:
    assert "Times on this page: Asia/Bishkek, UTC+6" in cast.browser("asel").get("/queue/").text
    assert "Время на этой странице: Asia/Bishkek, UTC+6" in cast.browser("asel", language="ru").get("/queue/").text


@pytest.mark.usefixtures("bishkek")
def test_the_paper_tells_the_local_time_of_the_page_with_its_zone(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    load_sample()
    papers: list[Paper] = []

    def kept(paper: Paper, **_: object) -> bytes:
        papers.append(paper)
        return b"%PDF"

    monkeypatch.setattr(result_views, "as_pdf", kept)
    browser = cast.browser("asel")
    browser.post(f"{ACT}claim/")
    browser.post(f"{ACT}result/", {"item1-areas": ["origin"], "item1-net_mass": "1300"})
    assert browser.get(f"{ACT}act.pdf").status_code == 200
    lodged = Declaration.objects.get(orders__order_id=ORDER).lodged_at.astimezone(BISHKEK)
    assert f"{lodged:%Y-%m-%d %H:%M} UTC+6" in as_text(papers[0])
    assert " UTC\n" not in as_text(papers[0])
    assert moment(lodged).endswith(f"{lodged:%H:%M}")


@pytest.mark.usefixtures("bishkek")
def test_what_is_typed_is_read_by_the_same_clock() -> None:
    assert moment_of("2026-11-01T08:00") == datetime(2026, 11, 1, 8, tzinfo=BISHKEK)
