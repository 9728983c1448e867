"""Orders: selections become instructions to officers, blind to what chose them.

Work is put in order, never left out: first what does not keep (TFA 7.9), then by expected harm. Where more is asked for
than a post can do in a day, that order says what is done first and what waits. All services see a consignment in one
slot, the earliest that all can make.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

import polars as pl

from darvoza.domain.capacity import DURATIONS
from darvoza.domain.codes import Act, Agency, Channel
from darvoza.domain.inspection import InspectionOrder
from darvoza.domain.profile import ProfileSet
from darvoza.domain.sps.queue import Urgency, Waiting
from darvoza.flow.inspection.faulty_documents import NONE_FAULTY, Faulty
from darvoza.flow.inspection.queue import in_turn, joint_slots
from darvoza.flow.tables import Schema

LANGUAGES = ("en", "ru")

PRESSING: Final = timedelta(hours=8)
"""What is to be seen within so long of lodging counts as perishable: it cannot wait for tomorrow."""

MOMENT = pl.Datetime("us", "UTC")
ORDER_SCHEMA: Schema = {
    "declaration_id": pl.String, "post": pl.String, "day": pl.Date, "agency": pl.String, "act": pl.String,
    "items": pl.List(pl.Int64), "channel": pl.String, "turn": pl.Int64, "deadline": MOMENT, "urgency": pl.String,
    "slot_start": MOMENT, "slot_end": MOMENT, "reason_needed": pl.Boolean,
    **{f"instructions_{language}": pl.String for language in LANGUAGES},
}  # fmt: skip
"""Columns of orders."""

ADDED = frozenset({"day", "turn", "urgency", "slot_start", "slot_end", "reason_needed"}) | {
    f"instructions_{language}" for language in LANGUAGES
}
"""What an order says that no decision does; all else it says as the decision does."""

_HOURS: Final = {one.act.value: 0.0 if one.act is Act.AUDIT else one.hours for one in DURATIONS}
"""How long a consignment waits for each act [h]; for an audit it does not."""

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


def orders(decisions: pl.DataFrame, profiles: ProfileSet, faulty: Faulty = NONE_FAULTY) -> pl.DataFrame:
    """Write the orders that follow from decisions.

    Parameters
    ----------
    decisions
        Decisions of a run, one row per declaration, agency and act.
    profiles
        The profiles behind them; their instructions are given with the act they ask for, whether or not they chose.
    faulty
        What is wrong with certificates and permits; it is told with every act of the service that answers for them.

    Returns
    -------
    pl.DataFrame
        One row per selected act: the columns of `ORDER_SCHEMA`, in the order of the work of each post and day. Nothing
        in it tells floors, score or draw.
    """
    sources = pl.col("floors").list.eval(pl.element().struct.field("source")).alias("sources")
    urgency = "urgency" if "urgency" in decisions.columns else pl.lit(Urgency.OTHER.value).alias("urgency")
    named = [name for name in Chosen._fields if name not in {"urgency", "sources"}]
    selected = decisions.filter("selected")
    chosen = list(map(Chosen._make, selected.select(*named, urgency, sources).iter_rows()))
    places, written = _written(chosen, _Instructions(profiles, faulty))
    told = {name: pl.Series([row[name] for row in written], dtype=ORDER_SCHEMA[name]) for name in ADDED}
    taken = selected.select(name for name in ORDER_SCHEMA if name not in ADDED)[places]
    return taken.with_columns(**told).select(*ORDER_SCHEMA)


def orders_of_few(
    decisions: Iterable[Mapping[str, Any]], profiles: ProfileSet, faulty: Faulty = NONE_FAULTY
) -> list[dict[str, Any]]:
    """Write the same orders that follow from few decisions, row by row.

    Parameters
    ----------
    decisions, profiles, faulty
        As for `orders`, one mapping a decision.
    """
    selected = [row for row in decisions if row["selected"]]
    places, written = _written(list(map(_chosen, selected)), _Instructions(profiles, faulty))
    return [
        {name: (told if name in ADDED else selected[place])[name] for name in ORDER_SCHEMA}
        for place, told in zip(places, written, strict=True)
    ]


class Chosen(NamedTuple):
    """What an order depends on: columns of a decision that is carried out, and the sources of its floors."""

    declaration_id: str
    post: str
    lodged_at: datetime
    agency: str
    act: str
    deadline: datetime
    harm: float | None
    urgency: str
    sources: Sequence[str]


def _chosen(row: Mapping[str, Any]) -> Chosen:
    return Chosen(
        **{name: row[name] for name in Chosen._fields[:-1]}, sources=[floor["source"] for floor in row["floors"]]
    )


def _written(chosen: Sequence[Chosen], told: "_Instructions") -> tuple[list[int], list[dict[str, Any]]]:
    """Put acts in the order of the work of each post and day, and write what an order says beside the decision: `ADDED`."""
    waiting = tuple(_waiting(chosen))
    urgency = {one.declaration_id: one.urgency.value for one in waiting}
    turns, slots = _turns(waiting), {slot.declaration_id: slot for slot in joint_slots(waiting)}
    keys = [(one.post, one.lodged_at.date(), turns[one.declaration_id]) for one in chosen]
    places = sorted(range(len(chosen)), key=keys.__getitem__)
    written = []
    for place in places:
        one, (_, day, turn) = chosen[place], keys[place]
        slot = slots[one.declaration_id]
        times = {"slot_start": slot.start, "slot_end": slot.end, "reason_needed": slot.late}
        written.append({"day": day, "turn": turn, "urgency": urgency[one.declaration_id], **times, **told.of(one)})
    return places, written


def _waiting(chosen: Sequence[Chosen]) -> Iterator[Waiting]:
    """Say of each consignment what it waits for, and how pressing it is; audits wait for nothing."""
    acts: dict[str, list[Chosen]] = {}
    for one in chosen:
        acts.setdefault(one.declaration_id, []).append(one)
    for name, those in acts.items():
        hours: dict[str, float] = {}
        for one in those:
            hours[one.agency] = hours.get(one.agency, 0.0) + _HOURS[one.act]
        work = tuple((Agency(agency), long) for agency, long in hours.items() if long > 0)
        first = those[0]
        yield Waiting(
            name,
            first.post,
            first.lodged_at,
            first.deadline,
            _urgency(first),
            work,
            0.0 if first.harm is None else first.harm,
        )


def _urgency(one: Chosen) -> Urgency:
    """Say how pressing goods are: as was found, or by their deadline alone."""
    if one.urgency != Urgency.OTHER:
        return Urgency(one.urgency)
    return Urgency.PERISHABLE if one.deadline - one.lodged_at <= PRESSING else Urgency.OTHER


def _turns(waiting: Iterable[Waiting]) -> dict[str, int]:
    """Give each consignment its place in the work of its post and day."""
    places: dict[tuple[str, date], int] = {}
    turns = {}
    for one in in_turn(waiting):
        where = one.post, one.ready_at.date()
        turns[one.declaration_id] = places[where] = places.get(where, 0) + 1
    return turns


class _Instructions:
    """What officers are told: what the act always comprises, which documents are faulty, and what profiles say, each once."""

    def __init__(self, profiles: ProfileSet, faulty: Faulty) -> None:
        self._profiles, self._faulty = profiles.by_code, faulty
        self._texts: dict[str, tuple[str, ...]] = {}

    def of(self, one: Chosen) -> dict[str, str]:
        """Give the instructions of an act, in each language."""
        act, said = Act(one.act), [text for text in map(self._of_source, one.sources) if text]
        faulty = self._faulty.get((one.declaration_id, one.agency), {})
        return {
            f"instructions_{language}": "\n".join(
                dict.fromkeys(
                    [
                        STANDING[language][act],
                        *faulty.get(language, ()),
                        *(texts[place] for texts in said if texts[place]),
                    ]
                )
            )
            for place, language in enumerate(LANGUAGES)
        }

    def _of_source(self, source: str) -> tuple[str, ...]:
        """Give what a profile says, by language; nothing where it is no profile, or says nothing."""
        if source not in self._texts:
            profile = self._profiles.get(source)
            told = {} if profile is None else profile.instructions
            texts = tuple(" ".join(told.get(language, "").split()) for language in LANGUAGES)
            self._texts[source] = texts if any(texts) else ()
        return self._texts[source]


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
