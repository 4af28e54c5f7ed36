"""Embedding: one vector a page by an image encoder, and one by the text encoder from what was read."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings
from django.db import transaction

from clustering.files import page_path
from clustering.jobs.slices import VISION, JobStopped, Slice, Stage
from clustering.models import Embedding, Job, Page
from clustering.models.page import PageQuerySet

if TYPE_CHECKING:
    from clustering.engine.encoders import Encoder, Vectors
    from clustering.engine.images import BadScan

PAGES_A_CHUNK = 32
"""Pages between two transactions: a second or two on a processor."""
TEXTS_A_CHUNK = 128


@lru_cache(maxsize=2)
def loaded(key: str) -> Encoder:
    """Return an encoder, kept in this process: one for images and one for texts.

    Raises EncoderUnavailable, and ValueError for a key that names none.
    """
    from clustering.engine.encoders import get_encoder

    return get_encoder(key, device=None if settings.DEVICE == "auto" else settings.DEVICE)


def encoder_of(job: Job) -> str:
    """Return the key of the image encoder this job works with, as it is stored with the vectors."""
    return str(job.result.get("encoder") or job.params.get("encoder") or settings.ENCODER)


def begin(job: Job) -> int:
    """Count the pages without a vector by this encoder."""
    return job.collection.pages.lacking_embedding(encoder_of(job)).count()


def advance(current: Slice) -> bool:
    """Embed pages until the slice's time is up; True while some are left.

    Raises JobStopped where the encoder cannot be used.
    """
    from clustering.engine.encoders import EncoderUnavailable

    job = current.job
    try:
        encoder = loaded(encoder_of(job))
    except (EncoderUnavailable, ValueError) as error:
        raise JobStopped(str(error)) from error
    if job.result.get("encoder") != encoder.key:
        job.result = {**job.result, "encoder": encoder.key}
        job.save(update_fields=["result"])
    given_up = set(current.pages_given_up())
    while pages := list(_lacking(job, encoder.key, given_up)[:PAGES_A_CHUNK]):
        given_up |= _embed_pages(current, encoder, pages)
        left = _lacking(job, encoder.key, given_up).count()
        current.report(job.total - min(left, job.total), job.total)
        if not current.has_time:
            return left > 0
    return False


IMAGE_STAGE = Stage("Embedding pages", VISION, begin, advance)


def _lacking(job: Job, key: str, given_up: set[int]) -> PageQuerySet:
    return job.collection.pages.lacking_embedding(key).exclude(pk__in=given_up)


def _embed_pages(current: Slice, encoder: Encoder, pages: list[Page]) -> set[int]:
    """Embed and write one chunk; return the ids of the pages that failed."""
    bad: dict[int, BadScan] = {}
    vectors = encoder.encode(
        [page_path(page) for page in pages], batch_size=16, on_bad=lambda place, error: bad.update({place: error})
    )
    good = [place for place in range(len(pages)) if place not in bad]
    with transaction.atomic():
        current.hold()
        _write([pages[place] for place in good], encoder.key, vectors[good])
        for place, error in bad.items():
            page = pages[place]
            message = str(error).replace(page_path(page).name, page.filename)
            current.problem(f"{page.identifier} was not embedded. {message}", page=page)
    return {pages[place].pk for place in bad}


def _write(pages: list[Page], key: str, vectors: Vectors) -> None:
    # Another slice may have written the same page a moment ago: then its vector stands.
    rows = [
        Embedding(page=page, encoder=key, vector=np.asarray(vector, dtype=np.float32))
        for page, vector in zip(pages, vectors, strict=True)
    ]
    Embedding.objects.bulk_create(rows, ignore_conflicts=True)


def begin_texts(job: Job) -> int:
    """Count the pages that were read but whose text has no vector yet; 0 where text embeddings are switched off."""
    return _lacking_text(job).count() if settings.TEXT_ENCODER else 0


def advance_texts(current: Slice) -> bool:
    """Embed texts until the slice's time is up; True while some are left.

    A page without text gets a vector of zeros, so that it counts as done. Where there is no text encoder the job goes
    on without, with a warning: the proposal can do without text vectors.
    """
    from clustering.engine.encoders import EncoderUnavailable

    job = current.job
    try:
        encoder = loaded(settings.TEXT_ENCODER)
    except (EncoderUnavailable, ValueError) as error:
        current.problem(f"Texts were not embedded; everything else goes on without. {error}", is_warning=True)
        return False
    while pages := list(_lacking_text(job).select_related("reading")[:TEXTS_A_CHUNK]):
        vectors = encoder.encode([page.reading.text for page in pages], batch_size=32)
        with transaction.atomic():
            current.hold()
            _write(pages, settings.TEXT_ENCODER, vectors)
        left = _lacking_text(job).count()
        current.report(job.total - min(left, job.total), job.total)
        if not current.has_time:
            return left > 0
    return False


TEXT_STAGE = Stage("Embedding texts", VISION, begin_texts, advance_texts)


def _lacking_text(job: Job) -> PageQuerySet:
    return job.collection.pages.lacking_embedding(settings.TEXT_ENCODER).filter(reading__isnull=False)
