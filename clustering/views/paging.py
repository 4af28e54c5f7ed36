"""Long lists, page by page; `{% pager shown %}` links to the other pages."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import QueryDict


def paged(asked: QueryDict, rows: Any, size: int) -> Page[Any]:
    """Return the page of a query or list with the number in ?page=, from 1, or the last page if it is beyond it."""
    return Paginator(rows, size).get_page(asked.get("page"))
