"""Results told to the journal by digests, so that a change afterwards is seen."""

from collections.abc import Iterable
from typing import Any, Final

from darvoza.office.registry.mapping import told_of_result
from darvoza.office.registry.models import Result

BATCH: Final = 500


def told_of_results(results: Iterable[Result]) -> dict[int, dict[str, Any]]:
    """Give what the journal keeps of results that were recorded, read back from where they stand, by their keys.

    Parameters
    ----------
    results
        Results that were written with their findings, in the transaction of the caller.
    """
    keys, told = [row.pk for row in results], dict[int, dict[str, Any]]()
    for start in range(0, len(keys), BATCH):
        rows = Result.objects.filter(pk__in=keys[start : start + BATCH]).prefetch_related("findings")
        told |= {row.pk: told_of_result(row) for row in rows}
    return told
