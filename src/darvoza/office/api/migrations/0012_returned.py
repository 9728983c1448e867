"""What a post brought back is a revision of its declaration."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0011_decided_on"),
    ]

    operations = [
        migrations.AlterField(
            model_name="lodgement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("lodged", "lodged"),
                    ("amended", "amended"),
                    ("reassessed", "reassessed"),
                    ("cancelled", "cancelled"),
                    ("returned", "returned"),
                ],
                max_length=20,
            ),
        ),
    ]
