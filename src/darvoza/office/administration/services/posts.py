"""What an administrator does with posts."""

from datetime import datetime

from django.db import transaction

from darvoza.domain.journal import EntryKind
from darvoza.office.accounts.models import Person
from darvoza.office.administration.models import Post
from darvoza.office.journal.services import record


def name_post(by: Person, code: str, name: str, *, now: datetime) -> None:
    """Give a post its name, and enter it where it is not known yet."""
    with transaction.atomic():
        Post.objects.update_or_create(code=code, defaults={"name": name})
        record(EntryKind.SETTINGS_CHANGE, f"post {code}", {"what": "post named", "name": name}, by=by.username, now=now)
