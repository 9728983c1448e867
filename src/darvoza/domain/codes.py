"""Small closed vocabularies of the field: agencies, acts, channels, risk areas and their families, parties."""

from enum import IntEnum, StrEnum


class Agency(StrEnum):
    """A service that may control a consignment at the border."""

    CUSTOMS = "customs"
    VETERINARY = "veterinary"
    PHYTOSANITARY = "phytosanitary"
    QUARANTINE = "quarantine"
    SANITARY = "sanitary"


class Act(StrEnum):
    """An act of control, listed from the least to the most intrusive.

    `AUDIT` is carried out after release and delays nothing.
    """

    AUDIT = "audit"
    DOCUMENTARY = "documentary"
    IDENTITY = "identity"
    SCAN = "scan"
    SAMPLING = "sampling"
    PHYSICAL = "physical"


class Channel(StrEnum):
    """The lane of a declaration, listed from the lightest to the strictest."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


CHANNEL_OF_ACT: dict[Act, Channel] = {
    Act.AUDIT: Channel.BLUE,
    Act.DOCUMENTARY: Channel.YELLOW,
    Act.IDENTITY: Channel.RED,
    Act.SCAN: Channel.RED,
    Act.SAMPLING: Channel.RED,
    Act.PHYSICAL: Channel.RED,
}
"""The channel each selected act leads to; the strictest over all agencies is the declaration's."""


class RiskArea(StrEnum):
    """What may be wrong with a consignment."""

    UNDERVALUATION = "undervaluation"
    MISCLASSIFICATION = "misclassification"
    ORIGIN = "origin"
    UNDECLARED = "undeclared"
    PROHIBITED = "prohibited"
    QUANTITY = "quantity"
    DOCUMENTS = "documents"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    SAFETY = "safety"
    SPS = "sps"
    TRANSIT = "transit"
    PROCEDURE = "procedure"


class RiskFamily(StrEnum):
    """Risk areas that are found in the same way and by the same signs; each family has a score of its own."""

    VALUATION = "valuation"
    CLASSIFICATION = "classification"
    ORIGIN = "origin"
    CONCEALMENT = "concealment"  # undeclared or prohibited goods
    SPS = "sps"
    FORMALITIES = "formalities"


FAMILY_OF_AREA: dict[RiskArea, RiskFamily] = {
    RiskArea.UNDERVALUATION: RiskFamily.VALUATION,
    RiskArea.MISCLASSIFICATION: RiskFamily.CLASSIFICATION,
    RiskArea.ORIGIN: RiskFamily.ORIGIN,
    RiskArea.UNDECLARED: RiskFamily.CONCEALMENT,
    RiskArea.QUANTITY: RiskFamily.CONCEALMENT,
    RiskArea.PROHIBITED: RiskFamily.CONCEALMENT,
    RiskArea.INTELLECTUAL_PROPERTY: RiskFamily.CONCEALMENT,
    RiskArea.SAFETY: RiskFamily.CONCEALMENT,
    RiskArea.SPS: RiskFamily.SPS,
    RiskArea.DOCUMENTS: RiskFamily.FORMALITIES,
    RiskArea.TRANSIT: RiskFamily.FORMALITIES,
    RiskArea.PROCEDURE: RiskFamily.FORMALITIES,
}
"""The family each area belongs to."""


class Severity(IntEnum):
    """How grave a finding is where harm is not money: an ordinal scale of five levels.

    The levels are an order first. Where an expectation is needed they are added up as the numbers they are: one grave
    finding counts like two moderate ones. That is a choice, stated here and nowhere hidden.
    """

    NONE = 0  # harm is money, or there is none
    MINOR = 1  # put right on the spot
    MODERATE = 2  # goods held until treated, relabelled or documented
    SERIOUS = 3  # goods returned or destroyed
    GRAVE = 4  # danger to life, health or security; a crime


SEVERITY_OF_AREA: dict[RiskArea, Severity] = {
    **dict.fromkeys(RiskArea, Severity.NONE),
    RiskArea.PROHIBITED: Severity.GRAVE,
    RiskArea.SAFETY: Severity.SERIOUS,
    RiskArea.SPS: Severity.MODERATE,
    RiskArea.INTELLECTUAL_PROPERTY: Severity.MODERATE,
    RiskArea.DOCUMENTS: Severity.MINOR,
}
"""What a finding counts as when nobody recorded how grave it was."""


class Role(StrEnum):
    """The part a trader plays in a declaration."""

    IMPORTER = "importer"
    EXPORTER = "exporter"
    DECLARANT = "declarant"
    CARRIER = "carrier"


class Flow(StrEnum):
    """The direction of a declaration."""

    IMPORT = "I"
    EXPORT = "E"
    TRANSIT = "T"
