"""Versions of profiles: two people for each, one winner of any race, in force from the stated moment, back in one step."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet
from darvoza.domain.profile_version import ProfileState
from darvoza.errors import OutputError, ProfileError, ProfileRefused
from darvoza.flow.assessment.profile_files import load_profiles, parse_profile
from darvoza.office.journal.queries import entries_on, verify
from darvoza.office.profiles.models import Force, Version
from darvoza.office.profiles.queries import digests_of, in_force, profile_of, set_in_force, version_for
from darvoza.office.profiles.services import returns, versions
from darvoza.office.profiles.services.files import take_in, write_out
from darvoza.office.profiles.services.lists import put_list_in_use
from darvoza.office.profiles.services.versions import Answer
from office.profiles_sample import CARS, LATER, PLANTS, WHY, a_draft, a_profile, fields, take_in_sample
from office.sample import NOW
from people import Cast

PAGE = f"/profiles/of/{CARS}/2/"
SHOWN = digests_of(a_profile(when="hs starts with 8703 and unit_value < 3"))
YES = Answer(approved=True, reason="the new limit is well founded", seen=1, digests=SHOWN)


@pytest.fixture(autouse=True)
def _profiles(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    take_in_sample()


def submitted(cast: Cast) -> Version:
    """A version that waits for an answer."""
    row = a_draft(cast)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    return row


def numbers(moment: object) -> dict[str, int]:
    """Which version of which profile is in force."""
    return {row.code: row.number for row in in_force(moment)}  # type: ignore[arg-type]


def test_what_came_from_files_is_in_force_and_comes_in_once() -> None:
    assert numbers(NOW) == {CARS: 1, PLANTS: 1}
    assert take_in_sample() == (0, 0, 2, 0)
    assert take_in(ProfileSet((a_profile(title="Cars"),)), by="system", now=LATER) == (0, 1, 0, 0)
    assert numbers(LATER) == {CARS: 2, PLANTS: 1}
    assert [entry.kind.value for entry in entries_on("profiles")] == ["profile-change"] * 3


def test_a_version_is_in_force_from_the_stated_moment_on_and_not_before(cast: Cast) -> None:
    row, at = submitted(cast), LATER + timedelta(days=2)
    versions.answer(cast["zarina"], row, replace(YES, at=at), now=LATER)
    assert numbers(at - timedelta(seconds=1))[CARS] == 1
    assert numbers(at)[CARS] == 2
    assert set_in_force(at)[CARS].sentence == "hs starts with 8703 and unit_value < 3"
    told = [str((entry.body or {})["what"]) for entry in entries_on(f"{CARS} 2")]
    assert told == ["begun", "submit", "approve"]
    assert verify().faults == ()


@pytest.mark.parametrize("approved", [True, False])
def test_nobody_answers_his_own_version_in_any_way(cast: Cast, approved: bool) -> None:
    row = submitted(cast)
    with pytest.raises(ProfileRefused, match="somebody else"):
        versions.answer(cast["timur"], row, replace(YES, approved=approved), now=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=row.pk).update(approver="timur")
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=row.pk).update(state=ProfileState.APPROVED)
    assert Version.objects.get(pk=row.pk).state == ProfileState.SUBMITTED


def test_of_two_approvals_one_wins_and_one_entry_into_force_is_made(cast: Cast) -> None:
    submitted(cast)
    stale = [Version.objects.get(code=CARS, number=2) for _ in range(2)]
    versions.answer(cast["zarina"], stale[0], YES, now=LATER)
    with pytest.raises(ProfileRefused, match="as you saw it"):
        versions.answer(cast["oraz"], stale[1], replace(YES, seen=2), now=LATER)
    assert Force.objects.filter(code=CARS).count() == 2
    assert Version.objects.get(code=CARS, number=2).approver == "zarina"
    assert [entry.actor for entry in entries_on(f"{CARS} 2")] == ["timur", "timur", "zarina"]


def test_a_comparison_that_is_out_of_date_approves_nothing(cast: Cast) -> None:
    row = submitted(cast)
    take_in(ProfileSet((a_profile(title="Cars"),)), by="system", now=LATER)
    with pytest.raises(ProfileRefused, match="the comparison with version 3"):
        versions.answer(cast["zarina"], row, YES, now=LATER + timedelta(minutes=1))
    assert Version.objects.get(pk=row.pk).state == ProfileState.SUBMITTED


def test_a_list_that_changed_since_the_approver_looked_is_told_and_approves_nothing(cast: Cast) -> None:
    grounds: dict[str, Any] = {
        "when": 'hs in list "watched"',
        "cases": [{"title": "A", "given": {"hs": "870323"}, "expect": "match"}],
    }
    signed = ("oraz", "merdan", "register of July")
    put_list_in_use(NamedList("watched", ("870323",)), at=NOW, signed=signed, now=NOW)
    row = a_draft(cast, **grounds)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    browser = cast.browser("zarina")
    digests = re.findall(r'name="digest" value="([^"]+)"', browser.get(PAGE).text)
    assert [each.partition(" ")[0] for each in digests] == [CARS, "watched"]
    put_list_in_use(NamedList("watched", ("870323", "870324")), at=LATER, signed=signed, now=LATER)
    sent = {"approved": "1", "reason": YES.reason, "seen": "1", "digest": digests}
    refused = browser.post(f"{PAGE}answer/", sent)
    assert refused.status_code == 409
    assert f"It changed since you looked: {CARS}, watched. Look at it again." in refused.text
    assert Version.objects.get(pk=row.pk).state == ProfileState.SUBMITTED
    again = re.findall(r'name="digest" value="([^"]+)"', refused.text)
    assert "Approved." in browser.post(f"{PAGE}answer/", {**sent, "digest": again}, follow=True).text


def test_a_moment_that_is_past_is_refused_and_the_approval_with_it(cast: Cast) -> None:
    row = submitted(cast)
    with pytest.raises(ProfileRefused, match="from 2026-03-01T10:00"):
        versions.answer(cast["zarina"], row, replace(YES, at=NOW), now=LATER)
    assert (Version.objects.get(pk=row.pk).state, Force.objects.filter(code=CARS).count()) == (
        ProfileState.SUBMITTED,
        1,
    )


def test_a_version_that_is_not_valid_then_takes_no_place_of_another(cast: Cast) -> None:
    row = a_draft(cast, valid={"from": "2025-01-01", "to": "2025-12-31"})
    with pytest.raises(ProfileRefused, match="valid"):
        versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    versions.save(cast["timur"], row, fields(valid={"from": "2026-01-01", "to": "2026-04-01"}), now=LATER)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    late = replace(YES, at=LATER + timedelta(days=60), digests=digests_of(profile_of(row, ())))
    with pytest.raises(ProfileRefused, match="valid"):
        versions.answer(cast["zarina"], row, late, now=LATER)
    assert Version.objects.get(pk=row.pk).state == ProfileState.SUBMITTED
    page = cast.browser("zarina").get(PAGE).text
    assert "It holds 1 Jan 2026 – 1 Apr 2026, shorter than version 1 in force (1 Jan 2026 – 31 Dec 2027)." in page
    russian = cast.browser("zarina", language="ru").get(PAGE).text
    assert "Срок действия" in russian
    table = russian[russian.index("<del>") : russian.index("</table>")]
    assert "2027-12-31" not in table
    assert "31 дек. 2027" in table


def test_a_profile_ends_as_it_changes_by_two_people(cast: Cast) -> None:
    first = Version.objects.get(code=CARS, number=1)
    row = versions.begin(cast["timur"], versions.fields_of(first), now=LATER, ends=True)
    versions.submit(cast["timur"], row, reason="nothing was found in a year", now=LATER)
    versions.answer(cast["zarina"], row, replace(YES, digests=digests_of(a_profile())), now=LATER)
    assert numbers(LATER) == {PLANTS: 1}
    returns.roll_back(cast["zarina"], CARS, 1, reason="it was needed after all", now=LATER + timedelta(hours=1))
    assert numbers(LATER + timedelta(hours=1))[CARS] == 1


def test_only_its_author_writes_on_and_what_waits_is_not_written_on(cast: Cast) -> None:
    row = a_draft(cast)
    with pytest.raises(ProfileRefused, match="zarina wrote"):
        versions.save(cast["zarina"], Version.objects.get(pk=row.pk), fields(title="Mine"), now=LATER)
    versions.save(cast["timur"], row, fields(title="All cars"), now=LATER)
    versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    with pytest.raises(ProfileRefused, match="draft"):
        versions.save(cast["timur"], row, fields(title="Later"), now=LATER)
    versions.take_back(cast["timur"], row, now=LATER)
    kept = Version.objects.get(pk=row.pk)
    assert (kept.state, kept.title) == (ProfileState.DRAFT, "All cars")


def test_what_cannot_be_read_or_fails_its_cases_is_not_submitted(cast: Cast) -> None:
    row = a_draft(cast)
    versions.save(cast["timur"], row, fields(when="hs starts with 8704"), now=LATER)
    with pytest.raises(ProfileRefused, match="worked cases"):
        versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    versions.save(cast["timur"], row, fields(when="hs stats with 8703"), now=LATER)
    with pytest.RaisesGroup(ProfileError):
        versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    assert Version.objects.get(pk=row.pk).state == ProfileState.DRAFT


STRANGE = 'origin is "СN"'  # the first letter is Cyrillic
ORIGIN: dict[str, Any] = {"when": STRANGE, "justification": "undervaluation was found there", "cases": [
    {"title": "Not from there", "given": {"origin": "GE"}, "expect": "no match"},
]}  # fmt: skip


def test_a_code_that_never_occurs_is_not_submitted(cast: Cast) -> None:
    row = a_draft(cast, **ORIGIN)
    with pytest.RaisesGroup(pytest.RaisesExc(ProfileError, match="did you mean CN")):
        versions.submit(cast["timur"], row, reason=WHY, now=LATER)
    page = cast.browser("timur", language="ru").get(f"{PAGE}edit/").text
    assert all(text in page for text in ("страна по ISO 3166-1", "“СN”", "CN?"))


def test_what_was_approved_with_such_a_code_stays_readable_and_can_end(cast: Cast, tmp_path: Path) -> None:
    old = parse_profile(fields("OLD-1", **ORIGIN), "old", approved=True)
    take_in(ProfileSet((old,)), by="system", now=NOW)
    assert set_in_force(LATER)["OLD-1"].sentence == STRANGE
    assert write_out(tmp_path / "set", moment=LATER).digest == set_in_force(LATER).digest
    with pytest.RaisesGroup(ProfileError):
        load_profiles(tmp_path / "set")
    row = versions.begin(cast["timur"], versions.fields_of(Version.objects.get(code="OLD-1")), now=LATER, ends=True)
    versions.submit(cast["timur"], row, reason="it never matched anything", now=LATER)
    versions.answer(cast["zarina"], row, replace(YES, digests=digests_of(old)), now=LATER)
    assert "OLD-1" not in numbers(LATER)


def test_a_code_of_another_agency_is_not_taken(cast: Cast) -> None:
    with pytest.raises(ProfileRefused, match="your agency"):
        versions.begin(cast["timur"], fields(PLANTS), now=LATER)
    with pytest.raises(ProfileRefused, match="letters"):
        versions.begin(cast["timur"], fields("a/b"), now=LATER)


def test_what_is_restricted_is_read_by_its_author_and_those_who_answer_for_it(cast: Cast) -> None:
    row = a_draft(cast, visibility="restricted")
    other = cast["timur"].__class__(username="other", agency="customs", roles=["analyst"])
    assert version_for(other, CARS, row.number) is None
    assert all(version_for(cast[name], CARS, row.number) for name in ("timur", "zarina", "umar"))
    assert version_for(cast["timur"], PLANTS, 1) is None


def test_the_set_that_is_written_out_is_the_set_in_force(cast: Cast, tmp_path: object) -> None:
    versions.answer(cast["zarina"], submitted(cast), YES, now=LATER)
    out = tmp_path / "set"  # type: ignore[operator]
    assert write_out(out, moment=LATER).digest == load_profiles(out).digest == set_in_force(LATER).digest
    assert (load_profiles(out)[CARS].author, load_profiles(out)[CARS].approver) == ("timur", "zarina")
    with pytest.raises(OutputError, match="empty"):
        write_out(out, moment=LATER)
    assert write_out(tmp_path / "before", moment=NOW)[CARS].sentence.endswith("< 2")  # type: ignore[operator]


def test_the_pages_show_difference_and_answer_to_whom_they_concern(cast: Cast) -> None:
    submitted(cast)
    page = cast.browser("zarina").get(PAGE).text
    assert all(text in page for text in ("unit_value &lt; 3", "more declarations", WHY, "Approve"))
    assert "Your answer" not in cast.browser("timur").get(PAGE).text
    assert cast.browser("gulnara").get(PAGE).status_code == 403
    listed = cast.browser("umar", language="ru").get("/profiles/?only=waiting").text
    assert all(text in listed for text in (CARS, "ждёт утверждения"))
    assert PLANTS not in listed


def test_an_approver_approves_on_the_page_and_asks_there_to_roll_back(cast: Cast) -> None:
    submitted(cast)
    browser = cast.browser("zarina")
    assert (
        "at least ten"
        in browser.post(f"{PAGE}answer/", {"approved": "1", "reason": "ok", "seen": "1"}, follow=True).text
    )
    sent = {"approved": "1", "reason": YES.reason, "seen": "1", "digest": list(YES.digests)}
    done = browser.post(f"{PAGE}answer/", sent, follow=True)
    assert "Approved." in done.text
    life = f"/profiles/of/{CARS}/"
    assert "Version 1 will be in force again when a second approver agrees" in browser.get(life).text
    assert (
        "a second approver answers" in browser.post(f"{life}roll-back/", {"to": "1", "reason": WHY}, follow=True).text
    )
    assert "Version 2 is in force" in browser.get(life).text


def test_an_approver_is_told_what_waits_and_an_author_is_not_told_of_his_own(cast: Cast) -> None:
    submitted(cast)
    assert "1 version waits for your answer" in cast.browser("zarina").get("/profiles/").text
    assert "waits for your answer" not in cast.browser("timur").get("/profiles/").text
    cast["timur"].roles = ["analyst", "approver"]
    cast["timur"].save()
    assert "waits for your answer" not in cast.browser("timur").get("/profiles/").text
    assert "somebody else answers" in cast.browser("timur").get(PAGE).text


def test_the_library_asks_the_same_number_of_questions_however_many_profiles_there_are(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser = cast.browser("timur")
    browser.get("/profiles/")  # the first request of a session asks more
    with CaptureQueriesContext(connection) as few:
        browser.get("/profiles/")
    more = [a_profile(f"CUS-VAL-{number}") for number in range(910, 916)]
    take_in(ProfileSet(tuple(more)), by="system", now=LATER)
    with django_assert_num_queries(len(few)):
        assert "CUS-VAL-915" in browser.get("/profiles/").text


def test_a_draft_is_discarded_by_its_author_only_and_leaves_the_library(cast: Cast) -> None:
    row = a_draft(cast)
    with pytest.raises(ProfileRefused, match="zarina wrote"):
        versions.discard(cast["zarina"], Version.objects.get(pk=row.pk), now=LATER)
    browser = cast.browser("timur")
    assert "draft</a>" in browser.get("/profiles/").text
    assert "The draft is discarded." in browser.post(f"{PAGE}discard/", follow=True).text
    assert "draft</a>" not in browser.get("/profiles/").text
    assert numbers(LATER)[CARS] == 1
    with pytest.raises(ProfileRefused, match="expected"):
        versions.submit(cast["timur"], Version.objects.get(pk=row.pk), reason=WHY, now=LATER)
