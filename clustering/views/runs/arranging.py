"""Import a document structure made elsewhere, as a run with a preview."""

from __future__ import annotations

import tempfile
from pathlib import Path, PurePosixPath

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clustering.access import access_collection, signed_in
from clustering.forms.intake import ArrangementForm
from clustering.jobs.arranging import identifiers_of, keep_arrangement
from clustering.models import Collection, Run, User
from clustering.sources.arrangements import NoArrangement, read_arrangement
from clustering.sources.folder import printable
from clustering.wording import translated


@require_POST
def arrangement(request: HttpRequest, slug: str) -> HttpResponse:
    """Store the structure in a file as a run, and show what it would change, without changing the desk."""
    collection = access_collection(request.user, slug, edit=True)
    form = ArrangementForm(request.POST, request.FILES)
    if collection.closed is not None:
        messages.error(
            request,
            _("%(title)s is closed. Reopen it under History, then import a document structure.")
            % {"title": collection.title},
        )
        return redirect("runs", slug=slug)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["file"])))
        return redirect("runs", slug=slug)
    notes: list[str] = []
    try:
        run = _keep(collection, form, actor=signed_in(request), notes=notes)
    except NoArrangement as error:
        messages.error(request, translated(error))
        return redirect("runs", slug=slug)
    for warning in (*notes, *run.warnings):
        messages.info(request, translated(warning))
    return redirect("preview-run", slug=slug, pk=run.pk)


def _keep(collection: Collection, form: ArrangementForm, *, actor: User, notes: list[str]) -> Run:
    """Store it as a run; `notes` gets what a person should check. Raises NoArrangement."""
    file = form.cleaned_data["file"]
    name = printable(PurePosixPath(file.name or "file").name)
    with tempfile.TemporaryDirectory(prefix="arrangement-") as folder:
        # The reader recognizes the format by the name.
        path = Path(folder) / f"file{PurePosixPath(name).suffix.lower()}"
        with path.open("wb") as out:
            for piece in file.chunks():
                out.write(piece)
        read = read_arrangement(path, shown=name, notes=notes, known=identifiers_of(collection))
    return keep_arrangement(collection, read, source=name, actor=actor)
