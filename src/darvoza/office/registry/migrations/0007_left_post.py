from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0006_total_order"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="left_post",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
