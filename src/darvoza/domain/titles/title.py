"""What a title is: the short name of a fact in English and in Russian, with the forms a Russian sentence needs."""

from dataclasses import dataclass
from enum import StrEnum


class Gender(StrEnum):
    """How the words around a Russian title agree with it."""

    MASCULINE = "m"
    FEMININE = "f"
    NEUTER = "n"
    PLURAL = "p"
    CLAUSE = "clause"  # the title of a flag, which is a statement by itself


@dataclass(frozen=True, slots=True)
class Title:
    """The short name of a fact, fit to stand in a sentence.

    Attributes
    ----------
    fact
        The fact.
    english
        In English, without article.
    russian
        In Russian, nominative; of a flag the statement it makes.
    gender
        How other words agree with `russian`.
    genitive
        `russian` in the genitive; empty for a flag.
    opposite
        The opposite statement of a flag, in Russian; empty for other facts.
    """

    fact: str
    english: str
    russian: str
    gender: Gender
    genitive: str = ""
    opposite: str = ""


def read_titles(table: str) -> tuple[Title, ...]:
    """Read titles off a table in plain text, one a line.

    Parameters
    ----------
    table
        Lines ``fact | english | русский | m, f, n or p | genitive``, or, for a flag,
        ``fact | english | утверждение | clause | opposite statement``.

    Raises
    ------
    ValueError
        When a line has not five parts, or a gender that does not exist.

    Examples
    --------
    >>> (title,) = read_titles("origin | country of origin | страна происхождения | f | страны происхождения")
    >>> title.gender.name, title.genitive
    ('FEMININE', 'страны происхождения')
    """
    made: list[Title] = []
    for line in table.strip().splitlines():
        fact, english, russian, gender, other = (part.strip() for part in line.split(" | "))
        if gender == Gender.CLAUSE:
            made.append(Title(fact, english, russian, Gender.CLAUSE, opposite=other))
        else:
            made.append(Title(fact, english, russian, Gender(gender), genitive=other))
    return tuple(made)
