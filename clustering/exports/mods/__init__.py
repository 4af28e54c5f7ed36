"""MODS: one record per document."""

from __future__ import annotations

from clustering.exports.format import ZIP, ExportFormat, Purpose
from clustering.exports.mods.judging import mods_judge
from clustering.exports.mods.settings import ModsSettings
from clustering.exports.mods.writer import write_mods

FORMATS = (
    ExportFormat(
        name="mods",
        label="MODS, one record per document",
        description="For library catalogs. Lists the pages of each document as constituents.",
        purpose=Purpose.RECORDS,
        place=1,
        media_type=ZIP,
        suffix="-mods.zip",
        files=write_mods,
        only_edtf=True,
        states_rights=True,
        states_holder=True,
        settings=ModsSettings,
        judges=(mods_judge,),
    ),
)
