"""Reports taken in, each with its entry in the journal."""

from datetime import datetime

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.office.insight.models import Report
from darvoza.office.insight.report_files import ReportFile
from darvoza.office.journal.services import record


def take_in_report(report: ReportFile, *, by: str, now: datetime) -> bool:
    """Keep a report; give whether it was new: what is kept already is not kept twice."""
    with transaction.atomic():
        if Report.objects.filter(kind=report.kind, digest=report.digest).exists():
            return False
        Report.objects.create(
            kind=report.kind, name=report.name, digest=report.digest, taken_at=now, content=report.content
        )
        told = {"what": "report taken in", "kind": report.kind, "digest": report.digest}
        record(EntryKind.SETTINGS_CHANGE, f"report {report.kind}", told, by=by, now=now)
    return True
