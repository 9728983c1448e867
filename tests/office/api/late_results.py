"""Results that are kept in another order than that of their numbers, and a gate that hears of them: run by a test as a program."""

import json
import sys
import threading
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def lodge(name: str) -> None:
    """Have a declaration decided."""
    from darvoza.office.api.purposes import LodgementKind
    from darvoza.office.api.requests import Answer, Request
    from darvoza.office.api.services import lodging
    from darvoza.office.api.services.reassessing import SYSTEM
    from office.api.systems import a_body, an_item

    body = a_body(name, items=[an_item(hs="870323")])
    request = Request(SYSTEM, LodgementKind.LODGED, body)
    lodging.lodge([request], now=NOW)
    assert isinstance(request.outcome, Answer), request.outcome


def write_result(name: str) -> int:
    """Write a result of a declaration; give its number."""
    from darvoza.domain.casework import ItemResult
    from darvoza.domain.codes import RiskArea
    from darvoza.office.registry.mapping import finding_row
    from darvoza.office.registry.models import Order, Result

    result = Result.objects.create(order=Order.objects.get(declaration__declaration_id=name), number=1, by="i", at=NOW)
    finding = finding_row(ItemResult(1, areas=(RiskArea.UNDERVALUATION,)))
    finding.result = result
    finding.save(force_insert=True)
    return result.pk


class Undone(Exception):
    """A transaction that ends without keeping anything."""


@contextmanager
def written_meanwhile(name: str, *, kept: bool) -> Iterator[int]:
    """Another connection has written a result, and ends its transaction afterwards."""
    from django.db import connection, transaction

    written, go = threading.Event(), threading.Event()
    number: list[int] = []

    def work() -> None:
        try:
            with transaction.atomic():
                number.append(write_result(name))
                written.set()
                assert go.wait(60)
                if not kept:
                    raise Undone
        except Undone:
            pass
        finally:
            written.set()
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert written.wait(60)
    yield number[0]
    go.set()
    thread.join()


def heard() -> list[str]:
    """Of which declarations the gate of this process knows a result."""
    from darvoza.office.api.services import lodging

    gate = lodging._Open.gate
    assert gate is not None
    return sorted(gate.gate.remembered()["results"].get_column("declaration_id"))


def play(home: Path) -> dict[str, Any]:
    """Write results late, and note what the gate hears when."""
    from darvoza.office.commands import migrate

    home.mkdir()
    migrate.run(Namespace(home=home))
    from darvoza.flow.selectivity.keys import read_key_file
    from darvoza.office.api.models import DecidedBatch
    from darvoza.office.api.services.opening import OpenGate
    from darvoza.office.api.services.replaying import replay
    from office.api.systems import write_state

    write_state(home)
    told: dict[str, Any] = {}
    for name in "ABCDE":
        lodge(name)
    with written_meanwhile("A", kept=True) as late:
        told["in order"] = write_result("B") > late
        lodge("F")
        told["before"] = heard()
    lodge("G")
    told["after"] = heard()
    with written_meanwhile("C", kept=True):
        write_result("D")
        anew = OpenGate.open(home / "gate.yaml", now=NOW)
        told["opened meanwhile"] = sorted(anew.gate.remembered()["results"].get_column("declaration_id"))
    with written_meanwhile("E", kept=False):
        lodge("H")
    lodge("I")
    told["at last"] = heard()
    told["batches"] = list(DecidedBatch.objects.order_by("number").values_list("results", flat=True))
    ring = read_key_file(home / "key.json")
    again = replay({ring.commitment(): ring})
    told["replayed"] = [again.equal, again.different]
    return told


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(Path(sys.argv[1]))) + "\n")
