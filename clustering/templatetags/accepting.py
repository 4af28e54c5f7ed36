"""Numbers of bulk accepts in words."""

from __future__ import annotations

from math import floor

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def in_percent(share: float | None, form: str = "") -> str:
    """99.5%, never rounded up, so that 100% means all; "bare" without the sign, for addresses, "low" down to a tenth,
    "short" rounded to a tenth."""
    if share is None:
        return ""
    if form == "short":
        number = f"{100 * share:.1f}".removesuffix(".0")
    elif form == "low":
        number = f"{floor(1000 * share + 1e-6) / 10:.1f}".removesuffix(".0")
    else:
        number = f"{floor(100_000 * share + 1e-6) / 1000:.3f}".rstrip("0").rstrip(".")
    return number if form == "bare" else f"{number_format(number)}%"


@register.filter
def roughly(count: float) -> str:
    """Return an expected count: "about 12", "about 1.4", "under 0.1"."""
    if count == 0:
        return _("none")
    if count < 0.1:
        return _("under %(count)s") % {"count": number_format(0.1)}
    rounded = f"{count:.1f}".removesuffix(".0") if count < 10 else round(count)
    return _("about %(count)s") % {"count": number_format(rounded, force_grouping=True)}


@register.filter
def unlocalized(number: int) -> str:
    """For forms and addresses: digits only, whatever the language."""
    return str(number)
