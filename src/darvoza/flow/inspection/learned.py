"""What is learned from a case: the last word on each item, as the learner reads outcomes."""

from darvoza.domain.casework import Case, ItemResult
from darvoza.domain.codes import SEVERITY_OF_AREA


def outcomes_of(case: Case) -> list[dict[str, object]]:
    """Give the outcomes of a case as the learner reads them, one row per item of which a result speaks.

    Returns
    -------
    list
        Rows of ``item``, ``examined``, ``finding``, ``finding_area``, ``finding_severity``, ``recovered``, ``result_at``.
    """
    said_at = {item.item: result.at for result in case.results for item in result.items}
    return [
        {
            "item": item.item,
            "examined": True,
            "finding": item.found,
            "finding_area": str(item.areas[0]) if item.areas else None,
            "finding_severity": int(_severity(item)) if item.found else None,
            "recovered": item.additional_duty,
            "result_at": said_at[item.item],
        }
        for item in case.words.values()
        if not item.undecided
    ]


def _severity(item: ItemResult) -> int:
    return item.severity if item.severity is not None else max(SEVERITY_OF_AREA[area] for area in item.areas)
