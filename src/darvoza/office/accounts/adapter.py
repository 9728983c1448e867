"""How allauth behaves here: nobody signs up, people are entered by an administrator."""

from typing import Final

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from darvoza.office.accounts.client_address import client_address
from darvoza.office.accounts.guard import signed_in
from darvoza.office.accounts.second_factor import SecondFactorStage
from darvoza.office.accounts.services.people import choose_password

THEIRS: Final = "allauth.mfa.stages.AuthenticateStage"


class OfficeAdapter(DefaultAccountAdapter):  # type: ignore[misc] # allauth has no types
    """The rules of sign-in."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - the name is allauth's
        """Refuse: an administrator enters people."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give whose tries are counted: the browser's address, as far as proxies that are believed tell it."""
        forwarded = request.headers.get("x-forwarded-for", "")
        return client_address(request.META.get("REMOTE_ADDR", ""), forwarded, settings.PROXIES)

    def get_login_stages(self) -> list[str]:
        """Ask for the second factor where ours is needed, and not where the service has asked for one."""
        ours = f"{SecondFactorStage.__module__}.{SecondFactorStage.__qualname__}"
        given: list[str] = super().get_login_stages()
        return [ours if path == THEIRS else path for path in given]

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """Refuse the password that a person has: changed for itself, it would still be known to whoever gave it."""
        taken: str = super().clean_password(password, user=user)
        if user is not None and user.has_usable_password() and user.check_password(password):
            raise ValidationError(_("This is your password until now. Choose another one."))
        return taken

    def set_password(self, user: object, password: str) -> None:  # noqa: ARG002 - the names are allauth's
        """Take a password that the person who is signed in has chosen."""
        person = signed_in(self.request)
        if person is not None:
            choose_password(person, password)
