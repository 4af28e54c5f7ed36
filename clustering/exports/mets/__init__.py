"""METS: one file with the pages as they were scanned and the documents they make."""

from __future__ import annotations

from clustering.exports.format import XML, Addresses, ExportFormat, Purpose
from clustering.exports.mets.judging import WHOLE_METS
from clustering.exports.mets.writer import write_mets
from clustering.exports.mods.judging import mods_judge

FORMATS = (
    ExportFormat(
        name="mets",
        label="METS, one file",
        description="For repositories: the pages as they were scanned and the documents they make, with MODS inside.",
        purpose=Purpose.RECORDS,
        place=2,
        media_type=XML,
        suffix="-mets.xml",
        files=write_mets,
        only_edtf=True,
        addresses=Addresses.NAMED,
        states_rights=True,
        states_holder=True,
        judges=(mods_judge,),
        whole=WHOLE_METS,
    ),
)
