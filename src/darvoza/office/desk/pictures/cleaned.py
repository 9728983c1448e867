"""What is left of a photo when everything beside the picture is taken out, and what that was."""

from enum import StrEnum
from typing import Final, NamedTuple

from darvoza.errors import CaseRefused


class Beside(StrEnum):
    """What cameras, telephones and programs write beside the picture."""

    PLACE = "place"
    TIME = "time"
    DEVICE = "device"
    SERIAL_NUMBER = "serial number"
    OWNER = "owner"
    MAKER_NOTE = "maker's note"
    SMALLER_PICTURE = "smaller picture"
    EXIF = "exif"
    XMP = "xmp"
    IPTC = "iptc"
    COMMENT = "comment"
    APPENDED = "appended"
    OTHER = "other"


class Cleaned(NamedTuple):
    """A photo without what stood beside it.

    Attributes
    ----------
    content
        Its bytes; those of the picture are as they were.
    width, height
        As it is stored [pixels].
    orientation
        How it is to be turned, 1 to 8, as Exif numbers it; still told by `content`.
    removed
        What was taken out, each once.
    """

    content: bytes
    width: int
    height: int
    orientation: int
    removed: tuple[Beside, ...]

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height as it is looked at [pixels]."""
        return (self.height, self.width) if self.orientation > 4 else (self.width, self.height)


MOST_BYTES: Final = 160_000_000
"""Of a picture when it is unpacked: 53 million pixels of three colours. A small file may claim to be larger than any memory."""


def damaged(where: str) -> CaseRefused:
    """Give the refusal of a file that is no whole picture."""
    return CaseRefused(field="damaged picture", expected="a whole picture", got=where, hint="take it again")


def checked(width: int, height: int, bytes_a_pixel: int) -> tuple[int, int]:
    """Give the size of a picture that can be looked at.

    Raises
    ------
    CaseRefused
        When it has no extent, or is too large to be unpacked.
    """
    if not width or not height:
        raise damaged("no width or height")
    if width * height * bytes_a_pixel > MOST_BYTES:
        expected = f"at most {MOST_BYTES // 3_000_000} million pixels"
        raise CaseRefused(field="huge picture", expected=expected, got=f"{width} by {height}")
    return width, height


def each_once(found: set[Beside]) -> tuple[Beside, ...]:
    """Give what was taken out in the order of the vocabulary, so that the same photo gives the same words."""
    return tuple(each for each in Beside if each in found)
