"""Findings of possible personal data in the text of pages, and who dismissed them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Now, TruncDate

from clustering.models.reading import Reading


class PersonalFindingQuerySet(models.QuerySet["PersonalFinding"]):
    """Reads of findings, named for what they return."""

    def dismissed(self) -> PersonalFindingQuerySet:
        """Return dismissed findings whose words are on unrestricted pages, the last dismissed first."""
        return self.filter(ON_OPEN_PAGE, line__isnull=False, dismissed__isnull=False).order_by("-dismissed", "-pk")


ON_OPEN_PAGE = Q(page__restricted=False) | Q(page__restricted_until__lt=TruncDate(Now()))
OPEN = ON_OPEN_PAGE & Q(line__isnull=False, dismissed=None)
"""Undecided findings: not dismissed, and on pages that are not restricted today."""


class PersonalFinding(models.Model):
    """A passage that may be personal data (`engine.personal`), for a person to dismiss or to restrict the page.

    It refers to a passage in the page's text and copies no word of it. Whenever the text changes, the page is searched
    again (`search_personal`), and findings with the same digest are kept. If the words of a dismissed finding are gone,
    it is kept without a line in case they return.
    """

    page = models.ForeignKey("clustering.Page", models.CASCADE, related_name="personal_findings")
    kind = models.CharField(max_length=20, blank=True, help_text="What kind of personal data it may be.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the kind, the passage, and its line.")
    line = models.PositiveIntegerField(
        null=True, help_text="Line of the page’s text, from 0. Empty: no longer in the text."
    )
    start = models.PositiveIntegerField(default=0, help_text="Start of the passage in the line, from 0.")
    end = models.PositiveIntegerField(default=0, help_text="End of the passage in the line, exclusive.")
    version = models.PositiveSmallIntegerField(default=0, help_text="Version of the detector that last found it.")
    found_at = models.DateTimeField(auto_now_add=True)
    dismissed = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    username = models.CharField(
        max_length=150, blank=True, help_text="Who dismissed it, kept in case the account is deleted."
    )

    objects = PersonalFindingQuerySet.as_manager()

    class Meta:
        ordering = ["page", "line", "start"]
        constraints = [models.UniqueConstraint(fields=["page", "digest"], name="finding_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.kind}: page {self.page_id}"


def search_personal(pages: Iterable[int]) -> None:
    """Search the texts of pages and replace their findings. Takes some 10 ms per page.

    Pages without text have no findings.
    """
    from clustering.engine.personal import VERSION

    wanted = list(pages)
    with transaction.atomic():
        locked = Reading.objects.select_for_update().filter(page__in=wanted).order_by("page")
        texts = locked.values_list("page_id", "text", "language")
        present = {(one.page_id, one.digest): one for row in texts for one in _findings(*row)}
        known = {(one.page_id, one.digest): one for one in PersonalFinding.objects.filter(page__in=wanted)}
        for key, one in known.items():
            here = present.get(key)
            one.line = here.line if here else None
            if here:
                one.kind, one.start, one.end, one.version = here.kind, here.start, here.end, VERSION
        kept = [one for one in known.values() if one.line is not None or one.dismissed]
        gone = [one.pk for one in known.values() if one.line is None and not one.dismissed]
        PersonalFinding.objects.filter(pk__in=gone).delete()
        PersonalFinding.objects.bulk_update(kept, ["kind", "line", "start", "end", "version"])
        PersonalFinding.objects.bulk_create(one for key, one in present.items() if key not in known)
        Reading.objects.filter(page__in=wanted).update(searched_by=VERSION)


def _findings(page: int, text: str, language: str) -> list[PersonalFinding]:
    """Return the findings in a text; of those with the same digest, the first."""
    from clustering.engine.personal import VERSION, find_personal

    lines = text.splitlines()
    findings: dict[str, PersonalFinding] = {}
    for hint in find_personal(lines, language=language):
        line = lines[hint.line]
        parts = (hint.kind, line[: hint.start], line[hint.start : hint.end], line[hint.end :])
        digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
        place = {"line": hint.line, "start": hint.start, "end": hint.end}
        findings.setdefault(
            digest, PersonalFinding(page_id=page, kind=hint.kind, digest=digest, version=VERSION, **place)
        )
    return list(findings.values())
