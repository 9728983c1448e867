"""A consignment of dried apricots with everything that can be recorded of it, for tests of papers."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from darvoza.domain.codes import Act, Agency
from darvoza.domain.declaration import Declaration, GoodsItem
from darvoza.domain.sps.control import (
    AgencyDecision,
    Check,
    CheckStatus,
    ControlOutcome,
    LaboratoryTest,
    Sample,
    Substitution,
)
from darvoza.domain.sps.entry import (
    EntryConsignment,
    EntryControl,
    EntryDocument,
    FollowUp,
    FollowUpKind,
    OrderedAct,
)
from darvoza.domain.sps.non_compliance import NonCompliance, NonComplianceNature

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PHYTO = Agency.PHYTOSANITARY


def hour(number: int) -> datetime:
    return NOW + timedelta(hours=number)


GOODS = (
    GoodsItem(1, "081310", "TJ", description="Курага сушёная, қайсӣ", net_mass=Decimal(18500), packages=Decimal(1850), package_kind="CT"),
    GoodsItem(2, "080212", "UZ", description="Миндаль очищенный", net_mass=Decimal("1200.5"), packages=Decimal(48), package_kind="BG"),
)  # fmt: skip
DECLARED = Declaration(
    "41701-2026-000123", NOW, "KG-DOSTUK", "KG-0107", GOODS, importer_name="ОсОО «Береке»", exporter_name="Ҷамшед ва шарикон",
    exporter_country="TJ", export_country="TJ", transport_document="CMR 0042", vehicle_id="01KG123ABC", seal_ids=("S-77812",),
)  # fmt: skip
REQUESTED = LaboratoryTest(
    "P-1", "aflatoxin B1", "µg/kg", suspicion=True, requested_at=hour(3), limit=Decimal(5),
    laboratory="Ош, лаборатория карантина", method="HPLC-FLD",
)  # fmt: skip
REPORTED = replace(
    REQUESTED, accepted_at=hour(5), reported_at=hour(30), result=Decimal("9.1"), expanded_uncertainty=Decimal("1.8")
)
SAMPLE = Sample(
    "P-1", 1, "1", 1850, (17, 204, 388, 951, 1422), basis="GOST 12430-2019", increments=100, aggregate_kg=Decimal(30),
    taken_at=hour(2), officer="А. Асанов", seal="L-100", kept_seal="L-101",
)  # fmt: skip
ORDER = replace(SAMPLE, taken_at=None, officer="", seal="", kept_seal="")
CHECKS = (
    Check(PHYTO, Act.DOCUMENTARY, CheckStatus.COMPLIANT, "А. Асанов", hour(1), "certificate KG/TJ 551"),
    Check(PHYTO, Act.PHYSICAL, CheckStatus.NOT_COMPLIANT, "А. Асанов", hour(2), "5 of 1850 packages", (1,), notes="Larvae; личинки в двух местах"),
)  # fmt: skip
DOCUMENT = EntryDocument(
    "KG-PHY-2026-000123",
    PHYTO,
    EntryConsignment(DECLARED, arrived_at=NOW, responsible="Б. Токтогулов", certificates=("TJ 551",)),
    EntryControl(
        ordered=(
            OrderedAct(Act.DOCUMENTARY, (), (("en", "Compare the documents."), ("ru", "Сверить документы."))),
            OrderedAct(Act.SAMPLING, (1,), (("en", "Take a sample."), ("ru", "Отобрать пробу."))),
        ),
        checks=CHECKS,
        substitutions=(
            Substitution(PHYTO, Act.PHYSICAL, "D-9", "D-8", "3", "TJ", "А. Асанов", hour(2), "already unloaded"),
        ),
        samples=(SAMPLE,),
        tests=(REPORTED,),
        decisions=(
            AgencyDecision(PHYTO, ControlOutcome.RETURN, hour(31), (1,), reason="Aflatoxin above the limit"),
            AgencyDecision(PHYTO, ControlOutcome.RELEASE, hour(31), (2,)),
        ),
    ),
    (FollowUp(FollowUpKind.LEFT, hour(60), "Н. Ким", satisfied=True, items=(1,)),),
)
NOTICE = NonCompliance(
    "KG-NC-2026-7", PHYTO, "TJ", (NonComplianceNature.RESIDUE, NonComplianceNature.PEST), "aflatoxin B1 9.1 ± 1.8 µg/kg",
    "limit of 5 µg/kg", date(2026, 3, 1), date(2026, 3, 3), (1,),
)  # fmt: skip
