"""Numbers as a page shows them."""

THIN = "\u202f"  # narrow no-break space: digits stay together at a line break


def number(value: float) -> str:
    """Numbers with their thousands apart; those below 10 with a decimal where there is one.

    Examples
    --------
    >>> number(1234567).replace(THIN, " "), number(3.25), number(12.0)
    ('1 234 567', '3.2', '12')
    """
    text = f"{value:,.0f}" if value >= 9.95 or value == int(value) else f"{value:.1f}"
    return text.replace(",", THIN)


def percent(share: float) -> str:
    """A share as a percentage with as many digits as carry something.

    Examples
    --------
    >>> [percent(x).replace(THIN, " ") for x in (0, 0.0004, 0.02, 0.0123, 0.153, 1)]
    ['0 %', '0.04 %', '2 %', '1.2 %', '15 %', '100 %']
    """
    value = 100 * share
    whole = abs(value - round(value)) < 1e-9
    digits = 0 if whole or value >= 9.95 else 1 if value >= 0.995 else 2
    return f"{value:.{digits}f}{THIN}%"
