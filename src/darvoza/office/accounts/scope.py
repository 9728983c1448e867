"""What a person's agency and post let through: every query passes here."""

from typing import Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


class Placed(Protocol):
    """Somebody, or something, with an agency and a post; empty means every one."""

    @property
    def agency(self) -> str:
        """Agency, or nothing for all."""
        ...

    @property
    def post(self) -> str:
        """Post, or nothing for all."""
        ...


def within(person: Placed, *, agency: str = "agency", post: str = "post") -> Q:
    """Give the condition under which a row is the person's: of the agency and of the post, each where it is stated.

    Parameters
    ----------
    agency, post
        Paths of the fields on the row; an empty path leaves that part out.
    """
    condition = Q()
    if person.agency and agency:
        condition &= Q(**{agency: person.agency})
    if person.post and post:
        condition &= Q(**{post: person.post})
    return condition


def for_person(rows: QuerySet[Row], person: Placed, *, agency: str = "agency", post: str = "post") -> QuerySet[Row]:
    """Keep of some rows those a person may see."""
    return rows.filter(within(person, agency=agency, post=post))
