"""The order in which people look for names: 9 before 10, é beside e, capitals beside small letters."""

from __future__ import annotations

from django.db import models

DIGITS = 15
"""Digits that numbers are padded to; page numbers, years, and numbers of records are shorter."""


class Natural(models.Func):
    """What to sort a name by. PostgreSQL's own collations for it need ICU, which the embedded server lacks."""

    arity = 1
    output_field = models.TextField()

    _WITHOUT_ACCENTS = r"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\u0300-\u036f]', '', 'g')"
    _FILLED = rf"regexp_replace(replace({_WITHOUT_ACCENTS}, 'ß', 'ss'), '(\d+)', '{'0' * DIGITS}\1', 'g')"
    template = rf"""regexp_replace({_FILLED}, '0*(\d{{{DIGITS},}})', '\1', 'g') COLLATE "C" """
