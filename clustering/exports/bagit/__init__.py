"""BagIt 1.0: scans and metadata with checksums, for preservation."""

from __future__ import annotations

from clustering.exports.bagit.settings import BagitSettings
from clustering.exports.bagit.writer import write_bag
from clustering.exports.format import ZIP, Addresses, ExportFormat, Purpose
from clustering.exports.iiif.rules import manifest_judge
from clustering.exports.mods.judging import mods_judge

FORMATS = (
    ExportFormat(
        name="bagit",
        label="BagIt, for preservation",
        description="Scans and metadata with checksums, for long-term storage.",
        purpose=Purpose.READING,
        place=3,
        media_type=ZIP,
        suffix="-bag.zip",
        files=write_bag,
        only_edtf=True,
        holds_scans=True,
        addresses=Addresses.NAMED,
        states_rights=True,
        states_holder=True,
        settings=BagitSettings,
        judges=(manifest_judge, mods_judge),
    ),
)
