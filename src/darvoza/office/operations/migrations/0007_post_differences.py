"""What differs of what a post brought back stands beside the entry; of what was taken in before, the journal tells it in a line."""

import json
from typing import Any

from django.db import migrations, models
from django.db.migrations.state import StateApps

PAGE = 500


def out_of_the_journal(apps: StateApps, _editor: object) -> None:
    """Write beside the entries of posts what the journal told of them."""
    told = apps.get_model("journal", "Entry").objects.filter(kind__in=["decision", "finding", "settings-change"])
    rows = apps.get_model("operations", "PostEntry").objects
    for row in told.order_by("sequence").iterator(PAGE):
        body: dict[str, Any] = row.body or {}
        words = [str(body[name]) for name in ("conflict", "again") if body.get(name)]
        if body.get("what") != "returned" or not words:
            continue
        here = rows.filter(post=body["post"], number=body["entry"], line__contains=body["head"]).exclude(line="")
        here.update(differs=[{"how": "words", "values": {"words": each}} for each in words])


def of_results(apps: StateApps, _editor: object) -> None:
    """Note of which agency the order is whose result an entry tells."""
    rows = apps.get_model("operations", "PostEntry").objects.exclude(line="").filter(line__contains='"kind":"finding"')
    for pk, line in rows.values_list("pk", "line").iterator(PAGE):
        subject = str(json.loads(line)["header"]["subject"])
        if subject.count(":") > 1:
            rows.filter(pk=pk).update(agency=subject.rsplit(":", 2)[1][:20])


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0006_post_taken"),
        ("journal", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="postentry",
            name="agency",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        migrations.AddField(model_name="postentry", name="differs", field=models.JSONField(null=True)),
        migrations.RunPython(out_of_the_journal, migrations.RunPython.noop),
        migrations.RunPython(of_results, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="postentry",
            index=models.Index(
                condition=models.Q(("differs__isnull", False)), fields=["-id"], name="post_entry_differs"
            ),
        ),
    ]
