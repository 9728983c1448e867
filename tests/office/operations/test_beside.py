"""The page of two systems side by side: the same numbers as by the API, for those whom they concern, with what was found."""

import html
import re
from pathlib import Path

import pytest

from darvoza.domain.codes import Agency
from darvoza.office.accounts.models import Person
from darvoza.office.api.models import Comparison, Lodgement
from darvoza.office.api.services import lodging
from darvoza.office.journal.models import Entry
from darvoza.office.operations.services import beside
from darvoza.office.registry.models import Order
from office.api.conftest import state_home, systems  # noqa: F401
from office.api.systems import OTHER, POST, Systems, a_body, an_item, write_state
from people import Cast

PAGE = "/comparisons/"
CARS, FRUIT, CLOTH = an_item(hs="870323"), an_item(hs="080810"), an_item()
LANGUAGES = ("en", "ru", "ky", "tg", "uz", "kk", "tk")
LODGED = {
    "A": ([CARS], POST, "red", "2026-02-25"),
    "B": ([CARS], POST, "green", "2026-02-26"),
    "C": ([CARS, FRUIT], POST, "yellow", "2026-02-27"),
    "D": ([CLOTH], POST, "red", "2026-02-28"),
    "E": ([CARS], OTHER, "blue", "2026-02-28"),
    "F": ([CLOTH], OTHER, "green", "2026-02-28"),
}
"""Goods, post, the channel of the other system, and the day of lodging."""


@pytest.fixture
def told(systems: Systems, settings: object, tmp_path: Path, cast: Cast) -> Systems:  # noqa: ARG001, F811
    """A trial: at one post another system decides, at the other this one does, and the other told its channels of both."""
    write_state(tmp_path, more=f"silent: [{POST}]\n")
    settings.GATE_FILE = tmp_path / "gate.yaml"  # type: ignore[attr-defined]
    lodging.close()
    for name, (goods, post, _, day) in LODGED.items():
        body = a_body(name, items=goods, post=post, transport_document=name, lodged_at=f"{day}T08:00:00Z")
        assert systems.lodge(body).status == 201
    sent = [{"declaration_id": name, "channel": channel} for name, (_, _, channel, _) in LODGED.items()]
    assert systems.send("POST", "/comparisons", {"decisions": sent}).body["compared"] == len(LODGED)
    return systems


def seen_by(cast: Cast, who: str, asked: str = "", *, status: int = 200, **placed: str) -> str:
    """The page as somebody reads it, from its heading on, without tags."""
    if placed:
        Person.objects.filter(username=who).update(**placed)
    answer = cast.browser(who).get(PAGE + asked)
    assert answer.status_code == status
    main = re.split(r"<h1>", answer.content.decode())[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def section(page: str, begin: str, end: str) -> str:
    return page.rpartition(f" {begin} ")[2].partition(f" {end} ")[0] if end else page.rpartition(f" {begin} ")[2]


def listed(page: str) -> list[str]:
    """The declarations one by one."""
    return re.findall(r"\b([A-F]) \d+ Feb 2026", page.rpartition("Declarations, one by one")[2])


def test_where_nothing_was_told_it_says_how_to_tell_it(cast: Cast) -> None:
    page = seen_by(cast, "jamila")
    assert "No other system has told what it decided yet." in page
    assert "POST /api/v1/comparisons" in page
    assert "darvoza office client asycuda --purpose compare" in page


def test_the_chief_sees_how_they_agree_by_channels_profiles_and_posts(cast: Cast, told: Systems) -> None:  # noqa: ARG001
    page = seen_by(cast, "jamila")
    assert "6 declarations were compared" in page
    assert "as strict 2 33.3% 0 0 — stricter 3 50.0% 0 0 —" in page
    assert "laxer 1 16.7% 0 0 — red → green 1 16.7%" in page
    assert "green 1 16.7% 0 0 1 16.7% 2" in page, "theirs green: one of them green here, one red"
    assert "CUS-CARS Cars 3 2 0 1 4 0 0 —" in page, "stricter, by it alone, laxer, as strict, all"
    assert "PHY-FRUIT Apples 1 0 0 0 1 0 0 —" in page
    assert "none of them: the score, chance, or what you may not read 0 — 1 1 2 0 0 —" in page
    assert f"{POST} the other system decides 2 1 1 4" in page
    assert f"{OTHER} this system decides 1 0 1 2" in page
    assert listed(page) == list("EDCB")


def test_what_was_found_stands_beside_with_its_interval(cast: Cast, told: Systems) -> None:
    order = Order.objects.get(declaration__declaration_id="E")
    found = {"items": [{"item": 1, "areas": ["undervaluation"]}]}
    assert told.send("POST", f"/orders/{order.order_id}/findings", found).status == 201
    page = seen_by(cast, "jamila")
    assert "blue → red 1 16.7% 1 1 100.0% (20.7% – 100.0%)" in page
    assert "CUS-CARS Cars 3 2 0 1 4 1 1 100.0%" in page
    assert "E 28 Feb 2026" in page
    assert "CUS-CARS finding" in page
    Order.objects.update(agency=Agency.VETERINARY)
    assert "100.0% (" not in seen_by(cast, "timur"), "of customs, who reads no results of another agency"
    assert "100.0% (" in seen_by(cast, "jamila")


def test_it_is_asked_by_post_days_and_profile(cast: Cast, told: Systems) -> None:
    assert listed(seen_by(cast, "jamila", f"?post={OTHER}")) == ["E"]
    assert listed(seen_by(cast, "jamila", "?from=2026-02-26&to=2026-02-27")) == ["C", "B"]
    page = seen_by(cast, "jamila", "?profile=CUS-CARS&agreement=all")
    assert listed(page) == list("ECBA")
    assert "4 declarations were compared" in page
    assert listed(seen_by(cast, "jamila", "?agreement=laxer")) == ["D"]
    assert listed(seen_by(cast, "jamila", "?theirs=green&ours=green")) == ["F"]
    assert listed(seen_by(cast, "jamila", "?agreement=nonsense&theirs=blau&before=x")) == list("EDCB")
    for nothing in ("?profile=CUS", "?profile=cus-cars", "?system=nobody", "?from=2027-01-01"):
        assert "Nothing that was asked for was compared." in seen_by(cast, "jamila", nothing)
    whole = told.send("GET", "/comparisons?profile=CUS-CARS").body["agreement"][0]
    assert (whole["declarations"], whole["stricter"]) == (4, 3)
    assert [
        each["declaration_id"]
        for each in told.send("GET", "/comparisons/declarations?profile=CUS-CARS").body["declarations"]
    ] == list("ABCE")


@pytest.mark.parametrize("asked", ["?from=yesterday", "?from=2026-03-02&to=2026-03-01", "?to=2026-02-30"])
def test_days_that_are_none_are_refused(cast: Cast, asked: str) -> None:
    assert "These are no days" in seen_by(cast, "jamila", asked, status=422)


def test_every_agency_and_post_is_told_what_its_client_is(cast: Cast, told: Systems) -> None:
    for by, agency in (("customs", "customs"), ("plants", "phytosanitary")):
        counted = told.send("GET", "/comparisons", by=by).body["agreement"]
        page = seen_by(cast, "timur", agency=agency, post="")
        whole = counted[0]["declarations"]
        assert f"{whole} declaration" in page
        named = {each["profile"] for each in counted} - {None}
        assert {code for code in ("CUS-CARS", "PHY-FRUIT") if f"{code} " in page} == named
    assert listed(seen_by(cast, "timur", agency="phytosanitary", post="")) == ["C"]
    assert listed(seen_by(cast, "timur", agency="customs", post=OTHER)) == ["E"]
    assert "Nothing that was asked for was compared." in seen_by(cast, "timur", agency="veterinary", post="")
    assert "Nothing that was asked for" in seen_by(cast, "timur", "?profile=CUS-CARS", agency="phytosanitary", post="")


def test_a_person_named_like_a_system_is_not_told_what_it_lodged(cast: Cast, told: Systems) -> None:  # noqa: ARG001
    Lodgement.objects.update(client="timur")
    assert listed(seen_by(cast, "timur", agency="phytosanitary", post="")) == ["C"]
    Lodgement.objects.update(client="")
    assert listed(seen_by(cast, "timur", agency="phytosanitary", post="")) == ["C"]


def test_a_profile_that_is_restricted_is_named_to_nobody(cast: Cast, told: Systems, settings: object) -> None:
    file = settings.GATE_FILE.parent / "profiles" / "cus-cars.yaml"  # type: ignore[attr-defined]
    text = file.read_text(encoding="utf-8")
    hidden = text.replace("CUS-CARS", "CUS-HIDDEN").replace("valid:", "visibility: restricted\nvalid:")
    (file.parent / "cus-hidden.yaml").write_text(hidden, encoding="utf-8")
    lodging.close()
    assert told.lodge(a_body("G", items=[CARS], transport_document="G")).status == 201
    sent = {"decisions": [{"declaration_id": "G", "channel": "green"}]}
    assert told.send("POST", "/comparisons", sent).status == 200
    assert "CUS-HIDDEN" in Comparison.objects.get(declaration_id="G").profiles
    for who in ("jamila", "timur", "umar"):
        assert "CUS-HIDDEN" not in seen_by(cast, who)
        assert "Nothing that was asked for" in seen_by(cast, who, "?profile=CUS-HIDDEN").replace("CUS-HIDDEN", "")


def test_where_the_state_cannot_be_read_it_counts_and_says_so(cast: Cast, told: Systems, settings: object) -> None:  # noqa: ARG001
    settings.GATE_FILE = Path("nowhere.yaml")  # type: ignore[attr-defined]
    lodging.close()
    page = seen_by(cast, "jamila")
    assert "The state in force cannot be read now" in page
    assert "6 declarations were compared" in page
    assert "CUS-CARS" not in page


def test_a_long_list_is_turned_page_by_page(cast: Cast, told: Systems, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(beside, "PER_PAGE", 2)
    browser, address, seen = cast.browser("jamila"), f"{PAGE}?agreement=all", ""
    while address:
        text = browser.get(address).content.decode()
        seen += "".join(re.findall(r'declarations/([A-F])/"', text))
        following = re.search(r'rel="next" href="([^"#]*)', text)
        address = PAGE + html.unescape(following[1]) if following else ""
    assert seen == "FEDCBA"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_read_in_every_language(cast: Cast, told: Systems, language: str) -> None:  # noqa: ARG001
    answer = cast.browser("jamila", language=language).get(PAGE)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'lang="{language}"' in text
    assert ("Beside another system" in text) is (language == "en")


def test_what_is_taken_away_is_told_to_the_journal(cast: Cast, told: Systems) -> None:  # noqa: ARG001
    browser = cast.browser("timur")
    answer = browser.post(f"{PAGE}export/", {"agreement": "laxer", "post": POST, "form": "csv"})
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="darvoza-comparison-declarations-')
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head == "declaration,lodged at,post,system,told at,theirs,ours,agreement,profiles,result"
    assert row.startswith(f"D,2026-02-28T08:00+00:00,{POST},customs,")
    assert row.endswith(",red,green,laxer,,")
    entry = Entry.objects.order_by("-sequence").first()
    assert entry is not None
    assert (entry.kind, entry.subject, entry.actor) == ("export", "comparisons", "timur")
    assert entry.body == {"agreement": "laxer", "post": POST, "what": "declarations", "rows": 1}
    counts = browser.post(f"{PAGE}export/", {"what": "counts", "form": "csv"}).content.decode().splitlines()
    assert "agreement,laxer,,,1,,,,0,0,,," in counts
    assert "channels,stricter,green,red,1,,,,0,0,,," in counts
    assert "profile,CUS-CARS,,,4,1,3,0,0,0,,," in counts
    assert browser.post(f"{PAGE}export/", {"form": "excel"}).content.startswith(b"PK")
    assert browser.post(f"{PAGE}export/", {"from": "x"}).status_code == 422
    assert Entry.objects.filter(subject="comparisons").count() == 3
