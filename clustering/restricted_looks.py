"""Restricted pages for those who edit: blurred and without text until they ask, and each look is kept."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from clustering.access import Anyone
from clustering.models import Page, RestrictedLook, User

SHOWN_MINUTES = 15
"""So long a page stays visible for whoever asked. Then they ask again, and that is kept as well."""


def look_at(page: Page, person: User) -> None:
    """Show a restricted page to this person for some minutes, and keep that they asked."""
    RestrictedLook.objects.create(page=page, person=person, username=person.get_username())


def is_veiled(page: Page, person: Anyone) -> bool:
    """Whether a page is restricted and this person did not ask to see it lately. A query where it is restricted."""
    if not page.is_restricted:
        return False
    since = timezone.now() - timedelta(minutes=SHOWN_MINUTES)
    return not RestrictedLook.objects.filter(page=page, person=person.pk, created__gt=since).exists()
