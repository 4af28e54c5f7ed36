"""The words that forms offer."""

from __future__ import annotations

from clustering.engine.drafting.kind import KINDS as DRAFTED_KINDS
from clustering.models import Page

KINDS: tuple[str, ...] = tuple(DRAFTED_KINDS)
"""Kinds of documents that the desk offers; any other word may be typed."""

ROLES: list[tuple[str, str]] = [(str(value), str(label)) for value, label in Page.Role.choices]
