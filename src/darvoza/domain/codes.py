"""Small closed vocabularies of the field: agencies, acts, channels, risk areas, parties."""

from enum import StrEnum


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
