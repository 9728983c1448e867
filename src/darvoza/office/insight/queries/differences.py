"""What the register holds otherwise than the journal."""

from typing import Final, NamedTuple

UNTOLD: Final = "decision"
"""The field of a difference where one side tells nothing at all."""


class Difference(NamedTuple):
    """What the register holds otherwise than the journal.

    Attributes
    ----------
    declaration_id, act
        Of which declaration, and of which of its acts (``agency act``; empty for the whole declaration).
    field
        What is another.
    journal, register
        What each of them says; ``None`` where it says nothing.
    """

    declaration_id: str
    act: str
    field: str
    journal: object
    register: object
