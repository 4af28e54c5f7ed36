"""Jobs that the admin offers, for its templates."""

from __future__ import annotations

from django import template

from clustering.admin.collections import launches

register = template.Library()


@register.simple_tag
def job_launches() -> list[tuple[str, str, str]]:
    """Return kind, name, and what it does, of every job that is launched for collections."""
    return launches()
