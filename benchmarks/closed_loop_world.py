"""Streams of declarations with planted fraud for the closed loop: nothing drifts, or one of three things does.

Importers have lasting propensities; fraud lowers the value, moves goods to a heading of lower duty, or names another
origin, and shows in the fields as declared. Three drifts begin in week 22 of 52: newcomers (25 importers never seen,
one chapter, value −60 %), clean firms (the 15 largest importers without a past turn bad, value −25 %), and a blind spot
(the cleanest cells of chapter and origin turn bad, value −25 %, nothing else moves). After the protocol CLB-1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

WORLDS = ("no drift", "newcomers", "clean firms", "blind spot")
WEEKS, DRIFT_WEEK = 52, 22
IMPORTERS, BROKERS, OFFICES, CHAPTERS, ORIGINS = 2200, 90, 12, 40, 30
SHELLS = 25
BASE = 0.08
"""Share of declarations that offend, before any drift."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Declarations in order of lodging, as columns of shape ``(n,)``.

    Attributes
    ----------
    week
        Week of lodging, from 0.
    keys
        Codes: importer, broker, office, hs, chapter, origin.
    price, duty, amount
        Declared value per kilogram, rate of duty, and duty declared.
    mass
        Net mass [kg].
    fraud, revenue
        What is true: whether it offends, and duty recoverable when it is found.
    scheme
        Whether the offence belongs to the drift.
    """

    week: Ints
    keys: dict[str, Ints]
    price: Floats
    duty: Floats
    amount: Floats
    mass: Floats
    fraud: Flags
    revenue: Floats
    scheme: Flags


def a_stream(world: str, *, seed: int, per_week: int = 500) -> Stream:
    """Make a year of declarations."""
    rng = np.random.default_rng([seed, 20])
    n = WEEKS * per_week
    week = np.repeat(np.arange(WEEKS), per_week)
    activity = rng.pareto(1.1, IMPORTERS) + 0.2
    importer = rng.choice(IMPORTERS, n, p=activity / activity.sum())
    propensity = np.append(rng.beta(0.35, 2.6, IMPORTERS), np.ones(SHELLS))
    home = rng.integers(0, CHAPTERS, IMPORTERS + SHELLS)
    chapter = np.where(rng.random(n) < 0.7, home[importer], rng.integers(0, CHAPTERS, n))
    if world == "newcomers":
        shells = (week >= DRIFT_WEEK) & (rng.random(n) < 0.015)
        importer = np.where(shells, IMPORTERS + rng.integers(0, SHELLS, n), importer)
        chapter = np.where(shells, 7, chapter)
    hs = chapter * 8 + rng.integers(0, 8, n)
    usual = rng.integers(0, ORIGINS, CHAPTERS * 8)
    origin = np.where(rng.random(n) < 0.5, usual[hs], rng.integers(0, ORIGINS, n))
    scheme, cut = _drift(
        world, week=week, importer=importer, chapter=chapter, origin=origin, activity=activity, rng=rng
    )
    chance = propensity[importer] * rng.gamma(2, 0.5, CHAPTERS)[chapter] * rng.gamma(3, 0.33, ORIGINS)[origin]
    chance *= BASE / chance[importer < IMPORTERS].mean()
    fraud = (rng.random(n) < np.minimum(chance, 0.9)) & (importer < IMPORTERS) | scheme
    return _declared(week, importer, hs, origin, fraud=fraud, scheme=scheme, cut=cut, rng=rng)


def _drift(
    world: str, *, week: Ints, importer: Ints, chapter: Ints, origin: Ints, activity: Floats, rng: np.random.Generator
) -> tuple[Flags, Floats]:
    """Say which declarations belong to the drift, and by how much each lowers its value."""
    late, n = week >= DRIFT_WEEK, week.size
    if world == "newcomers":
        return importer >= IMPORTERS, np.full(n, 0.4)
    if world == "clean firms":
        large = np.argsort(activity)[-60:-45]
        return late & np.isin(importer, large) & (rng.random(n) < 0.5), np.full(n, 0.75)
    if world == "blind spot":
        cell = chapter * ORIGINS + origin
        share = np.bincount(cell[~late], minlength=CHAPTERS * ORIGINS)
        common = np.argsort(share)[-120:]
        chosen = np.sort(common)[::4]
        return late & np.isin(cell, chosen) & (rng.random(n) < 0.5), np.full(n, 0.75)
    return np.zeros(n, bool), np.ones(n)


def _declared(
    week: Ints, importer: Ints, hs: Ints, origin: Ints, *, fraud: Flags, scheme: Flags, cut: Floats,
    rng: np.random.Generator,
) -> Stream:  # fmt: skip
    """Write down what was declared, honest or not, and what is true."""
    n = week.size
    tariff, usual_price = rng.choice([0.0, 0.05, 0.1, 0.2, 0.35], CHAPTERS * 8), rng.normal(1.5, 1.0, CHAPTERS * 8)
    mass = np.exp(rng.normal(6.5, 1.2, n))
    price = np.exp(usual_price[hs] + rng.normal(0, 0.35, n))
    kind = np.where(scheme, 0, rng.choice(3, n, p=[0.6, 0.25, 0.15]))
    lowered = np.where(scheme, cut, rng.uniform(0.35, 0.8, n))
    said_price = np.where(fraud & (kind == 0), price * lowered, price)
    sibling = hs - hs % 8 + np.argmin(tariff.reshape(CHAPTERS, 8), axis=1)[hs // 8]
    said_hs = np.where(fraud & (kind == 1), sibling, hs)
    said_origin = np.where(fraud & (kind == 2), 3, origin)
    rate = tariff[said_hs] * np.where(said_origin == 3, 0.3, 1.0) + 0.12
    due = price * mass * (tariff[hs] * np.where(origin == 3, 0.3, 1.0) + 0.12)
    amount = said_price * mass * rate
    keys = {
        "importer": importer, "broker": importer * 31 % BROKERS, "office": importer * 17 % OFFICES, "hs": said_hs,
        "chapter": said_hs // 8, "origin": said_origin,
    }  # fmt: skip
    return Stream(
        week, keys, said_price, rate, amount, mass, fraud, np.where(fraud, np.maximum(due - amount, 0), 0), scheme
    )
