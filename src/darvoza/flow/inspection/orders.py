"""Orders: selections become instructions to officers, blind to what chose them.

Work is put in order, never left out: first what does not keep (TFA 7.9), then by expected harm. Where more is asked for
than a post can do in a day, that order says what is done first and what waits. All services see a consignment in one
slot, the earliest that all can make.
"""

from collections.abc import Iterator, Mapping

import polars as pl

from darvoza.domain.capacity import DURATIONS
from darvoza.domain.codes import Act, Agency, Channel
from darvoza.domain.inspection import InspectionOrder
from darvoza.domain.profile import ProfileSet
from darvoza.domain.sps.queue import Urgency, Waiting
from darvoza.flow.inspection.queue import in_turn, joint_slots

LANGUAGES = ("en", "ru")

PRESSING_HOURS = 8
"""What is to be seen within so many hours of lodging counts as perishable: it cannot wait for tomorrow."""

MOMENT = pl.Datetime("us", "UTC")
TOLD = ("declaration_id", "post", "day", "agency", "act", "items", "channel", "turn", "deadline",
        pl.col("pressing").alias("urgency"), "slot_start", "slot_end", "reason_needed")  # fmt: skip

STANDING: Mapping[str, Mapping[Act, str]] = {
    "en": {
        Act.AUDIT: "Check books and payment after release.",
        Act.DOCUMENTARY: "Compare declaration, invoice, transport document and certificates.",
        Act.IDENTITY: "Compare marks, seals and numbers of goods and transport with the documents.",
        Act.SCAN: "Scan the load; compare its density and packing with the declaration.",
        Act.SAMPLING: "Take a sample and send it to the laboratory.",
        Act.PHYSICAL: "Examine the goods: kind, quantity, mass, origin marks; open packages drawn at random.",
    },
    "ru": {
        Act.AUDIT: "Проверить учёт и оплату после выпуска.",
        Act.DOCUMENTARY: "Сверить декларацию, счёт, транспортный документ и сертификаты.",
        Act.IDENTITY: "Сверить маркировку, пломбы и номера товаров и транспорта с документами.",
        Act.SCAN: "Просветить груз; сравнить плотность и упаковку с декларацией.",
        Act.SAMPLING: "Отобрать пробу и направить в лабораторию.",
        Act.PHYSICAL: "Досмотреть товар: вид, количество, массу, маркировку происхождения; вскрыть места, выбранные случайно.",
    },
}
"""What every act comprises, whatever chose it."""


def orders(decisions: pl.DataFrame, profiles: ProfileSet) -> pl.DataFrame:
    """Write the orders that follow from decisions.

    Parameters
    ----------
    decisions
        Decisions of a run, one row per declaration, agency and act.
    profiles
        The profiles behind them; their instructions are given with the act they ask for, whether or not they chose.

    Returns
    -------
    pl.DataFrame
        One row per selected act: ``declaration_id``, ``post``, ``day``, ``agency``, ``act``, ``items``, ``channel``,
        ``turn``, ``deadline``, ``urgency``, ``slot_start``, ``slot_end``, ``reason_needed``, ``instructions_en``,
        ``instructions_ru``; in the order of the work of each post and day. Nothing in it tells floors, score or draw.
    """
    chosen = decisions.filter("selected").with_columns(
        pl.col("lodged_at").dt.date().alias("day"),
        pl.col("floors").list.eval(pl.element().struct.field("source")).alias("_sources"),
    )
    turns = _turns(_waiting(chosen))
    told = chosen.join(turns, on="declaration_id", how="left", maintain_order="left").sort(
        "post", "day", "turn", maintain_order=True
    )
    texts = {language: _texts(profiles, language) for language in LANGUAGES}
    written = [
        pl.Series(
            f"instructions_{language}",
            [
                _joined(act, sources, texts[language], language)
                for act, sources in told.select("act", "_sources").rows()
            ],
            dtype=pl.String,
        )
        for language in LANGUAGES
    ]
    return told.select(*TOLD).with_columns(written)


def _waiting(chosen: pl.DataFrame) -> tuple[Waiting, ...]:
    """Say of each consignment what it waits for, and how pressing it is; audits wait for nothing."""
    length = pl.col("act").replace_strict({one.act.value: one.hours for one in DURATIONS}, return_dtype=pl.Float64)
    pressing = (pl.col("deadline") - pl.col("lodged_at")).dt.total_hours(fractional=True) <= PRESSING_HOURS
    soon = pl.when(pressing).then(pl.lit(Urgency.PERISHABLE.value)).otherwise(pl.lit(Urgency.OTHER.value))
    stated = pl.col("urgency") if "urgency" in chosen.columns else pl.lit(Urgency.OTHER.value)
    works = (
        chosen.with_columns(
            urgency=pl.when(stated == Urgency.OTHER.value).then(soon).otherwise(stated),
            hours=pl.when(pl.col("act") == Act.AUDIT.value).then(0.0).otherwise(length),
        )
        .group_by("declaration_id", "agency", maintain_order=True)
        .agg(pl.col("post", "lodged_at", "deadline", "urgency", "harm").first(), pl.col("hours").sum())
        .group_by("declaration_id", maintain_order=True)
        .agg(
            pl.col("post", "lodged_at", "deadline", "urgency").first(),
            pl.col("harm").first().fill_null(0.0),
            pl.col("agency", "hours").filter(pl.col("hours") > 0),
        )
    )
    return tuple(
        Waiting(name, post, lodged, deadline, Urgency(urgency), tuple(zip(map(Agency, agencies), hours, strict=True)), harm)
        for name, post, lodged, deadline, urgency, harm, agencies, hours in works.iter_rows()
    )  # fmt: skip


def _turns(waiting: tuple[Waiting, ...]) -> pl.DataFrame:
    """Give each consignment its place in the work of its post and day, and the slot of all services together."""
    slots = joint_slots(waiting)
    when = pl.DataFrame(
        [(slot.declaration_id, slot.start, slot.end, slot.late) for slot in slots],
        schema={"declaration_id": pl.String, "slot_start": MOMENT, "slot_end": MOMENT, "reason_needed": pl.Boolean},
        orient="row",
    )
    ranked = pl.DataFrame(
        [(one.declaration_id, one.post, one.ready_at.date(), one.urgency.value) for one in in_turn(waiting)],
        schema={"declaration_id": pl.String, "post": pl.String, "day": pl.Date, "urgency": pl.String},
        orient="row",
    )
    turn = pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("post", "day")
    return ranked.select("declaration_id", pl.col("urgency").alias("pressing"), turn.alias("turn")).join(
        when, on="declaration_id", how="left", maintain_order="left"
    )


def _texts(profiles: ProfileSet, language: str) -> dict[str, str]:
    """Give the instruction of each profile in a language."""
    return {profile.code: " ".join(profile.instructions.get(language, "").split()) for profile in profiles}


def _joined(act: str, sources: list[str], texts: Mapping[str, str], language: str) -> str:
    """Join the standing instruction of the act and those of the profiles, each once."""
    parts = [STANDING[language][Act(act)], *(texts[source] for source in sources if texts.get(source))]
    return "\n".join(dict.fromkeys(parts))


def as_records(table: pl.DataFrame) -> Iterator[InspectionOrder]:
    """Read the table of orders as records."""
    for row in table.iter_rows(named=True):
        yield InspectionOrder(
            declaration_id=row["declaration_id"],
            post=row["post"],
            agency=Agency(row["agency"]),
            act=Act(row["act"]),
            items=tuple(row["items"]),
            channel=Channel(row["channel"]),
            turn=row["turn"],
            deadline=row["deadline"],
            urgency=Urgency(row["urgency"]),
            slot=(row["slot_start"], row["slot_end"]),
            reason_needed=row["reason_needed"],
            instructions=tuple((language, row[f"instructions_{language}"]) for language in LANGUAGES),
        )
