"""The queue of a post: what does not keep goes first, and all services see a consignment together.

Live animals come before broken cold chains, those before other perishable goods, those before the rest. Among equals of
what does not keep, the one with the least time to spare goes first (WTO TFA 7.9); among the rest, the greater expected
harm.
"""

import heapq
import math
from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from operator import itemgetter

from darvoza.domain.codes import Agency
from darvoza.domain.sps.queue import Delay, JointSlot, Urgency, Waiting
from darvoza.errors import InvalidValue

DAY_OF_WORK = 8.0
"""Hours an officer works in a day [h]; where nobody says how many officers there are, as many as the work of the day needs."""

_ORDER = {urgency: place for place, urgency in enumerate(Urgency)}

Teams = Mapping[tuple[str, Agency], int]

Turn = tuple[int, float, float, str]
"""By what the order of work is ranked."""

Ready = tuple[Turn, Waiting]
"""What can begin, with its turn, which is worked out once."""


def deadline(
    arrived_at: datetime, *, keeps: float | None = None, legal: float | None = None, welfare: float | None = None
) -> datetime | None:
    """Say by when goods are to be seen: as soon as the first of what limits them; ``None`` where nothing does.

    Parameters
    ----------
    arrived_at
        When the goods arrived: the clock of feed, water and rest starts with it.
    keeps, legal, welfare
        Hours for which the goods keep, that the law allows, and for which animals may wait; each above 0, or ``None``.

    Examples
    --------
    >>> from datetime import UTC
    >>> deadline(datetime(2026, 7, 1, 6, tzinfo=UTC), keeps=24, welfare=4).hour
    10
    """
    limits = {"keeps": keeps, "legal": legal, "welfare": welfare}
    for field, hours in limits.items():
        if hours is not None and not 0 < hours < math.inf:
            raise InvalidValue(field=field, expected="hours above 0, or none", got=hours)
    known = [hours for hours in limits.values() if hours is not None]
    return arrived_at + timedelta(hours=min(known)) if known else None


def slack(waiting: Waiting, now: datetime) -> timedelta:
    """Say how long a consignment may still wait: deadline − now − the time its control takes; negative when late."""
    return waiting.deadline - now - waiting.length


def in_turn(waiting: Iterable[Waiting]) -> tuple[Waiting, ...]:
    """Put what waits in the order of work; it is the same at every moment, for slack shrinks alike for all."""
    return tuple(sorted(waiting, key=_turn))


def joint_slots(waiting: Sequence[Waiting], *, teams: Teams | None = None) -> tuple[JointSlot, ...]:
    """Give every consignment the earliest slot that all its services can make, in the order of work of its post.

    Officers take the most pressing consignment that is ready when they are; none is kept waiting for one that has not
    come yet, and none overtakes a more pressing one for the officers both need.

    Parameters
    ----------
    waiting
        What waits, at any posts.
    teams
        Officers of each service at each post, 1 or more; where it is not said, as many as the work of a day needs.

    Returns
    -------
    tuple of JointSlot
        In the order in which the slots begin at each post.
    """
    posts: dict[str, list[Waiting]] = defaultdict(list)
    for one in waiting:
        posts[one.post].append(one)
    made: list[JointSlot] = []
    for post in sorted(posts):
        made.extend(_slots(posts[post], _free(post, posts[post], teams or {})))
    return tuple(made)


def record_delay(waiting: Waiting, *, seen_at: datetime, reason: str, officer: str, now: datetime) -> Delay | None:
    """Record that a control was done, and why it was late; ``None`` where it was in time.

    Raises
    ------
    InvalidValue
        When it was late and no reason is given.
    """
    by = seen_at - waiting.deadline
    if by <= timedelta():
        return None
    if not reason.strip():
        raise InvalidValue(
            field=f"{waiting.declaration_id}: reason",
            expected=f"a written reason for a control {_hours(by)} late",
            got=reason,
            hint="the trader may ask for it (WTO TFA 7.9.4)",
        )
    return Delay(waiting.declaration_id, by, reason.strip(), officer, now)


def _hours(by: timedelta) -> str:
    return f"{by.total_seconds() / 3600:.1f} h"


def _free(post: str, waiting: Sequence[Waiting], teams: Teams) -> dict[Agency, list[datetime]]:
    """Give the moments from which the officers of each service are free, as heaps."""
    first = min(one.ready_at for one in waiting)
    busiest: dict[Agency, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for one in waiting:
        for agency, hours in one.work:
            busiest[agency][one.ready_at.toordinal()] += hours
    needed = {agency: math.ceil(max(days.values()) / DAY_OF_WORK) for agency, days in busiest.items()}
    return {agency: [first] * max(teams.get((post, agency), count), 1) for agency, count in needed.items()}


def _turn(one: Waiting) -> Turn:
    """Rank goods: what does not keep by time to spare, then harm; what keeps by harm, then time to spare."""
    latest = (one.deadline - one.length).timestamp()
    first, second = (-one.harm, latest) if one.urgency is Urgency.OTHER else (latest, -one.harm)
    return _ORDER[one.urgency], first, second, one.declaration_id


def _slots(waiting: Iterable[Waiting], free: dict[Agency, list[datetime]]) -> list[JointSlot]:
    """Simulate the post: at each moment at which someone may begin, the most pressing that can begin does."""
    coming = deque(sorted(waiting, key=lambda one: (one.ready_at, one.declaration_id)))
    ready: list[Ready] = []
    made: list[JointSlot] = []
    now = coming[0].ready_at - timedelta.resolution
    while coming or ready:
        moments = [heap[0] for heap in free.values() if heap[0] > now] if ready else []
        now = min([*moments, coming[0].ready_at] if coming else moments)
        while coming and coming[0].ready_at <= now:
            one = coming.popleft()
            insort(ready, (_turn(one), one), key=itemgetter(0))
        made.extend(_begun(ready, now, free))
    return made


def _begun(ready: list[Ready], now: datetime, free: dict[Agency, list[datetime]]) -> Iterator[JointSlot]:
    """Take out of what is ready all that begins now; officers a more pressing consignment waits for are kept for it."""
    held, place = {agency for agency, heap in free.items() if heap[0] > now}, 0
    while place < len(ready) and (len(held) < len(free) or not free):
        wanted = {agency for agency, _ in ready[place][1].work}
        if wanted & held:
            held |= wanted
            place += 1
            continue
        _, one = ready.pop(place)
        yield _begin(one, now, free)
        held |= {agency for agency in wanted if free[agency][0] > now}


def _begin(one: Waiting, now: datetime, free: dict[Agency, list[datetime]]) -> JointSlot:
    end = now + one.length
    for agency, hours in one.work:
        heapq.heapreplace(free[agency], now + timedelta(hours=hours))
    return JointSlot(one.declaration_id, now, end, one.deadline - end)
