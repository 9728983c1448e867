"""What a practice world is made of: the settings, each with its meaning and range."""

from dataclasses import dataclass
from datetime import date

from darvoza.errors import SettingsError


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise SettingsError(field=name, expected=f"a number from {low:g} to {high:g}", got=value)


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """The settings of a practice world; two worlds with equal settings are equal to the last digit.

    Attributes
    ----------
    months
        Number of months the world lasts, 1 to 120. Schemes are spread over this span.
    seed
        The seed every stream of chance is derived from, 0 or more.
    start
        First day of the world; must be the first of a month.
    declarations_per_month
        Declarations lodged each month, all posts together, 1 to 2 000 000.
    importers
        Importers active at the start, 50 to 1 000 000. Their activity follows Zipf's law.
    brokers, carriers
        Customs representatives (5 to 100 000) and carriers (5 to 100 000), all countries together.
    exporters_per_country
        Size of the pool of exporters of each country of origin, 2 to 10 000.
    turnover
        Share of the importers who leave, and are replaced by new ones, each month, in [0, 0.5].
    mean_items, max_items
        Mean (1 to 10) of the geometric number of items of a declaration, and its cap (1 to 99).
    offence_rate
        Approximate share of declarations with at least one offence, in [0, 0.5]; the realised share moves with
        seasons, schemes and the coming and going of traders.
    officer_miss_rate
        Mean chance that an officer who examines an offence does not see it, in [0, 0.6]. Officers differ around it,
        and some offences are easier to see than others.
    officers_per_post
        Officers at each post, 1 to 100.
    schemes
        Whether organised schemes start, move and stop during the world. They take their share of `offence_rate` in a
        world of the usual rate, but do not shrink with it: for a world without any offence, switch them off.
    outbreaks
        Whether a pest and a disease break out in zones and end again, see `darvoza.simulation.outbreak`.

    Raises
    ------
    SettingsError
        When a value is outside its range.

    Examples
    --------
    >>> WorldSettings(months=2).declarations_per_month
    4000
    >>> WorldSettings(offence_rate=2)
    Traceback (most recent call last):
    ...
    darvoza.errors.SettingsError: offence_rate: expected a number from 0 to 0.5, got 2
    """

    months: int = 12
    seed: int = 7
    start: date = date(2026, 1, 1)
    declarations_per_month: int = 4000
    importers: int = 3000
    brokers: int = 120
    carriers: int = 400
    exporters_per_country: int = 80
    turnover: float = 0.03
    mean_items: float = 3.0
    max_items: int = 20
    offence_rate: float = 0.06
    officer_miss_rate: float = 0.15
    officers_per_post: int = 6
    schemes: bool = True
    outbreaks: bool = False

    def __post_init__(self) -> None:
        """Refuse settings that make no world."""
        _within("months", self.months, 1, 120)
        _within("seed", self.seed, 0, 2**63)
        _within("declarations_per_month", self.declarations_per_month, 1, 2_000_000)
        _within("importers", self.importers, 50, 1_000_000)
        _within("brokers", self.brokers, 5, 100_000)
        _within("carriers", self.carriers, 5, 100_000)
        _within("exporters_per_country", self.exporters_per_country, 2, 10_000)
        _within("turnover", self.turnover, 0, 0.5)
        _within("mean_items", self.mean_items, 1, 10)
        _within("max_items", self.max_items, 1, 99)
        _within("offence_rate", self.offence_rate, 0, 0.5)
        _within("officer_miss_rate", self.officer_miss_rate, 0, 0.6)
        _within("officers_per_post", self.officers_per_post, 1, 100)
        if self.start.day != 1:
            raise SettingsError(field="start", expected="the first day of a month", got=self.start.isoformat())

    def month_start(self, k: int) -> date:
        """First day of month `k`, counted from 0.

        Examples
        --------
        >>> WorldSettings().month_start(13)
        datetime.date(2027, 2, 1)
        """
        years, month = divmod(self.start.month - 1 + k, 12)
        return date(self.start.year + years, month + 1, 1)
