"""Where what is decided binds: at the post where the goods are, or that is declared while they are on their way."""

from collections.abc import Iterable

from django.db.models import Case, F, When

from darvoza.office.registry.models import Declaration

ANYWHERE = "*"
PLACE = Case(When(arrived_post="", then=F("post")), default=F("arrived_post"))
"""The post where the goods of a declaration are, or are declared for."""


def arrived_posts(references: Iterable[str]) -> dict[str, str]:
    """Give the posts where goods have arrived, by the reference of their declaration."""
    rows = Declaration.objects.filter(declaration_id__in=list(references)).exclude(arrived_post="")
    return dict(rows.values_list("declaration_id", "arrived_post"))
