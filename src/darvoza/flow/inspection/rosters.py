"""Orders are given to officers by a draw that can be checked afterwards: nobody chooses who examines whom.

The draw of a roster has a key of its own. Its commitment is written down when the roster is made, before anything is
drawn; the key is told after the day. From then on everybody can recompute who had to get which order.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from darvoza.domain.codes import Agency
from darvoza.domain.roster import Roster
from darvoza.errors import CaseRefused
from darvoza.methods.draw import commitment, permanent_random_number

LONGEST_DAY = 24.0
"""Hours."""


def roster_of(agency: Agency, post: str, day: date, hours: Mapping[str, float]) -> Roster:
    """Make a roster; whoever works no hours is left out.

    Raises
    ------
    CaseRefused
        When hours are not from 0 to 24.
    """
    for person, worked in hours.items():
        if not 0 <= worked <= LONGEST_DAY:
            raise CaseRefused(field="hours", expected="hours from 0 to 24", got=f"{worked} of {person}")
    return Roster(agency, post, day, {person: worked for person, worked in hours.items() if worked})


def number_of(key: bytes, order_id: str) -> float:
    """Give the number that decides who gets an order, in [0, 1); an order keeps it while the key is the same.

    Examples
    --------
    >>> number_of(bytes(32), "D1:customs:physical") == number_of(bytes(32), "D1:customs:physical")
    True
    """
    return permanent_random_number(key, b"darvoza assignment 1\0" + order_id.encode())


def drawn(number: float, on_duty: Sequence[str]) -> str:
    """Give who is drawn by a number in [0, 1) out of those on duty, whatever their order.

    Examples
    --------
    >>> drawn(0.49, ["marat", "aida"]), drawn(0.5, ["marat", "aida"])
    ('aida', 'marat')
    """
    names = sorted(set(on_duty))
    return names[int(number * len(names))]


def draw_holds(key: bytes, committed: str, *, order_id: str, on_duty: Sequence[str], holder: str) -> bool:
    """Tell whether an assignment is what the key, committed to before, makes of it.

    Parameters
    ----------
    key
        The key, as it was told after the day.
    committed
        What was written down before.
    order_id, on_duty, holder
        What the journal says of the assignment.

    Examples
    --------
    >>> key = bytes(range(32))
    >>> given = drawn(number_of(key, "D1:customs:scan"), ["aida", "marat"])
    >>> told = {"order_id": "D1:customs:scan", "on_duty": ["aida", "marat"], "holder": given}
    >>> draw_holds(key, commitment(key), **told), draw_holds(bytes(32), commitment(key), **told)
    (True, False)
    """
    return commitment(key) == committed and drawn(number_of(key, order_id), on_duty) == holder
