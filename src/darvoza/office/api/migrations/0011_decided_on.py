"""The day on which a batch was decided, as law counts it; batches of before were decided by the days of lodging alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty, so that a version before this one goes on to write."""

    dependencies = [("api", "0010_kin_floors")]
    operations = [migrations.AddField("decidedbatch", "day", models.DateField(null=True))]
