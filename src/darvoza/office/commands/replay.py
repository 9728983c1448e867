"""``darvoza office replay``: make decisions of the past again, and say whether they come out the same."""

from argparse import Namespace

from darvoza.office.commands.starting import start
from darvoza.progress import Progress


def run(options: Namespace) -> int:
    """Decide again; 0 when everything is equal, 1 when something differs, or a key is missing."""
    start(options, secret=False)
    from django.conf import settings  # noqa: PLC0415 - Django comes first

    from darvoza.errors import SettingsError  # noqa: PLC0415
    from darvoza.flow.fields import read_yaml  # noqa: PLC0415
    from darvoza.flow.selectivity.keys import read_key_file, rings_of  # noqa: PLC0415
    from darvoza.office.operations.services.replaying import replay_all  # noqa: PLC0415

    files = list(options.key_file)
    if not files:
        state = settings.GATE_FILE
        files = [state.parent / str(read_yaml(state, state.name, error=SettingsError).get("key_file"))]
    rings = {ring.commitment(): ring for file in files for ring in rings_of(read_key_file(file))}
    progress = Progress()
    found = replay_all(rings, options.declaration, progress.at)
    progress.clear()
    print(f"{found.equal + found.different:,} decided again: {found.equal:,} equal, {found.different:,} different")
    if found.gone:
        print(
            f"{found.gone:,} cannot be decided again: their goods, or what was decided with them, were erased when their time was over"
        )
    if found.unkept:
        print(
            f"{found.unkept:,} of posts cannot be decided again: of their bundle nothing was kept, or its draws were erased since"
        )
    for which, times in found.unkeyed.items():
        print(f"NO KEY: {times:,} of posts were not decided again: no key file has the key of {which}")
    for each in found.differing or ():
        print(f"DIFFERENT: {each.declaration_id} {each.which}, {each.act}, {each.field}:")
        print(f"  was  {each.was}\n  made {each.made}")
    return 1 if found.different or found.unkeyed else 0
