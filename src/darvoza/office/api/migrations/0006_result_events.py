"""Subscriptions of clients that were shut out end; results get the events that were not written with them, since the first of the others."""

from typing import Any

from django.db import migrations
from django.db.models import Min

AT_ONCE = 500


def end(apps: Any, _schema: object) -> None:  # noqa: ANN401 - of Django
    """End the subscriptions of clients that are shut out, as of then."""
    rows = apps.get_model("api", "Subscription").objects.filter(ended_at=None, client__revoked_at__isnull=False)
    for row in rows.select_related("client"):
        row.ended_at = row.client.revoked_at
        row.save(update_fields=["ended_at"])


def tell(apps: Any, schema: Any) -> None:  # noqa: ANN401 - of Django
    """Write the events of results since the first subscription that stands."""
    event, result = apps.get_model("api", "Event"), apps.get_model("registry", "Result")
    standing = apps.get_model("api", "Subscription").objects.filter(ended_at=None, client__revoked_at=None)
    since = standing.aggregate(since=Min("made_at"))["since"]
    if since is None:
        return
    untold = result.objects.filter(at__gte=since, event=None).select_related("order__declaration").order_by("pk")
    while rows := list(untold.prefetch_related("findings")[:AT_ONCE]):
        event.objects.bulk_create(_event(event, row) for row in rows)
    if schema.connection.vendor == "postgresql":  # an upgrade is one transaction: what follows may change the table
        schema.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema.execute("SET CONSTRAINTS ALL DEFERRED")


def _event(event: Any, row: Any) -> Any:  # noqa: ANN401 - of Django, as they were
    order, reference = row.order, row.order.declaration.declaration_id
    body = {
        "declaration_id": reference, "order_id": order.order_id, "agency": order.agency,
        "found": any(each.found for each in row.findings.all()), "result": row.number, "result_at": row.at.isoformat(),
    }  # fmt: skip
    told = {"kind": "order.recorded", "declaration_id": reference, "agency": order.agency, "post": order.post}
    return event(**told, body=body, at=row.at, result=row)


class Migration(migrations.Migration):
    """Subscriptions ended, results told."""

    dependencies = [("api", "0005_shared_counts"), ("registry", "0006_total_order")]

    operations = [
        migrations.RunPython(end, migrations.RunPython.noop),
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
