"""Tables of the journal."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Entry(models.Model):
    """One thing that was done; rows are only ever added, the database refuses the rest."""

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=120)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64)

    class Meta:
        """How entries are looked up."""

        ordering = ["-number"]
        indexes = [
            models.Index(fields=["subject", "number"], name="journal_subject"),
            models.Index(fields=["by", "number"], name="journal_by"),
            models.Index(fields=["action", "number"], name="journal_action"),
        ]

    def __str__(self) -> str:
        """Give number, action and subject."""
        return f"{self.number} {self.action} {self.subject}"


class Head(models.Model):
    """The end of the chain: one row, held while an entry is added, so that two never follow the same one."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Give the number of the last entry."""
        return str(self.number)
