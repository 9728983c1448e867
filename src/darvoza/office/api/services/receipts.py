"""What was answered to a key is kept with what was done, so that the same request does it once and is answered alike."""

from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction

from darvoza.office.api.callers import Caller
from darvoza.office.api.models import Receipt
from darvoza.office.api.problems import Problem
from darvoza.office.api.requests import Answer
from darvoza.office.shell.writing import wait_for_turn


def once(caller: Caller, key: str, digest: str, do: Callable[[], Answer], *, now: datetime) -> Answer:
    """Do something and keep its answer, in one transaction; where it was done under this key, answer as then.

    Of two at once the second waits for the first. What was refused leaves nothing behind, and may be asked again.

    Parameters
    ----------
    key, digest
        The key of the request, and the digest of what was sent with it; without a key, no answer is kept.
    do
        Does it, and gives the answer.

    Raises
    ------
    Problem
        When the key came before with something else.
    """
    with transaction.atomic():
        if not key:
            return do()
        wait_for_turn(Receipt)
        before = Receipt.objects.filter(client=caller.number, key=key).first()
        if before is not None:
            if before.digest != digest:
                raise Problem("key-reused")
            return Answer(before.status, before.answer, again=True)
        answer = do()
        told = {"digest": digest, "status": answer.status, "answer": answer.text, "at": now}
        try:
            Receipt.objects.create(client_id=caller.number, key=key, **told)
        except IntegrityError as problem:  # the gate, which waits for no turn, answered under it meanwhile
            raise Problem("key-reused") from problem
    return answer
