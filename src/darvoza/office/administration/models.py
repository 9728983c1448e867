"""Tables of the administrator."""

from django.db import models
from django.db.models import F, Q

from darvoza.office.administration.data_life import DataKind, DataState


class Post(models.Model):
    """The name of a post; posts without a name are known by their code."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        """Order of the lists."""

        ordering = ["code"]

    def __str__(self) -> str:
        """Give code and name."""
        return f"{self.code} {self.name}"


def _choices(codes: type[DataKind | DataState]) -> list[tuple[str, str]]:
    return [(code.value, code.value) for code in codes]


class DataVersion(models.Model):
    """One version of a named list, or of a file that the state of the gate names.

    `text` is the file; of a list its codes, one a line. `moves` counts what happened to it, so that one of two wins. Where
    somebody asks to go back, `returns_to` and `returns_to_list` say to which version of a file, or row of a list.
    """

    kind = models.CharField(max_length=20, choices=_choices(DataKind))
    name = models.CharField(max_length=120)
    version = models.CharField(max_length=60, blank=True)
    source = models.TextField(blank=True)
    dated = models.DateField(null=True)
    expires = models.DateField(null=True)
    text = models.TextField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=_choices(DataState), default=DataState.TRIED)
    author = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    approver = models.CharField(max_length=60, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    moves = models.PositiveIntegerField(default=0)
    returns_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    returns_to_list = models.ForeignKey("profiles.CodeList", models.PROTECT, null=True, related_name="+")

    class Meta:
        """Nobody approves what he put forward, and what is approved was approved by somebody."""

        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(approver=F("author")), name="dataversion_second_person"),
            models.CheckConstraint(
                condition=~Q(state=DataState.APPROVED) | ~Q(approver=""), name="dataversion_approved_by"
            ),
        ]
        indexes = [models.Index(fields=["kind", "name", "-id"], name="dataversion_name")]

    def __str__(self) -> str:
        """Give kind and name."""
        return f"{self.kind} {self.name}"


class FileForce(models.Model):
    """From a moment on a version of a file is in force; rows are only added, and of those begun the last decided holds.

    `asked_by` put it forward: of a return somebody else than the author of the version.
    """

    version = models.ForeignKey(DataVersion, models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=_choices(DataKind))
    name = models.CharField(max_length=120)
    at = models.DateTimeField()
    decided_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    asked_by = models.CharField(max_length=60, blank=True, default="", db_default="")
    reason = models.TextField(blank=True)

    class Meta:
        """In the order in which they were decided."""

        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "name"], name="fileforce_name")]

    def __str__(self) -> str:
        """Give kind, name and moment."""
        return f"{self.kind} {self.name} {self.at:%Y-%m-%d %H:%M}"
