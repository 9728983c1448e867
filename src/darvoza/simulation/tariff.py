"""Duties and taxes of the practice world, simplified: one rate of duty, one of value added tax."""

import numpy as np
from numpy.typing import NDArray

from darvoza.simulation.goods import Floats, Goods, Indices
from darvoza.simulation.places import COUNTRIES

VAT: Floats = np.array([country.vat for country in COUNTRIES])


def tax_rate(goods: Goods, heading: Indices, country: Indices, free: NDArray[np.bool_]) -> Floats:
    """Rate of all duties and taxes on the customs value [1], rounded to four places.

    Tax is charged on the value with duty: ``duty + (1 + duty) × vat``; free trade sets the duty to nil.

    Examples
    --------
    >>> from darvoza.simulation.goods import read_goods
    >>> goods = read_goods()
    >>> shoes, kyrgyzstan = np.array([goods.hs.index("640399")]), np.array([0])
    >>> tax_rate(goods, shoes, kyrgyzstan, np.array([False])), tax_rate(goods, shoes, kyrgyzstan, np.array([True]))
    (array([0.344]), array([0.12]))
    """
    duty = np.where(free, 0.0, goods.duty[heading])
    return np.asarray(np.round(duty + (1 + duty) * VAT[country], 4), dtype=np.float64)
