"""A state with everything of which profiles are made: a register, certificates, measures, and what is owed of a year."""

import json
from datetime import date
from pathlib import Path

import polars as pl

MEASURES = """\
measures:
- {code: BAN, title: No apples of two regions, agency: phytosanitary, kind: prohibition, legal_basis: L, from: 2026-01-01,
   scope: {goods: ['0808'], regions: [KZ-AL, CN-XJ]}, review_by: 2026-12-01}
- {code: PLANT, title: Milk of one plant, agency: veterinary, kind: intensified, legal_basis: L, from: 2026-01-01, to: 2026-12-31,
   scope: {goods: ['0401'], origins: [KZ], establishments: [KZ-17/2]}, review_by: 2026-12-01}
- {code: SHARE, title: Onions, agency: phytosanitary, kind: frequency, legal_basis: L, from: 2026-01-01,
   scope: {goods: ['0703'], origins: [UZ]}, acts: {identity: 0.2}, yearly: 1000}
"""
PERMITS = "number,agency,trader,goods,origins,quantity,drawn,from,to\nKG-1,veterinary,I1,0204,KZ UZ,20000,5,2026-01-01,2026-06-30\n"
PROFILE = """\
code: T-1
title: Goods of heading 8703
agency: customs
risk_area: undervaluation
legal_basis: Customs Code, article 378
rationale: A profile for a test
when: hs starts with 8703
unknown: no match
treatment: {act: physical, share: 1.0}
valid: {from: 2026-01-01, to: 2026-12-31}
owner: risk unit
author: timur
approver: zarina
instructions: {en: Look., ru: Осмотреть.}
cases:
  - {title: It matches, given: {hs: "870323"}, expect: match}
"""
CERTIFICATES = "number,type,issued_on,from,to,hs,net_mass,origin\nP-1,851,2026-01-02,KZ,KG,0808,1000,KZ\n"
COUNTED = {
    "profile": ["SHARE"], "day": [date(2026, 7, 1)], "share": [0.2], "arrived": [500], "taken": [20], "expected": [500],
    "unnamed": [0],
}  # fmt: skip


def written(home: Path) -> Path:
    """Write the state as it was kept, without what stood beside its profiles; give the place of its file."""
    files = {
        "profiles/one.yaml": PROFILE,
        "measures.yaml": MEASURES,
        "registers/permits.csv": PERMITS,
        "certificates/one.csv": CERTIFICATES,
        "matching.yaml": "passive: [commodity]\n",
    }
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text, encoding="utf-8")
    (home / "quotas").mkdir()
    pl.DataFrame(COUNTED, schema_overrides={"day": pl.Date}).write_parquet(home / "quotas" / "quotas.parquet")
    named = {
        "profiles": "profiles", "measures": ["measures.yaml"], "registers": "registers", "certificates": "certificates",
        "matching_settings": "matching.yaml", "quotas": "quotas",
    }  # fmt: skip
    (home / "gate.yaml").write_text(json.dumps(named), encoding="utf-8")
    return home / "gate.yaml"
