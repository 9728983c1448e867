"""The form in which the texts and codes of a fact are compared, however they are written; what is shown stays as written."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from darvoza.domain.containers import FORM, container_core
from darvoza.domain.facts import CATALOGUE, FIELD_OF_FACT, FactType
from darvoza.domain.fields import TRADERS
from darvoza.domain.folding import folded_trader
from darvoza.flow.assessment.folding import folded

Form = Callable[[str], str]

OF_TRADERS: Final = frozenset(fact for fact, field in FIELD_OF_FACT.items() if field in TRADERS)
"""Facts that are identifiers of traders; they are folded where declarations are taken in."""

KEPT_FOLDED: Final = OF_TRADERS | {"establishment_code", "origin_region_code"}
"""Facts that are kept in folded form: what is compared with them is folded, and they are not."""

IDENTITIES: Final = frozenset({"vehicle", "trailer", "transport_document", "containers", "seals"})
"""Facts with numbers of what moves, kept as they are written: they are folded wherever they are compared."""


@lru_cache(maxsize=16_384)
def folded_box(text: str) -> str:
    """Give the number of a container as it is compared: that which a text names, or else the letters and digits of the text.

    Examples
    --------
    >>> folded_box("mscu 123456-6"), folded_box("truck 7"), folded_box("?")
    ('MSCU1234566', 'TRUCK7', '?')
    """
    return text if FORM.fullmatch(text) else folded_trader(container_core(text))


COMPARED_AS: Final[dict[str, Form]] = {
    **{fact.name: folded for fact in CATALOGUE if fact.type is FactType.TEXT},
    **dict.fromkeys(IDENTITIES, folded_trader),
    "containers": folded_box,
}
"""Facts whose values are compared in another form than that in which they are kept."""

PLAIN: Final = {"containers": r"\A[A-Z]{3}[UJZ][0-9]{7}\z", "seals": r"\A[A-Z0-9]+\z"}
"""By fact of sets of codes, a pattern of Polars for codes that are kept as they are compared; others may be, too."""


def compared(fact: str, text: str) -> str:
    """Give a value of a fact in the form in which it is compared.

    Examples
    --------
    >>> compared("vehicle", "01 kg 123 авс"), compared("description", "Ёлка  б/у"), compared("post", "KG-IRK")  # letters in Cyrillic
    ('01KG123ABC', 'елка б/у', 'KG-IRK')
    """
    form = COMPARED_AS.get(fact)
    return text if form is None else form(text)
