from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_left_post"),
    ]

    operations = [
        migrations.AddField(
            model_name="declaration",
            name="cancelled_at",
            field=models.DateTimeField(null=True),
        ),
    ]
