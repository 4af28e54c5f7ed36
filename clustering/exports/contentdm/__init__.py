"""CONTENTdm: compound objects in directory structure."""

from __future__ import annotations

from clustering.exports.common_rules import formula_rule
from clustering.exports.contentdm.writer import write_contentdm
from clustering.exports.dates import plain_date
from clustering.exports.format import ZIP, ExportFormat, Purpose, Rule

PLAIN_DATE = Rule(
    code="plain-date",
    level="note",
    broken=lambda material, group: int(plain_date(group.date) != group.date),
    message="The date of {one document|{n} documents} is more than a date field of CONTENTdm holds.",
    remedy="Map Date to the date field, where 1970~ becomes 1970, and Date EDTF to a text field that keeps it whole.",
    checks="every date is one that a date field of CONTENTdm takes",
)
FORMATS = (
    ExportFormat(
        name="contentdm",
        label="CONTENTdm compound objects",
        description="A folder a document with its table, its scans and what was read on them.",
        purpose=Purpose.REPOSITORIES,
        place=5,
        media_type=ZIP,
        suffix="-contentdm.zip",
        files=write_contentdm,
        holds_scans=True,
        states_rights=True,
        rules=(PLAIN_DATE, formula_rule("note")),
    ),
)
