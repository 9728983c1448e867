"""What earlier lodgings of the same goods were minded when goods were lodged again; nothing of what was lodged before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default of the database, so that a version before this one goes on to write."""

    dependencies = [("api", "0008_cancelled_before")]
    operations = [
        migrations.AddField(
            model_name="lodgement",
            name="kin",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
    ]
