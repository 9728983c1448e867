"""What is sent twice under one key is done once, also where both come at once; on both databases."""

from pathlib import Path

from office.api.one_key import THREADS
from office.api.test_late_results import played
from office.databases import Addresses


def test_of_many_who_send_the_same_at_once_one_is_first_and_all_are_answered_alike(
    tmp_path: Path, databases: Addresses
) -> None:
    found = played("one_key.py", tmp_path / "office", next(databases))
    assert len(found["told"]) == 6
    for what, told in found["told"].items():
        assert told == [{"201 done": 1, "201 again": THREADS - 1}, 1], what
    assert (found["results"], found["versions"]) == (3, 3)
