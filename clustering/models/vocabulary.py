"""Vocabularies: lists of names and headings for the fields of a description."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models


class Vocabulary(models.Model):
    """A list of terms. `fields` names the fields of a description that offer them."""

    name = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)
    fields = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    loaded = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "vocabularies"

    def __str__(self) -> str:
        return self.title


class Term(models.Model):
    """One term: its preferred label, other labels to find it by, and its address."""

    vocabulary = models.ForeignKey(Vocabulary, models.CASCADE, related_name="terms")
    label = models.CharField(max_length=300)
    other_labels = models.TextField(blank=True)
    uri = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["label"]
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "label", "uri"], name="term_once_in_its_vocabulary"),
        ]
        indexes = [
            # Type-ahead: terms with words that begin with the typed letters, among millions.
            GinIndex(SearchVector("label", "other_labels", config="simple"), name="term_by_words"),
        ]

    def __str__(self) -> str:
        return self.label
