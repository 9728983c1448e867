from django.db import migrations, models

import darvoza.domain.casework


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0010_act_done"),
    ]

    operations = [
        migrations.AlterField(
            model_name="order",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waiting"),
                    ("claimed", "claimed"),
                    ("awaiting", "awaiting"),
                    ("lowering", "lowering"),
                    ("recorded", "recorded"),
                    ("withdrawn", "withdrawn"),
                ],
                default=darvoza.domain.casework.CaseState["WAITING"],
                max_length=20,
            ),
        ),
    ]
