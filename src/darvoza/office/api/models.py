"""Tables of the interface: clients, what they lodged and were answered, what is to be told to whom."""

from django.db import models

from darvoza.domain.codes import Agency, Channel
from darvoza.office.api.purposes import LodgementKind

MINUTE = 6000
"""Requests a minute that a client may make, where nothing else is said."""


LONGEST_NAME, LONGEST_POST = 60, 20
"""Characters of the name of a client, and of a post."""


class Client(models.Model):
    """A system that asks; only the digest of its token is kept. An empty agency or post means every one.

    `old_digest` is that of the token it had, which is taken until `old_until`. `counted` is how many requests processes have taken of its minute, which began at `counted_since`.
    """

    name = models.CharField(max_length=LONGEST_NAME, unique=True)
    agency = models.CharField(max_length=20, blank=True, choices=[(each.value, each.value) for each in Agency])
    post = models.CharField(max_length=LONGEST_POST, blank=True)
    purposes = models.JSONField(default=list)
    token_digest = models.CharField(max_length=64, unique=True)
    old_digest = models.CharField(max_length=64, blank=True, default="")
    old_until = models.DateTimeField(null=True)
    per_minute = models.PositiveIntegerField(default=MINUTE)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    counted_since = models.DateTimeField(null=True)
    counted = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        """Give the name."""
        return self.name


class GateMark(models.Model):
    """Where the gate stands: one row, held while a batch is decided, so that two processes never decide at once."""

    batch = models.PositiveBigIntegerField(default=0)
    memory = models.TextField(blank=True)
    state = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        """Give the number of the last batch."""
        return str(self.batch)


class KeptPart(models.Model):
    """A piece of a file by which was decided, under its digest; equal pieces of many states are kept once."""

    digest = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        """Give the digest."""
        return self.digest


class KeptState(models.Model):
    """A state that was in force: its files without the key, each as the digests of its pieces."""

    digest = models.CharField(max_length=64, primary_key=True)
    kept_at = models.DateTimeField()
    commitment = models.CharField(max_length=64)
    files = models.JSONField()

    def __str__(self) -> str:
        """Give the digest."""
        return self.digest


class DecidedBatch(models.Model):
    """What was known when a batch was decided; with it, every decision can be made again.

    `results` and `runs` are the last result and the last run that had been heard of. The first batch of a day keeps
    what posts remembered before it. `day` is that of the decision, as law counts it: what was in force on it counted. Where there
    is none, only the days of lodging did.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    state = models.CharField(max_length=64)
    results = models.PositiveBigIntegerField()
    runs = models.PositiveBigIntegerField()
    memory = models.TextField(null=True)
    day = models.DateField(null=True)

    def __str__(self) -> str:
        """Give the number."""
        return str(self.number)


class GateMemory(models.Model):
    """What the gate remembered after a batch: by it another process opens at once. It can always be read anew.

    It holds what was lodged, and goes with it: whoever deletes a lodging deletes this too.
    """

    needs = models.CharField(max_length=64)
    batch = models.PositiveBigIntegerField()
    result = models.PositiveBigIntegerField()
    declaration = models.PositiveBigIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        """Give the number of the batch."""
        return str(self.batch)


class Lodgement(models.Model):
    """One decision on a declaration as it then was; rows are only added. `revision` counts them, declaration by declaration.

    Not `binding`: another system decides, and this decision is kept to be compared. `kin` names earlier lodgings of the same
    goods, with the floors of those acts of theirs that were still to be done, and draws of theirs that were spent.
    """

    declaration_id = models.CharField(max_length=64)
    revision = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=[(each.value, each.value) for each in LodgementKind])
    batch = models.PositiveBigIntegerField(db_index=True)
    client = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=64)
    post = models.CharField(max_length=20)
    lodged_at = models.DateTimeField()
    decided_at = models.DateTimeField(db_index=True)
    channel = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Channel])
    binding = models.BooleanField(default=True)
    items = models.JSONField()
    decisions = models.JSONField()
    kin = models.JSONField(default=list, db_default=models.Value([], models.JSONField()))

    class Meta:
        """A revision is decided once."""

        constraints = [models.UniqueConstraint(fields=["declaration_id", "revision"], name="revision_once")]

    @property
    def is_erased(self) -> bool:
        """Whether what was declared is erased, because its time is over: there is nothing to decide on."""
        return not self.items

    def __str__(self) -> str:
        """Give reference and revision."""
        return f"{self.declaration_id} {self.revision}"


class Receipt(models.Model):
    """What was answered to a request with a key: the same key and body get the same answer again."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="receipts")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        """A key of a client is used once."""

        constraints = [models.UniqueConstraint(fields=["client", "key"], name="key_once")]

    def __str__(self) -> str:
        """Give the key."""
        return self.key


class Event(models.Model):
    """Something that happened to a consignment, to be told to whoever subscribed; written with what it tells of."""

    kind = models.CharField(max_length=40)
    declaration_id = models.CharField(max_length=64)
    agency = models.CharField(max_length=20, blank=True)
    post = models.CharField(max_length=20)
    body = models.JSONField()
    at = models.DateTimeField()
    result = models.OneToOneField("registry.Result", models.CASCADE, null=True, related_name="event")

    class Meta:
        """Events are told in their order."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Give number and kind."""
        return f"{self.pk} {self.kind}"


class Subscription(models.Model):
    """Where events are sent: those of the agency and post of its client, from a moment on."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="subscriptions")
    url = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    after = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Give the address."""
        return self.url


class Delivery(models.Model):
    """One event for one subscription: waiting, delivered, or dead when it was tried too often."""

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        DELIVERED = "delivered"
        DEAD = "dead"

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    declaration_id = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        """An event goes to a subscription once; what is due is found along an index."""

        ordering = ["event"]
        constraints = [models.UniqueConstraint(fields=["subscription", "event"], name="delivery_once")]
        indexes = [models.Index(fields=["state", "due_at"], name="delivery_due")]

    def __str__(self) -> str:
        """Give the event and the state."""
        return f"{self.event_id} {self.state}"


class Comparison(models.Model):
    """What another system decided of a declaration, beside what we decided: the trial before one takes over."""

    declaration_id = models.CharField(max_length=64)
    system = models.CharField(max_length=60)
    post = models.CharField(max_length=20)
    theirs = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Channel])
    ours = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Channel])
    profiles = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        """A system says one thing of a declaration."""

        constraints = [models.UniqueConstraint(fields=["declaration_id", "system"], name="compared_once")]

    def __str__(self) -> str:
        """Give reference and both channels."""
        return f"{self.declaration_id} {self.theirs} {self.ours}"
