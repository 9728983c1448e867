"""Organised schemes of the practice world: who does what, from when to when, and where they move."""

from dataclasses import dataclass

from darvoza.domain.codes import RiskArea


@dataclass(frozen=True, slots=True)
class Scheme:
    """One scheme.

    Attributes
    ----------
    code, title
        Its name and what it is about.
    area
        The offence it consists of.
    first, last
        When it starts and stops, as shares of the duration of the world, in [0, 1].
    members
        Who takes part: ``newcomers`` (firms founded for it), ``large`` (the busiest firms with a clean past),
        ``broker`` (all clients of one customs representative) or ``cell`` (anybody's goods of one chapter and origin).
    size
        Number of member firms (newcomers, large); together a ring lodges about 1 % of all declarations or less.
    intensity
        Chance that a member's declaration carries the offence, in (0, 1).
    depth
        Range of the offence: share of the value hidden, or of the load undeclared.
    goods, next_goods
        Prefixes of the codes dealt in, before and after the move.
    origins
        Origins dealt in.
    posts
        Posts before and after the move (newcomers only).
    moves
        When it changes post and goods, as a share of the duration of the scheme; 1 when it does not.
    """

    code: str
    title: str
    area: RiskArea
    first: float
    last: float
    members: str
    intensity: float
    size: int = 0
    depth: tuple[float, float] = (0.3, 0.7)
    goods: tuple[str, ...] = ()
    next_goods: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    posts: tuple[str, str] = ("", "")
    moves: float = 1.0

    def window(self, months: int) -> tuple[float, float, float]:
        """Start, move and end, in months since the start of a world of so many months.

        Examples
        --------
        >>> SCHEMES[0].window(12)
        (1.8, 4.8, 7.8)
        """
        first, last = self.first * months, self.last * months
        return round(first, 6), round(first + self.moves * (last - first), 6), round(last, 6)


SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        "S1",
        "Shoes by the kilo: shell firms of one broker undervalue, then change post",
        RiskArea.UNDERVALUATION,
        0.15,
        0.65,
        "newcomers",
        0.85,
        18,
        (0.5, 0.7),
        ("6402", "6403", "6404"),
        ("6402", "6403", "6404"),
        ("CN",),
        ("KG-IRK", "KG-TOR"),
        0.5,
    ),
    Scheme(
        "S2",
        "Large clean firms begin to shave their values",
        RiskArea.UNDERVALUATION,
        0.45,
        1.0,
        "large",
        0.3,
        6,
        (0.3, 0.4),
    ),
    Scheme(
        "S3",
        "Foreign cloth with a neighbour's certificate of origin, moving on to another post",
        RiskArea.ORIGIN,
        0.25,
        0.8,
        "newcomers",
        0.8,
        14,
        (0.0, 0.0),
        ("61", "62", "6302"),
        ("61", "62", "6302"),
        ("CN", "TR", "BD"),
        ("KG-DOS", "KZ-KAR"),
        0.6,
    ),
    Scheme(
        "S4",
        "Finished machines as parts; once noticed, furniture and cars' bodies as parts",
        RiskArea.MISCLASSIFICATION,
        0.05,
        0.5,
        "newcomers",
        0.8,
        12,
        (0.0, 0.0),
        ("8415", "8528", "8517"),
        ("9401", "9403", "8708"),
        ("CN", "AE"),
        ("KZ-KHO", "KZ-KHO"),
        0.55,
    ),
    Scheme(
        "S5",
        "Phoenix carriers of more than they declare",
        RiskArea.UNDECLARED,
        0.5,
        0.95,
        "newcomers",
        0.75,
        10,
        (0.4, 1.2),
        ("3924", "9503", "8708", "7323"),
        ("3924", "9503", "8708", "7323"),
        ("CN",),
        ("TJ-KUL", "KG-IRK"),
        0.5,
    ),
    Scheme(
        "S6",
        "Fruit of a quarantine area with borrowed certificates",
        RiskArea.SPS,
        0.35,
        0.75,
        "newcomers",
        0.7,
        10,
        (0.0, 0.0),
        ("0805", "0702", "0808"),
        ("0805", "0702", "0807"),
        ("IR", "TR", "PK"),
        ("TM-SAR", "UZ-GIS"),
        0.6,
    ),
    Scheme(
        "S7",
        "Prohibited goods hidden among dried fruit",
        RiskArea.PROHIBITED,
        0.3,
        0.7,
        "newcomers",
        0.45,
        5,
        (0.0, 0.0),
        ("08", "1202"),
        ("08", "1202"),
        ("AF", "IR"),
        ("TM-SER", "TJ-DUS"),
        0.5,
    ),
    Scheme(
        "S8",
        "A broker advises the clients to leave some of the load out",
        RiskArea.UNDECLARED,
        0.6,
        0.85,
        "broker",
        0.25,
        1,
        (0.2, 0.6),
    ),
    Scheme(
        "S9",
        "A chapter with a clean record turns: plastics from Iran and Uzbekistan below their value",
        RiskArea.UNDERVALUATION,
        0.55,
        0.9,
        "cell",
        0.45,
        0,
        (0.3, 0.4),
        ("39",),
        ("39",),
        ("IR", "UZ"),
    ),
)
"""Nine schemes; each starts within the world, all but S2 stop within it, six change post or goods on the way."""
