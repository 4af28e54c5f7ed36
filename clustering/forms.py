"""Forms: what people type, checked before it reaches an act."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.engine.description import FIELDS
from clustering.engine.description_template import FieldRule, Template
from clustering.jobs import param_checks, sourcing
from clustering.jobs.params import WrongParams
from clustering.models import ApiToken, Collection
from clustering.models.collection import MOST_SHARE
from clustering.models.verbs import verb_choices
from clustering.repository import is_pattern
from clustering.sign_in_brakes import wrong_password
from clustering.sources.contract import NoSource

MOST_LETTERS = 200

MOST = 2**31 - 1
"""Largest position or number of a group: the database raises an error for larger ones."""

MOST_ARRANGEMENT_BYTES = 64 << 20
"""A METS file of 50,000 pages has some 30 MB."""

WHOLE_NUMBER = dict.fromkeys(("invalid", "min_value", "max_value"), _lazy("Enter a whole number, 1 or more."))


class SignInForm(AuthenticationForm):
    """Username and password, with messages for what went wrong."""

    error_messages = {
        "invalid_login": _lazy("The username or password is incorrect. Passwords are case-sensitive."),
        "inactive": _lazy("This account is inactive. Ask an administrator to reactivate it."),
    }

    def get_invalid_login_error(self) -> forms.ValidationError:
        """Return why the sign-in failed: the password, or too many wrong ones before it."""
        return wrong_password(self.request, super().get_invalid_login_error())

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].widget.attrs |= {"autocomplete": "username", "autofocus": True}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class SearchForm(forms.Form):
    """Words to look for in the text of pages."""

    q = forms.CharField(max_length=MOST_LETTERS, required=False, strip=True)


class CompareForm(forms.Form):
    """Two runs to compare, or a run and the desk."""

    left = forms.CharField(max_length=20, required=False)
    right = forms.CharField(max_length=20, required=False)


class HistoryForm(forms.Form):
    """Filters of the history, and where to start."""

    person = forms.CharField(max_length=150, required=False, strip=True)
    verb = forms.ChoiceField(choices=lambda: [("", _("Any change")), *verb_choices()], required=False)
    document = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    group = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    page = forms.IntegerField(min_value=1, max_value=MOST, required=False, error_messages=WHOLE_NUMBER)
    before = forms.IntegerField(min_value=0, max_value=MOST, required=False)
    after = forms.IntegerField(min_value=0, max_value=MOST, required=False)


class ChecksForm(forms.Form):
    """Percentage of reviewed seams that the queue shows again as checks."""

    share = forms.IntegerField(min_value=0, max_value=MOST_SHARE, required=True, label=_lazy("Quality checks (%)"))


class TemplateForm(forms.Form):
    """The description template: the use of each field, its default, and whether it takes several values."""

    def __init__(self, *args: Any, rules: Template, **given: Any) -> None:
        super().__init__(*args, **given)
        for field in FIELDS:
            rule, called = rules[field.name], _(field.label)
            self.fields[f"{field.name}-use"] = forms.ChoiceField(
                choices=_USES,
                initial=rule.use,
                label=_("%(field)s: use") % {"field": called},
                widget=forms.Select(attrs={"aria-label": _("%(field)s: use") % {"field": called}}),
            )
            self.fields[f"{field.name}-default"] = forms.CharField(
                required=False,
                initial=rule.default,
                max_length=min(field.most, 500),
                widget=forms.TextInput(attrs={"aria-label": _("%(field)s: default") % {"field": called}}),
            )
            if field.holds == "terms":
                self.fields[f"{field.name}-repeatable"] = forms.BooleanField(
                    required=False,
                    initial=rule.repeatable,
                    widget=forms.CheckboxInput(
                        attrs={"aria-label": _("%(field)s: several values") % {"field": called}}
                    ),
                )

    def rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the label and controls of each field, for the rows of the page."""
        names = ("use", "default", "repeatable")
        return [
            (_(field.label), [self[f"{field.name}-{name}"] for name in names if f"{field.name}-{name}" in self.fields])
            for field in FIELDS
        ]

    def rules(self) -> dict[str, FieldRule]:
        """Return the chosen rules."""
        cleaned = self.cleaned_data
        return {
            field.name: FieldRule(
                cleaned[f"{field.name}-use"],
                cleaned[f"{field.name}-default"],
                cleaned.get(f"{field.name}-repeatable", True),
            )
            for field in FIELDS
        }


_USES = [("shown", _lazy("Shown")), ("required", _lazy("Required")), ("hidden", _lazy("Hidden"))]


class DraftsForm(forms.Form):
    """Which drafts are accepted with a confirmation."""

    accept = forms.BooleanField(
        required=False,
        label=_lazy("Confirming a document accepts its drafted title, type, and date"),
        help_text=_lazy(
            "Only if nobody entered anything. Accepted drafts are marked in the history and in exports. "
            "If this is off, drafts stay drafts until someone saves them."
        ),
    )
    least = forms.IntegerField(
        min_value=0,
        max_value=100,
        label=_lazy("Least confidence (%)"),
        help_text=_lazy("A draft below this confidence stays a draft. Each field is checked separately."),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _lazy("Enter a whole number from 0 to 100.")
        ),
    )


class FilterForm(forms.Form):
    """The name of a saved filter, and whether it is shared."""

    name = forms.CharField(max_length=60, label=_lazy("Name"))
    shared = forms.BooleanField(required=False, label=_lazy("Share with everyone"))


class RepositoryForm(forms.Form):
    """Where the pages of a collection are in a repository."""

    repository = forms.CharField(
        required=False,
        max_length=500,
        label=_lazy("Address in the repository"),
        help_text=_lazy(
            "For “Open in repository”: an address with {identifier}, {page}, or {slug} where they belong, such as "
            "https://repository.example.org/item/{identifier}. Leave blank to offer no link."
        ),
        error_messages={"max_length": _lazy("Write 500 characters at most.")},
    )

    def clean_repository(self) -> str:
        """Check that it is a web address, with known placeholders only."""
        pattern: str = self.cleaned_data["repository"]
        if pattern and not is_pattern(pattern):
            raise forms.ValidationError(
                _("Write an address that begins with https:// or http://, with no other places than {places}.").format(
                    places="{identifier}, {page}, {slug}"
                )
            )
        return pattern


class LearnEveryForm(forms.Form):
    """Number of corrections after which training starts automatically."""

    every = forms.IntegerField(
        min_value=0, max_value=100_000, required=True, label=_lazy("Corrections before retraining")
    )


class TokenForm(forms.Form):
    """A new token: its name, scope, and expiry."""

    name = forms.CharField(max_length=80, strip=True, error_messages={"required": _lazy("Enter a token name.")})
    scope = forms.ChoiceField(choices=ApiToken.Scope.choices, initial=ApiToken.Scope.READ)
    days = forms.TypedChoiceField(
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
        choices=[(30, _lazy("30 days")), (90, _lazy("90 days")), (365, _lazy("1 year")), ("", _lazy("never"))],
    )


class IntakeForm(forms.Form):
    """A new collection, or more scans for an existing one, and where the scans are.

    If it is valid and the scans aren't on the person's computer, `cleaned_data["source"]` has been checked and can be
    imported.
    """

    COMPUTER, SERVER, ADDRESS = "computer", "server", "address"

    title = forms.CharField(max_length=300, required=False, strip=True)
    slug = forms.CharField(max_length=80, required=False, strip=True, label=_lazy("Short name"))
    identifier = forms.CharField(max_length=100, required=False, strip=True, label=_lazy("Collection ID"))
    expected_documents = forms.IntegerField(
        min_value=1, max_value=MOST, required=False, label=_lazy("Expected documents"), error_messages=WHOLE_NUMBER
    )
    ocr_language = forms.CharField(max_length=100, required=False, strip=True, label=_lazy("OCR language"))
    where = forms.ChoiceField(
        choices=[
            (COMPUTER, _lazy("On this computer")),
            (SERVER, _lazy("In a server folder")),
            (ADDRESS, _lazy("At a web address")),
        ],
        initial=COMPUTER,
        error_messages={
            "required": _lazy("Choose where the scans are."),
            "invalid_choice": _lazy("Choose where the scans are."),
        },
    )
    folder = forms.CharField(max_length=4000, required=False, strip=False)
    address = forms.CharField(max_length=2000, required=False, strip=True)
    percent = forms.IntegerField(
        min_value=1,
        max_value=100,
        required=False,
        label=_lazy("Image size (%)"),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _lazy("Enter a number from 1 to 100.")),
    )
    process = forms.BooleanField(required=False)

    def __init__(self, *args: Any, collection: Collection | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collection = collection
        if collection is not None:
            for name in ("title", "slug", "identifier", "expected_documents", "ocr_language"):
                del self.fields[name]

    def clean_slug(self) -> str:
        """Check the short name."""
        slug: str = self.cleaned_data["slug"]
        if slug:
            problem = wrong_slug(slug)
            if problem:
                raise forms.ValidationError(problem)
        return slug

    def clean_ocr_language(self) -> str:
        """Check that the languages are installed."""
        try:
            return param_checks.ocr_language(self.cleaned_data["ocr_language"])
        except WrongParams as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """Check the source, then derive title and short name if they are blank."""
        cleaned = super().clean() or self.cleaned_data
        where = cleaned.get("where")
        if where in (self.SERVER, self.ADDRESS) and not self.errors:
            self._look(where)
        if self.collection is None and not self.errors:
            self._name()
        return cleaned

    def _look(self, where: str) -> None:
        field = "folder" if where == self.SERVER else "address"
        text = self.cleaned_data.get(field, "")
        if not text.strip():
            message = _("Choose a folder.") if where == self.SERVER else _("Enter an address or a repository ID.")
            self.add_error(field, message)
            return
        percent = self.cleaned_data.get("percent") if where == self.ADDRESS else None
        try:
            source = sourcing.check_source(text, roots=settings.IMPORT_ROOTS, percent=percent)
        except NoSource as error:
            self.add_error(field, str(error))
            return
        self.cleaned_data["source"] = source

    def _name(self) -> None:
        cleaned = self.cleaned_data
        source: sourcing.Source | None = cleaned.get("source")
        cleaned["title"] = cleaned["title"] or (source.title[:300] if source else "")
        if not cleaned["title"]:
            self.add_error("title", _("Enter a title."))
        elif not cleaned["slug"]:
            cleaned["slug"] = free_slug(cleaned["title"])


def wrong_slug(slug: str) -> str:
    """Return why this can’t be the short name of a new collection; empty if it can."""
    if not re.fullmatch(r"[-a-zA-Z0-9_]{1,80}", slug):
        return _("Use letters a to z, digits, hyphens, and underscores, e.g. afl-cio.")
    if Collection.objects.filter(slug__iexact=slug).exists():
        return _("%(slug)s is taken by another collection. Choose another.") % {"slug": slug}
    return ""


def free_slug(title: str) -> str:
    """Return a short name made from a title that no collection has yet."""
    base = slugify(title.casefold())[:70].strip("-_") or "collection"
    taken = set(Collection.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for number in count(1) if (slug := base if number == 1 else f"{base}-{number}") not in taken)


class ArrangementForm(forms.Form):
    """A document structure that was made elsewhere."""

    file = forms.FileField(
        error_messages={
            "required": _lazy("Choose a CSV, METS, IIIF, Tropy, or JSON file."),
            "empty": _lazy("The file is empty. Export it again, then choose it again."),
        },
    )

    def clean_file(self) -> UploadedFile[bytes]:
        """Check that it is small enough to be read in one request."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > MOST_ARRANGEMENT_BYTES:
            raise forms.ValidationError(
                _("The file is %(size)s; the limit is %(most)s. Check that you chose the right file.")
                % {
                    "size": filesizeformat(file.size),
                    "most": filesizeformat(MOST_ARRANGEMENT_BYTES),
                }
            )
        return file
