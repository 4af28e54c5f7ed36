"""Options that several commands have, and their checks: encoder, method, settings, number of documents, truth."""

from __future__ import annotations

from argparse import ArgumentParser, BooleanOptionalAction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, OutputWrapper

from clustering.jobs import param_checks
from clustering.jobs.params import WrongParams
from clustering.models import Collection, Job, Run


def add_encoder(parser: ArgumentParser) -> None:
    """Add --encoder and --resolution."""
    parser.add_argument("--encoder", default="", help=f"Key of the image encoder; default {settings.ENCODER}.")
    parser.add_argument("--resolution", type=int, help="Image size for the encoder, in pixels per side, e.g. 448.")


def add_truth(parser: ArgumentParser) -> None:
    """Add the collection and the table of its true documents."""
    parser.add_argument("slug", help="Short name of the collection.")
    parser.add_argument(
        "truth",
        type=Path,
        help="CSV with identifier and start: 1 if a document begins, 0 if it continues, ? if either is right.",
    )


def add_language(parser: ArgumentParser) -> None:
    """--language."""
    parser.add_argument(
        "--language",
        default="",
        help="Read in these languages, e.g. deu or deu+eng; pages that were read in another language are read again. "
        "Default: the collection's language, and only pages not read yet.",
    )


def checked_language(options: dict[str, Any]) -> dict[str, str]:
    """Return the parameters of a job with OCR. Raises CommandError if a language isn't installed."""
    try:
        return param_checks.reading_params(options["language"])
    except WrongParams as error:
        raise CommandError(str(error)) from error


def add_proposal(parser: ArgumentParser) -> None:
    """Add --method, --set, --documents and --publish."""
    parser.add_argument(
        "--method", default="seams", help="seams (the default), dbscan, hdbscan, adjacent, or agglomerative."
    )
    parser.add_argument(
        "--set",
        dest="assignments",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="A setting of the method, e.g. --set eps=0.1; can be repeated.",
    )
    parser.add_argument(
        "--documents", type=int, help="The exact number of documents; default: the collection’s expected number."
    )
    parser.add_argument(
        "--publish",
        action=BooleanOptionalAction,
        default=True,
        help="Apply the proposal (the default), or only keep it.",
    )


def checked_encoder(options: dict[str, Any]) -> str:
    """Return an encoder's key with its resolution. Raises CommandError for an unknown one."""
    try:
        return param_checks.encoder_key(options["encoder"] or settings.ENCODER, options["resolution"])
    except WrongParams as error:
        raise CommandError(str(error)) from error


def proposal_params(options: dict[str, Any], collection: Collection) -> dict[str, Any]:
    """Return the params of a job that proposes. Raises CommandError for an unknown method or a wrong setting."""
    documents = options["documents"] if options["documents"] is not None else collection.expected_documents
    try:
        given = param_checks.assignments(options["assignments"])
        return {
            "encoder": checked_encoder(options),
            "method": options["method"],
            "settings": param_checks.method_settings(options["method"], given),
            "documents": param_checks.document_count(documents, pages=collection.pages.count()),
            "publish": options["publish"],
        }
    except WrongParams as error:
        raise CommandError(str(error)) from error


def say_proposal(job: Job, out: OutputWrapper) -> None:
    """Print the outcome of a proposal."""
    run = Run.objects.filter(pk=job.result.get("run")).first()
    if run is None:
        return
    desk = "It is applied." if run.published else "It is kept but not applied."
    out.write(
        f"Run {run.pk} ({run.method}): {run.group_count} documents from {run.page_count} pages "
        f"in {run.seconds:.1f} s. {desk}"
    )
