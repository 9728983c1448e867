from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def begin_when_taken_in(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Lists that are there were in use from the moment at which they were taken in."""
    lists = apps.get_model("profiles", "CodeList").objects
    lists.update(starts_at=F("taken_in_at"))
    for row in lists.only("values"):
        row.size = len(row.values)
        row.save(update_fields=["size"])


class Migration(migrations.Migration):
    dependencies = [("profiles", "0003_discarded")]

    operations = [
        migrations.AddField("codelist", "starts_at", models.DateTimeField(null=True)),
        migrations.AddField("codelist", "size", models.PositiveIntegerField(default=0), preserve_default=False),
        migrations.RunPython(begin_when_taken_in, migrations.RunPython.noop),
        migrations.AlterField("codelist", "starts_at", models.DateTimeField()),
        migrations.AddField("codelist", "by", models.CharField(blank=True, max_length=60)),
        migrations.AddField("codelist", "approver", models.CharField(blank=True, max_length=60)),
        migrations.AddField("codelist", "reason", models.TextField(blank=True)),
    ]
