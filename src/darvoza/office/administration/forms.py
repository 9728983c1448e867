"""Forms of the administrator."""

from difflib import get_close_matches
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from darvoza.domain.codes import Agency
from darvoza.flow.assessment.list_files import ListKind
from darvoza.office.accounts.queries import known
from darvoza.office.accounts.roles import WORDS, Role
from darvoza.office.accounts.rules import LONGEST_NAME, POST, USERNAME, conflict
from darvoza.office.accounts.services.people import NewPerson
from darvoza.office.administration.data_words import CODES
from darvoza.office.administration.queries import places
from darvoza.office.shell.words import AGENCIES


class PersonForm(forms.Form):
    """What is to be said of a person: name, roles, agency, post."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        choices=[(role.value, WORDS[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
    )
    agency = forms.ChoiceField(
        label=_("Agency"),
        required=False,
        choices=[("", _("every agency")), *((agency.value, AGENCIES[agency]) for agency in Agency)],
    )
    post = forms.CharField(
        label=_("Post; empty for every post"),
        required=False,
        max_length=20,
        validators=[POST],
        widget=forms.TextInput(attrs={"list": "posts-known", "autocomplete": "off"}),
    )

    def clean_post(self) -> str:
        """Refuse a post that nobody knows, for it is mistyped: whoever worked there would see no order."""
        post = str(self.cleaned_data["post"])
        there = [line.code for line in places.posts()]
        if not post or post in there or post == self.initial.get("post"):
            return post
        near = get_close_matches(post, there, 1)
        said = gettext("No such post is known. Name it first, under “Posts and agencies”, or choose one that is known.")
        if near:
            said += " " + gettext("Did you mean %(post)s?") % {"post": near[0]}
        raise forms.ValidationError(said)

    def clean(self) -> dict[str, Any]:
        """Refuse roles that do not go together."""
        values = super().clean() or {}
        roles = frozenset(map(Role, values.get("roles", ())))
        if "roles" in values and "agency" in values and (wrong := conflict(roles, values["agency"])):
            self.add_error(wrong.field, str(wrong.words))
        return values


class NewPersonForm(PersonForm):
    """What is to be said of somebody new."""

    username = forms.CharField(label=_("User name"), max_length=60, validators=[USERNAME])
    field_order = ("username", "name", "roles", "agency", "post")

    def clean_username(self) -> str:
        """Refuse a name that somebody has."""
        username = str(self.cleaned_data["username"])
        if known(username):
            raise forms.ValidationError(_("Somebody has this user name already."), code="known")
        return username

    def person(self) -> NewPerson:
        """Give the person, once the form is valid."""
        values = self.cleaned_data
        agency = Agency(values["agency"]) if values["agency"] else None
        return NewPerson(values["username"], values["name"], tuple(map(Role, values["roles"])), agency, values["post"])


class FileForm(forms.Form):
    """A new state of a file that the gate decides by."""

    name = forms.CharField(label=_("File"), max_length=120)
    file = forms.FileField(label=_("New content"))


class ListForm(forms.Form):
    """A new state of a named list: what its header says, and the codes."""

    name = forms.CharField(label=_("Name"), max_length=120)
    version = forms.CharField(label=_("Version, as its source calls it"), max_length=60, required=False)
    source = forms.CharField(label=_("Source"), max_length=500)
    date = forms.DateField(label=_("Date of the source"), widget=forms.DateInput(attrs={"type": "date"}))
    expires = forms.DateField(
        label=_("Vouched for until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(label=_("What the codes are"), choices=[(each.value, CODES[each]) for each in ListKind])
    file = forms.FileField(label=_("Codes: CSV with the column “code”"))

    def header(self) -> dict[str, str]:
        """Give the header of the list, once the form is valid."""
        names = ("name", "version", "source", "date", "expires", "kind")
        return {name: str(self.cleaned_data[name] or "") for name in names}


class PostForm(forms.Form):
    """Code and name of a post."""

    code = forms.CharField(label=_("Code"), max_length=20, validators=[POST])
    name = forms.CharField(label=_("Name"), max_length=120)
