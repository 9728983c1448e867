"""Pages of long lists: counted as far as anybody turns pages, and honest about the rest."""

import pytest

from darvoza.domain.journal import EntryKind
from darvoza.office.journal.models import Entry
from darvoza.office.journal.services import record_alone
from darvoza.office.shell import paging
from office.journal.test_journal import NOW
from people import Cast


@pytest.fixture
def _entries(db: None) -> None:  # noqa: ARG001 - the database is made by asking for it
    for number in range(7):
        record_alone(EntryKind.ORDER, f"KG-{number}", by="asel", now=NOW)


@pytest.mark.usefixtures("_entries")
@pytest.mark.parametrize(("most", "count", "more"), [(6, 6, True), (7, 7, False), (100, 7, False)])
def test_rows_are_counted_up_to_a_bound(monkeypatch: pytest.MonkeyPatch, most: int, count: int, *, more: bool) -> None:
    monkeypatch.setattr(paging, "MOST", most)
    made = paging.BoundedPaginator(Entry.objects.all(), 3)
    assert (made.count, made.more, made.num_pages) == (count, more, -(-count // 3))
    assert len(made.get_page(made.num_pages)) == (count - 1) % 3 + 1


@pytest.mark.usefixtures("_entries")
def test_a_list_that_is_longer_says_so(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 3)
    page = cast.browser("umar").get("/journal/").text
    assert "only the newest 10,000 are listed" in page
