"""When an entry of a post was taken in is kept: what came together is decided again together."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0005_post_entries"),
    ]

    operations = [
        migrations.AddField(model_name="postentry", name="taken_at", field=models.DateTimeField(null=True)),
    ]
