"""How allauth behaves here: nobody signs up, people are entered by an administrator."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OfficeAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """The rules of sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the name is allauth's
        """Refuse: an administrator enters people."""
        return False
