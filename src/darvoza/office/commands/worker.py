"""``darvoza worker``: what is done beside the answers: events sent, declarations looked at again."""

import time
from argparse import Namespace
from datetime import UTC, datetime

from django.db import close_old_connections

from darvoza.office.commands.starting import start

PAUSE = 1.0
"""Seconds between two rounds in which there was nothing to do."""


def run(options: Namespace) -> int:
    """Work until stopped from the keyboard, or one round when asked to."""
    start(options)
    if options.once:
        print(_told(work()))
        return 0
    print("the worker works; stop with Ctrl+C", flush=True)
    while True:
        close_old_connections()
        done = work()
        if any(done.values()):
            print(_told(done), flush=True)
        else:
            time.sleep(PAUSE)


def work() -> dict[str, int]:
    """Do one round of everything; give how much was done of each."""
    from darvoza.office.api.problems import Problem  # noqa: PLC0415 - tables exist once Django is loaded
    from darvoza.office.api.sending import send  # noqa: PLC0415
    from darvoza.office.api.services import lodging, outbox, reassessing  # noqa: PLC0415
    from darvoza.office.commands.reference import carry_out_due  # noqa: PLC0415

    now = datetime.now(UTC)
    try:
        again = reassessing.reassess(now)
        kept = lodging.keep_memory(now)
    except Problem:  # the log says why; events are sent all the same
        again, kept = 0, False
    files = carry_out_due(now)
    outbox.tell_results(now)
    outbox.fan_out(now)
    sent = outbox.deliver_due(send, now=datetime.now(UTC))
    return {"looked at again": again, "memory kept": int(kept), "files put in force": files, **sent._asdict()}


def _told(done: dict[str, int]) -> str:
    """Say what was done."""
    return ", ".join(f"{count} {what}" for what, count in done.items())
