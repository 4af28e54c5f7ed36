"""The forms for launching jobs. Fields for the settings of methods are made from the engine's list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import validate_slug
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clustering.engine.encoders import known_encoders
from clustering.engine.methods import Setting
from clustering.engine.proposing import METHODS
from clustering.exports.registry import by_purpose
from clustering.jobs import param_checks
from clustering.jobs.params import WrongParams
from clustering.jobs.sourcing import check_source
from clustering.language_model.budget import QUESTIONS, SECONDS
from clustering.models import Collection, Job
from clustering.sources.contract import NoSource

OTHER_ENCODER = "other"
_LOWEST_RESOLUTION, _HIGHEST_RESOLUTION = 64, 1024


def _encoder_choices() -> list[tuple[str, str]]:
    choices = []
    for known in known_encoders():
        if known.kind == "image":
            note = known.problem or known.description
            choices.append((known.key, f"{known.key}: {_(note)}"))
    if settings.ENCODER not in dict(choices):
        choices.insert(
            0, (settings.ENCODER, _("%(encoder)s: set for this installation.") % {"encoder": settings.ENCODER})
        )
    choices.append((OTHER_ENCODER, _("Another, by its key")))
    return choices


class LaunchForm(forms.Form):
    """Nothing to choose: the collections and a button."""

    def __init__(self, *args: Any, collections: Sequence[Collection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collections = collections

    def params(self, collection: Collection) -> dict[str, Any]:
        """Return the params of the job for one collection, once the form is valid."""
        return {}


class EmbedForm(LaunchForm):
    """Which encoder, at which resolution."""

    encoder = forms.ChoiceField(choices=_encoder_choices, label=_lazy("Encoder"), initial=lambda: settings.ENCODER)
    other_encoder = forms.CharField(
        required=False,
        label=_lazy("Key of another encoder"),
        help_text=_lazy(
            "Any open_clip model, e.g. open-clip:ViT-B-32/laion2b_s34b_b79k, or open-clip:local-dir:/a/folder."
        ),
    )
    resolution = forms.IntegerField(
        label=_lazy("Resolution"),
        required=False,
        min_value=_LOWEST_RESOLUTION,
        max_value=_HIGHEST_RESOLUTION,
        help_text=_lazy("Image size for the encoder, in pixels per side. Leave blank for the default."),
    )

    def clean(self) -> dict[str, Any]:
        """Put encoder and resolution together."""
        cleaned = super().clean() or self.cleaned_data
        key = cleaned.get("encoder")
        if key == OTHER_ENCODER:
            key = cleaned.get("other_encoder")
            if not key:
                self.add_error("other_encoder", _("Enter the encoder’s key here, or choose one from the list."))
        if key and not self.errors:
            try:
                cleaned["key"] = param_checks.encoder_key(key, cleaned.get("resolution"))
            except WrongParams as error:
                self.add_error("other_encoder" if cleaned["encoder"] == OTHER_ENCODER else "encoder", str(error))
        return cleaned

    def params(self, collection: Collection) -> dict[str, Any]:
        """Return the encoder's key."""
        return {"encoder": self.cleaned_data["key"]}


class ReadForm(LaunchForm):
    """In which language."""

    language = forms.CharField(
        required=False,
        max_length=100,
        label=_lazy("OCR language"),
        help_text=_lazy(
            "Tesseract’s code, e.g. eng, deu or deu+eng. Pages read in another language are read again. Blank: "
            "the collection’s language, and only pages that have not been read."
        ),
    )

    def clean_language(self) -> str:
        """Only languages that are installed."""
        try:
            return param_checks.ocr_language(self.cleaned_data["language"])
        except WrongParams as error:
            raise forms.ValidationError(str(error)) from error

    def params(self, collection: Collection) -> dict[str, Any]:
        """Return the language, if one was given."""
        return super().params(collection) | param_checks.reading_params(self.cleaned_data["language"])


class ProposeForm(EmbedForm):
    """Encoder, method with its settings, number of documents, and whether the desk gets it."""

    method = forms.ChoiceField(
        choices=lambda: [(m.name, f"{_(m.label)}: {_(m.description)}") for m in METHODS.values()],
        initial="seams",
        label=_lazy("Method"),
    )
    documents = forms.IntegerField(
        required=False,
        min_value=1,
        label=_lazy("Expected number of documents"),
        help_text=_lazy("If the finding aid gives a count, the proposal will have exactly that many documents."),
    )
    publish = forms.BooleanField(
        required=False,
        initial=True,
        label=_lazy("Apply the proposal"),
        help_text=_lazy(
            "Confirmed and edited documents stay as they are. If this is off, it is only kept for comparison."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if len(self.collections) == 1:
            self.fields["documents"].initial = self.collections[0].expected_documents
        for method in METHODS.values():
            for setting in method.settings:
                self.fields[setting_field(method.name, setting.name)] = _field(setting)

    def setting_fields(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Return (method, label, its fields) for the template, methods without settings left out."""
        return [
            (
                method.name,
                _(method.label),
                [self[setting_field(method.name, setting.name)] for setting in method.settings],
            )
            for method in METHODS.values()
            if method.settings
        ]

    def common_fields(self) -> list[forms.BoundField]:
        """Return the fields that belong to no method."""
        return [field for field in self if "__" not in field.name]

    def clean(self) -> dict[str, Any]:
        """Check the chosen method's settings and the number of documents."""
        cleaned = super().clean()
        method = cleaned.get("method")
        if method and not self.errors:
            given = {s.name: cleaned[setting_field(method, s.name)] for s in METHODS[method].settings}
            given = {name: value for name, value in given.items() if value is not None and value != ""}
            try:
                cleaned["settings"] = param_checks.method_settings(method, given)
                for collection in self.collections:
                    param_checks.document_count(cleaned.get("documents"), pages=collection.pages.count())
            except WrongParams as error:
                self.add_error(None, str(error))
        return cleaned

    def params(self, collection: Collection) -> dict[str, Any]:
        """Everything a proposing job reads."""
        cleaned = self.cleaned_data
        return {
            **super().params(collection),
            "method": cleaned["method"],
            "settings": cleaned["settings"],
            "documents": cleaned["documents"],
            "publish": cleaned["publish"],
        }


class ProcessForm(ReadForm, ProposeForm):
    """Everything that embedding, reading and proposing ask for."""


class AskForm(LaunchForm):
    """What to ask a language model, and how much of it."""

    seams = forms.BooleanField(
        required=False,
        initial=True,
        label=_lazy("Ask about places to check"),
        help_text=_lazy("Asks whether a new document begins, lowest confidence first. Each answer adds evidence."),
    )
    describe = forms.BooleanField(
        required=False,
        label=_lazy("Suggest descriptions"),
        help_text=_lazy(
            "Title, type, date, creator, people, places, language and summary of documents that nobody titled. "
            "They are offered when a person describes the document."
        ),
    )
    questions = forms.IntegerField(min_value=1, max_value=100_000, initial=QUESTIONS, label=_lazy("Question limit"))
    seconds = forms.IntegerField(min_value=1, max_value=1_000_000, initial=SECONDS, label=_lazy("Time limit (seconds)"))
    money = forms.CharField(
        required=False,
        max_length=12,
        label=_lazy("Money limit"),
        help_text=_lazy(
            "In the currency of the prices set. Leave blank for no limit. The last question may exceed it."
        ),
    )
    propose = forms.BooleanField(
        required=False,
        initial=True,
        label=_lazy("Propose documents again afterward"),
        help_text=_lazy(
            "Uses the settings of the current proposal and applies the result. If this is off, the next proposal "
            "uses the answers."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Check the whole request."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                for collection in self.collections:
                    self._ask_params(collection)
            except WrongParams as error:
                self.add_error(None, str(error))
        return cleaned

    def params(self, collection: Collection) -> dict[str, Any]:
        """Budget and questions."""
        return self._ask_params(collection)

    def _ask_params(self, collection: Collection) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return param_checks.ask_params(
            collection,
            questions=cleaned["questions"],
            seconds=cleaned["seconds"],
            money=cleaned["money"],
            seams=cleaned["seams"],
            documents=cleaned["describe"],
            propose=cleaned["propose"],
        )


class ExportForm(LaunchForm):
    """The format, and which groups to export."""

    format = forms.ChoiceField(
        label=_lazy("Format"),
        choices=lambda: [
            (_(heading), [(one.name, f"{_(one.label)}: {_(one.description)}") for one in formats])
            for heading, formats in by_purpose()
        ],
    )
    everything = forms.BooleanField(
        required=False,
        label=_lazy("Include unconfirmed"),
        help_text=_lazy("Also exports unconfirmed documents, marked as proposals."),
    )
    drafts = forms.BooleanField(
        required=False,
        label=_lazy("Use drafts"),
        help_text=_lazy("If nobody entered a title, type, or date, the export uses the draft, marked as not checked."),
    )
    restricted = forms.BooleanField(
        required=False,
        label=_lazy("Include restricted pages"),
        help_text=_lazy("Only people who manage the collection can then download the file."),
    )

    def params(self, collection: Collection) -> dict[str, Any]:
        """Return the format and what to include."""
        also = {name: True for name in ("drafts", "restricted") if self.cleaned_data[name]}
        return {"format": self.cleaned_data["format"], "everything": self.cleaned_data["everything"], **also}


FORMS: dict[str, type[LaunchForm]] = {
    Job.Kind.PROCESS: ProcessForm,
    Job.Kind.PROPOSE: ProposeForm,
    Job.Kind.EMBED: EmbedForm,
    Job.Kind.READ: ReadForm,
    Job.Kind.LEARN: LaunchForm,
    Job.Kind.EXPORT: ExportForm,
    Job.Kind.ASK: AskForm,
}
"""The form of each kind of job that staff can launch for collections."""


def setting_field(method: str, setting: str) -> str:
    """Return the form field's name of a method's setting."""
    return f"{method}__{setting}"


def _field(setting: Setting) -> forms.Field:
    common: dict[str, Any] = {
        "required": False,
        "initial": setting.default,
        "help_text": _(setting.help) if setting.help else "",
        "label": setting.name.replace("_", " ").capitalize(),
    }
    if setting.type is bool:
        return forms.BooleanField(**common)
    if setting.choices:
        return forms.ChoiceField(choices=[(choice, choice) for choice in setting.choices], **common)
    if setting.type is int:
        low, high = (None if limit is None else int(limit) for limit in (setting.low, setting.high))
        return forms.IntegerField(min_value=low, max_value=high, **common)
    if setting.type is float:
        return forms.FloatField(min_value=setting.low, max_value=setting.high, **common)
    return forms.CharField(**common)


class ImportForm(forms.Form):
    """The source of scans, and the collection to import them into."""

    source = forms.CharField(
        label=_lazy("Source"),
        max_length=2000,
        help_text=_lazy(
            "A folder, ZIP, TAR, PDF or CSV list on the server; the address of a IIIF manifest or collection; or "
            "a pid of Brown's repository, e.g. bdr:gbzad5mb."
        ),
    )
    percent = forms.IntegerField(
        label=_lazy("Percent"),
        required=False,
        min_value=1,
        max_value=100,
        help_text=_lazy(
            "Of the full size, for images from servers. Blank: full size, or what is set for Brown's repository."
        ),
    )
    size = forms.IntegerField(
        label=_lazy("Size"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_lazy("Or: pixels of the long edge, e.g. 1500."),
    )
    slug = forms.CharField(
        max_length=80,
        validators=[validate_slug],
        label=_lazy("Short name"),
        help_text=_lazy("Of a new or existing collection. Files that the collection already has are skipped."),
    )
    title = forms.CharField(
        label=_lazy("Title"),
        max_length=300,
        required=False,
        help_text=_lazy("Of a new collection. Leave blank to use the source’s own title."),
    )

    def clean(self) -> dict[str, Any]:
        """Check the source: folders must be in IMPORT_ROOTS, and servers must respond. Sets `found`."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                cleaned["found"] = check_source(
                    cleaned["source"],
                    roots=settings.IMPORT_ROOTS,
                    percent=cleaned["percent"],
                    size=cleaned["size"],
                )
            except NoSource as error:
                self.add_error("source", str(error))
        return cleaned
