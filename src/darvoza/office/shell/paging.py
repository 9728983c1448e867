"""Pages of long lists: how many rows there are is counted only as far as anybody turns pages."""

from functools import cached_property

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet

MOST = 10_000
"""Rows that are counted; of a list that is longer the first are shown, and the rest is found by search."""


class BoundedPaginator(Paginator):  # type: ignore[type-arg] # it is not generic while it runs
    """Pages of a list that may be of any length; beyond `MOST` rows it ends, and says that there are more."""

    object_list: QuerySet[Model] | list[int]

    @cached_property
    def count(self) -> int:
        """How many rows are shown, at most `MOST`."""
        return min(self._counted, MOST)

    @property
    def more(self) -> bool:
        """Whether there are more rows than are shown."""
        return self._counted > MOST

    @cached_property
    def _counted(self) -> int:
        found = self.object_list[: MOST + 1]
        return len(found) if isinstance(found, list) else found.count()
