"""Keys in templates: always this person's own, out of the one registry."""

from __future__ import annotations

from django import template
from django.http import HttpRequest
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clustering.keys import keys_for, spoken
from clustering.page_config import my_keys

register = template.Library()


@register.simple_tag(takes_context=True)
def key(context: Context, name: str) -> SafeString | str:
    """Return the key of a command as a sign, which the desk respells on a Mac; nothing where the person switched it
    off."""
    hint = _hint(context, name)
    return format_html('<kbd data-key="{}">{}</kbd>', name, hint) if hint else ""


@register.simple_tag(takes_context=True)
def in_brackets(context: Context, name: str) -> str:
    """Return the same after a word: " (R)"."""
    hint = _hint(context, name)
    return f" ({hint})" if hint else ""


def _hint(context: Context, name: str) -> str:
    request = context["request"]
    assert isinstance(request, HttpRequest)
    shown_key = next(one for one in keys_for(my_keys(request)) if one.id == name)
    return spoken(shown_key.keys[0]) if shown_key.keys else ""
