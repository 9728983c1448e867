"""Runs made up for tests: decisions as a run writes them, goods items, outcomes where something was looked at."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import numpy as np
import polars as pl

TITLES = {
    "CUS-VAL-001": "Used cars priced far below comparable cars",
    "CUS-ORI-004": "Preference claimed for goods shipped from elsewhere",
    "SPS-VET-002": "Meat and dairy: documents of every consignment",
    "CUS-PRO-001": "Goods under prohibition",
    "PLAN-FRUIT": "Fresh fruit: sampling plan in its normal state",
}
FLOOR = pl.Struct({"kind": pl.String, "source": pl.String, "probability": pl.Float64, "items": pl.List(pl.Int64)})
CONTRIBUTION = pl.Struct({"concept": pl.String, "amount": pl.Float64})
SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "decision_id": pl.String,
    "declaration_id": pl.String,
    "post": pl.String,
    "lodged_at": pl.Datetime("us", "UTC"),
    "agency": pl.String,
    "act": pl.String,
    "items": pl.List(pl.Int64),
    "probability": pl.Float64,
    "floors": pl.List(FLOOR),
    "u": pl.Float64,
    "selected": pl.Boolean,
    "basis": pl.String,
    "channel": pl.String,
    "score": pl.Float64,
    "harm": pl.Float64,
    "contributions": pl.List(CONTRIBUTION),
    "fingerprint": pl.String,
    "fingerprint_basis": pl.String,
    "key_day": pl.Date,
    "commitment": pl.String,
    "profiles_digest": pl.String,
    "model_digest": pl.String,
}
_KINDS = ["law", "alert", "profile", "plan", "score", "random"]
_RANK = {"audit": 1, "documentary": 2}
_CHANNELS = ["green", "blue", "yellow", "red"]

Floor = tuple[str, str, float]
Acts = dict[tuple[str, str], list[Floor]]


def rows_of(
    name: str, acts: Acts, *, u: float, score: float | None = None, post: str = "KG-OSH"
) -> list[dict[str, object]]:
    """The decisions on one declaration, from its floors: π is the largest, the strongest floor above u the basis."""
    lodged = datetime(2026, 3, 1, 8, tzinfo=UTC) + timedelta(hours=len(name) + int(name[-1], 36))
    rows: list[dict[str, object]] = []
    strictest = 0
    for (agency, act), floors in sorted(acts.items()):
        reached = sorted((_KINDS.index(kind) for kind, _, p in floors if u < p))
        if reached:
            strictest = max(strictest, _RANK.get(act, 3))
        rows.append(
            {
                "decision_id": f"{name}:{agency}:{act}",
                "declaration_id": name,
                "post": post,
                "lodged_at": lodged,
                "agency": agency,
                "act": act,
                "items": [1],
                "probability": max(p for _, _, p in floors),
                "floors": [{"kind": k, "source": s, "probability": p, "items": [1]} for k, s, p in floors],
                "u": u,
                "selected": bool(reached),
                "basis": _KINDS[reached[0]] if reached else None,
                "score": score,
                "harm": None if score is None else 1000 * score,
                "contributions": []
                if score is None
                else [{"concept": "importer", "amount": 0.8}, {"concept": "unit_value", "amount": -0.3}],
                "fingerprint": sha256(name.encode()).hexdigest(),
                "fingerprint_basis": "goods",
                "key_day": date(2026, 3, 1),
                "commitment": sha256(b"2026-03-01").hexdigest(),
                "profiles_digest": sha256(b"profiles").hexdigest(),
                "model_digest": None if score is None else sha256(b"model").hexdigest(),
            }
        )
    return [row | {"channel": _CHANNELS[strictest]} for row in rows]


def decisions_of(rows: list[dict[str, object]]) -> pl.DataFrame:
    """Rows of decisions as a frame with the columns of a run."""
    return pl.DataFrame(rows, schema=SCHEMA)


def an_item(name: str, **changes: object) -> dict[str, object]:
    """A goods item of a declaration."""
    return {
        "declaration_id": name,
        "item": 1,
        "post": "KG-OSH",
        "importer_id": "IMP-1",
        "importer_name": "Silk Road Trading",
        "description": "Used passenger car, Toyota Camry 2017",
        "hs": "870323",
        "origin": "GE",
        "examined": None,
        "finding": None,
    } | changes


def a_run(
    n: int = 3_000, *, seed: int = 1, epsilon: float = 0.02, known: bool = True
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A realistic run: three posts, five profiles, a score that ranks, outcomes of what was stopped."""
    rng = np.random.default_rng(seed)
    goods = [
        ("Used passenger car, Toyota Camry 2017", "870323", "GE"),
        ("Тушки кур замороженные", "020712", "BR"),
        ("Fresh apples, Golden Delicious", "080810", "PL"),
        ("Mobile telephones, 128 GB", "851713", "CN"),
        ("Women's jackets, polyester", "620293", "CN"),
        ("Ceramic floor tiles", "690721", "IR"),
    ]
    kind, post = rng.integers(0, len(goods), n), rng.choice(["KG-TOR", "KG-OSH", "KG-IRK"], n, p=[0.5, 0.3, 0.2])
    log_odds = rng.normal(-3.2, 1.1, n)
    score, u = 1 / (1 + np.exp(-log_odds)), rng.random(n)
    chance = np.clip((score / 0.12) ** 3 * 0.3, 0, 0.97)
    found = rng.random(n) < score
    rows: list[dict[str, object]] = []
    items = []
    for i in range(n):
        name = f"26-{i:06d}"
        acts: Acts = {("customs", "physical"): [("random", "random", epsilon), ("score", "score", float(chance[i]))]}
        profile(acts, int(kind[i]), float(rng.random()))
        made = rows_of(name, acts, u=float(u[i]), score=float(score[i]), post=str(post[i]))
        rows += made
        looked = known and made[0]["channel"] == "red"
        description, hs, origin = goods[kind[i]]
        importer = int(rng.integers(1, 400))
        items.append(
            an_item(
                name,
                post=str(post[i]),
                importer_id=f"IMP-{importer}",
                importer_name=f"Trading House No. {importer}",
                description=description,
                hs=hs,
                origin=origin,
                examined=looked or None,
                finding=bool(found[i]) if looked else None,
            )
        )
    return decisions_of(rows), pl.DataFrame(items, schema_overrides={"examined": pl.Boolean, "finding": pl.Boolean})


def profile(acts: Acts, kind: int, chance: float) -> None:
    """Let profiles, a law, an alert and a plan match some goods."""
    customs = acts["customs", "physical"]
    if kind == 0 and chance < 0.3:
        customs.append(("profile", "CUS-VAL-001", 0.7))
    if kind == 1:
        acts["veterinary", "documentary"] = [("law", "SPS-VET-002", 1.0)]
        if chance < 0.1:
            acts["veterinary", "sampling"] = [("plan", "SPS-VET-002", 0.2)]
    if kind == 2:
        acts["phytosanitary", "sampling"] = [("plan", "PLAN-FRUIT", 0.1)]
    if kind in (3, 4) and chance < 0.15:
        acts["customs", "documentary"] = [("profile", "CUS-ORI-004", 0.5)]
    if chance > 0.997:
        customs.append(("law", "CUS-PRO-001", 1.0))
    elif chance > 0.994:
        customs.append(("alert", "ALERT-2026-17", 1.0))
