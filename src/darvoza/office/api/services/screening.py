"""Codes looked up in the named lists of an agency: who is watched is sensitive, so that each look is in the journal."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from darvoza.domain.folding import folded_trader
from darvoza.domain.journal import EntryKind
from darvoza.flow.assessment.meaning import folded_members
from darvoza.flow.gate.state_file import State
from darvoza.office.api.callers import Caller
from darvoza.office.api.queries import lists_for
from darvoza.office.journal.services import record_alone


def screen(caller: Caller, state: State, values: Sequence[str], *, now: datetime) -> list[dict[str, Any]]:
    """Tell which list of the client's agency holds which code, however it is typed; the journal keeps how many each list held.

    What was asked is not kept: the journal would become a list of the watched itself.
    """
    held = {named.name: folded_members(named) for named in lists_for(caller, state)}
    forms = {value: folded_trader(value.strip()) for value in values}
    told = [
        {"value": value, "lists": sorted(name for name, codes in held.items() if form in codes)}
        for value, form in forms.items()
    ]
    matched = Counter(name for each in told for name in each["lists"])
    asked = {"what": "screened", "codes": len(told), "lists": sorted(held), "held": dict(sorted(matched.items()))}
    subject, state_told = f"screening {caller.name}", {"state": state.digest}
    record_alone(EntryKind.SENSITIVE_READ, subject, asked | state_told, by=caller.username, now=now)
    return told
