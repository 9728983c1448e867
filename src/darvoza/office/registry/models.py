"""Tables of the register; what is not looked up by a column of its own stands in a column of JSON."""

from secrets import token_hex
from typing import Any, Final

from django.db import models

from darvoza.domain.casework import CaseState
from darvoza.domain.codes import Act, Agency, Channel


def _choices(codes: type[Agency | Act | Channel | CaseState]) -> list[tuple[str, str]]:
    return [(code.value, code.value) for code in codes]


class Run(models.Model):
    """One run of the selection that was taken in; `memory` is what posts remembered at its end."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    loaded_at = models.DateTimeField()
    profiles = models.JSONField(default=dict)
    memory = models.TextField(blank=True)

    def __str__(self) -> str:
        """Give the name of its directory."""
        return self.name


class Declaration(models.Model):
    """A declaration as it was lodged; `record` holds every known field of its record but the goods.

    Where and when the goods arrived is told by the post, and may be another than the declared one. `look_due` says that they
    arrived, and are still to be looked at by what was in force then.
    """

    declaration_id = models.CharField(max_length=64, unique=True)
    lodged_at = models.DateTimeField(db_index=True)
    post = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=_choices(Channel), blank=True)
    importer_id = models.CharField(max_length=35)
    importer_name = models.CharField(max_length=350, blank=True)
    record = models.JSONField()
    arrived_at = models.DateTimeField(null=True)
    arrived_post = models.CharField(max_length=20, blank=True)
    look_due = models.BooleanField(default=False, db_default=False)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        """How declarations are looked up."""

        ordering = ["-lodged_at", "declaration_id"]
        indexes = [
            models.Index(fields=["post", "-lodged_at"], name="declaration_post"),
            models.Index(fields=["channel", "-lodged_at"], name="declaration_channel"),
            models.Index(fields=["post", "channel", "-lodged_at"], name="declaration_post_channel"),
            models.Index(fields=["declaration_id"], condition=models.Q(look_due=True), name="declaration_look_due"),
        ]

    def __str__(self) -> str:
        """Give the reference."""
        return self.declaration_id


class Mark(models.Model):
    """One identifier by which a declaration can be found."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=80)

    class Meta:
        """Declarations are found in the index alone: no mark is read for it."""

        indexes = [models.Index(fields=["value", "declaration"], name="mark_found")]

    def __str__(self) -> str:
        """Give kind and value."""
        return f"{self.kind} {self.value}"


class Item(models.Model):
    """A goods item of a declaration; `record` holds every known field of its record."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="items")
    number = models.PositiveIntegerField()
    hs = models.CharField(max_length=14)
    origin = models.CharField(max_length=2)
    record = models.JSONField()

    class Meta:
        """An item stands in its declaration once."""

        ordering = ["declaration", "number"]
        constraints = [models.UniqueConstraint(fields=["declaration", "number"], name="item_once")]

    def __str__(self) -> str:
        """Give number and code."""
        return f"{self.number} {self.hs}"


class Decision(models.Model):
    """What was decided on one act of one agency, and why; never shown to whoever examines."""

    decision_id = models.CharField(max_length=120, unique=True)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="decisions")
    run = models.ForeignKey(Run, models.PROTECT, related_name="decisions")
    agency = models.CharField(max_length=20, choices=_choices(Agency))
    act = models.CharField(max_length=20, choices=_choices(Act))
    items = models.JSONField(default=list)
    probability = models.FloatField()
    floors = models.JSONField()
    u = models.FloatField()
    selected = models.BooleanField()
    basis = models.CharField(max_length=20, blank=True)
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    score = models.FloatField(null=True)
    harm = models.FloatField(null=True)
    contributions = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64)
    key_day = models.DateField()
    commitment = models.CharField(max_length=64)
    deadline = models.DateTimeField(null=True)

    class Meta:
        """How decisions are looked up."""

        ordering = ["declaration", "agency", "act"]
        indexes = [
            models.Index(fields=["agency", "selected", "basis"], name="decision_basis"),
            models.Index(fields=["key_day"], name="decision_key_day"),
        ]

    def __str__(self) -> str:
        """Give the name of the decision."""
        return self.decision_id


class Order(models.Model):
    """What an agency is to check, and how far it is; `version` counts its moves, so that one of two wins.

    Where the goods went to another post, `left_post` is the one that it left: who held it there still reads it. `given_at` is
    when it was given, where that was after its declaration was lodged and its goods arrived: its time began then.
    """

    order_id = models.CharField(max_length=120, unique=True)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="orders")
    agency = models.CharField(max_length=20, choices=_choices(Agency))
    post = models.CharField(max_length=20)
    left_post = models.CharField(max_length=20, blank=True, default="", db_default="")
    act = models.CharField(max_length=20, choices=_choices(Act))
    items = models.JSONField(default=list)
    channel = models.CharField(max_length=10, choices=_choices(Channel))
    turn = models.PositiveIntegerField()
    day = models.DateField()
    deadline = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    instructions = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=_choices(CaseState), default=CaseState.WAITING)
    holder = models.CharField(max_length=60, blank=True)
    claimed_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(null=True)
    referral = models.TextField(blank=True)
    overrides = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        """The queue of a post is one walk along an index."""

        ordering = ["deadline", "turn", "pk"]
        indexes = [
            models.Index(fields=["post", "agency", "state", "deadline", "turn"], name="order_queue"),
            models.Index(fields=["holder", "state"], name="order_holder"),
        ]

    def __str__(self) -> str:
        """Give the name of the order."""
        return self.order_id


class Former(models.Model):
    """A declaration as it stood before an amendment, with the records of its items: results that speak of it keep it."""

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="former")
    record = models.JSONField()
    items = models.JSONField()

    def __str__(self) -> str:
        """Give the reference."""
        return str(self.record.get("declaration_id", ""))


class Result(models.Model):
    """One result that was recorded; the last of an order counts, the others are kept.

    `declared` is what it speaks of, where that was amended since; otherwise it speaks of what is declared now. `act` is what
    was done; empty where nobody said it: it was that of the order. `salt` goes into the digests that the journal keeps of it, and
    stands in no journal: without it nobody can try out what was found. Results of before have none: of them the
    journal keeps digests without a salt, or no digests.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="results")
    number = models.PositiveIntegerField()
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_index=True)
    words = models.TextField(blank=True)
    declared = models.ForeignKey(Former, models.CASCADE, null=True, related_name="results")
    act = models.CharField(max_length=20, choices=_choices(Act), blank=True, default="", db_default="")
    salt = models.CharField(max_length=64, blank=True, default=token_hex, db_default="")

    class Meta:
        """Results of an order are numbered."""

        ordering = ["order_id", "number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="result_once")]

    def __str__(self) -> str:
        """Give the order and the number."""
        return f"{self.order_id} {self.number}"

    @property
    def said(self) -> list[dict[str, Any]]:
        """What it says of each item, as plain values."""
        return [finding.record for finding in self.findings.all()]


class Finding(models.Model):
    """What a result says of one item; no areas means that nothing was found, or that a laboratory has not spoken yet."""

    result = models.ForeignKey(Result, models.CASCADE, related_name="findings")
    item = models.PositiveIntegerField()
    found = models.BooleanField()
    areas = models.JSONField(default=list)
    additional_duty = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    seized = models.BooleanField(default=False)
    record = models.JSONField()

    class Meta:
        """A result says one thing of an item."""

        ordering = ["result", "item"]
        constraints = [models.UniqueConstraint(fields=["result", "item"], name="finding_once")]

    def __str__(self) -> str:
        """Give the item."""
        return str(self.item)

    @property
    def awaited(self) -> bool:
        """Whether samples were taken of which the laboratory has not spoken, and nothing was found: it is no outcome yet."""
        return "awaited" in self.record and not self.found


AWAITED: Final = models.Q(record__has_key="awaited", found=False)
"""Which findings await the laboratory; what is not awaited, or was recorded before that was told, is an outcome."""
