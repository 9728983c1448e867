"""Numbers of things in English, as commands say them."""


def several(number: int, noun: str) -> str:
    """Give a number of things, one of them in the singular.

    Examples
    --------
    >>> several(1, "profile"), several(2, "profile"), several(0, "day")
    ('1 profile', '2 profiles', '0 days')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
