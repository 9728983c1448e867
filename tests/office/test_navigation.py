"""The header marks where one is: the page itself, or the nearest entry above it."""

import re

import pytest

from people import Cast

MARKED = re.compile(r'<a href="([^"]*)" aria-current="(page|true)">')


@pytest.mark.parametrize(
    ("name", "path", "marked"),
    [
        ("jamila", "/figures/", ("/figures/", "page")),
        ("jamila", "/figures/posts/", ("/figures/", "true")),
        ("jamila", "/comparisons/", ("/figures/", "true")),
        ("umar", "/figures/draws/", ("/figures/draws/", "page")),
        ("umar", "/journal/", ("/journal/", "page")),
        ("salima", "/returns/", ("/post/", "true")),
        ("jamila", "/returns/", ("/figures/", "true")),
        ("salima", "/post/late/", ("/post/", "true")),
        ("oraz", "/administration/data/", ("/administration/people/", "true")),
        ("oraz", "/administration/people/asel/", ("/administration/people/", "true")),
        ("oraz", "/administration/reference/", ("/administration/reference/", "page")),
    ],
)
def test_the_header_marks_the_page_or_what_it_belongs_to(
    cast: Cast, name: str, path: str, marked: tuple[str, str]
) -> None:
    answer = cast.browser(name).get(path)
    assert answer.status_code == 200
    header = answer.content.decode().split('<nav class="ways"')[1].split("</ul>")[0]
    assert MARKED.findall(header) == [marked]


def test_what_belongs_to_no_entry_marks_none(cast: Cast) -> None:
    answer = cast.browser("jamila").get("/account/password/change/", follow=True)
    assert "aria-current" not in answer.content.decode().split('<nav class="ways"')[1].split("</ul>")[0]
