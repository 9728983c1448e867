"""Tables of the people."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from darvoza.domain.codes import Agency
from darvoza.office.accounts.permissions import Permission
from darvoza.office.accounts.roles import SECOND_FACTOR, permissions_of


class Person(AbstractBaseUser):
    """Somebody who signs in: in an agency, at a post, with roles.

    An empty agency means every agency, an empty post every post: chiefs, analysts and auditors of a country.
    """

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    agency = models.CharField(max_length=20, blank=True, choices=[(each.value, each.value) for each in Agency])
    post = models.CharField(max_length=20, blank=True)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    failures = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    epoch = models.PositiveIntegerField(default=0)  # counted up, every session of the person ends
    must_change_password = models.BooleanField(default=False)  # somebody else knows it

    objects = BaseUserManager["Person"]()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        """Order of the lists."""

        ordering = ["username"]

    def __str__(self) -> str:
        """Give the name as it is shown."""
        return self.name or self.username

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the roles allows it."""
        return permission in permissions_of(self.roles)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Give what a session must carry: it changes with the password, and when sessions are ended."""
        return salted_hmac(
            "darvoza.session", f"{self.password} {self.epoch}", secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def needs_second_factor(self) -> bool:
        """Whether one of the roles asks for a second factor."""
        return bool(SECOND_FACTOR & set(self.roles))
