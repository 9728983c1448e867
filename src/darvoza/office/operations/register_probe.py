"""Whether the register still holds what the journal tells."""

from darvoza.office.insight.queries.register_audit import audit, audit_latest
from darvoza.office.operations.probes import Finding, Health

REMEDY = "somebody changed it by another way than this office: darvoza office audit names all; keep the database for whoever inquires"

EARLY = "keep the database for whoever inquires: darvoza office journal tells who erased them, and by which rules"
ERASED = "nothing shows any more what was decided of them: let declarations go no later than the journal of them"


def register(latest: int | None = None) -> Finding:
    """Hold the declarations that were taken in last against the journal, or all."""
    found = audit() if latest is None else audit_latest(latest)
    if found.early and not found.different:
        told = f"the journal of {found.early:,} declarations that stand was erased before its shortest time was over"
        return Finding("register", Health.FAILED, told, EARLY)
    if found.holds:
        told = f"{found.agreed:,} declarations, {found.orders:,} orders and {found.results:,} results are as the journal tells"
        rest = f"; {found.unattested:,} results are not attested" if found.unattested else ""
        before = f"; {found.orders_before:,} orders cannot be compared" if found.orders_before else ""
        if not found.erased:
            return Finding("register", Health.WELL, told + rest + before)
        erased = f"{found.erased:,} declarations cannot be compared, the journal of them was erased; "
        return Finding("register", Health.WARNING, erased + told + rest + before, ERASED)
    first = found.differences[0]
    what = " ".join(filter(None, (first.declaration_id, first.act, first.field)))
    return Finding(
        "register", Health.FAILED, f"{found.different:,} declarations are not as the journal tells: {what}", REMEDY
    )
