"""Tables of the journal."""

from django.db import models

from darvoza.domain.journal import EntryKind


class Entry(models.Model):
    """One thing that was done; rows are only added, and at most lose their body. The database refuses the rest.

    What the columns mean stands at `darvoza.domain.journal.JournalEntry`.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    kind = models.CharField(max_length=30, choices=[(kind.value, kind.value) for kind in EntryKind])
    actor = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    at = models.DateTimeField()
    body_digest = models.CharField(max_length=64)
    head = models.CharField(max_length=64)
    body = models.JSONField(null=True)
    salt = models.CharField(max_length=32, null=True)  # nothing is not the empty text: it was erased

    class Meta:
        """How entries are looked up."""

        ordering = ["-sequence"]
        indexes = [
            models.Index(fields=["subject", "sequence"], name="journal_subject"),
            models.Index(fields=["actor", "sequence"], name="journal_actor"),
            models.Index(fields=["kind", "sequence"], name="journal_kind"),
            models.Index(fields=["at"], name="journal_at"),
        ]

    def __str__(self) -> str:
        """Give number, kind and subject."""
        return f"{self.sequence} {self.kind} {self.subject}"


class End(models.Model):
    """The end of the chain: one row, held while an entry is added, so that two never follow the same one."""

    number = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64)

    def __str__(self) -> str:
        """Give the number of the last entry."""
        return str(self.number)
