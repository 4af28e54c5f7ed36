"""Restricted pages for people who edit: blurred and without text until they ask; each look is logged."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from clustering.access import Anyone
from clustering.models import Page, RestrictedLook, User

SHOWN_MINUTES = 15
"""How long a page stays visible after someone asks. The next time is logged too."""


def look_at(page: Page, person: User) -> None:
    """Show a restricted page to this person for some minutes, and log it."""
    RestrictedLook.objects.create(page=page, person=person, username=person.get_username())


def is_veiled(page: Page, person: Anyone) -> bool:
    """Whether a page is restricted and this person didn't ask to see it recently. A query for restricted pages only."""
    if not page.is_restricted:
        return False
    since = timezone.now() - timedelta(minutes=SHOWN_MINUTES)
    return not RestrictedLook.objects.filter(page=page, person=person.pk, created__gt=since).exists()
