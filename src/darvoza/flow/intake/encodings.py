"""Texts read by the wrong code page: every byte stands for some letter, so that nothing fails and no word is right.

What gives it away are the letters. In Russian, and in the languages of Central Asia that are written with Cyrillic letters,
ten letters make up two thirds of any text; read by another code page they become rare ones, or no letters at all.
"""

import codecs
import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from darvoza.errors import UnreadableFile, shown

OFTEN: Final = frozenset("оеаинтсрвл")
"""The ten letters that make up two thirds of Russian texts; about as much of Kazakh, Kyrgyz, Tajik and Uzbek ones."""

MISTAKEN: Final = (
    ("cp1251", "utf-8"),
    ("cp1251", "cp866"),
    ("cp1251", "koi8-r"),
    ("cp1252", "cp1251"),
    ("cp866", "cp1251"),
)
"""By which code page texts were read, and in which they were written."""

FOUND: Final = "cp1251"
"""The one code page that ``auto`` finds."""

PAGES: Final = ("cp1251", "cp866", "koi8-r")
"""Code pages in which a text that is not UTF-8 may be."""

LEAST_LETTERS: Final = 40
"""Letters beyond ASCII from which on anything is said of them."""

CLEARLY: Final = 0.2
"""By how much the share of frequent letters must rise for texts to have been read amiss."""

_CYRILLIC = re.compile("[\u0400-\u04ff]")
_CYRILLIC_WORD = re.compile("[\u0400-\u04ff]{2,40}")
_WHOLE_WORD = re.compile(r"(?<![^\W\d_])[\u0400-\u04ff]{2,}(?![^\W\d_])")
"""A word of Cyrillic letters alone: those of `Größe` in a code page of the West come out among Latin ones."""
_STRAY = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


class Garbled(NamedTuple):
    """Texts that would be words by another code page: which, and one of them as it is and as it would be."""

    encoding: str
    read: str
    meant: str


class Meant(NamedTuple):
    """A text in a code page whose bytes are not the UTF-8 that was stated."""

    encoding: str
    text: str

    @property
    def told(self) -> str:
        """What it says, and in which code page."""
        return f"{shown(self.text)} in {self.encoding}"


def meant_by(text: str) -> Meant | None:
    """Read a text with bytes that are not UTF-8 by the code page in which it has words; nothing where there is none.

    Parameters
    ----------
    text
        As ``surrogateescape`` decodes it.

    Examples
    --------
    >>> meant_by("автомобиль".encode("cp866").decode("utf-8", "surrogateescape")).told
    "'автомобиль' in cp866"
    >>> meant_by("car") is meant_by("автомобиль") is meant_by("Größe".encode("cp1252").decode("utf-8", "surrogateescape")) is None
    True
    """
    stray = len(_STRAY.findall(text))
    # where most letters are whole, it is UTF-8 that was damaged
    if stray == 0 or sum(letter > "\x7f" for letter in text) > 2 * stray:
        return None
    written = text.encode("utf-8", "surrogateescape")
    read = [Meant(page, written.decode(page, "replace")) for page in PAGES]
    best = max(read, key=lambda one: sum(letter in OFTEN for letter in one.text.casefold()))
    return best if _WHOLE_WORD.search(best.text) else None


def check_stated(where: str, head: bytes, encoding: str) -> None:
    """Refuse a code page that the mapping states for a file that is plainly UTF-8, and UTF-8 where the header is in a code page.

    Parameters
    ----------
    where
        The name of the file, for the error.
    head
        The first bytes of the file; the last character may be cut in two.
    encoding
        What the mapping says, not ``auto``.

    Raises
    ------
    UnreadableFile
        All bytes are UTF-8 and some are Cyrillic letters in it; in a code page words never come out so. Or the header is not
        UTF-8, and words in a code page.
    """
    if encoding == "utf-8":
        header = head.splitlines()[0] if head else b""
        # in UTF-16 every second byte is nothing
        sent = "" if b"\0" in head else header.decode("utf-8", "surrogateescape")
        if meant := meant_by(sent):
            raise UnreadableFile(
                field=where, expected="text in utf-8, as format.encoding says", got=meant.told,
                hint=f"write encoding: {meant.encoding}{', or auto' if meant.encoding == FOUND else ''}",
            )  # fmt: skip
        return
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return
    found = _CYRILLIC_WORD.search(text)
    if found is not None:
        raise UnreadableFile(
            field=where, expected=f"text in {encoding}, as format.encoding says", got=f"UTF-8, such as {shown(found[0])}",
            hint="write encoding: utf-8, or auto",
        )  # fmt: skip


def garbled(texts: Iterable[str]) -> Garbled | None:
    """Tell whether texts were read by the wrong code page, by the letters that they hold as they are and as they would be.

    Parameters
    ----------
    texts
        Texts as they were read: names and descriptions.

    Examples
    --------
    >>> words = ["Автомобиль легковой, бывший в употреблении", "Яблоки свежие"]
    >>> garbled(words), garbled(word.encode("cp866").decode("cp1251") for word in words).encoding
    (None, 'cp866')
    """
    given = [text for text in texts if not text.isascii()]
    if sum(len(_BEYOND_ASCII.findall(text)) for text in given) < LEAST_LETTERS:
        return None
    for page in ("cp1251", "cp1252", "cp866"):
        whole = [text for text in given if _is_utf8(text, page)]
        if 2 * len(whole) > len(given):
            return Garbled("utf-8", whole[0], _reread(whole[0], page, "utf-8"))
    found, usual = None, _frequent(given) + CLEARLY
    for page, meant in MISTAKEN:
        share = _frequent([_reread(text, page, meant) for text in given])
        if share > usual:
            found, usual = (page, meant), share
    if found is None:
        return None
    return Garbled(found[1], given[0], _reread(given[0], *found))


def _is_utf8(text: str, page: str) -> bool:
    """Tell whether the bytes of a text are UTF-8 with Cyrillic letters in it, which words of a code page never are."""
    try:
        return _CYRILLIC.search(text.encode(page).decode()) is not None
    except UnicodeError:
        return False


def _frequent(texts: Iterable[str]) -> float:
    """Give the share of the frequent letters among all characters beyond ASCII, from 0 to 1."""
    letters = [letter for text in texts for letter in _BEYOND_ASCII.findall(text.casefold())]
    return sum(letter in OFTEN for letter in letters) / max(len(letters), 1)


def _reread(text: str, page: str, meant: str) -> str:
    """Read a text anew; what cannot be read is shown as such, and speaks against the attempt."""
    return text.encode(page, "replace").decode(meant, "replace")
