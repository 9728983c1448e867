"""The page itself: a template filled with the summary, everything escaped, the same bytes for the same run."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from darvoza import __version__
from darvoza.cli.report import charts, estimate_words, words
from darvoza.cli.report.numerals import number, percent
from darvoza.flow.oversight.examples import Example
from darvoza.flow.oversight.summary import RunSummary

_FEW = 6  # entries of the manifest shown openly; more of them fold away
_MOST = 400  # entries of one part of the manifest on the page; the manifest itself has them all


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the manifest: its name and its entries, the first of them at most."""

    name: str
    entries: tuple[tuple[str, str], ...]
    left_out: int

    @property
    def folded(self) -> bool:
        """Whether there are too many entries to stand open on the page."""
        return len(self.entries) > _FEW


def render_report(summary: RunSummary, examples: Sequence[Example], manifest: Mapping[str, object]) -> str:
    """Make the report of a run: one HTML page without scripts, pictures or requests to anywhere.

    Parameters
    ----------
    summary
        The run in numbers.
    examples
        Decisions to tell in words, usually those of the summary.
    manifest
        Where everything came from: digests, commitments, settings; any nesting of mappings, lists and plain values.

    Returns
    -------
    str
        The page; equal arguments give equal text.
    """
    titles = {use.code: use.title for use in summary.profiles if use.title != use.code}
    page = page_environment().get_template("report.html.j2")
    return page.render(
        s=summary,
        headline=words.headline(summary),
        warnings=words.expired_lists(manifest),
        grounds=words.grounds(summary),
        lanes=[(lane.name, lane.share) for lane in summary.channels if lane.declarations],
        told=[words.tell(example, titles) for example in examples],
        parts=provenance(manifest),
        commands=_commands(summary, examples),
        most=max((part.declarations for part in summary.probabilities), default=1) or 1,
        widest=max((max(p.expected, p.capacity, p.demanded) for p in summary.posts), default=1.0),
        version=__version__,
    )


def page_environment() -> Environment:
    """A strict template: an unknown name is an error, every value is escaped."""
    made = Environment(
        loader=PackageLoader("darvoza.cli.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters |= {"number": number, "percent": percent, "probability": words.probability}
    made.globals |= {"charts": charts, "words": words, "estimated": estimate_words}
    return made


def provenance(manifest: Mapping[str, object]) -> tuple[Part, ...]:
    """Divide the manifest into what stands alone and what has entries of its own."""
    plain = {name: value for name, value in manifest.items() if not isinstance(value, Mapping | list | tuple)}
    nested = {name: value for name, value in manifest.items() if name not in plain}
    made = [_part("run", plain)] if plain else []
    return (*made, *(_part(name, value) for name, value in sorted(nested.items())))


def _part(name: str, value: object) -> Part:
    entries = tuple((path.replace("_", " "), text) for path, text in _entries("", value))
    return Part(name.replace("_", " "), entries[:_MOST], max(len(entries) - _MOST, 0))


def _entries(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every plain value below `value`, with the way to it."""
    if isinstance(value, Mapping):
        for key in sorted(value, key=str):
            yield from _entries(f"{path} {key}".strip(), value[key])
    elif isinstance(value, list | tuple):
        for place, held in enumerate(value, start=1):
            yield from _entries(f"{path} {place}".strip(), held)
    else:
        yield path, "none" if value is None else str(value)


def _commands(summary: RunSummary, examples: Sequence[Example]) -> tuple[tuple[str, str], ...]:
    """Three commands to try next, from the directory of this report."""
    one = shlex.quote(examples[0].declaration_id if examples else "DECLARATION_ID")
    return (
        ("Read why one declaration was treated as it was", f"darvoza explain {one} --in ."),
        ("Recompute every draw from the revealed key", "darvoza verify . --key-file key.json"),
        (
            "Play a year with this capacity against known truth",
            f"darvoza practice --capacity {summary.capacity:g} --random {summary.random_floor:g}",
        ),
    )
