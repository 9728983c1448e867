"""Tables of the profiles: their versions, what was put in force, the named lists they speak of."""

from django.db import models
from django.db.models import F, Q

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.profile_version import ProfileState


def _choices(codes: type[Act | Agency | RiskArea | ProfileState]) -> list[tuple[str, str]]:
    return [(code.value, code.value) for code in codes]


class Version(models.Model):
    """One version of a profile; `text` is its file, the columns beside it are what lists are made of.

    `moves` counts what happened to it, so that one of two wins. `imported` tells that it came from files, where people
    sign in their own way: its author and approver are what the files say.
    """

    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    agency = models.CharField(max_length=20, choices=_choices(Agency))
    title = models.CharField(max_length=300, blank=True)
    risk_area = models.CharField(max_length=30, choices=_choices(RiskArea), blank=True)
    act = models.CharField(max_length=20, choices=_choices(Act), blank=True)
    share = models.DecimalField(max_digits=9, decimal_places=8, null=True)
    floor = models.CharField(max_length=20, blank=True)
    visibility = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    review_by = models.DateField(null=True)
    text = models.TextField()
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=20, choices=_choices(ProfileState), default=ProfileState.DRAFT)
    ends = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)
    author = models.CharField(max_length=60)
    approver = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    answer = models.TextField(blank=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    shadow_from = models.DateTimeField(null=True)
    moves = models.PositiveIntegerField(default=0)

    class Meta:
        """A version stands once; nobody approves his own, and what is approved was approved by somebody."""

        ordering = ["code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="version_once"),
            models.CheckConstraint(condition=~Q(approver=F("author")), name="version_second_person"),
            models.CheckConstraint(
                condition=~Q(state=ProfileState.APPROVED) | ~Q(approver="") | Q(imported=True),
                name="version_approved_by",
            ),
        ]
        indexes = [models.Index(fields=["state", "agency"], name="version_state")]

    def __str__(self) -> str:
        """Give code and number."""
        return f"{self.code} {self.number}"


class Force(models.Model):
    """From a moment on a version is in force, or none; rows are only added."""

    code = models.CharField(max_length=60)
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="entries")
    at = models.DateTimeField()
    decided_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    reason = models.TextField(blank=True)

    class Meta:
        """In the order in which they were decided."""

        ordering = ["pk"]
        indexes = [models.Index(fields=["code"], name="force_code")]

    def __str__(self) -> str:
        """Give the code and the moment."""
        return f"{self.code} {self.at:%Y-%m-%d %H:%M}"


class CodeList(models.Model):
    """A named list that is in use from a moment on; of the rows of a name that have begun, the last decided holds.

    Rows are only added. `by` put it forward and `approver` approved it; who takes lists in from files does both. Where one
    person went back, `returns_to` is the row that two people had put in use.
    """

    name = models.CharField(max_length=120)
    version = models.CharField(max_length=60, blank=True)
    source = models.TextField()
    dated = models.DateField(null=True)
    expires = models.DateField(null=True)
    values = models.JSONField()
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    taken_in_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    by = models.CharField(max_length=60, blank=True)
    approver = models.CharField(max_length=60, blank=True)
    reason = models.TextField(blank=True)
    returns_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")

    class Meta:
        """How lists are looked up."""

        ordering = ["name", "-pk"]
        indexes = [models.Index(fields=["name", "-id"], name="codelist_name")]

    def __str__(self) -> str:
        """Give the name."""
        return self.name


class Backtest(models.Model):
    """What the history says of a version: the last answer, with the digests of all that went in."""

    version = models.OneToOneField(Version, models.CASCADE, related_name="backtest")
    digest = models.CharField(max_length=64)
    force_digest = models.CharField(max_length=64)
    history_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    answer = models.JSONField()

    def __str__(self) -> str:
        """Give the version."""
        return f"back-test {self.version_id}"


class Performance(models.Model):
    """What the history says of the whole set that was in force; the newest row is shown."""

    made_at = models.DateTimeField()
    by = models.CharField(max_length=60)
    start = models.DateField()
    end = models.DateField()
    history_digest = models.CharField(max_length=64)
    force_digest = models.CharField(max_length=64)
    base = models.FloatField(null=True)
    answer = models.JSONField()

    class Meta:
        """The newest first."""

        ordering = ["-pk"]

    def __str__(self) -> str:
        """Give the moment."""
        return f"figures {self.made_at:%Y-%m-%d %H:%M}"


class ShadowCount(models.Model):
    """What a version in the shadow would have matched in a run that was taken in; it selects nothing.

    `known` are the declarations of the run of which the history holds the facts; `matched`, `ordered` and `found` are
    those of them that it matches, that were examined anyway, and in which something was found.
    """

    version = models.ForeignKey(Version, models.CASCADE, related_name="shadows")
    run = models.ForeignKey("registry.Run", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    counted_at = models.DateTimeField()
    declarations = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    matched = models.PositiveIntegerField()
    ordered = models.PositiveIntegerField()
    results = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    class Meta:
        """A version is counted in a run once; counted again, the newer count stands."""

        ordering = ["-run"]
        constraints = [models.UniqueConstraint(fields=["version", "run"], name="shadow_once")]

    def __str__(self) -> str:
        """Give version and run."""
        return f"{self.version_id} {self.run_id}"


class Search(models.Model):
    """A search over the history that was kept under a name, for the agency of whoever kept it."""

    name = models.CharField(max_length=120)
    agency = models.CharField(max_length=20, blank=True)
    by = models.CharField(max_length=60)
    sentence = models.TextField()
    saved_at = models.DateTimeField()

    class Meta:
        """A name is used once in an agency."""

        ordering = ["name", "agency"]
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="search_once")]

    def __str__(self) -> str:
        """Give the name."""
        return self.name
