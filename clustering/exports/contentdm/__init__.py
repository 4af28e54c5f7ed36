"""CONTENTdm: compound objects as a directory structure."""

from __future__ import annotations

from clustering.exports.common_rules import formula_rule
from clustering.exports.contentdm.writer import write_contentdm
from clustering.exports.dates import plain_date
from clustering.exports.format import ZIP, ExportFormat, Purpose, Rule

PLAIN_DATE = Rule(
    code="plain-date",
    level="note",
    broken=lambda material, group: int(plain_date(group.date) != group.date),
    message="CONTENTdm’s date fields can’t hold the full date of {one document|{n} documents}.",
    remedy="Map Date, which shortens 1970~ to 1970, to a date field, and Date EDTF to a text field.",
    checks="every date fits a CONTENTdm date field",
)
FORMATS = (
    ExportFormat(
        name="contentdm",
        label="CONTENTdm compound objects",
        description="One folder per document, with its metadata, scans, and transcripts.",
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
