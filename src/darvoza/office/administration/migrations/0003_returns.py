import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("administration", "0002_reference_data"), ("profiles", "0006_list_returns")]

    operations = [
        migrations.AddField(
            "dataversion",
            "returns_to",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="administration.dataversion",
            ),
        ),
        migrations.AddField(
            "dataversion",
            "returns_to_list",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="profiles.codelist"
            ),
        ),
    ]
