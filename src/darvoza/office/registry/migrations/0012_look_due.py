from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0011_awaiting"),
    ]

    operations = [
        migrations.AddField(
            model_name="declaration",
            name="look_due",
            field=models.BooleanField(default=False),
        ),
        migrations.AddIndex(
            model_name="declaration",
            index=models.Index(
                condition=models.Q(("look_due", True)), fields=["declaration_id"], name="declaration_look_due"
            ),
        ),
    ]
