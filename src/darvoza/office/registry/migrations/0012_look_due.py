from datetime import timedelta

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def note_due(apps: StateApps, _: BaseDatabaseSchemaEditor) -> None:
    """What arrived lately may be unseen yet: the first round looks, and notes what has seen everything."""
    lately = timezone.now() - timedelta(days=3)
    apps.get_model("registry", "Declaration").objects.filter(arrived_at__gte=lately).update(look_due=True)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0011_awaiting"),
    ]

    operations = [
        migrations.AddField(
            model_name="declaration",
            name="look_due",
            field=models.BooleanField(default=False, db_default=False),
        ),
        migrations.RunPython(note_due, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="declaration",
            index=models.Index(
                condition=models.Q(("look_due", True)), fields=["declaration_id"], name="declaration_look_due"
            ),
        ),
    ]
