"""Sentences with a little markup: `code` and **strong**, as the API's descriptions have it."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")


@register.filter
def marked_up(text: str) -> SafeString:
    """Everything escaped, then the two marks turned into elements."""
    safe = _STRONG.sub(r"<strong>\1</strong>", _CODE.sub(r"<code>\1</code>", escape(text)))
    return mark_safe(safe)
