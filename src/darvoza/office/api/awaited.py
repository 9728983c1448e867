"""Whether the gate of this process is about to be opened; known before all that a gate needs is loaded."""

from django.conf import settings


class Awaited:
    """What is known of the opening of the gate of this process."""

    opening = False


def expect_opening() -> bool:
    """Say that the gate is about to be opened, and that nothing is decided until then; tell whether there is a state."""
    Awaited.opening = settings.GATE_FILE.exists()
    return Awaited.opening
