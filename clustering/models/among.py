"""Conditions that name thousands of rows: one array in PostgreSQL's words, where `__in` and `__overlap` send every id
by itself, which takes Django and the driver ten times as long as the database needs to look them up.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup

NOTHING = "{}"


class _WithArray(_Lookup):
    """A column compared with an array of whole numbers."""

    prepare_rhs = False
    template = ""

    def __init__(self, column: str, ids: Iterable[int]) -> None:
        super().__init__(F(column), array_of(ids))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the condition; of no numbers nothing is asked."""
        if self.rhs == NOTHING:
            raise EmptyResultSet
        lhs, params = self.process_lhs(compiler, connection)
        return self.template.format(lhs), (*params, self.rhs)


class Among(_WithArray):
    """Whether a column is one of these numbers: `rows.filter(Among("group", ids))`."""

    lookup_name = "among"
    template = "{} = ANY(%s::bigint[])"


class Overlaps(_WithArray):
    """Whether an array in a column has one of these numbers."""

    lookup_name = "overlaps"
    template = "{} && %s::bigint[]"


def array_of(values: Iterable[float | None]) -> str:
    """Return an array in PostgreSQL's words."""
    return f"{{{str(list(values))[1:-1]}}}".replace("None", "NULL")  # ten times as fast as one by one
