"""METS: one file with the pages in scan order and the documents they form."""

from __future__ import annotations

from clustering.exports.format import XML, Addresses, ExportFormat, Purpose
from clustering.exports.mets.judging import WHOLE_METS
from clustering.exports.mets.writer import write_mets
from clustering.exports.mods.judging import mods_judge

FORMATS = (
    ExportFormat(
        name="mets",
        label="METS, one file per collection",
        description="For repositories. Has the pages in scan order, and the documents with their MODS records.",
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
