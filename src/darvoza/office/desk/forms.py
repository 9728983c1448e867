"""The form of a result: one part an item, each empty when nothing was found."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from darvoza.domain.casework import ExaminationResult, ItemResult
from darvoza.domain.codes import RiskArea
from darvoza.domain.declaration import GoodsItem
from darvoza.office.shell.words import AREAS

LARGEST, PLACES = Decimal(10) ** 12, 3


class Amount(forms.DecimalField):
    """A number as people write it, with spaces between thousands or without."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override] # noqa: ANN401 - so Django does it
        """Read the number, without its spaces."""
        return super().to_python("".join(value.split()) if isinstance(value, str) else value)


def _amount(label: Any) -> Amount:  # noqa: ANN401 - a text that is translated late
    return Amount(
        label=label,
        required=False,
        min_value=Decimal(0),
        max_value=LARGEST,
        decimal_places=PLACES,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 12}),
    )


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
    additional_duty = _amount(_("Additional duty and tax"))
    corrected_hs = forms.RegexField(r"^\d{6,10}$", label=_("Corrected code"), required=False, max_length=10)
    samples = forms.CharField(label=_("Numbers of samples, with spaces between"), required=False, max_length=300)
    seized = forms.BooleanField(label=_("Goods were seized"), required=False)
    words = forms.CharField(
        label=_("In your own words"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def result(self, item: int) -> ItemResult:
        """Give what was entered, once it is valid."""
        values = self.cleaned_data
        return ItemResult(
            item=item,
            areas=tuple(RiskArea(each) for each in values["areas"]),
            quantity=values["quantity"],
            net_mass=values["net_mass"],
            corrected_hs=values["corrected_hs"] or None,
            corrected_value=values["corrected_value"],
            additional_duty=values["additional_duty"],
            seized=values["seized"],
            samples=tuple(values["samples"].split()),
            words=values["words"],
        )


class ResultForm:
    """The parts of a result together.

    Parameters
    ----------
    goods
        The items of the declaration.
    values
        What was sent, or kept as a draft; nothing for an empty form.
    sent
        Whether it is to be checked; a draft is not.
    """

    def __init__(self, goods: Sequence[GoodsItem], values: Mapping[str, Any] | None = None, *, sent: bool) -> None:
        self.parts = [
            (item, ItemForm(values, prefix=f"item{item.item}") if sent else _drafted(item.item, values or {}))
            for item in goods
        ]

    def is_valid(self) -> bool:
        """Check every part, so that everything wrong is told at once."""
        checked = [form.is_valid() for _, form in self.parts]
        return all(checked)

    def result(self, *, by: str, at: datetime) -> ExaminationResult:
        """Give the result, once it is valid."""
        return ExaminationResult(by=by, at=at, items=tuple(form.result(item.item) for item, form in self.parts))


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
