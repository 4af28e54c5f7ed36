"""New collections and scans, and document structures from elsewhere."""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.actions.base import MOST
from clustering.forms.finding import WHOLE_NUMBER
from clustering.jobs import param_checks, sourcing
from clustering.jobs.params import WrongParams
from clustering.models import Collection
from clustering.sources.contract import NoSource

MOST_ARRANGEMENT_BYTES = 64 << 20
"""A METS file of 50,000 pages has some 30 MB."""


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
