"""The page of what posts brought back: in what it differs, told to those whom it concerns, and in their words."""

import html
import importlib
import re
import string
from dataclasses import replace

import pytest
from django.apps import apps as registry_of_apps
from django.utils import translation

from darvoza.domain.casework import ItemResult
from darvoza.domain.journal import EntryKind, JournalEntry
from darvoza.flow.post.deciding import decision_of
from darvoza.flow.post.differing import LINES, Difference, Differs
from darvoza.flow.post.record import complete_lines, read_record
from darvoza.office.accounts.models import Person
from darvoza.office.operations.differences import WORDS, in_words
from darvoza.office.operations.models import PostEntry
from darvoza.office.operations.services.post_entries import erase_entries
from darvoza.office.operations.services.replaying import replay_all
from darvoza.office.operations.services.returning import take_in
from darvoza.office.registry.services.loading import load
from darvoza.office.registry.services.run_files import RunFiles
from office.operations.test_returned_forged import (
    as_green,
    body_of,
    chance_is_left,
    elsewhere,
    invented,
    signed,
    without_floors,
)
from office.operations.test_returning import a_bundle, a_record, chosen, order_of
from people import Cast
from post_world import NOW, POST, RING, a_centre

pytestmark = pytest.mark.django_db
PAGE = "/returns/"
MOMENT = "2026-03-01T08:00:00+00:00"


@pytest.fixture(autouse=True)
def _bundle(db: None) -> None:  # noqa: ARG001 - the database is there
    a_bundle(1)


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[JournalEntry]:
    """The record of an honest post, at which nothing was found."""
    return read_record(complete_lines(a_record(tmp_path_factory.mktemp("post"), ItemResult(1))))


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> object:
    return a_centre(tmp_path_factory.mktemp("bundle")).opened().bundle


def seen_by(cast: Cast, who: str, *, post: str = "", agency: str = "customs", language: str = "en") -> str:
    """The page as somebody of an agency at a post reads it; tags and spaces are left out."""
    Person.objects.filter(username=who).update(post=post, agency=agency)
    answer = cast.browser(who, language=language).get(PAGE)
    assert answer.status_code == 200
    main = re.split(r"<h1>", answer.content.decode())[-1]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def green_at_the_centre(entry: JournalEntry) -> None:
    """The centre decided the same declaration, and did not ask for anything."""
    made = decision_of(entry)
    green = as_green(made)
    load(RunFiles("centre", "ab" * 32, green.decisions, green.orders, {}), made.items, by="system", now=NOW)


def test_who_may_know_reads_what_differs_and_what_stands(cast: Cast, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    green_at_the_centre(entry)
    take_in(POST, entries, ring=RING, now=NOW)
    for who, post in (("salima", POST), ("jamila", ""), ("umar", "")):
        page = seen_by(cast, who, post=post, agency="" if who == "umar" else "customs")
        assert "1 entry differs" in page
        assert entry.subject in page
        assert "Only the post asked for it: customs, " in page
        assert "It is ordered." in page


def test_nothing_is_said_where_nothing_differs(cast: Cast, entries: list[JournalEntry]) -> None:
    take_in(POST, entries, ring=RING, now=NOW)
    assert "No post has brought anything back that differs" in seen_by(cast, "salima", post=POST)


def test_another_post_and_another_agency_read_nothing_of_it(cast: Cast, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    green_at_the_centre(entry)
    take_in(POST, entries, ring=RING, now=NOW)
    for post, agency in (("UZ-GIS", "customs"), (POST, "veterinary"), ("", "phytosanitary")):
        page = seen_by(cast, "salima", post=post, agency=agency)
        assert entry.subject not in page
        assert "No post has brought anything back that differs" in page


def test_why_goods_are_chosen_is_kept_from_whoever_examines(
    cast: Cast, entries: list[JournalEntry], centre: object
) -> None:
    entry = chance_is_left(entries)
    at = entries.index(entry)
    forged = replace(entry, body=body_of(invented(decision_of(entry)), centre))
    take_in(POST, signed(*entries[:at], forged, *entries[at + 1 : 9]), ring=RING, now=NOW)
    for who, agency, told in (("salima", "customs", False), ("jamila", "customs", True), ("umar", "", True)):
        page = seen_by(cast, who, agency=agency)
        assert "The post decided otherwise than comes out of the goods and its bundle." in page
        assert (": draw" in page) is told
    Person.objects.filter(username="jamila").update(agency="sanitary")
    assert ": draw" not in seen_by(cast, "jamila", agency="sanitary")


def test_the_results_of_another_agency_are_not_read(cast: Cast, entries: list[JournalEntry]) -> None:
    result = next(entry for entry in entries if entry.kind is EntryKind.FINDING)
    take_in(POST, signed(*entries, result), ring=RING, now=NOW)
    page = seen_by(cast, "salima", post=POST)
    assert "The order had results already: 1." in page
    assert "nothing found" in page
    PostEntry.objects.update(agency="veterinary")
    assert "The order had results already" not in seen_by(cast, "salima", post=POST)


def test_a_record_that_was_taken_in_without_the_key_is_told_of(cast: Cast, entries: list[JournalEntry]) -> None:
    found = take_in(POST, entries[:2], ring=None, now=NOW)
    assert (found.conflicts, found.unchecked) == ((), 1)
    assert "It was taken in without the key" in seen_by(cast, "salima", post=POST)


def test_what_was_not_the_posts_own_is_told_of_and_not_decided_again(cast: Cast, entries: list[JournalEntry]) -> None:
    made = decision_of(chosen(entries))
    there = elsewhere(made, made.declaration_id, "UZ-GIS")
    load(RunFiles("centre", "ab" * 32, there.decisions, there.orders.clear(), {}), there.items, by="system", now=NOW)
    take_in(POST, entries, ring=RING, now=NOW)
    page = seen_by(cast, "salima", post=POST)
    assert f"It is declared for UZ-GIS, and the record is of {POST}." in page
    assert "Nothing of it was taken in. Look where the goods are." in page
    assert (replay_all({RING.commitment(): RING}).equal, order_of(made) in page) == (7, False)


def test_what_differed_goes_with_its_declaration(cast: Cast, entries: list[JournalEntry]) -> None:
    entry = chosen(entries)
    green_at_the_centre(entry)
    take_in(POST, entries, ring=RING, now=NOW)
    erase_entries([entry.subject])
    assert entry.subject not in seen_by(cast, "umar", agency="")
    assert not PostEntry.objects.filter(differs__isnull=False).exists()


def test_other_declarations_are_named_only_to_those_who_may_know_of_them() -> None:
    same = Difference(Differs.SAME_GOODS, {"references": "D-1, D-2"})
    assert in_words(same, seen=["D-2"], details=()).what.endswith("by another draw: D-2.")
    assert in_words(same, seen=[], details=()).what.endswith("by another draw: —.")


def test_everything_that_can_differ_has_words_in_english_and_russian() -> None:
    assert set(WORDS) == set(LINES) == set(Differs)
    for how, line in LINES.items():
        names = {name for _, name, _, _ in string.Formatter().parse(line) if name}
        difference = Difference(how, dict.fromkeys(names - {"acts", "details"}, MOMENT), (("customs", "scan"),), ("x",))
        assert difference.told
        assert Difference.of(difference.plain()) == difference
        said = {}
        for language in ("en", "ru"):
            with translation.override(language):
                said[language] = in_words(difference, seen=[MOMENT], details=["customs"], whole=True)
        assert re.search("[а-я]", said["ru"].what), how
        assert re.search("[а-я]", said["ru"].stands), how
        assert "%(" not in said["en"].what + said["ru"].what + said["en"].stands + said["ru"].stands


def test_the_page_is_read_in_russian(cast: Cast, entries: list[JournalEntry]) -> None:
    green_at_the_centre(chosen(entries))
    take_in(POST, entries, ring=RING, now=NOW)
    page = seen_by(cast, "salima", post=POST, language="ru")
    assert "Решено без связи" in page
    assert "Отличается 1 запись" in page
    assert "It is ordered" not in page


def test_what_an_earlier_version_told_in_the_journal_is_read_on_the_page(
    cast: Cast, entries: list[JournalEntry]
) -> None:
    entry = chosen(entries)
    green_at_the_centre(entry)
    take_in(POST, entries, ring=RING, now=NOW)
    PostEntry.objects.update(differs=None, agency="")
    step = importlib.import_module("darvoza.office.operations.migrations.0007_post_differences")
    step.out_of_the_journal(registry_of_apps, None)
    step.of_results(registry_of_apps, None)
    row = PostEntry.objects.get(differs__isnull=False)
    assert row.declaration_id == entry.subject
    page = seen_by(cast, "umar", agency="")
    assert "An earlier version told of it in English: only the post asked for customs" in page
    assert set(PostEntry.objects.exclude(agency="").values_list("agency", flat=True)) == {"customs"}


def test_a_line_of_an_earlier_version_is_read_only_by_those_who_may_see_why_goods_of_all_agencies_are_chosen(
    cast: Cast, entries: list[JournalEntry], centre: object
) -> None:
    entry = chance_is_left(entries)
    at = entries.index(entry)
    forged = replace(entry, body=body_of(without_floors(decision_of(entry)), centre))
    take_in(POST, signed(*entries[:at], forged, *entries[at + 1 : 9]), ring=RING, now=NOW)
    PostEntry.objects.update(differs=None, agency="")
    step = importlib.import_module("darvoza.office.operations.migrations.0007_post_differences")
    step.out_of_the_journal(registry_of_apps, None)
    line = "decided otherwise than by its bundle: "
    for who, post, agency in (("salima", POST, "customs"), ("jamila", "", "customs"), ("umar", POST, "")):
        page = seen_by(cast, who, post=post, agency=agency)
        assert "An earlier version told of it in a line that can show why goods are chosen. Ask the auditor." in page
        assert line not in page
        assert " instead of " not in page
    assert line in seen_by(cast, "umar", agency="")


def test_a_line_of_an_earlier_version_is_kept_from_others_in_russian_too() -> None:
    with translation.override("ru"):
        shown = in_words(
            Difference(Differs.WORDS, {"words": "the same goods were drawn for as D-9"}), seen=[], details=()
        )
    assert (shown.stands, "D-9" in shown.what) == ("Спросите аудитора.", False)
