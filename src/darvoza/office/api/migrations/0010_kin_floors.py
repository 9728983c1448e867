"""What lodgings minded of each other is told by floors and draws: what was told by the names of acts alone is written out."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

BATCH = 200
Row = Mapping[str, Any]
OF_ACT = ("agency", "act", "floors", "contributions", "families")
OF_DRAW = ("fingerprint", "key_day")


def fill(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write out what was minded, from the decisions on the lodging that it names."""
    lodged = apps.get_model("api", "Lodgement").objects.using(schema_editor.connection.alias)
    rows = lodged.exclude(kin=[]).order_by("pk").values_list("pk", "kin", "decisions")
    for key, kin, decisions in rows.iterator(chunk_size=BATCH):
        told = [made for each in kin for made in written_out(each, _named(lodged, each), decisions)]
        if told != kin:
            lodged.filter(pk=key).update(kin=told)


def _named(lodged: Any, kin: Row) -> list[Row]:  # noqa: ANN401 - of Django
    """Give the decisions on the lodging that is named; none where it has expired."""
    found = lodged.filter(declaration_id=kin["declaration_id"], revision=kin["revision"])
    return list(found.values_list("decisions", flat=True).first() or ())


def written_out(kin: Row, there: list[Row], own: Iterable[Row]) -> Iterator[Row]:
    """Give what was minded of a lodging as it is told now.

    Such acts were of the goods that were meant there, not of the whole consignment, and what was told of the score came along:
    both is kept, so that the decision comes out the same again. Where that lodging has expired, the floors are those under the
    decision itself, which has them all.

    Parameters
    ----------
    kin
        What was minded.
    there
        The decisions on the lodging that is named.
    own
        The decisions that minded it.
    """
    if not isinstance(kin.get("spent"), bool):
        yield kin
        return
    named, mine = {name: kin[name] for name in ("declaration_id", "revision")}, list(own)
    acts = [
        {**{name: row[name] for name in OF_ACT if name in row}, "whole": False}
        for row in there or mine
        if f"{row['agency']} {row['act']}" in kin["acts"] and (row["selected"] or not there)
    ]
    if acts:
        yield {**named, "acts": acts}
    draw = [there[0][name] for name in OF_DRAW] if there else []
    # a draw that chose something on another lodging was told as spent, too, and drew nevertheless
    if kin["spent"] and draw and draw != [mine[0][name] for name in OF_DRAW]:
        yield {**named, "spent": draw}


class Migration(migrations.Migration):
    """Rows that were written before acts were told with their floors."""

    dependencies = [("api", "0009_kin")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
