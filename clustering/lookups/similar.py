"""Pages that look alike."""

from __future__ import annotations

from django.conf import settings
from pgvector.django import CosineDistance

from clustering.models import Embedding, Page

SIMILAR = 24


def similar_pages(shown: Page, *, limit: int = SIMILAR) -> list[tuple[Page, int]]:
    """Nearest by cosine of the default encoder's vectors, with the likeness in percent; exact within the collection."""
    mine = shown.embeddings.filter(encoder=settings.ENCODER).first() or shown.embeddings.first()
    if mine is None:
        return []
    near = (
        Embedding.objects.filter(encoder=mine.encoder, page__collection=shown.collection_id)
        .exclude(page=shown)
        .annotate(distance=CosineDistance("vector", mine.vector))
        .order_by("distance")
        .select_related("page__group")[:limit]
    )
    return [(other.page, round(100 * max(0.0, 1 - other.distance))) for other in near]
