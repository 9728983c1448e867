"""Everything a person can be allowed to do here, in one list."""

from enum import StrEnum


class Permission(StrEnum):
    """One thing a person may do; a page names the one it needs."""

    DECLARATION_READ = "declaration.read"
    DECISION_READ = "decision.read"
    """See why a consignment was chosen or not: floors, score, chance. Kept from whoever examines."""
    QUEUE_READ = "queue.read"
    ORDER_WORK = "order.work"
    ORDER_ASSIGN = "order.assign"
    OVERRIDE_RAISE = "override.raise"
    OVERRIDE_LOWER = "override.lower"
    """Take part in lowering; it always takes two."""
    PROFILE_READ = "profile.read"
    PROFILE_DRAFT = "profile.draft"
    PROFILE_APPROVE = "profile.approve"
    FIGURES_READ = "figures.read"
    RETURNS_READ = "returns.read"
    """See what posts brought back that they had done without a line, where it differs."""
    JOURNAL_READ = "journal.read"
    PEOPLE_MANAGE = "people.manage"
    DATA_READ = "data.read"
    DATA_MANAGE = "data.manage"
    """Put reference data forward, and answer what another administrator put forward."""
