"""Forms with files that are too large are refused before they are read."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LARGEST: Final = 21 * 1024 * 1024
"""Bytes: the photos of an order, and the form around them."""


class BodyLimit:
    """Answers 413 to a form that says it is too large; what says nothing of its length is read as empty by Django."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look at the stated length."""
        stated = request.META.get("CONTENT_LENGTH") or "0"
        if request.content_type == "multipart/form-data" and stated.isdecimal() and int(stated) > LARGEST:
            return render(request, "errors/large.html", status=413)
        return self.get_response(request)
