"""``darvoza office audit``: hold the register against the journal, and say what somebody changed by another way."""

from argparse import Namespace

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Compare; 0 when everything agrees, 1 when something differs, or was erased early."""
    start(options, secret=False)
    from django.conf import settings  # noqa: PLC0415 - Django comes first

    from darvoza.office.insight.queries.photos_audit import photos_held  # noqa: PLC0415
    from darvoza.office.insight.queries.register_audit import audit  # noqa: PLC0415
    from darvoza.office.journal.queries import verify  # noqa: PLC0415

    journal, found, photos = verify(), audit(), photos_held(settings.PHOTOS)
    for fault in journal.faults:
        print(f"JOURNAL: {fault}")
    print(
        f"{found.agreed + found.different:,} declarations held against the journal: {found.agreed:,} agree, {found.different:,} do not"
    )
    print(f"{found.results:,} results are as they were recorded")
    if found.unattested:
        print(
            f"{found.unattested:,} results are not attested: the journal tells only that they were recorded, and not what was found"
        )
    print(f"{found.orders:,} orders stand as they were given and moved")
    if found.orders_before:
        print(
            f"{found.orders_before:,} orders cannot be compared: the journal keeps nothing of them yet, or it was erased when its time was over"
        )
    if photos.attested:
        print(f"{photos.attested:,} photos are as they were added, and their files hold what they name")
    if photos.erased:
        print(
            f"{photos.erased:,} photos cannot be compared: the journal of them was erased; their files hold what they name"
        )
    if found.erased:
        print(f"{found.erased:,} cannot be compared: they stand in the register, and the journal of them was erased")
    if found.early:
        print(
            f"ERASED EARLY: the journal of {found.early:,} that stand in the register, before its shortest time was over"
        )
    if found.before:
        print(
            f"{found.before:,} came with a run of which the journal tells only that it was taken in: hold them against its files"
        )
    for each in (*found.differences, *photos.differences):
        print(f"DIFFERENT: {each.declaration_id} {each.act} {each.field}:")
        print(f"  journal  {each.journal}\n  register {each.register}")
    return 0 if found.holds and not photos.different and not journal.faults else 1
