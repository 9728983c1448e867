"""``darvoza office backup``: copy the office while it works."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Make room, write the backup and say what is in it; 1 when the office has lost photos, which are not in it then."""
    environment = start(options, secret=False, older=True)
    from django.conf import settings  # noqa: PLC0415 - Django comes first

    from darvoza.office.journal.queries import has_entry  # noqa: PLC0415
    from darvoza.office.operations.backups import back_up  # noqa: PLC0415
    from darvoza.office.operations.home_files import GATE  # noqa: PLC0415
    from darvoza.office.operations.thinning import thin_out  # noqa: PLC0415
    from darvoza.office.operations.upgrading import steps  # noqa: PLC0415

    now = datetime.now(UTC)
    if options.keep:
        print(f"thinned out: {thin_out(options.out.absolute().parent, now, has_entry):,} copies deleted")
    made = back_up(options.out, environment.home, settings.PHOTOS, now)
    print(f"backup: {options.out}, {made.size / 1024**2:,.1f} MB, as of {made.made_at}")
    print(f"journal: {made.entries:,} entries, head {made.head[:16]}…; the secret of the office is not in it")
    print(f"photos: {made.photos:,}, {made.photo_bytes / 1024**2:,.1f} MB")
    print(
        f"what decides: {len(made.files):,} files, {'gate.yaml with them' if GATE in made.files else 'no gate.yaml: there is none'}"
    )
    if made.otherwise:
        print(f"not in it, to be kept otherwise: {', '.join(made.otherwise)}")
    if waiting := steps().waiting:
        print(f"tables: of an older version, {waiting:,} migrations waiting; they are in the copy as they are")
    for name in made.lost:
        print(f"lost: the office has no whole photo {name}; look for it in an older backup")
    return 1 if made.lost else 0
