from secrets import token_hex

from django.db import migrations, models


class Migration(migrations.Migration):
    """Results of before have no salt, and were told to the journal without one, if at all: a default would be one for all of them."""

    dependencies = [
        ("registry", "0013_given_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="result",
            name="salt",
            field=models.CharField(blank=True, db_default="", default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="result",
            name="salt",
            field=models.CharField(blank=True, db_default="", default=token_hex, max_length=64),
        ),
    ]
