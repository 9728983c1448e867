"""Numbers as the text that Prometheus reads (exposition format 0.0.4)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Sample(NamedTuple):
    """One number with its labels; `suffix` is that of a histogram."""

    value: float
    labels: Mapping[str, str] = {}
    suffix: str = ""


class Metric(NamedTuple):
    """A named number, or several that differ by their labels.

    Attributes
    ----------
    kind
        ``counter``, ``gauge`` or ``histogram``.
    """

    name: str
    kind: str
    help: str
    samples: tuple[Sample, ...]


def exposition(metrics: Iterable[Metric]) -> str:
    r"""Write metrics as text.

    Examples
    --------
    >>> print(exposition([Metric("darvoza_orders", "gauge", "Orders.", (Sample(3, {"state": "waiting"}),))]), end="")
    # HELP darvoza_orders Orders.
    # TYPE darvoza_orders gauge
    darvoza_orders{state="waiting"} 3
    """
    lines = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {metric.help}", f"# TYPE {metric.name} {metric.kind}"]
        lines += [
            f"{metric.name}{sample.suffix}{_labels(sample.labels)} {_number(sample.value)}" for sample in metric.samples
        ]
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    """Write a number so that nothing of it is lost."""
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
