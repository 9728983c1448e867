"""Builders shared by tests: goods items as intake hands them on, small trade, risk profiles."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl

from darvoza.domain.codes import Act, Agency, RiskArea, RiskFamily
from darvoza.domain.features import FEATURES
from darvoza.domain.fields import FIELDS, Kind
from darvoza.domain.profile import RiskProfile, Treatment, UnknownPolicy, Validity
from darvoza.domain.selection import FloorKind
from darvoza.flow.assessment.sentence import parse
from darvoza.methods.amounts import Amount, Base
from darvoza.methods.calibrated import CalibratedScore, RateSum
from darvoza.methods.calibration import CalibrationKind, Calibrator
from darvoza.methods.group_share import GroupShare
from darvoza.methods.score_model import Harm, Head, ScoreModel

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday morning: where the time of tests begins."""

_DTYPE: dict[Kind, pl.DataType] = {
    Kind.AMOUNT: pl.Decimal(38, 6),
    Kind.INTEGER: pl.Int64(),
    Kind.MOMENT: pl.Datetime("us", "UTC"),
    Kind.FLAG: pl.Boolean(),
    Kind.CODES: pl.List(pl.String),
}
SCHEMA: dict[str, pl.DataType] = {field.name: _DTYPE.get(field.kind, pl.String()) for field in FIELDS}
"""Every canonical field with the type intake gives it."""

Item = dict[str, object]

_ORDINARY: Item = {
    "declaration_id": "D1",
    "version": 1,
    "flow": "I",
    "procedure": "4000",
    "lodged_at": START,
    "post": "KG-TOR",
    "importer_id": "IMP-1",
    "importer_name": "Silk Road Trading",
    "exporter_id": "EXP-1",
    "exporter_country": "CN",
    "declarant_id": "B-1",
    "carrier_id": "C-1",
    "export_country": "CN",
    "destination_country": "KG",
    "freight": Decimal(50),
    "transport_mode": "3",
    "vehicle_id": "01KG123ABC",
    "transport_document": "CMR-1",
    "container_ids": [],
    "item": 1,
    "hs": "870323",
    "description": "used car",
    "origin": "CN",
    "gross_mass": Decimal(110),
    "net_mass": Decimal(100),
    "supplementary_quantity": Decimal(4),
    "customs_value": Decimal(1000),
    "packages": Decimal(5),
    "tax_rate": Decimal("0.2"),
    "documents": ["380"],
}


def an_item(**changes: object) -> Item:
    """A goods item in which everything is ordinary but the changes; ``None`` is unknown."""
    strangers = set(changes) - set(SCHEMA)
    assert not strangers, f"no such fields: {strangers}"
    return dict.fromkeys(SCHEMA) | _ORDINARY | changes


def goods(*rows: Item) -> pl.DataFrame:
    """Goods items as one canonical frame, in the order in which intake sorts them."""
    frame = pl.DataFrame(list(rows), schema=SCHEMA, orient="row")
    return frame.sort("lodged_at", "declaration_id", "version", "item", maintain_order=True)


_GOODS = ("870323", "870324", "8703231900", "080810", "851713", "620293")
_ORIGINS = ("CN", "GE", "AE")


def trade(n: int, seed: int, *, days: int = 30, examined: float = 0.0, amended: float = 0.0) -> pl.DataFrame:
    """Some trade of `n` declarations with one to three items, spread evenly over days and three posts.

    Every item of a share of the declarations is `examined`, its result known within two days. Cheap goods of one
    origin, and some importers, are often wrong: there is something to learn. A share is `amended` within three days.
    """
    rng = np.random.default_rng(seed)
    rows: list[Item] = []
    for number in range(n):
        importer = int(rng.zipf(1.6)) % 60
        looked = bool(rng.random() < examined)
        head: Item = {
            "declaration_id": f"D{seed}-{number:06d}",
            "lodged_at": START + timedelta(seconds=int((number + rng.random()) * days * 86_400 / n)),
            "post": ("KG-TOR", "KG-OSH", "KG-IRK")[int(rng.integers(3))],
            "importer_id": f"IMP-{importer}",
            "exporter_id": f"EXP-{rng.integers(15)}" if rng.random() < 0.9 else None,
            "declarant_id": f"B-{rng.integers(8)}" if rng.random() < 0.9 else None,
            "vehicle_id": f"V-{rng.integers(200)}" if rng.random() < 0.7 else None,
            "transport_document": f"CMR-{seed}-{number}",
        }
        rows += [
            head | _line(rng, item, importer=importer, looked=looked, lodged=head["lodged_at"])
            for item in range(1, int(rng.integers(1, 4)) + 1)
        ]
    if amended:
        rows += _amendments(rows, np.random.default_rng([seed, 1]), amended)
    return goods(*(an_item(**row) for row in rows))


def _amendments(rows: list[Item], rng: np.random.Generator, share: float) -> list[Item]:
    """Second versions of some declarations: worth a little less, lodged up to three days later."""
    later = {
        row["declaration_id"]: timedelta(seconds=int(rng.integers(3_600, 259_200)))
        for row in {str(row["declaration_id"]): row for row in rows}.values()
        if rng.random() < share
    }
    made: list[Item] = []
    for row in rows:
        lodged, value = row["lodged_at"], row["customs_value"]
        assert isinstance(lodged, datetime)
        assert isinstance(value, Decimal)
        if row["declaration_id"] in later:
            changes = {
                "version": 2,
                "lodged_at": lodged + later[row["declaration_id"]],
                "customs_value": value * 8 / 10,
            }
            made.append(row | changes | dict.fromkeys(("examined", "finding", "result_at")))
    return made


def _line(rng: np.random.Generator, item: int, *, importer: int, looked: bool, lodged: object) -> Item:
    """One goods item of some trade."""
    assert isinstance(lodged, datetime)
    origin, cheap = _ORIGINS[int(rng.integers(3))], bool(rng.random() < 0.3)
    mass = round(float(rng.lognormal(5, 1)), 3)
    wrong = 0.03 + 0.5 * (cheap and origin == "GE") + 0.2 * (importer % 7 == 3)
    return {
        "item": item,
        "hs": _GOODS[int(rng.integers(len(_GOODS)))],
        "origin": origin,
        "net_mass": Decimal(str(mass)),
        "gross_mass": Decimal(str(round(mass * 1.1, 3))),
        "customs_value": Decimal(str(round(mass * (2 if cheap else 8) * float(rng.lognormal(0, 0.2)), 2))),
        "examined": looked or None,
        "finding": bool(rng.random() < wrong) if looked else None,
        "result_at": lodged + timedelta(hours=float(rng.uniform(1, 48))) if looked else None,
    }


def a_rates_model(*rates: str, base_rate: float = 0.1, independence: float = 0.0) -> ScoreModel:
    """A score that sums the smoothed rates named; a loss is what is declared as duty and tax, a fifth of all is grave."""
    names = tuple(feature.name for feature in FEATURES)
    scorer = RateSum(tuple(names.index(rate) for rate in rates), base_rate)
    score = CalibratedScore(scorer, Calibrator(CalibrationKind.PLATT))
    kinds = {family.value: Head(GroupShare(0, (), (), 1 / len(RiskFamily))) for family in RiskFamily}
    grave = Head(GroupShare(names.index("hs_chapter"), (1.0,), (0.2,), 0.0))
    harm = Harm(Amount(Base(names.index("stake"), 99.0), 1.0), grave, Amount(Base(), 2.0))
    return ScoreModel(names, score, score, kinds, harm, independence)


def a_profile(sentence: str, **changes: object) -> RiskProfile:
    """A risk profile of customs in force at all times; `share`, `act` and every field can be changed."""
    given: Mapping[str, object] = {
        "code": "T-1",
        "title": "A profile for a test",
        "agency": Agency.CUSTOMS,
        "risk_area": RiskArea.UNDERVALUATION,
        "unknown": UnknownPolicy.NO_MATCH,
        "valid": Validity(),
        "floor": FloorKind.PROFILE,
    }
    act, share = changes.pop("act", Act.PHYSICAL), changes.pop("share", Decimal(1))
    assert isinstance(act, Act)
    fields = {**given, **changes, "condition": parse(sentence), "sentence": sentence}
    return RiskProfile(**fields, treatment=Treatment(act, Decimal(str(share))))  # type: ignore[arg-type]
