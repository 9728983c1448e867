"""Tables of operations."""

from django.db import models


class Pulse(models.Model):
    """The last moment at which a row could be written, by who answers and by the worker: a row each, written again and again."""

    at = models.DateTimeField()

    def __str__(self) -> str:
        """Give the moment."""
        return self.at.isoformat()


class PostReturn(models.Model):
    """How far the record that a post signs with a key was taken in: number and head of the last entry."""

    post = models.CharField(max_length=20)
    signed_by = models.CharField(max_length=300)
    number = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64)

    class Meta:
        """A post has one record for each of its keys."""

        constraints = [models.UniqueConstraint(fields=["post", "signed_by"], name="post_record_once")]

    def __str__(self) -> str:
        """Give the post and the number."""
        return f"{self.post} {self.number}"


class PostBundle(models.Model):
    """One bundle that was made for a post; its serial is never given twice.

    `files` is what was in it but for the keys, each file as the digests of its pieces: by it every decision of the post is made
    again. Nothing where it was made by a version that did not keep it; the draws in it go with the data that they are of.
    """

    post = models.CharField(max_length=20)
    serial = models.PositiveIntegerField()
    start = models.DateField()
    end = models.DateField()
    state = models.CharField(max_length=64)
    signed_by = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    files = models.JSONField(null=True)

    class Meta:
        """A serial is given once."""

        constraints = [models.UniqueConstraint(fields=["post", "serial"], name="post_bundle_once")]

    def __str__(self) -> str:
        """Give post and serial."""
        return f"{self.post} {self.serial}"


class PostEntry(models.Model):
    """One entry of the record of a post as it was brought back; `line` is empty where what it tells of was erased since.

    `made` are the decisions that stand instead of those that the post wrote, where it decided otherwise than by its bundle.
    What was taken in together has the same `taken_at`; nothing where an earlier version took it in. `differs` is what differs from
    what the centre has, nothing where nothing does; `agency` is that of the order whose result it tells, empty for all else.
    """

    post = models.CharField(max_length=20)
    signed_by = models.CharField(max_length=300)
    number = models.PositiveBigIntegerField()
    declaration_id = models.CharField(max_length=64, blank=True, db_index=True)
    line = models.TextField(blank=True)
    made = models.JSONField(null=True)
    taken_at = models.DateTimeField(null=True)
    agency = models.CharField(max_length=20, blank=True, default="", db_default="")
    differs = models.JSONField(null=True)

    class Meta:
        """An entry of a record stands here once; those that differ are looked up, the newest first."""

        constraints = [models.UniqueConstraint(fields=["post", "signed_by", "number"], name="post_entry_once")]
        indexes = [models.Index(fields=["-id"], condition=models.Q(differs__isnull=False), name="post_entry_differs")]

    def __str__(self) -> str:
        """Give post and number."""
        return f"{self.post} {self.number}"
