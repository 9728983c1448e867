from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0003_check_agency_channel"),
    ]

    operations = [
        migrations.AlterField(
            model_name="check",
            name="recovered",
            field=models.DecimalField(decimal_places=2, max_digits=20, null=True),
        ),
    ]
