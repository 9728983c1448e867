"""The form of a result: one part an item, each empty when nothing was found."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from darvoza.domain.casework import ExaminationResult, ItemResult, of_a_finding
from darvoza.domain.codes import RiskArea, Severity
from darvoza.domain.declaration import GoodsItem
from darvoza.flow.inspection.soundness import FEWEST_WORDS
from darvoza.office.desk.fields import Amount, CommodityCode, Country, Samples, Words
from darvoza.office.shell.words import AREAS, SEVERITIES

WITHOUT_A_FINDING = _(
    "A seizure, duty, a severity or a corrected value is entered, so say what was found: mark at least one."
)

WITHOUT_A_SAMPLE = _(
    "Enter the numbers of the samples, or say in your own words why none was taken, in at least ten characters."
)

NOTHING_MARKED = _(
    "Nothing is marked on item %(items)s. If it was checked and is in order, tick that at the end of the form; if not, mark what was found."
)

LARGEST, PLACES = Decimal(10) ** 12, 3


def _amount(label: Any, places: int = PLACES) -> Amount:  # noqa: ANN401 - a text that is translated late
    return Amount(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_value=LARGEST,
        decimal_places=places,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 12}),
    )


class Fault(NamedTuple):
    """One thing that is wrong: on which item, at which field, how it is called, and why."""

    item: int
    at: str
    label: str
    words: str


class ItemForm(forms.Form):
    """What was found on one item."""

    areas = forms.MultipleChoiceField(
        label=_("Found"),
        required=False,
        choices=[(area.value, AREAS[area]) for area in RiskArea],
        widget=forms.CheckboxSelectMultiple,
    )
    quantity = _amount(_("Quantity counted"))
    net_mass = _amount(_("Net mass weighed, kg"))
    corrected_value = _amount(_("Corrected customs value"))
    additional_duty = _amount(_("Additional duty and tax"), places=2)  # money is shown and summed in hundredths
    severity = forms.TypedChoiceField(
        label=_("Severity, where harm is not money"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("as usual for what was found")),
            *((str(int(grade)), SEVERITIES[grade]) for grade in SEVERITIES),
        ],
    )
    corrected_origin = Country(label=_("Corrected origin, two letters"), required=False, max_length=60)
    corrected_hs = CommodityCode(label=_("Corrected code"), required=False, max_length=30)
    samples = Samples(label=_("Numbers of samples, with spaces between"), required=False, max_length=300)
    seized = forms.BooleanField(label=_("Goods were seized"), required=False)
    words = Words(
        label=_("In your own words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what only a finding has where nothing was found: it would count as nothing found, and be seen by nobody."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if "areas" in values and not values["areas"] and of_a_finding(self._told(0, values)):
            self.add_error("areas", WITHOUT_A_FINDING)
        return values

    def result(self, item: int) -> ItemResult:
        """Give what was entered, once it is valid."""
        return self._told(item, self.cleaned_data)

    @staticmethod
    def _told(item: int, known: Mapping[str, Any]) -> ItemResult:
        """Give what was entered; what is wrong is as if it was not."""
        values = {"samples": "", "words": "", "seized": False, **known}
        values = {name: values.get(name) for name in ItemForm.base_fields} | values
        return ItemResult(
            item=item,
            areas=tuple(RiskArea(each) for each in values["areas"]),
            quantity=values["quantity"],
            net_mass=values["net_mass"],
            severity=Severity(values["severity"]) if values["severity"] is not None else None,
            corrected_hs=values["corrected_hs"] or None,
            corrected_origin=values["corrected_origin"] or None,
            corrected_value=values["corrected_value"],
            additional_duty=values["additional_duty"],
            seized=values["seized"],
            samples=tuple(values["samples"].split()),
            words=values["words"],
        )


class Sampling(NamedTuple):
    """What samples were taken of the goods of a form, and whether some are to be.

    Attributes
    ----------
    awaited
        Samples of which a laboratory has not spoken yet, by the number of their goods.
    laboratory
        Whether nothing else is lacking: what is said of such goods, without further samples, is what the laboratory says.
    asked
        Whether samples are to be taken.
    """

    awaited: Mapping[int, Sequence[str]] = MappingProxyType({})
    laboratory: bool = False
    asked: bool = False


class ResultForm:
    """The parts of a result together: of items that need a word, and of others, on which what is entered is one.

    Parameters
    ----------
    goods
        The items of the declaration.
    owed
        Numbers of those that need a word.
    values
        What was sent, or kept as a draft; nothing for an empty form.
    sent
        Whether it is to be checked; a draft is not.
    sampling
        What samples were taken, and whether some are to be.
    """

    def __init__(
        self,
        goods: Sequence[GoodsItem],
        owed: Collection[int],
        values: Mapping[str, Any] | None = None,
        *,
        sent: bool,
        sampling: Sampling = Sampling(),  # noqa: B008 - it holds nothing, and cannot be changed
    ) -> None:
        self.awaited, self.laboratory, self.asked = sampling
        self.confirmed = bool((values or {}).get("in_order"))
        made = [
            (item, ItemForm(values, prefix=f"item{item.item}") if sent else _drafted(item.item, values or {}))
            for item in goods
        ]
        self.parts = [(item, form) for item, form in made if item.item in owed]
        self.others = [(item, form) for item, form in made if item.item not in owed]

    @classmethod
    def of(cls, goods: Sequence[GoodsItem], result: ExaminationResult) -> "ResultForm":
        """Make the form that says what a result says."""
        said = {item.item: item for item in result.items}
        form = cls(goods, said, sent=False)
        form.parts = [(item, _said(said[item.item])) for item, _ in form.parts]
        return form

    @property
    def faults(self) -> list[Fault]:
        """What is wrong with what was sent, part by part, with the field where it is put right."""
        every = ((item.item, part) for item, part in (*self.parts, *self.others) if part.is_bound)
        return [
            Fault(
                number, f"{field.auto_id}_0" if field.name == "areas" else field.auto_id, str(field.label), str(words)
            )
            for number, part in every
            for field in part
            for words in field.errors
        ]

    @property
    def opened(self) -> bool:
        """Whether something is wrong among the other goods, which are folded in otherwise."""
        return any(part.errors for _, part in self.others if part.is_bound)

    def is_valid(self) -> bool:
        """Check every part, so that everything wrong is told at once."""
        checked = [form.is_valid() for _, form in (*self.parts, *self.others)]
        for _item, form in self.parts if self.asked else ():
            known = form.cleaned_data
            said = len(known.get("words", "").strip()) >= FEWEST_WORDS
            if not said and not any(map(known.get, ("areas", "samples"))):
                form.add_error("samples", WITHOUT_A_SAMPLE)
        return all(checked) and not self.faults

    @property
    def unmarked(self) -> list[int]:
        """The goods that need a word, and on which nothing is marked, once it is valid: they would count as in order."""
        return [
            item.item
            for item, form in self.parts
            if not form.cleaned_data["areas"] and not form.cleaned_data["samples"]
        ]

    def result(self, *, by: str, at: datetime) -> ExaminationResult:
        """Give the result, once it is valid."""
        told = (*self.parts, *((item, form) for item, form in self.others if form.has_changed()))
        items = sorted((form.result(item.item) for item, form in told), key=lambda item: item.item)
        return ExaminationResult(by=by, at=at, items=tuple(items))


def _said(item: ItemResult) -> ItemForm:
    """Make the part of an item that says what was said of it."""
    values = {name: getattr(item, name) for name in ItemForm.base_fields}
    values |= {"areas": [area.value for area in item.areas], "samples": " ".join(item.samples)}
    values["severity"] = str(int(item.severity)) if item.severity is not None else ""
    return ItemForm(initial=values, prefix=f"item{item.item}")


def _drafted(number: int, values: Mapping[str, list[str]]) -> ItemForm:
    """Make the part of an item as a draft left it."""
    prefix = f"item{number}-"
    kept: dict[str, Any] = {}
    for name, found in values.items():
        if name.startswith(prefix) and found:
            field = name.removeprefix(prefix)
            kept[field] = found if field == "areas" else found[0]
    return ItemForm(initial=kept, prefix=f"item{number}")


class RosterForm(forms.Form):
    """Hours of duty of every officer of a post; nothing for whoever is not on duty.

    Parameters
    ----------
    officers
        Who may be on duty, in the order of the page; anything with ``username`` and a name.
    hours
        Hours that are shown first.
    sent
        What was sent; nothing for a form that is only shown.
    """

    def __init__(
        self,
        officers: Sequence[Any],
        hours: Mapping[Any, float] | None = None,
        *,
        sent: Mapping[str, Any] | None = None,
    ) -> None:
        first = {officer.username: Decimal(f"{hours[officer]:g}") for officer in officers if hours and hours[officer]}
        super().__init__(sent, initial=first, prefix="hours")
        for officer in officers:
            self.fields[officer.username] = _hours(officer)

    def hours(self) -> dict[str, float]:
        """Give the hours of those on duty, once they are valid."""
        return {name: float(value) for name, value in self.cleaned_data.items() if value}


def _hours(officer: Any) -> Amount:  # noqa: ANN401 - as above
    return Amount(
        label=str(officer),
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(24),
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 5}),
    )
