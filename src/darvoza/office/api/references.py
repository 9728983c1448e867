"""References as parts of addresses: whatever can be lodged can be asked for."""

from typing import Any, Final

from django.urls import register_converter

from darvoza.errors import shown
from darvoza.office.api.problems import Problem

ENDS: Final = ("amendments", "cancellation", "arrival", "explanation", "evidence", "cusres", "release")
"""What follows the reference of a declaration in an address; servers give a slash as it is, however it was sent."""

STREAM: Final = "stream"


class Reference:
    """The part of an address that holds a reference, with its slashes; no reference holds a control character."""

    regex = r"[^\x00-\x1f\x7f]+"

    def to_python(self, value: str) -> str:
        """Give the reference."""
        return value

    def to_url(self, value: str) -> str:
        """Give the part of the address."""
        return value


register_converter(Reference, "reference")


def unaddressed(body: Any) -> Problem | None:  # noqa: ANN401 - JSON
    """Say why a declaration that is to be lodged could never be asked for by its reference; nothing where it could."""
    reference = body.get("declaration_id") if isinstance(body, dict) else None
    if not isinstance(reference, str):
        return None
    parts = reference.strip().split("/")
    if parts == [STREAM]:
        expected = f"a reference other than {STREAM}, which is an address of its own"
    elif not {".", ".."}.isdisjoint(parts):
        expected = "a reference without the parts . and .., which take an address elsewhere"
    elif len(parts) > 1 and not (parts[0] and parts[-1]):
        expected = "a reference that neither begins nor ends with a slash"
    elif len(parts) > 1 and parts[-1] in ENDS:
        expected = f"a reference that does not end with /{parts[-1]}, as addresses do"
    else:
        return None
    told = {"field": "declaration_id", "code": "no-address", "expected": expected, "got": shown(reference)}
    return Problem("invalid", errors=(told,))


def is_same(stated: object, reference: str) -> bool:
    """Tell whether the reference in a body is that of the address, read as it is when it is lodged."""
    return stated is None or (isinstance(stated, str) and stated.strip() == reference)
