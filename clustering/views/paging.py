"""Long lists, a page at a time: `{% pager shown %}` leads to the others."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict


def paged(asked: QueryDict, rows: Any, size: int) -> Page[Any]:
    """Return the page of a query or list that ?page= asks for, from 1; the last where that is beyond it."""
    return Paginator(rows, size).get_page(asked.get("page"))
