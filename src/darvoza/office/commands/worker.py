"""``darvoza worker``: what is done beside the answers: events sent, declarations looked at again."""

import logging
import signal
from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from threading import Event

from django.db import close_old_connections

from darvoza.errors import DarvozaError
from darvoza.office.commands.starting import start

LOG = logging.getLogger("darvoza.worker")

LONGEST_PAUSE = 30.0
"""Seconds to wait after a round of which a part failed; what failed may need them to come back."""

SELDOM = timedelta(hours=1)
"""Results have their events; those that another version recorded while it was replaced are looked for so often."""

Part = Callable[[datetime], Mapping[str, int]]
"""Does one thing; gives how much was done of what."""


def run(options: Namespace) -> int:
    """Work until stopped, from the keyboard or by SIGTERM, or one round when asked to; 1 when a part of that round failed."""
    start(options)
    if options.once:
        done, failed = work(parts())
        print(_told(done, failed))
        return int(bool(failed))
    stopped = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: stopped.set())
    print("the worker works; stop with Ctrl+C", flush=True)
    while not stopped.is_set():
        close_old_connections()
        done, failed = work(parts(stopped.is_set), stopped)
        if any(done.values()):
            print(_told({what: count for what, count in done.items() if count}, failed), flush=True)
        if failed or not any(done.values()):
            stopped.wait(LONGEST_PAUSE if failed else options.interval)
    print("the worker has stopped", flush=True)
    return 0


def work(some: Mapping[str, Part], stopped: Event | None = None) -> tuple[dict[str, int], list[str]]:
    """Do one round; give how much was done of each thing, and which parts failed: the log says why, the others go on."""
    done: dict[str, int] = {}
    failed = []
    for name, part in some.items():
        if stopped is not None and stopped.is_set():
            break
        try:
            done |= part(datetime.now(UTC))
        except Exception:
            LOG.exception("a part of the round failed", extra={"fields": {"part": name}})
            failed.append(name)
            close_old_connections()
    return done, failed


def parts(stopped: Callable[[], bool] = lambda: False) -> dict[str, Part]:
    """Give the parts of a round, in their order."""
    from django.conf import settings  # noqa: PLC0415 - tables exist once Django is loaded

    from darvoza.office.api.addresses import may_reach  # noqa: PLC0415
    from darvoza.office.api.sending import send  # noqa: PLC0415
    from darvoza.office.api.services import lodging, outbox, planning, reassessing, telling  # noqa: PLC0415
    from darvoza.office.commands.reference import carry_out_due  # noqa: PLC0415
    from darvoza.office.operations.services.rounds import note_round  # noqa: PLC0415

    def planned(now: datetime) -> dict[str, int]:
        return {"events looked at": planning.fan_out(now)}

    def caught_up(now: datetime) -> dict[str, int]:
        if _CaughtUp.until <= now:
            _CaughtUp.until = now + SELDOM if not telling.tell_untold(now) else now
        return {}

    def noted(now: datetime) -> dict[str, int]:
        note_round(now)
        return {}

    allowed = partial(may_reach, demo=settings.DEMO, inside=settings.EVENT_NETWORKS)
    to_open = partial(send, may_reach=allowed)
    return {
        "looking again": lambda now: {"looked at again": reassessing.reassess(now)} if _decides() else {},
        "memory": lambda now: {"memory kept": int(lodging.keep_memory(now))} if _decides() else {},
        "head": lambda now: {"heads signed": _sign_head(now)},
        "reference data": lambda now: {"files put in force": carry_out_due(now)},
        "results": caught_up,
        "planning": planned,
        "sending": lambda _: outbox.deliver_due(to_open, clock=_clock, stopped=stopped)._asdict(),
        "round": noted,
    }


def _clock() -> datetime:
    """Give the moment."""
    return datetime.now(UTC)


def _decides() -> bool:
    """Tell whether declarations are decided here: without a state in force there is nothing to look at again."""
    from django.conf import settings  # noqa: PLC0415 - they are read once Django is loaded

    return bool(settings.GATE_FILE.exists())


class _CaughtUp:
    """Until when nobody looks for results that have no event."""

    until: datetime = datetime.min.replace(tzinfo=UTC)


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


def _told(done: Mapping[str, int], failed: list[str]) -> str:
    """Say what was done."""
    said = [f"{count} {what}" for what, count in done.items()]
    return ", ".join([*said, f"failed: {', '.join(failed)}"] if failed else said)
