"""What a post is given so that it can decide without a line."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything by which one post decides for some days, signed by the centre.

    Attributes
    ----------
    post
        Code of the post.
    serial
        Counts the bundles of a post up from 1; a post never goes back to an earlier one.
    start, end
        First and last day on which it decides. After the last nothing is decided at the post: all is examined by hand.
    state
        Digest (hexadecimal) of the state in force that it holds.
    signed_by
        Public key of the post, by which the centre will know what the post wrote down.
    files
        Name and SHA-256 (hexadecimal) of every file in it.
    revealed
        Days whose keys everybody knew when it was made: nothing new is drawn for them, also where their keys are held.

    Examples
    --------
    >>> bundle = Bundle("KG-TOR", 7, date(2026, 3, 1), date(2026, 3, 3), "ab" * 32, "post-KG-TOR+…",
    ...                 (("draws.parquet", "cd" * 32),))
    >>> date(2026, 3, 3) in bundle, date(2026, 3, 4) in bundle
    (True, False)
    """

    post: str
    serial: int
    start: date
    end: date
    state: str
    signed_by: str
    files: tuple[tuple[str, str], ...]
    revealed: tuple[date, ...] = ()

    def __contains__(self, day: date) -> bool:
        """Whether the post may decide on a day."""
        return self.start <= day <= self.end
