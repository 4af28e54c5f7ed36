"""Readings: the OCR text of pages, with corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Case, When

from clustering.engine.correcting import Correction, LaidLine, lay_over, rotated_box, text_of
from clustering.engine.records import Line

PLAIN_SEARCH = "simple"
"""PostgreSQL's configuration without a language, which finds words exactly as written."""
SEARCH_CONFIGS = (
    "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french", "german", "greek",
    "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali", "norwegian", "portuguese",
    "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish", "yiddish",
)  # fmt: skip
"""Text search configurations in every PostgreSQL since 14, which find words in all their forms."""


def search_config(*, language: str, ocr_language: str) -> str:
    """Return the configuration for a text in a language, or else for the first of its OCR languages."""
    from clustering.engine.languages import known, of_tesseract

    spoken = known(language) or of_tesseract(ocr_language)
    return spoken.search if spoken and spoken.search else PLAIN_SEARCH


class Reading(models.Model):
    """The OCR text of one page, which was rotated by `rotation` degrees to be upright.

    `lines` is a list of [text, left, top, right, bottom, confidence], in pixels of the upright image of `width` x
    `height`, which isn't the page's own size if the page was enlarged for OCR.

    If people corrected lines, `text` and `lines` are the corrected ones, and `as_read` has those that OCR read. The
    corrections themselves are in `LineCorrection`.
    """

    page = models.OneToOneField("clustering.Page", models.CASCADE, related_name="reading")
    text = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    rotation = models.PositiveSmallIntegerField(default=0)
    confidence = models.FloatField(default=0.0)
    language = models.CharField(
        max_length=8, blank=True, help_text="ISO 639-1 code of the language of the text, if known."
    )
    ocr_language = models.CharField(
        max_length=100, default="eng", help_text="Tesseract’s codes of the languages used for OCR, e.g. deu+eng."
    )
    search_config = models.CharField(
        max_length=20,
        default="english",
        help_text="PostgreSQL’s text search configuration for the text.",
    )
    is_unread = models.BooleanField(
        default=False, help_text="The page seems to have writing, but OCR found little or no text."
    )
    is_second = models.BooleanField(
        default=False, help_text="Read by the second reader, as handwriting and unusual type are."
    )
    engine = models.CharField(max_length=100, help_text="OCR program, version, and data.")
    search = models.GeneratedField(
        # A generated column can't take the configuration from another column, since its meaning might change.
        expression=Case(
            *(When(search_config=name, then=SearchVector("text", config=name)) for name in SEARCH_CONFIGS),
            default=SearchVector("text", config=PLAIN_SEARCH),
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    as_read = models.JSONField(
        null=True, blank=True, help_text="Text and lines before corrections. Empty: nothing was corrected."
    )
    checked = models.DateTimeField(null=True, blank=True, help_text="When a person marked the text as checked.")
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False
    )
    searched_by = models.PositiveSmallIntegerField(
        default=0,
        help_text="Version of the detector that last searched this text for personal data. 0: not searched yet.",
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rotation__in=[0, 90, 180, 270]), name="reading_rotation_is_a_quarter_turn"
            ),
            models.CheckConstraint(
                condition=models.Q(search_config__in=(PLAIN_SEARCH, *SEARCH_CONFIGS)),
                name="reading_search_config_is_known",
            ),
        ]
        indexes = [
            # Text search.
            GinIndex(fields=["search"], name="reading_search"),
            # The few readings, of millions, that weren't searched for personal data yet.
            models.Index(fields=["searched_by"], name="reading_searched_by"),
        ]

    def __str__(self) -> str:
        return f"Reading of {self.page_id}"

    def shown_lines(self, rotation: int) -> tuple[int, int, list[list[Any]]]:
        """Return width, height, and lines on the page as shown, rotated `rotation` degrees from the stored image."""
        by = (rotation - self.rotation) % 360
        if not by:
            return self.width, self.height, self.lines
        width, height = (self.height, self.width) if by % 180 else (self.width, self.height)
        rotated = [
            [text, *rotated_box((left, top, right, bottom), self.width, self.height, by), *rest]
            for text, left, top, right, bottom, *rest in self.lines
        ]
        return width, height, rotated

    def laid(self, corrections: Iterable[Correction]) -> list[LaidLine]:
        """Return the lines with these corrections, on the page as it was read."""
        read = self.as_read or {"text": self.text, "lines": self.lines}
        lines = [Line(*line) for line in read["lines"]]
        return lay_over(lines, read["text"], corrections, width=self.width, height=self.height, rotation=self.rotation)

    def shown_laid(self, rotation: int, corrections: Iterable[Correction]) -> list[LaidLine]:
        """Return the lines with these corrections, on the page as it is shown; see `shown_lines`."""
        by = (rotation - self.rotation) % 360
        rotated = []
        for line in self.laid(corrections):
            box = rotated_box((line.left, line.top, line.right, line.bottom), self.width, self.height, by)
            left, top, right, bottom = map(round, box)
            rotated.append(replace(line, left=left, top=top, right=right, bottom=bottom))
        return rotated

    def take(self, corrections: Iterable[Correction]) -> None:
        """Set text and lines as they are with these corrections, replacing earlier ones."""
        known = list(corrections)
        if self.as_read is None and not known:
            return
        laid = self.laid(known)
        read = self.as_read or {"text": self.text, "lines": self.lines}
        self.as_read = read if known else None
        if not known:
            self.text, self.lines = read["text"], read["lines"]
            return
        self.text = text_of(laid)
        self.lines = [
            [line.text, line.left, line.top, line.right, line.bottom, line.confidence] for line in laid if line.counts
        ]
