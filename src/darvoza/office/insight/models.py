"""Tables of the figures: made out of the register, and made anew when it has moved on."""

from django.db import models

from darvoza.office.registry.models import Declaration


class Reckoning(models.Model):
    """Everything the figures say, as it stood when they were made.

    `entries` is the number of the last entry of the journal then: what was written since is not in them.
    """

    made_at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()
    seconds = models.FloatField()
    figures = models.JSONField()

    def __str__(self) -> str:
        """Give the moment."""
        return self.made_at.isoformat()


class Check(models.Model):
    """One check that was ordered and what came of it, as the figures count it: what a number opens into.

    `recovered` is null where a finding states no amount.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="+")
    agency = models.CharField(max_length=20)
    post = models.CharField(max_length=20)
    act = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    basis = models.CharField(max_length=20)
    lodged_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)
    checked = models.BooleanField()
    found = models.BooleanField()
    recovered = models.DecimalField(max_digits=20, decimal_places=2, null=True)

    class Meta:
        """Every list that a number opens is one walk along an index."""

        ordering = ["-lodged_at", "pk"]
        indexes = [
            models.Index(fields=["agency", "post", "channel", "-lodged_at"], name="check_channel"),
            models.Index(fields=["agency", "channel", "-lodged_at"], name="check_agency_channel"),
            models.Index(fields=["agency", "basis", "found", "-lodged_at"], name="check_basis"),
            models.Index(fields=["agency", "found", "-lodged_at"], name="check_found"),
            models.Index(fields=["agency", "-lodged_at"], name="check_agency"),
        ]

    def __str__(self) -> str:
        """Give the declaration and the act."""
        return f"{self.declaration_id} {self.act}"


class Report(models.Model):
    """What a command worked out elsewhere and was taken in: a frontier, drift, a model card, a comparison, places."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    taken_at = models.DateTimeField()
    content = models.JSONField()

    class Meta:
        """The last one of a kind is shown."""

        indexes = [models.Index(fields=["kind", "-taken_at"], name="report_kind")]

    def __str__(self) -> str:
        """Give kind and name."""
        return f"{self.kind} {self.name}"
