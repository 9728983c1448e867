"""Sign-in and sign-out are written down; they happen in Django, which tells whoever listens."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from darvoza.domain.journal import EntryKind
from darvoza.office.accounts.provider.session import way_of
from darvoza.office.journal.services import plainly, record_alone


def listen() -> None:
    """Ask to be told."""
    user_logged_in.connect(_signed_in, dispatch_uid="journal")
    user_logged_out.connect(_signed_out, dispatch_uid="journal")
    user_login_failed.connect(_failed, dispatch_uid="journal")


def _write(kind: EntryKind, name: str, body: dict[str, str] | None = None) -> None:
    record_alone(kind, name or "-", body, by=name or "-", now=timezone.now())


def _signed_in(user: AbstractBaseUser, request: HttpRequest, **_: object) -> None:
    _write(EntryKind.SIGN_IN, user.get_username(), way_of(request.session, user.pk))


def _signed_out(user: AbstractBaseUser | None, **_: object) -> None:
    if user is not None:
        _write(EntryKind.SIGN_OUT, user.get_username())


def _failed(credentials: dict[str, str], **_: object) -> None:
    _write(EntryKind.SIGN_IN_REFUSED, plainly(credentials.get("username", "")))
