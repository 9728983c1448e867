"""Titles of facts: what every fact is called in a sentence, in English and in Russian.

Every fact of the catalogue has one, and no two facts share one in either language: a sentence written with titles
means one condition only. A new fact needs a line in the table of its source.
"""

from darvoza.domain.titles.declared import DECLARED
from darvoza.domain.titles.derived import DERIVED
from darvoza.domain.titles.history import HISTORY
from darvoza.domain.titles.reference import REFERENCE
from darvoza.domain.titles.register import REGISTER
from darvoza.domain.titles.title import Gender, Title, read_titles
from darvoza.domain.titles.values import RUSSIAN_VALUES

__all__ = ["RUSSIAN_VALUES", "TITLE", "TITLES", "Gender", "Title", "read_titles"]

TITLES: tuple[Title, ...] = (*DECLARED, *DERIVED, *REFERENCE, *REGISTER, *HISTORY)
TITLE: dict[str, Title] = {title.fact: title for title in TITLES}
