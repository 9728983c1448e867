"""Each post has a key by which it signs, and a record for each of its keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_bundles"),
    ]

    operations = [
        migrations.AddField(
            model_name="postbundle",
            name="signed_by",
            field=models.CharField(default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="postreturn",
            name="signed_by",
            field=models.CharField(default="", max_length=300),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="postreturn",
            name="post",
            field=models.CharField(max_length=20),
        ),
        migrations.AddConstraint(
            model_name="postreturn",
            constraint=models.UniqueConstraint(fields=("post", "signed_by"), name="post_record_once"),
        ),
    ]
