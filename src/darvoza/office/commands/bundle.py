"""``darvoza office bundle``: make the next bundle of a post out of the office."""

from argparse import Namespace
from datetime import UTC, datetime

from darvoza.errors import OutputError
from darvoza.office.commands.starting import start


def run(options: Namespace) -> int:
    """Make it, number it, write it down."""
    start(options, secret=False)
    from django.conf import settings  # noqa: PLC0415 - Django comes first

    from darvoza.flow.post.given import post_code, read_signing_key  # noqa: PLC0415
    from darvoza.office.administration.queries.places import mistyped  # noqa: PLC0415
    from darvoza.office.operations.services.bundles import BundleWish, bundle_for  # noqa: PLC0415

    def keep(packed: bytes) -> None:
        with options.out.open("xb") as file:
            file.write(packed)

    now = datetime.now(UTC)
    first = options.start or now.date()
    post, key = post_code(options.post), read_signing_key(options.signing_key)
    doubt = mistyped(post)
    wish = BundleWish(post, first, options.end, options.sealed_for, options.signed_by)
    try:
        made = bundle_for(wish, options.state or settings.GATE_FILE, key, keep=keep, now=now)
    except OSError as problem:
        got = f"{problem.strerror}: {problem.filename}"
        raise OutputError(
            field="bundle", expected="a file that is new, in a place that can be written to", got=got
        ) from problem
    print(f"bundle {made.serial} of {made.post}, {made.start} to {made.end}: {options.out}")
    if doubt:
        print(f"warning: {doubt}")
    return 0
