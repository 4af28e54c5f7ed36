"""Time as people say it."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _


def duration(seconds: float) -> str:
    """Return seconds as 12 s, 3 min 5 s, or 2 h 10 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def night_in_words() -> str:
    """Return the hours of the night in words; empty if night jobs run whenever no other job waits."""
    if settings.NIGHT is None:
        return ""
    begins, ends = settings.NIGHT
    return _("%(begins)s to %(ends)s") % {"begins": format(begins, "%H:%M"), "ends": format(ends, "%H:%M")}
