"""Declarations that were cancelled before the register kept it are written down there as such."""

from typing import Any

from django.db import migrations

BATCH = 500


def tell(apps: Any, _schema: object) -> None:  # noqa: ANN401 - of Django
    """Write into the register which declarations were cancelled before it knew."""
    lodged, declarations = apps.get_model("api", "Lodgement"), apps.get_model("registry", "Declaration")
    rows = lodged.objects.filter(kind="cancelled").values_list("declaration_id", "decided_at").order_by("pk")
    for reference, at in rows.iterator(chunk_size=BATCH):
        declarations.objects.filter(declaration_id=reference, cancelled_at=None).update(cancelled_at=at)


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0007_renewed_tokens"),
        ("registry", "0008_cancelled"),
    ]

    operations = [
        migrations.RunPython(tell, migrations.RunPython.noop),
    ]
