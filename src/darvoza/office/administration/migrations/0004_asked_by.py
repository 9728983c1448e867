from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("administration", "0003_returns")]

    operations = [
        migrations.AddField(
            "fileforce", "asked_by", models.CharField(blank=True, db_default="", default="", max_length=60)
        ),
    ]
