"""What the check of an export found, in words."""

from __future__ import annotations

from django import template

from clustering.exports.checking import Finding
from clustering.selectors.exporting import finding_message
from clustering.sentences import Sentence

register = template.Library()


@register.filter
def message(finding: Finding) -> Sentence:
    """Return its sentence, in the active language."""
    return finding_message(finding)
