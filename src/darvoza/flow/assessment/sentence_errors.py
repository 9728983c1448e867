"""Errors of a sentence, each with the column of the part that is wrong."""

import difflib
from collections.abc import Mapping

from lark import Token, Tree

from darvoza.errors import WrongType

Part = Tree[Token] | Token


def column(part: Part) -> int:
    """Give the 1-based position of a part in its sentence."""
    return (part.start_pos or 0) + 1 if isinstance(part, Token) else part.meta.start_pos + 1


def wrong_type(part: Part, expected: str, got: str, hint: str | None = None) -> WrongType:
    """Make the error for a fact or literal used as what it is not; `got` says in words what is there."""
    return WrongType(f"expected {expected}, got {got}", column=column(part), expected=expected, got=got, hint=hint)


def wrong_literal(part: Part, expected: str, text: str, hint: str | None = None) -> WrongType:
    """Make the error for a literal that is not what its fact can be."""
    return WrongType(f"expected {expected}, got {text!r}", column=column(part), expected=expected, got=text, hint=hint)


def nearest(name: str, known: Mapping[str, object]) -> str | None:
    """Suggest the nearest known name."""
    close = difflib.get_close_matches(name.lower(), known, n=1)
    return f"did you mean {close[0]}?" if close else None
