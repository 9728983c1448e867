"""``darvoza worker``: what is done beside the answers: events sent, declarations looked at again."""

import logging
import time
from argparse import Namespace
from datetime import UTC, date, datetime

from django.db import close_old_connections

from darvoza.errors import DarvozaError
from darvoza.office.commands.starting import start

LOG = logging.getLogger("darvoza.worker")

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
    signed = _sign_head(now)
    files = carry_out_due(now)
    outbox.tell_results(now)
    outbox.fan_out(now)
    sent = outbox.deliver_due(send, now=datetime.now(UTC))
    return {
        "looked at again": again,
        "memory kept": int(kept),
        "heads signed": signed,
        "files put in force": files,
        **sent._asdict(),
    }


class _Tried:
    """The day on which a head was signed, or tried to be."""

    day: date | None = None


def _sign_head(now: datetime) -> int:
    """Sign the head of the day, once; what keeps it from being signed is told once a day."""
    from django.conf import settings  # noqa: PLC0415 - they are read once Django is loaded

    from darvoza.office.operations.services.heads import sign_head  # noqa: PLC0415

    if _Tried.day == now.date():
        return 0
    _Tried.day = now.date()
    try:
        return int(bool(sign_head(settings.HOME, now)))
    except (DarvozaError, OSError):
        LOG.exception("the head of the journal was not signed")
        return 0


def _told(done: dict[str, int]) -> str:
    """Say what was done."""
    return ", ".join(f"{count} {what}" for what, count in done.items())
