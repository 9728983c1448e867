"""Reference data for the tests of the office: a list, a file of measures, and two administrators who put others in force."""

import hashlib
from datetime import datetime, timedelta

from django.test import Client

from darvoza.domain.named_list import NamedList
from darvoza.domain.profile import ProfileSet
from darvoza.flow.assessment.profile_files import parse_profile
from darvoza.office.accounts.models import Person
from darvoza.office.administration.data_life import DataMove
from darvoza.office.administration.models import DataVersion
from darvoza.office.administration.queries.reference import version_told
from darvoza.office.administration.services.reference import DataAnswer, Place, act, answer
from darvoza.office.profiles.services.files import take_in
from office.profiles_sample import fields
from office.sample import NOW
from people import Cast

LATER, LAST = NOW + timedelta(days=1), NOW + timedelta(days=2)
HEADER = {
    "name": "debtors", "version": "2026-07", "source": "Debt unit", "date": "2026-07-01", "expires": "2026-09-30",
}  # fmt: skip
WHY = "register of July came in"
MEASURE = """measures:
  - {code: MEAT-%d, title: Meat, agency: veterinary, kind: prohibition, scope: {goods: ["02"]}, legal_basis: Order 1,
     from: 2026-01-01, review_by: 2027-01-01}
"""


def digest_of(text: str) -> str:
    """What a reviewer saw."""
    return hashlib.sha256(text.encode()).hexdigest()


def seen(row: DataVersion, place: Place, now: datetime) -> str:
    """What says that a reviewer saw the version beside what is in force, and what is planned."""
    told = version_told(row.pk, place.state, now)
    assert told is not None
    return told.seen


def approved(
    cast: Cast,
    by: Person,
    row: DataVersion,
    place: Place,
    *,
    held: str,
    at: datetime | None = None,
    now: datetime = NOW,
) -> None:
    """Submit a version and let a second administrator approve it."""
    act(cast["oraz"], row, DataMove.SUBMIT, WHY, now=now)
    told = version_told(row.pk, place.state, now)
    assert told is not None
    assert told.planned or told.seen == digest_of(held)
    answer(by, row, DataAnswer(True, "looked at the difference", at, told.seen), at=place, now=now)


def codes(named: tuple[NamedList, ...]) -> dict[str, tuple[str, ...]]:
    """The codes of lists, by name."""
    return {each.name: each.values for each in named}


def use_list(named: NamedList, sentence: str, moment: datetime) -> None:
    """Take in a list, and a profile that speaks of it."""
    listed = fields(
        "CUS-DEB-900",
        when=sentence,
        justification="A debt that stands differs from one trader to another",
        cases=[
            {
                "title": "A stranger",
                "given": {"importer": "Z-9"},
                "expect": "match" if "not" in sentence else "no match",
            }
        ],
    )
    take_in(ProfileSet((parse_profile(listed, "sample", lists=(named,)),)), by="system", now=moment)


def as_(person: Person) -> Client:
    """A browser in which somebody is signed in."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(person, backend="darvoza.office.accounts.services.sign_in.PersonBackend")
    return client
