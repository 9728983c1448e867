"""Files of reference data that are due, put where the gate reads them."""

import logging
from datetime import datetime

from django.conf import settings

from darvoza.errors import DarvozaError
from darvoza.office.administration.services.reference import Place, carry_out

LOG = logging.getLogger("darvoza.reference")


def carry_out_due(now: datetime) -> int:
    """Let the gate's state name the files that are in force by now; where that fails the log says why, and it is tried again."""
    if not settings.GATE_FILE.exists():
        return 0
    try:
        return carry_out(Place(settings.GATE_FILE, settings.HOME), now=now)
    except (DarvozaError, OSError) as problem:
        LOG.warning("files of reference data were not put in force: %s", problem)
        return 0
