"""Orders that were given later than their goods were lodged or arrived say when: their time began then."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the moment."""

    dependencies = [
        ("registry", "0012_look_due"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="given_at",
            field=models.DateTimeField(null=True),
        ),
    ]
