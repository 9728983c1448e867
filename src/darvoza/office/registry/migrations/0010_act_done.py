"""Which act a result was of: of those that are recorded, that of their order as it is now."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from darvoza.domain.codes import Act


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the act from the order."""
    result, order = (apps.get_model("registry", name) for name in ("Result", "Order"))
    act = order.objects.filter(pk=models.OuterRef("order_id")).values("act")[:1]
    result.objects.using(schema_editor.connection.alias).update(act=models.Subquery(act))


class Migration(migrations.Migration):
    """A column with a default of the database, so that a version before this one goes on to write."""

    dependencies = [("registry", "0009_former")]
    operations = [
        migrations.AddField(
            model_name="result",
            name="act",
            field=models.CharField(
                blank=True,
                choices=[(act.value, act.value) for act in Act],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
