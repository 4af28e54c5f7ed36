"""Sentences, and addresses of images and icons, for templates of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.core.paginator import Page as ListPage
from django.http import QueryDict
from django.template import Context
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clustering import wording
from clustering.access import Anyone, may_edit, may_launch
from clustering.actions.close import CLOSE
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.edtf import is_edtf
from clustering.engine.proposing import METHODS
from clustering.languages import catalog_digest
from clustering.models import Collection, Edit, Group, Page, User
from clustering.redecode.drafting import SHOWN
from clustering.repository import address_in
from clustering.selectors.desk_rows import confidence_words, first_line
from clustering.selectors.places import Places
from clustering.selectors.search import MARK
from clustering.sentences import listed
from clustering.teamwork.notifying import shown_to

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite, to be used next to text or inside a labeled element."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("img/icons.svg"), name
    )


@register.simple_tag
def live_part(name: str) -> SafeString:
    """Attributes of a part of a page that its links and forms with `hx-boost` replace, instead of the whole page."""
    return format_html(
        'id="{0}" class="live-part" tabindex="-1" hx-target="this" hx-select="#{0}" hx-select-oob="#messages" '
        'hx-swap="outerHTML"',
        name,
    )


@register.inclusion_tag("pager.html", takes_context=True)
def pager(
    context: Context,
    shown: ListPage[Any],
    *,
    asked: Mapping[str, str] | None = None,
    address: str = "",
    target: str = "",
    boosted: bool = True,
) -> dict[str, object]:
    """Lead to the pages before and after this one, with all else that the address asks for, or `asked`.

    `target` is the id of a part of the page to go to; `boosted` links replace the live part that they are in.
    """
    query = context["request"].GET.copy() if asked is None else QueryDict(mutable=True)
    query.update(asked or {})

    def link(number: int) -> str:
        query["page"] = str(number)
        return f"{address}?{query.urlencode()}" + (f"#{target}" if target else "")

    return {
        "shown": shown,
        "boosted": boosted,
        "previous": link(shown.number - 1),
        "next": link(shown.number + 1),
    }


@register.filter
def has_documents(collection: Collection) -> bool:
    """Whether there is anything to check, to confirm or to describe."""
    return collection.groups.exists()


@register.inclusion_tag("not_processed.html")
def not_processed(collection: Collection, user: Anyone) -> dict[str, object]:
    """Say what to do with a collection without documents, with a link for people who may."""
    job = collection.jobs.active().order_by("pk").first()
    # Its page is closed to viewers as long as there are restricted pages.
    may_watch = job is not None and sees_all_of(user, collection)
    may_process = may_launch(user, collection) and collection.closed is None and job is None
    return {
        "collection": collection,
        "job": job,
        "may_watch": may_watch,
        "has_pages": collection.pages.exists(),
        "may_add": may_launch(user) and collection.closed is None,
        "may_process": may_process,
    }


@register.simple_tag
def repository_address(page: Page) -> str:
    """Return the address of a page in its collection's repository; empty if none is set."""
    return address_in(page.collection.read_settings().repository, page)


@register.simple_tag
def mail_is_set_up() -> bool:
    """Whether letters go out."""
    return bool(settings.MAIL)


@register.simple_tag
def unread_count(user: Anyone) -> int:
    """Return the number of a person's unread notifications. Only an index lookup if there are none."""
    if not isinstance(user, User) or not user.notifications.filter(read=None).exists():
        return 0
    return shown_to(user).filter(read=None).count()


@register.filter
def translated(sentence: object) -> str:
    """Return a sentence kept as data in the language of now."""
    return wording.translated(sentence)


@register.filter
def named(person: User | None, nobody: str = "hhreview") -> str:
    """Return the name that people see of a person, who may be gone."""
    return person.shown_name if person else nobody


@register.filter
def method_name(key: str) -> str:
    """Return the name of a method of proposing."""
    method = METHODS.get(key)
    return _(method.label) if method else key


@register.simple_tag
def catalog_script() -> SafeString | str:
    """Return the sentences of the modules in this language, before the first of them runs; nothing in English."""
    code = get_language() or "en"
    digest = catalog_digest(code)
    return format_html('<script src="{}"></script>', reverse("catalog", args=[code, digest])) if digest else ""


@register.simple_tag
def scan_url(page: Page, size: str = "320") -> str:
    """Address of a page's image, rotated as the page is shown."""
    address = reverse("scan", args=[page.pk, size, page.sha256[:16]])
    rotation = page.chosen_rotation
    if rotation is None and "reading" in page._state.fields_cache:
        rotation = page.rotation
    if page.is_restricted:  # of which no browser has a copy
        return f"{address}?restricted&rotation={rotation}" if rotation else f"{address}?restricted"
    return f"{address}?rotation={rotation}" if rotation else address


@register.simple_tag
def scan_set(page: Page) -> str:
    """For srcset: the small image, and one twice as fine for fine screens."""
    return f"{scan_url(page)} 1x, {scan_url(page, '640')} 2x"


@register.simple_tag
def closing_of(collection: Collection) -> Edit | None:
    """Return the act that closed it, with who did it. One query."""
    closings = Edit.objects.filter(collection=collection, verb=CLOSE)
    return closings.select_related("actor").defer("before", "after").order_by("-sequence").first()


@register.filter
def can_edit(user: Anyone, collection: Collection) -> bool:
    """Whether this person may correct the collection."""
    return may_edit(user, collection)


@register.filter
def sees_all_of(user: Anyone, collection: Collection) -> bool:
    """Whether no view of the collection is closed to this person for the sake of restricted pages."""
    return may_edit(user, collection) or not Page.objects.filter(collection=collection).restricted().exists()


@register.filter
def can_manage(user: Anyone, collection: Collection) -> bool:
    """Whether this person may change its settings and start its jobs."""
    return may_launch(user, collection)


@register.filter
def share(part: int | None, whole: int | None) -> int:
    """Percent, rounded down so that 100 means all."""
    return int(100 * part / whole) if part and whole else 0


@register.filter
def in_words(confidence: float | None) -> str:
    """Medium 87%."""
    if confidence is None:
        return ""
    percent = round(100 * confidence)
    return f"{level_word(confidence_words(percent))} {percent}%"


@register.filter
def level_word(level: str) -> str:
    """High, Medium or Low in the language of now."""
    return {"High": _("High"), "Medium": _("Medium"), "Low": _("Low")}[level]


@register.filter
def headline(text: str) -> SafeString:
    """Return a headline with its matches in bold, and the rest escaped."""
    safe = escape(text).replace(MARK[0], "<mark>").replace(MARK[1], "</mark>")
    return mark_safe(safe)


@register.filter
def title_of(group: Group) -> str:
    """Return its name."""
    return group.shown_title


@register.filter
def place_in(group: Group, places: Places) -> int | None:
    """Return the number that people see of a document, its place among all."""
    return places.of.get(group.pk)


@register.filter
def with_places(numbers: Iterable[int], places: Mapping[int, int]) -> list[tuple[int, int]]:
    """Return number and place of the documents with these numbers that still are there, by place."""
    return sorted(((number, places[number]) for number in numbers if number in places), key=lambda pair: pair[1])


@register.filter
def kind_of(group: Group) -> str:
    """Return a document's type or its draft, in the reader's language if hhreview knows the type."""
    kind = group.kind or group.drafted("kind")
    return _(kind) if kind else ""


@register.filter
def accepted_of(group: Group) -> str:
    """Return which fields hold an accepted draft, as the interface calls them, in the order of the headings."""
    names = sorted(group.accepted_drafts, key=[*SHOWN, *group.accepted_drafts].index)
    return wording.translated(listed([wording.in_words(name) for name in names]))


@register.filter
def drafts_of(group: Group) -> str:
    """Return which fields show a draft that nobody accepted, as `accepted_of` does those that hold one."""
    names = [name for name in SHOWN if not getattr(group, name) and group.drafted(name)]
    return wording.translated(listed([wording.in_words(name) for name in names])) if names else ""


@register.filter
def date_of(group: Group) -> str:
    """Return its date or the draft of one, in words of the reader's language if it is EDTF."""
    written = group.date or group.drafted("date")
    return wording.translated(date_in_words(written)) if is_edtf(written) else written


@register.filter
def begins_with(page: Page) -> str:
    """Return the first line of a page's text, if it was read."""
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
        count = max(1, round(span.total_seconds()))
        return ngettext("about %(count)d second", "about %(count)d seconds", count) % {"count": count}
    if minutes < 90:
        return ngettext("about %(count)d minute", "about %(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(count)d hour", "about %(count)d hours", hours) % {"count": hours}
