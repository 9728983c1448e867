"""The page of a back-test: whole, closed to the world, the same for the same answer."""

from pathlib import Path

import pytest

from builders import a_profile, trade
from cli.test_report import Page
from darvoza.cli.main import main
from darvoza.cli.report.backtest_page import render_backtest
from darvoza.domain.profile import ProfileSet
from darvoza.flow.backtest import Backtest, Trial, backtest
from darvoza.flow.chronicle import by_month, keep_history
from darvoza.flow.learning.history_store import open_history

NEW = a_profile("origin is GE", code="NEW", title="<script>x</script> & more")
OLD = a_profile("origin is GE and hs starts with 87", code="OLD", share="0.5")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("history")
    keep_history(by_month(trade(300, 3, examined=0.4)), made, told={})
    return made


@pytest.fixture(scope="module")
def answer(place: Path) -> Backtest:
    return backtest(Trial(ProfileSet((NEW,)), open_history(place), force=ProfileSet((OLD,)), replaces="OLD"))


def test_the_page_is_closed_escaped_and_repeatable(answer: Backtest) -> None:
    text = render_backtest(answer, {"history_digest": "ab"})
    page = Page(text)
    assert page.count("script") == page.count("img") == page.count("link") == 0
    assert "&lt;script&gt;x&lt;/script&gt; &amp; more" in text
    assert page.count("table") == page.count("caption") >= 7
    assert text == render_backtest(answer, {"history_digest": "ab"})
    assert "In the place of OLD" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--history", "nowhere"], "darvoza history"),
        (["--history", "{place}", "--from", "2031-01-01"], "a period within"),
        (["--history", "{place}", "--replace", "NONE"], "--against"),
    ],
)
def test_what_cannot_be_tried_is_refused_in_a_line(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    given = [word.replace("{place}", str(place)) for word in words]
    profile = Path(__file__).parents[2] / "profiles" / "customs" / "CUS-VAL-016.yaml"
    assert main(["backtest", str(profile), *given, "--out", str(tmp_path / "out")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
