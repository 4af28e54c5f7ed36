"""What templates of the desk say in words, and where images and icons lie."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from clustering.lookups.search import MARK
from clustering.models import Group, Page
from clustering.views.wire import confidence_words, first_line

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; always beside words or inside something that is labelled."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


@register.simple_tag
def scan_url(page: Page, size: str = "320") -> str:
    """Address of a page's image."""
    return reverse("scan", args=[page.pk, size, page.sha256[:16]])


@register.simple_tag
def scan_set(page: Page) -> str:
    """For srcset: the small image, and one twice as fine for fine screens."""
    return f"{scan_url(page)} 1x, {scan_url(page, '640')} 2x"


@register.filter
def share(part: int | None, whole: int | None) -> int:
    """Percent, rounded down so that 100 means all."""
    return int(100 * part / whole) if part and whole else 0


@register.filter
def in_words(confidence: float | None) -> str:
    """likely 87 %."""
    if confidence is None:
        return ""
    percent = round(100 * confidence)
    return f"{confidence_words(percent)} {percent} %"


@register.filter
def headline(text: str) -> SafeString:
    """What was found in bold, the rest escaped."""
    safe = escape(text).replace(MARK[0], "<mark>").replace(MARK[1], "</mark>")
    return mark_safe(safe)


@register.filter
def title_of(group: Group) -> str:
    """Its title, the machine's draft, or nothing."""
    return group.title or (group.draft.get("title") or {}).get("value", "") or "Untitled"


@register.filter
def kind_of(group: Group) -> str:
    """Its kind or the machine's draft."""
    return str(group.kind or (group.draft.get("kind") or {}).get("value", ""))


@register.filter
def begins_with(page: Page) -> str:
    """First line of the page's text, where it was read."""
    reading = getattr(page, "reading", None)
    return first_line(reading.text) if reading else ""


@register.filter
def duration(seconds: float | None) -> str:
    """about 6 minutes."""
    if seconds is None:
        return ""
    span = timedelta(seconds=round(seconds))
    minutes = round(span.total_seconds() / 60)
    if span < timedelta(seconds=90):
        return f"about {max(1, round(span.total_seconds()))} seconds"
    if minutes < 90:
        return f"about {minutes} minutes"
    return f"about {round(minutes / 60)} hours"
