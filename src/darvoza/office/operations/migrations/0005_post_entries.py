"""What was in a bundle and what a post wrote down is kept: by both its decisions are made again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0004_post_keys"),
    ]

    operations = [
        migrations.AddField(model_name="postbundle", name="files", field=models.JSONField(null=True)),
        migrations.CreateModel(
            name="PostEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("post", models.CharField(max_length=20)),
                ("signed_by", models.CharField(max_length=300)),
                ("number", models.PositiveBigIntegerField()),
                ("declaration_id", models.CharField(blank=True, db_index=True, max_length=64)),
                ("line", models.TextField(blank=True)),
                ("made", models.JSONField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("post", "signed_by", "number"), name="post_entry_once"),
                ],
            },
        ),
    ]
