"""What somebody typed, without what nobody can see."""


def readable_part(text: object) -> str:
    r"""Keep of what somebody sent what can be read and written down: no control characters but ends of lines.

    Signs that turn the order of letters about are no letters either: what is read would not be what was written.

    Examples
    --------
    >>> readable_part("cars\x00 and\nlorries")
    'cars and\nlorries'
    >>> readable_part("paid \u202e001 in full")
    'paid 001 in full'
    """
    return "".join(sign for sign in str(text) if sign.isprintable() or sign == "\n")
