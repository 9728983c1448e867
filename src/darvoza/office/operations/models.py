"""Tables of operations."""

from django.db import models


class Pulse(models.Model):
    """The last moment at which a row could be written: one row, written again and again."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        """Give the moment."""
        return self.at.isoformat()
