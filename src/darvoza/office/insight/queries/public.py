"""What anybody may know of the selection: nothing that tells how not to be chosen."""

from darvoza.flow.oversight.release_times import ALL_POSTS, ReleaseTime
from darvoza.office.insight.queries.figures import last_figures

FEWEST = 30
"""Consignments released below which no release time of a channel is published."""


def published_times() -> dict[str, ReleaseTime]:
    """Give the release time of each channel over all posts, where there are enough to say."""
    kept = last_figures()
    times = kept.figures.releases if kept else ()
    return {one.channel: one for one in times if one.post == ALL_POSTS and one.released >= FEWEST}
