"""What a person sees of the figures: of the own agency and post, where one is stated; else of those asked for."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from darvoza.domain.casework import CaseMove
from darvoza.domain.codes import Agency, Channel
from darvoza.domain.journal import EntryKind
from darvoza.domain.selection import FloorKind
from darvoza.flow.oversight.estimate_records import Estimates, GroupEstimate, Limits
from darvoza.flow.oversight.release_times import ReleaseTime
from darvoza.methods.intervals import wilson
from darvoza.office.accounts.scope import Placed
from darvoza.office.insight import scales
from darvoza.office.insight.models import Reckoning
from darvoza.office.insight.periods import EVER, Period, Spans, spans_of
from darvoza.office.insight.queries.spans import in_period, uncounted
from darvoza.office.insight.records import EVERYBODY, OFFICER, Checks, Figures, revived
from darvoza.office.journal.queries import written_since

BASES: Final = (*(kind.value for kind in FloorKind), OFFICER)
ALWAYS: Final = frozenset({FloorKind.PROFILE, FloorKind.SCORE, FloorKind.RANDOM, OFFICER})
"""Bases that stand side by side even while nothing was checked on one of them."""

STOPPED: Final = frozenset({Channel.YELLOW, Channel.RED})
"""Channels in which goods wait for a check; green and blue are released at once."""

DEPARTURES: Final = frozenset({CaseMove.RAISE, CaseMove.REFER, CaseMove.CONFIRM_LOWERING})
"""What changes what is done; what is proposed, refused or lapsed leaves it as it was decided."""

MOVED: Final = (EntryKind.DECISION, EntryKind.ORDER, EntryKind.OVERRIDE, EntryKind.FINDING)
"""What makes figures older than the register."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures are shown: of one agency, at one post or at all, in some months or in all."""

    agency: str
    post: str
    chosen: bool
    """Whether the person may choose another agency."""
    placed: bool
    """Whether the person is bound to the post."""
    period: Period = EVER
    """Months of lodging that count."""
    reasons: bool = True
    """Whether the person may read why anything was decided, officers' suspicions among it."""

    @property
    def customs(self) -> bool:
        """Whether it is customs, whose examination the estimates are of."""
        return self.agency == Agency.CUSTOMS


def scope_of(person: Placed, *, agency: str = "", post: str = "", period: Period = EVER, reasons: bool = True) -> Scope:
    """Give the scope a person may see; the own agency and post win over what is asked for."""
    asked = agency if agency in set(Agency) else Agency.CUSTOMS.value
    chosen, placed = not person.agency, bool(person.post)
    return Scope(person.agency or asked, person.post or post, chosen, placed, period, reasons)


@dataclass(frozen=True, slots=True)
class ChannelLine:
    """Declarations of a channel and the checks made of them."""

    channel: str
    declared: int
    ordered: int
    checked: int
    found: int


@dataclass(frozen=True, slots=True)
class BasisLine:
    """Checks on one basis and their hit rate; without a result there is none.

    `recovered` is what is stated, ``None`` where no finding states its amount; `unstated` checks have a finding that does not.
    """

    basis: str
    ordered: int
    checked: int
    found: int
    recovered: float | None
    unstated: int
    rate: Limits | None
    drawn: scales.Whisker | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A post or a month: leakage first, then what was found.

    Attributes
    ----------
    examined
        Share of the declarations of which a check has a result; ``None`` without declarations, or where nobody counted.
    stopped
        Share of the declarations that were not released at once: yellow and red.
    """

    group: str
    declared: int
    estimate: GroupEstimate | None
    drawn: scales.Whisker | None
    ordered: int
    checked: int
    found: int
    rate: Limits | None
    examined: float | None
    stopped: float | None


@dataclass(frozen=True, slots=True)
class LoadLine:
    """One act: expected, drawn, opened by officers, done; `share` is done ÷ what was drawn or opened."""

    act: str
    expected: float
    drawn: int
    opened: int
    done: int
    share: float | None


@dataclass(frozen=True, slots=True)
class DutyShown:
    """Hours on duty over some days with a roster, and the share of them that checks took."""

    days: int
    hours: float
    worked: float
    share: float


class OverrideLine(NamedTuple):
    """How often people departed from what was decided at a post, in one way, for one reason."""

    post: str
    move: str
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page of the figures shows, in its order.

    Attributes
    ----------
    undivided
        Whether months are asked for of figures that were made before months were told apart: they hold no answer.
    deleted
        Declarations of the whole office that were deleted because their time was over, and are in none of these figures.
    """

    made_at: datetime
    seconds: float
    behind: int
    estimates: Estimates | None
    whole: GroupEstimate | None
    channels: tuple[ChannelLine, ...]
    bases: tuple[BasisLine, ...]
    rate_end: float
    months: tuple[GroupLine, ...]
    trend: scales.Series | None
    posts: tuple[GroupLine, ...]
    leak_end: float | None
    releases: tuple[ReleaseTime, ...]
    load: tuple[LoadLine, ...]
    duty: DutyShown | None
    overrides: tuple[OverrideLine, ...]
    spans: Spans
    undivided: bool = False
    deleted: int = 0

    @property
    def departed(self) -> int:
        """How often people departed from what was decided."""
        return sum(line.times for line in self.overrides if line.move in DEPARTURES)

    @property
    def ordered(self) -> int:
        """Checks that were ordered."""
        return sum(line.ordered for line in self.channels)


class Kept(NamedTuple):
    """The last reckoning, read."""

    made_at: datetime
    seconds: float
    entries: int
    figures: Figures


def last_figures() -> Kept | None:
    """Give the figures that were made last; nothing when there are none yet."""
    row = Reckoning.objects.order_by("-pk").first()
    return Kept(row.made_at, row.seconds, row.entries, revived(row.figures)) if row else None


def overview(scope: Scope) -> Overview | None:
    """Give the first page of the figures; nothing when none were made yet."""
    kept = last_figures()
    if kept is None:
        return None
    figures = in_period(kept.figures, scope.period)
    made = _estimates(figures, scope)
    checks = [row for row in figures.checks if row.agency == scope.agency and scope.post in {"", row.post}]
    bases = _bases(checks)
    posts = _lines(figures, scope, "post") if not scope.post else ()
    months = _lines(figures, scope, "month")
    return Overview(
        made_at=kept.made_at,
        seconds=kept.seconds,
        behind=written_since(kept.entries, MOVED),
        estimates=made,
        whole=_group(made, "post" if scope.post else "all", scope.post or "all"),
        channels=_channels(figures, scope, checks),
        bases=bases,
        rate_end=scales.axis_end(line.rate.high or 0.0 for line in bases if line.rate),
        months=months,
        trend=_trend(months),
        posts=posts,
        leak_end=_leak_end(posts),
        releases=tuple(one for one in figures.releases if one.post == scope.post) if scope.customs else (),
        load=_load(figures, scope),
        duty=_duty(figures, scope),
        overrides=_overrides(figures, scope),
        spans=spans_of(row.month for row in kept.figures.declared),
        undivided=kept.figures.spans is None and not scope.period.whole,
        deleted=kept.figures.deleted,
    )


def _estimates(figures: Figures, scope: Scope) -> Estimates | None:
    """Give the estimates, which are of customs; at one post without what is counted of all together."""
    if not scope.customs or figures.estimates is None:
        return None
    return uncounted(figures.estimates) if scope.post else figures.estimates


def _group(made: Estimates | None, by: str, name: str) -> GroupEstimate | None:
    return next((one for one in made.groups if (one.by, one.group) == (by, name)), None) if made else None


def rate_of(found: int, checked: int) -> Limits | None:
    """Give findings ÷ results with 95 % limits (Wilson); nothing without results."""
    if not checked:
        return None
    low, high = wilson(found, checked)
    return Limits(found / checked, float(low), float(high))


def _sums(checks: Iterable[Checks], key: Callable[[Checks], str]) -> dict[str, Counter[str]]:
    """Add up checks by a key."""
    made: dict[str, Counter[str]] = {}
    for row in checks:
        counted = made.setdefault(key(row), Counter())
        counted.update(ordered=row.ordered, checked=row.checked, found=row.found)
    return made


def _declared(
    figures: Figures, scope: Scope, name: str, *, channels: frozenset[Channel] = frozenset(Channel)
) -> Counter[str]:
    """Count declarations by ``channel``, ``post`` or ``month``; an agency other than customs counts those it decided on."""
    agency = EVERYBODY if scope.customs else scope.agency
    made: Counter[str] = Counter()
    for row in figures.declared:
        if row.agency == agency and scope.post in {"", row.post} and row.channel in channels:
            made[getattr(row, name)] += row.declarations
    return made


def _examined(figures: Figures, scope: Scope, by: str) -> Counter[str]:
    """Count the declarations of which a check has a result, by ``post`` or ``month``."""
    made: Counter[str] = Counter()
    for row in figures.examined:
        if row.agency == scope.agency and scope.post in {"", row.post}:
            made[getattr(row, by)] += row.declarations
    return made


def _channels(figures: Figures, scope: Scope, checks: list[Checks]) -> tuple[ChannelLine, ...]:
    declared, sums = _declared(figures, scope, "channel"), _sums(checks, lambda row: row.channel)
    lines = []
    for channel in (channel.value for channel in Channel):
        of = sums.get(channel, Counter())
        lines.append(ChannelLine(channel, declared[channel], of["ordered"], of["checked"], of["found"]))
    return tuple(lines)


def _bases(checks: list[Checks]) -> tuple[BasisLine, ...]:
    sums = _sums(checks, lambda row: row.basis)
    rates = {basis: rate_of(of["found"], of["checked"]) for basis, of in sums.items()}
    end = scales.axis_end(rate.high or 0.0 for rate in rates.values() if rate)
    lines = []
    for basis in BASES:
        of, rate = sums.get(basis, Counter()), rates.get(basis)
        if of or basis in ALWAYS:
            drawn = scales.whisker(rate, end)
            money = _recovered([row for row in checks if row.basis == basis])
            lines.append(BasisLine(basis, of["ordered"], of["checked"], of["found"], *money, rate, drawn))
    return tuple(lines)


def _recovered(checks: list[Checks]) -> tuple[float | None, int]:
    """Add up what is stated, and count the checks with a finding that states no amount."""
    amount, unstated = sum(row.recovered for row in checks), sum(row.unstated for row in checks)
    return (None if unstated and not amount and unstated == sum(row.found for row in checks) else amount), unstated


def _lines(figures: Figures, scope: Scope, by: str) -> tuple[GroupLine, ...]:
    """Give a line for each post, the busiest first, or for each month in order."""
    made = figures.estimates if scope.customs and not scope.post else None
    declared, stopped = _declared(figures, scope, by), _declared(figures, scope, by, channels=STOPPED)
    examined = _examined(figures, scope, by)
    checks = [row for row in figures.checks if row.agency == scope.agency and scope.post in {"", row.post}]
    sums = _sums(checks, lambda row: str(getattr(row, by)))
    estimated = {one.group: one for one in made.of(by)} if made else {}
    end = scales.axis_end(_high(one.leakage) for one in estimated.values())
    names = sorted(declared) if by == "month" else sorted(declared, key=lambda name: (-declared[name], name))
    lines = []
    for name in names:
        of, one = sums.get(name, Counter()), estimated.get(name)
        drawn = scales.whisker(one.leakage if one else None, end)
        rate = rate_of(of["found"], of["checked"])
        counts = (of["ordered"], of["checked"], of["found"], rate)
        shares = (
            share_of(examined[name], declared[name]) if figures.examined else None,
            share_of(stopped[name], declared[name]),
        )
        lines.append(GroupLine(name, declared[name], one, drawn, *counts, *shares))
    return tuple(lines)


def share_of(part: int, whole: int) -> float | None:
    """Give a share; nothing of nothing."""
    return part / whole if whole else None


def _high(limits: Limits | None) -> float:
    if limits is None:
        return 0.0
    return limits.value if limits.high is None else limits.high


def _leak_end(lines: tuple[GroupLine, ...]) -> float | None:
    """Give the end of the axis of leakage; none where there is none to draw."""
    highs = [_high(line.estimate.leakage) for line in lines if line.estimate and line.estimate.leakage]
    return scales.axis_end(highs) if highs else None


def _trend(months: tuple[GroupLine, ...]) -> scales.Series | None:
    """Draw leakage month by month, where two months or more have one."""
    values = [(line.group, line.estimate.leakage if line.estimate else None) for line in months]
    return scales.series(values) if sum(one is not None for _, one in values) > 1 else None


def _load(figures: Figures, scope: Scope) -> tuple[LoadLine, ...]:
    rows = [row for row in figures.load if row.agency == scope.agency and scope.post in {"", row.post}]
    lines = []
    for act in sorted({row.act for row in rows}):
        of = [row for row in rows if row.act == act]
        drawn, opened, done = (sum(getattr(row, name) for row in of) for name in ("drawn", "opened", "done"))
        wanted = drawn + opened
        expected = sum(row.expected for row in of)
        lines.append(LoadLine(act, expected, drawn, opened, done, done / wanted if wanted else None))
    return tuple(lines)


def _overrides(figures: Figures, scope: Scope) -> tuple[OverrideLine, ...]:
    """Count departures by post, kind and reason over the months that count, the most frequent first."""
    made: Counter[tuple[str, str, str]] = Counter()
    for row in figures.overridden:
        if row.agency == scope.agency and scope.post in {"", row.post}:
            made[row.post, row.move, row.reason if scope.reasons else ""] += row.times
    return tuple(OverrideLine(*of, times) for of, times in sorted(made.items(), key=lambda each: (-each[1], each[0])))


def _duty(figures: Figures, scope: Scope) -> DutyShown | None:
    """Add up the rosters of the scope; nothing without any."""
    rows = [row for row in figures.duties if row.agency == scope.agency and scope.post in {"", row.post}]
    days, hours, worked = (sum(getattr(row, name) for row in rows) for name in ("days", "hours", "worked"))
    return DutyShown(days, hours, worked, worked / hours) if hours else None
