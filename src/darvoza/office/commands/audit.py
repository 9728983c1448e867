"""``darvoza office audit``: hold the register against the journal, and say what somebody changed by another way."""

from argparse import Namespace

from darvoza.office.commands.starting import start
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Compare; 0 when everything agrees, 1 when something differs, or was erased early."""
    start(options, secret=False)
    from django.conf import settings  # noqa: PLC0415 - Django comes first

    from darvoza.office.insight.audit_words import lines_of  # noqa: PLC0415
    from darvoza.office.insight.queries.lists_audit import lists_held  # noqa: PLC0415
    from darvoza.office.insight.queries.photos_audit import photos_held  # noqa: PLC0415
    from darvoza.office.insight.queries.register_audit import audit  # noqa: PLC0415
    from darvoza.office.journal.queries import verify  # noqa: PLC0415

    progress = Progress()
    journal, found = verify(progress.at), audit(on_progress=progress.at)
    photos = photos_held(settings.PHOTOS, progress.at)
    lists = lists_held()
    progress.clear()
    for fault in journal.faults:
        print(f"JOURNAL: {fault}")
    for line in lines_of(found, photos, lists):
        print(line)
    return 0 if found.holds and not photos.different and not lists.differences and not journal.faults else 1
