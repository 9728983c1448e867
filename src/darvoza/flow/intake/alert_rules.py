"""The rules on alerts read from a file: the one shipped, or that of a country in its place."""

from collections.abc import Mapping
from pathlib import Path

from darvoza.domain.codes import Agency
from darvoza.domain.sps.alert import AlertFormat, AlertRule, AlertRules
from darvoza.domain.sps.measure import MeasureKind
from darvoza.errors import InvalidMeasure
from darvoza.flow.fields import Fields, as_sequence, read_yaml
from darvoza.flow.intake.measures import acts_of, texts_of

FORMAT_KEYS = ("title", "agency", "record", "dates", "columns", "goods_of")
RULE_KEYS = ("sources", "kinds", "decisions", "measure", "acts", "days", "review_days")
NEEDED = ("number", "dated", "kind", "hazard")
"""Fields without which a notification is none."""

READ = (*NEEDED, "update", "product", "decision", "goods", "origins", "regions", "establishments", "ends_on",
        "review_by", "ended_on", "ending")  # fmt: skip


def read_alert_rules(path: Path) -> AlertRules:
    """Read how alerts are worded and what follows from them.

    Parameters
    ----------
    path
        YAML with ``basis``, ``formats`` and ``rules``, such as the shipped ``reference_data/sps_alerts.yaml``.

    Raises
    ------
    InvalidMeasure
        When the file cannot be read.
    ExceptionGroup
        Of `InvalidMeasure`, everything that is wrong in it.
    """
    fields = Fields(read_yaml(path, path.name, error=InvalidMeasure), path.name, error=InvalidMeasure)
    fields.only(("basis", "formats", "rules"))
    given = fields.part("formats")
    formats = {str(name): _format(str(name), given.part(str(name))) for name in given.mapping}
    rows = [
        Fields(row, path.name, prefix=f"rules.{at}.", errors=fields.errors, error=InvalidMeasure)
        for at, row in enumerate(as_sequence(fields.mapping.get("rules")), start=1)
    ]
    made = AlertRules(fields.text("basis", required=True), formats, tuple(_rule(row, formats) for row in rows))
    fields.finish()
    return made


def _format(name: str, fields: Fields) -> AlertFormat:
    fields.only(FORMAT_KEYS)
    columns = fields.part("columns")
    columns.only(READ)
    for needed in (*NEEDED, "goods"):
        columns.text(needed, required=True)
    goods = fields.part("goods_of") if "goods_of" in fields.mapping else None
    return AlertFormat(
        name=name,
        title=fields.text("title", required=True),
        agency=fields.choice("agency", Agency) or Agency.CUSTOMS,
        record=fields.text("record", required=True),
        columns={str(field): columns.text(str(field)) for field in columns.mapping},
        dates=fields.text("dates") or "%Y-%m-%d",
        goods_of=None
        if goods is None
        else {str(word).casefold(): texts_of(goods, str(word)) for word in goods.mapping},
    )


def _rule(fields: Fields, formats: Mapping[str, AlertFormat]) -> AlertRule:
    fields.only(RULE_KEYS)
    folded = {name: tuple(text.casefold() for text in texts_of(fields, name)) for name in RULE_KEYS[:3]}
    for source in folded["sources"]:
        if source not in formats:
            fields.refuse("sources", f"some of {', '.join(formats)}", source, fields.nearest(source, formats))
    measure = fields.choice("measure", MeasureKind) or MeasureKind.EVIDENCE
    if measure is MeasureKind.CONDITION:
        fields.refuse(
            "measure", "a kind that an alert can give by itself", measure.value, "write such a measure by hand"
        )
    acts = acts_of(fields)
    if measure is MeasureKind.FREQUENCY and not acts:
        fields.refuse("acts", "acts with their frequency", None)
    days, review = _days(fields, "days"), _days(fields, "review_days")
    if review > days:
        fields.refuse("review_days", f"at most the {days} days after which the measure ends", review)
    return AlertRule(
        folded["sources"],
        folded["kinds"],
        folded["decisions"],
        measure=measure,
        acts=acts,
        days=days,
        review_days=review,
    )


def _days(fields: Fields, name: str) -> int:
    number = fields.number(name)
    if number is None or number != int(number) or not 1 <= number <= 3660:
        fields.refuse(name, "a whole number of days from 1 to 3660: an enhanced control must end", str(number))
        return 1
    return int(number)
