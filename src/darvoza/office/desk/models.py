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


class DutyRoster(models.Model):
    """Who is on duty at a post on a day; with the key of the draw by which orders are given to them.

    The key is told only after its day (`revealed_at`); what it was committed to stands in the journal from the first. `given`
    counts the orders that were given out by it: who changes it after that is seen.
    """

    agency = models.CharField(max_length=20)
    post = models.CharField(max_length=20)
    day = models.DateField()
    hours = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)
    set_by = models.CharField(max_length=60)
    set_at = models.DateTimeField()
    given = models.PositiveIntegerField(default=0, db_default=0)
    revealed_at = models.DateTimeField(null=True)

    class Meta:
        """A post of an agency has one roster a day."""

        ordering = ["-day", "agency", "post"]
        constraints = [models.UniqueConstraint(fields=["agency", "post", "day"], name="roster_once")]

    def __str__(self) -> str:
        """Give whose it is, where and when."""
        return f"{self.agency} {self.post} {self.day:%Y-%m-%d}"


class GivenBack(models.Model):
    """An order that went back into the queue: who held it, who let it go, and why; no reason where its holder left the post."""

    order = models.ForeignKey("registry.Order", models.CASCADE, related_name="given_back")
    holder = models.CharField(max_length=60)
    by = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        """The last one first."""

        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        """Give the order and who held it."""
        return f"{self.order_id} {self.holder}"


class Photo(models.Model):
    """A photo that belongs to an order; its bytes stand in the home of the office, under their digest."""

    order_id = models.CharField(max_length=120)
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=10)
    size = models.PositiveIntegerField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        """Photos of an order are numbered, and none is there twice."""

        ordering = ["order_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order_id", "number"], name="photo_number"),
            models.UniqueConstraint(fields=["order_id", "digest"], name="photo_once"),
        ]

    def __str__(self) -> str:
        """Give the order and the number."""
        return f"{self.order_id} {self.number}"
