"""Forms for roles in a collection, and for assignments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from clustering.accounts.inviting import SITE_ROLES
from clustering.actions.base import MOST
from clustering.models import Collection, CollectionRole, Team, User
from clustering.models.user import BY_NAME
from clustering.sentences import listed
from clustering.teamwork.teams import Holder
from clustering.wording import translated

_PERSON, _TEAM = "person", "team"


def holder_choices() -> list[Any]:
    """Return people who can sign in, and teams, as choices of a select."""
    people = User.objects.filter(is_active=True).order_by(*BY_NAME)
    named = [(f"{_PERSON}:{one.pk}", _called(one)) for one in people]
    teams = [(f"{_TEAM}:{one.pk}", one.name) for one in Team.objects.all()]
    choices: list[Any] = [("", _("Choose…"))]
    return choices + [group for group in ((_("Teams"), teams), (_("People"), named)) if group[1]]


def _called(person: User) -> str:
    full = person.get_full_name()
    return f"{full} ({person.get_username()})" if full else person.get_username()


def holder_of(written: str) -> Holder | None:
    """Return the person or team of a choice; None if there is none (anymore)."""
    kind, _, key = written.partition(":")
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        return None
    if kind == _TEAM:
        return Team.objects.filter(pk=int(key)).first()
    return User.objects.filter(pk=int(key), is_active=True).first() if kind == _PERSON else None


class HolderField(forms.ChoiceField):
    """A person or a team; its cleaned value is the row."""

    def __init__(self, **given: Any) -> None:
        errors = {
            "required": _lazy("Choose a person or a team."),
            "invalid_choice": _lazy("Choose a person or a team from the list."),
        }
        super().__init__(choices=holder_choices, error_messages=errors, **given)

    def clean(self, value: Any) -> Any:
        """Return the row. Raises ValidationError."""
        holder = holder_of(super().clean(value))
        if holder is None:
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return holder


ONLY_THEM = _lazy("Close to everyone else")


def closed_by_naming(collections: Iterable[Collection]) -> list[Collection]:
    """Return collections without roles, which everyone with a role in the site can open until someone gets a role."""
    asked = [one.pk for one in collections]
    return list(Collection.objects.filter(pk__in=asked, roles=None))


def why_only_them(closes: Sequence[Collection]) -> str:
    """Return what giving someone a role in these collections means for everyone else."""
    return ngettext(
        "“%(titles)s” is open to everyone with a role on this site. Naming someone closes it to all others except "
        "staff. If you mean that, select “%(choice)s.”",
        "%(titles)s are open to everyone with a role on this site. Naming someone closes them to all others except "
        "staff. If you mean that, select “%(choice)s.”",
        len(closes),
    ) % {"titles": translated(listed([one.title for one in closes])), "choice": ONLY_THEM}


class HolderForm(forms.Form):
    """A form that offers people and teams. They are looked up once for each form, or once for those that share
    `holders`, however many times a page lists them."""

    def __init__(self, *args: Any, holders: Callable[[], list[Any]] | None = None, **given: Any) -> None:
        super().__init__(*args, **given)
        field = self.fields["holder"]
        assert isinstance(field, HolderField)
        field.choices = holders or cache(holder_choices)


class RoleForm(HolderForm):
    """What a person or a team may do in a collection."""

    holder = HolderField(label=_lazy("Person or team"))
    role = forms.ChoiceField(
        label=_lazy("What they may do"), choices=CollectionRole.Role.choices, initial=CollectionRole.Role.EDIT
    )
    only_them = forms.BooleanField(label=ONLY_THEM, required=False)

    def __init__(self, *args: Any, collection: Collection, **given: Any) -> None:
        super().__init__(*args, **given)
        self.closes = closed_by_naming([collection])

    def clean_only_them(self) -> bool:
        """Raise ValidationError if others would lose access and that wasn't confirmed."""
        if self.closes and not self.cleaned_data["only_them"]:
            raise forms.ValidationError(why_only_them(self.closes))
        return True


class AssignForm(HolderForm):
    """An assignment of a collection or a range of its pages to a person or team, with a due date."""

    holder = HolderField(label=_lazy("Person or team"))
    due = forms.DateField(
        label=_lazy("Due"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _lazy("Enter the date as YYYY-MM-DD.")},
    )
    first = forms.IntegerField(label=_lazy("From page"), required=False, min_value=1, max_value=MOST)
    last = forms.IntegerField(label=_lazy("To page"), required=False, min_value=1, max_value=MOST)
    note = forms.CharField(label=_lazy("Note"), required=False, max_length=500)

    def clean_due(self) -> date | None:
        """Refuse a day in the past, such as one with the wrong year."""
        due: date | None = self.cleaned_data["due"]
        if due is not None and due < timezone.localdate():
            raise forms.ValidationError(_("The due date is in the past. Enter today or a later day."))
        return due

    def clean(self) -> dict[str, Any]:
        """Check that the range has both ends or neither."""
        cleaned = super().clean() or {}
        if not self.errors:
            first, last = cleaned.get("first"), cleaned.get("last")
            if (first is None) != (last is None):
                self.add_error("last" if last is None else "first", _("Enter both ends of the range, or neither."))
            elif first is not None and last < first:
                self.add_error("last", _("The last page comes before the first."))
        return cleaned

    @property
    def pages(self) -> tuple[int, int] | None:
        """Return the range; None for the whole collection."""
        first, last = self.cleaned_data["first"], self.cleaned_data["last"]
        return None if first is None else (first, last)


class HandOverForm(HolderForm):
    """The person or team that an assignment is handed to."""

    holder = HolderField(label=_lazy("Hand over to"))
    note = forms.CharField(label=_lazy("Note"), required=False, max_length=500)


def _plain(text: str) -> str:
    return ",".join(" ".join(part.split()) for part in text.lower().split(","))


def _collections_written(text: str) -> list[Collection]:
    """Return the collections with these titles or short names, separated by commas; between short names
    spaces do as well. Titles may have commas of their own. Raises ValidationError.
    """
    known = Collection.objects.filter(deleted=None)
    slugs = {one.slug.lower(): one for one in known.filter(slug__in=text.replace(",", " ").split())}
    titled: dict[str, list[Collection]] = {}
    for one in known.alias(written=Value(" ".join(text.split()))).filter(written__icontains=F("title")):
        titled.setdefault(_plain(one.title), []).append(one)
    rest = f",{_plain(text)},"
    written: list[Collection] = []
    for title in sorted(titled.keys() - slugs.keys(), key=len, reverse=True):
        if f",{title}," not in rest:
            continue
        if len(titled[title]) > 1:
            message = _("More than one collection has the title “%(title)s”. Enter its short name.")
            raise forms.ValidationError(message % {"title": titled[title][0].title})
        rest = rest.replace(f",{title},", ",")
        written += titled[title]
    for part in rest.split(","):
        if part.split() != [word for word in part.split() if word in slugs]:
            message = _("There is no collection with the title or short name “%(unknown)s”.")
            raise forms.ValidationError(message % {"unknown": part})
        written += [slugs[word] for word in part.split()]
    return list(dict.fromkeys(written))


class InviteForm(forms.Form):
    """A new account, with its roles."""

    first_name = forms.CharField(label=_lazy("First name"), required=False, max_length=150)
    last_name = forms.CharField(label=_lazy("Last name"), required=False, max_length=150)
    username = forms.CharField(
        label=_lazy("Username"),
        max_length=150,
        validators=[
            UnicodeUsernameValidator(message=_lazy("Use only letters, digits, and @ . + - _ in a username, no spaces."))
        ],
        error_messages={"required": _lazy("Enter a username.")},
    )
    email = forms.EmailField(label=_lazy("Email"), required=False)
    site_role = forms.ChoiceField(label=_lazy("Role on this site"), choices=list(SITE_ROLES.items()), required=False)
    teams = forms.ModelMultipleChoiceField(
        label=_lazy("Teams"), queryset=Team.objects.all(), required=False, widget=forms.CheckboxSelectMultiple
    )
    collections = forms.CharField(label=_lazy("Collections"), required=False, max_length=2000)
    role = forms.ChoiceField(
        label=_lazy("Role in these collections"), choices=CollectionRole.Role.choices, initial=CollectionRole.Role.EDIT
    )

    only_them = forms.BooleanField(label=ONLY_THEM, required=False)
    closes: Sequence[Collection] = ()

    def clean_only_them(self) -> bool:
        """Raise ValidationError if others would lose access and that wasn't confirmed."""
        self.closes = closed_by_naming(self.cleaned_data.get("collections", []))
        if self.closes and not self.cleaned_data["only_them"]:
            raise forms.ValidationError(why_only_them(self.closes))
        return True

    def clean_collections(self) -> list[Collection]:
        """Return the collections with these titles or short names, separated by commas."""
        return _collections_written(self.cleaned_data["collections"])

    def clean_username(self) -> str:
        """Check that no one has this username, in any capitalization."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("The username “%(name)s” is taken. Choose another.") % {"name": name})
        return name


class ForgotForm(forms.Form):
    """The account of a person who forgot the password."""

    who = forms.CharField(
        max_length=254,
        error_messages={"required": _lazy("Enter your username or email address.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "autocapitalize": "none"}),
    )
