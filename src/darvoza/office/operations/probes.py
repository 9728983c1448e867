"""What is looked at to tell whether the office is well, and what to do when it is not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """What a probe came to."""

    WELL = "well"
    WARNING = "warning"
    """Something needs a person, but the office may go on."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe found.

    Attributes
    ----------
    probe
        What was looked at, in a word or two.
    health
        What it came to.
    found
        What was there; without personal data and secrets.
    remedy
        What to do; empty when all is well.

    Examples
    --------
    >>> print(Finding("disk", Health.WELL, "12.0 GB are free"))
    well     disk: 12.0 GB are free
    """

    probe: str
    health: Health
    found: str
    remedy: str = ""

    def __str__(self) -> str:
        """Say it in a line."""
        return f"{self.health:<8} {self.probe}: {self.found}" + (f"; {self.remedy}" if self.remedy else "")


Probe = Callable[[], Finding]


def worst(findings: Iterable[Finding]) -> Health:
    """Give what findings come to together.

    Examples
    --------
    >>> worst([Finding("a", Health.WELL, ""), Finding("b", Health.WARNING, "")])
    <Health.WARNING: 'warning'>
    """
    order = list(Health)
    return max((finding.health for finding in findings), key=order.index, default=Health.WELL)


def together(findings: Iterable[Finding]) -> list[Finding]:
    """Say once what several probes found in the same words, such as that nothing answers.

    Examples
    --------
    >>> [each.probe for each in together([Finding("a", Health.FAILED, "x"), Finding("b", Health.FAILED, "x")])]
    ['a, b']
    """
    probes: dict[tuple[Health, str, str], list[str]] = {}
    for each in findings:
        named = probes.setdefault((each.health, each.found, each.remedy), [])
        named += [] if each.probe in named else [each.probe]
    return [Finding(", ".join(names), *told) for told, names in probes.items()]
