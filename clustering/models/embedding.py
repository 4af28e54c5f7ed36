"""An embedding: one vector of one page by one encoder."""

from __future__ import annotations

from django.db import models
from pgvector.django import VectorField


class Embedding(models.Model):
    """An L2-normalized vector. Several encoders stand side by side, each with its own number of dimensions."""

    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="embeddings")
    encoder = models.CharField(max_length=200, help_text="The encoder's key, e.g. efficientnet-lite0@224.")
    vector = VectorField()
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["page", "encoder"], name="embedding_once_per_page_and_encoder"),
        ]
        indexes = [
            # "How many pages has this encoder done" and "similar pages by this encoder".
            models.Index(fields=["encoder", "page"], name="embedding_by_encoder"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} by {self.encoder}"
