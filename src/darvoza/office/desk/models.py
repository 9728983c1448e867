"""Tables of the desk."""

from django.db import models


class Draft(models.Model):
    """A result that is not finished, as its form stood; it outlives a lost line and ends with the result."""

    order_id = models.CharField(max_length=120)
    person = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        """Everybody has one draft of an order."""

        constraints = [models.UniqueConstraint(fields=["order_id", "person"], name="draft_once")]

    def __str__(self) -> str:
        """Give the order and the person."""
        return f"{self.order_id} {self.person}"
