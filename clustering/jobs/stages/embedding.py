"""Embed pages: one vector from an image encoder, and one from the text encoder."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from clustering.files import encoder_paths, original_path, page_paths
from clustering.jobs.batches import Batch, side_by_side
from clustering.jobs.params import EmbeddingParams, params_of
from clustering.jobs.slices import VISION, Claimed, JobStopped
from clustering.jobs.tuning import tuned_runtime
from clustering.models import Embedding, Job, Page, Reading
from clustering.models.embedding import write_vectors
from clustering.models.page import PageQuerySet
from clustering.wording import say

if TYPE_CHECKING:
    from pathlib import Path

    from clustering.engine.encoders import Encoder, Vectors
    from clustering.engine.images import BadScan

PAGES_A_BATCH = 64
"""Pages of a batch: a few seconds on a processor."""
FEWEST_A_BATCH = 32
"""With fewer, lanes compute few at a time: of three pages, ViT-B-32 takes a quarter longer for each than of sixteen."""
TEXTS_A_BATCH = 128


@lru_cache(maxsize=2)
def loaded(key: str) -> Encoder:
    """Return an encoder, cached in this process: one for images and one for texts.

    Raises EncoderUnavailable, and ValueError for an unknown key.
    """
    from clustering.engine.encoders import choose_device, get_encoder, use_threads
    from clustering.engine.kept_memory import keep_memory

    keep_memory()
    use_threads(settings.THREADS)
    device = choose_device(None if settings.DEVICE == "auto" else settings.DEVICE)
    return get_encoder(key, device=device, runtime=tuned_runtime(key, device))


def encoder_of(job: Job) -> str:
    """Return the key of this job's image encoder, as stored with the vectors."""
    return str(job.result.get("encoder") or params_of(job, EmbeddingParams).encoder or settings.ENCODER)


def _lacking(job: Job) -> PageQuerySet:
    return job.collection.pages.lacking_embedding(encoder_of(job))


def _embed_pages(batch: Batch) -> None:
    """Embed and write one batch. Raises JobStopped if the encoder can't be used."""
    from clustering.engine.encoders import EncoderUnavailable

    job = batch.job
    try:
        encoder = loaded(encoder_of(job))
    except (EncoderUnavailable, ValueError) as error:
        raise JobStopped(str(error)) from error
    if job.result.get("encoder") != encoder.key:
        job.result = {**job.result, "encoder": encoder.key}
        job.save(update_fields=["result"])
    pages = _still_lacking(batch, encoder.key)
    vectors, bad = _encoded(encoder, encoder_paths(pages, encoder.resolution), batch)
    if bad:  # a damaged copy says nothing of the scan
        again = sorted(bad)
        rest = [pages[index] for index in again]
        vectors[again], still = _encoded(encoder, page_paths(rest), batch)
        bad = {again[index]: scan for index, scan in still.items()}
    good = [index for index in range(len(pages)) if index not in bad]
    with batch.finishing():
        write_vectors([pages[index].pk for index in good], encoder.key, vectors[good])
        for index, scan in bad.items():
            page = pages[index]
            message = str(scan).replace(original_path(page.sha256, page.media_type).name, page.filename)
            batch.problem(say("%(page)s was not analyzed. %(why)s", page=page.identifier, why=message), page=page)


def _encoded(encoder: Encoder, paths: list[Path], batch: Batch) -> tuple[Vectors, dict[int, BadScan]]:
    """Return the vectors of pages from these files, and by index why a file could not be opened."""
    bad: dict[int, BadScan] = {}
    vectors = encoder.encode(
        paths, report=lambda done, of: batch.check(), on_bad=lambda index, scan: bad.update({index: scan})
    )
    return vectors, bad


def _still_lacking(batch: Batch, key: str) -> list[Page]:
    """Return the pages of a batch that no other job has embedded in the meantime."""
    done = Embedding.objects.filter(page__in=batch.pages, encoder=key).values_list("page", flat=True)
    there = set(done)
    return [page for page in batch.pages if page.pk not in there]


PART = Claimed(
    "embed",
    VISION,
    PAGES_A_BATCH,
    _lacking,
    _embed_pages,
    lambda job: loaded(encoder_of(job)),
    least=FEWEST_A_BATCH,
)
IMAGE_STAGE = side_by_side(Job.Stage.EMBEDDING, PART)


def _lacking_text(job: Job) -> PageQuerySet:
    """Return pages whose text has no vector yet; none if text embeddings are switched off."""
    if not settings.TEXT_ENCODER:
        return Page.objects.none()
    return job.collection.pages.lacking_embedding(settings.TEXT_ENCODER).filter(reading__isnull=False)


def _embed_texts(batch: Batch) -> None:
    """Embed the texts of one batch.

    A page without text gets a vector of zeros, so that it counts as done. Without a text encoder, the job continues
    with a warning, since a proposal doesn't need text vectors.
    """
    from clustering.engine.encoders import EncoderUnavailable

    try:
        encoder = loaded(settings.TEXT_ENCODER)
    except (EncoderUnavailable, ValueError) as error:
        with batch.finishing():
            batch.warn_once(say("The text was not analyzed, so it is not used. %(why)s", why=error))
        return
    pages = _still_lacking(batch, settings.TEXT_ENCODER)
    texts = dict(Reading.objects.filter(page__in=pages).values_list("page", "text"))
    pages = [page for page in pages if page.pk in texts]
    vectors = encoder.encode([texts[page.pk] for page in pages], batch_size=32, report=lambda done, of: batch.check())
    with batch.finishing():
        write_vectors([page.pk for page in pages], settings.TEXT_ENCODER, vectors)


def embed_texts(pages: Iterable[int]) -> None:
    """Write the missing text vectors of these pages, by their ids. Raises EncoderUnavailable."""
    lacking = Reading.objects.filter(page__in=pages).exclude(page__embeddings__encoder=settings.TEXT_ENCODER)
    readings = list(lacking.only("text", "page"))
    if readings:
        encoder = loaded(settings.TEXT_ENCODER)
        vectors = encoder.encode([reading.text for reading in readings])
        write_vectors([reading.page_id for reading in readings], settings.TEXT_ENCODER, vectors)


TEXT_PART = Claimed(
    "embed-texts",
    VISION,
    TEXTS_A_BATCH,
    _lacking_text,
    _embed_texts,
    lambda job: loaded(settings.TEXT_ENCODER),
    least=FEWEST_A_BATCH,
)
TEXT_STAGE = side_by_side(Job.Stage.EMBEDDING_TEXTS, TEXT_PART)
