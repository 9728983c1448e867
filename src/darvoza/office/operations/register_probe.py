"""Whether the register still holds what the journal tells."""

from darvoza.office.insight.queries.register_audit import audit, audit_latest
from darvoza.office.operations.probes import Finding, Health

REMEDY = "somebody changed it by another way than this office: darvoza office audit names all; keep the database for whoever inquires"


def register(latest: int | None = None) -> Finding:
    """Hold the declarations that were taken in last against the journal, or all."""
    found = audit() if latest is None else audit_latest(latest)
    if found.holds:
        told = f"{found.agreed:,} declarations, {found.orders:,} orders and {found.results:,} results are as the journal tells"
        rest = f"; {found.unattested:,} results are not attested" if found.unattested else ""
        before = f"; {found.orders_before:,} orders cannot be compared" if found.orders_before else ""
        return Finding("register", Health.WELL, told + rest + before)
    first = found.differences[0]
    what = " ".join(filter(None, (first.declaration_id, first.act, first.field)))
    return Finding(
        "register", Health.FAILED, f"{found.different:,} declarations are not as the journal tells: {what}", REMEDY
    )
