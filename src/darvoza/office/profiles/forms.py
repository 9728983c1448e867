"""The form of a profile: one field for each of its file; the language says what is wrong, not the form."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from darvoza.domain.codes import Act, Agency, RiskArea
from darvoza.domain.profile import Outcome, UnknownPolicy, Visibility
from darvoza.errors import ProfileError
from darvoza.flow.assessment.profile_files import FLOORS
from darvoza.flow.assessment.profile_text import fields_text
from darvoza.flow.fields import parse_yaml
from darvoza.office.profiles.builder import Group
from darvoza.office.profiles.lines import Line, sent_lines
from darvoza.office.profiles.words import OUTCOMES, POLICIES, VISIBILITIES
from darvoza.office.shell.readable import readable_part
from darvoza.office.shell.words import ACTS, AGENCIES, AREAS
from darvoza.office.shell.words import FLOORS as FLOOR_WORDS

MOST_CASES: Final = 50
PLAIN: Final = re.compile(r"(?!null$|Null$|NULL$)[^\W_][\w.-]*")
"""Values that need no quotes."""

DOTTED: Final = {
    "valid_from": ("valid", "from"),
    "valid_to": ("valid", "to"),
    "act": ("treatment", "act"),
    "share": ("treatment", "share"),
    "instructions_en": ("instructions", "en"),
    "instructions_ru": ("instructions", "ru"),
}
"""Fields of the form that stand one level down in the file."""

PARTS: Final = (
    ("code", "title", "agency"),
    ("risk_area", "act", "share", "unknown"),
    ("valid_from", "valid_to", "review_by"),
    ("floor", "visibility", "owner", "risk_register"),
    ("legal_basis", "rationale", "justification", "instructions_en", "instructions_ru"),
)
"""How the fields stand beside and below each other; the last part is of long texts."""

FIELD_OF: Final = {".".join(path): name for name, path in DOTTED.items()}


def _line(label: Any, *, length: int = 300, hint: Any = "") -> forms.CharField:  # noqa: ANN401 - texts translated late
    return forms.CharField(label=label, required=False, max_length=length, help_text=hint)


def _lines(label: Any, *, rows: int = 2, hint: Any = "") -> forms.CharField:  # noqa: ANN401 - as above
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=20_000, widget=widget, help_text=hint)


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:  # noqa: ANN401 - as above
    return forms.ChoiceField(label=label, required=False, choices=[("", "—"), *choices])


def _fixed(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:  # noqa: ANN401 - as above
    return forms.ChoiceField(label=label, required=False, choices=choices)


def _day(label: Any) -> forms.CharField:  # noqa: ANN401 - as above
    return forms.CharField(label=label, required=False, max_length=10, widget=forms.DateInput(attrs={"type": "date"}))


@dataclass(frozen=True, slots=True)
class CaseSent:
    """A worked case as its part of the form has it."""

    title: str = ""
    given: str = ""
    expect: str = Outcome.MATCH.value

    @property
    def blank(self) -> bool:
        """Whether nothing was written in it."""
        return not (self.title.strip() or self.given.strip())

    def as_field(self) -> dict[str, Any]:
        """Give it as the file holds it; what cannot be read as facts stays the text it is, and is refused there."""
        given: Any = self.given
        with suppress(ProfileError):  # the language refuses it where it reads the profile, with the place
            given = dict(parse_yaml(self.given, "given"))
        return {"title": self.title.strip(), "given": given, "expect": self.expect}


class ProfileForm(forms.Form):
    """Everything of a profile but its worked cases."""

    code = _line(_("Code"), length=60, hint=_("Such as CUS-VAL-020; it stays with the profile for good."))
    title = _line(_("Title"))
    agency = _choice(_("Agency"), [(each.value, AGENCIES[each]) for each in Agency])
    risk_area = _choice(_("Risk area"), [(each.value, AREAS[each]) for each in RiskArea])
    when = _lines(_("Sentence"), rows=4)
    unknown = _fixed(_("Where a fact is missing"), [(each.value, POLICIES[each]) for each in UnknownPolicy])
    act = _choice(_("Act"), [(each.value, ACTS[each]) for each in Act])
    share = _line(_("Share of the matches, above 0 to 1"), length=10)
    valid_from = _day(_("Valid from"))
    valid_to = _day(_("Valid to"))
    review_by = _day(_("Review by"))
    floor = _fixed(_("Kind of floor"), [(each.value, FLOOR_WORDS[each]) for each in FLOORS])
    visibility = _fixed(_("May be read by"), [(each.value, VISIBILITIES[each]) for each in Visibility])
    legal_basis = _lines(_("Legal basis"))
    rationale = _lines(_("Rationale"))
    justification = _lines(
        _("Reason for differentiating"), hint=_("Needed where the sentence names countries or traders (TFA 7.4.2).")
    )
    instructions_en = _lines(_("What the officer is told, in English"), rows=3)
    instructions_ru = _lines(_("What the officer is told, in Russian"), rows=3)
    owner = _line(_("Owner"))
    risk_register = _line(_("Entry of the risk register"))
    needs_national_data = forms.BooleanField(label=_("A number must be set on national data first"), required=False)
    national_data = _line(_("Which number"))


def form_of(fields: Mapping[str, Any]) -> ProfileForm:
    """Show the fields of a file in a form."""
    shown: dict[str, Any] = {name: value for name, value in fields.items() if isinstance(value, str)}
    for name, (part, inner) in DOTTED.items():
        below = fields.get(part)
        shown[name] = below.get(inner, "") if isinstance(below, Mapping) else ""
    shown["needs_national_data"] = fields.get("needs_national_data") == "true"
    shown["when"] = " ".join(str(fields.get("when", "")).split())
    return ProfileForm(initial=shown)


def fields_sent(sent: MultiValueDict[str, str]) -> dict[str, Any]:
    """Give the fields of a file as a form sent them; what was left empty is left out."""
    fields: dict[str, Any] = {}
    for name in ProfileForm.base_fields:
        value = " ".join(readable_part(" ".join(str(sent.get(name, "")).split())).split())
        if not value:
            continue
        if name == "share":
            value = share_sent(value)
        if name in DOTTED:
            part, inner = DOTTED[name]
            fields.setdefault(part, {})[inner] = value
        else:
            fields[name] = "true" if name == "needs_national_data" else value
    if cases := [case.as_field() for case in cases_sent(sent) if not case.blank]:
        fields["cases"] = cases
    return fields


def share_sent(text: str) -> str:
    """Give a share as the file holds it, whether it was sent with a decimal comma or a point.

    Examples
    --------
    >>> share_sent(" 0,5 "), share_sent("0.5"), share_sent("half")
    ('0.5', '0.5', 'half')
    """
    return re.sub(r"^(\d*),(\d+)$", r"\1.\2", text.strip())


def cases_sent(sent: Mapping[str, str]) -> list[CaseSent]:
    """Give the worked cases as a form sent them."""
    count = sum(1 for place in range(MOST_CASES) if f"case{place}-title" in sent)
    return [
        CaseSent(*(readable_part(sent.get(f"case{place}-{name}", "")) for name in ("title", "given", "expect")))
        for place in range(count)
    ]


def cases_of(fields: Mapping[str, Any]) -> list[CaseSent]:
    """Give the worked cases of a file as their parts of the form have them."""
    listed = fields.get("cases")
    return [_case(each) for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def _case(case: Mapping[str, Any]) -> CaseSent:
    given = case.get("given")
    text = given if isinstance(given, str) else _as_lines(given) if isinstance(given, Mapping) and given else ""
    return CaseSent(str(case.get("title", "")), str(text).strip(), str(case.get("expect", Outcome.MATCH.value)))


def _as_lines(given: Mapping[str, Any]) -> str:
    """Write facts one a line, without the quotes that the language does not need."""
    if all(isinstance(value, str) and PLAIN.fullmatch(value) for value in given.values()):
        return "\n".join(f"{name}: {value}" for name, value in given.items())
    return fields_text(given)


def rows_sent(sent: Mapping[str, str]) -> tuple[Group, list[Line]]:
    """Give the rows of the builder as a form sent them."""
    return sent_lines({name: readable_part(sent[name]) for name in sent if name.startswith(("row", "join"))})


OUTCOME_CHOICES: Final = [(each.value, OUTCOMES[each]) for each in Outcome]
