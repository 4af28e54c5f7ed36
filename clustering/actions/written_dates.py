"""Dates as they are entered: what is stored is EDTF. Pure."""

from __future__ import annotations

from clustering.actions.errors import Refused
from clustering.engine.edtf import is_edtf, is_in_order

HOW_TO = (
    "Write 1959, 1959-03 or 1959-03-12; 1959~ for about, 1959? for uncertain; "
    "195X for a decade; 1959-03/1961 for a span; or leave it empty."
)


def check_date(text: str) -> None:
    """Nothing for a date in EDTF. Raises Refused with a sentence that shows how to write one."""
    if not is_edtf(text):
        raise Refused(f"“{text}” is not a date that can be stored. {HOW_TO}")
    if not is_in_order(text):
        raise Refused(f"The span “{text}” ends before it begins. Write the earlier date first.")
