"""Tables of the administrator."""

from django.db import models


class Post(models.Model):
    """The name of a post; posts without a name are known by their code."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        """Order of the lists."""

        ordering = ["code"]

    def __str__(self) -> str:
        """Give code and name."""
        return f"{self.code} {self.name}"
