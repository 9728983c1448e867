import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("profiles", "0005_total_order")]

    operations = [
        migrations.AddField(
            "codelist",
            "returns_to",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="profiles.codelist"
            ),
        ),
    ]
