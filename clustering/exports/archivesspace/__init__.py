"""ArchivesSpace: the bulk import template for digital objects."""

from __future__ import annotations

from clustering.exports.archivesspace.rules import RULES
from clustering.exports.archivesspace.settings import ArchivesSpaceSettings
from clustering.exports.archivesspace.writer import write_archivesspace
from clustering.exports.format import ZIP, Addresses, ExportFormat, Purpose

FORMATS = (
    ExportFormat(
        name="archivesspace",
        label="ArchivesSpace digital objects",
        description="The bulk import template, with one row per document and the address of its manifest.",
        purpose=Purpose.REPOSITORIES,
        place=4,
        media_type=ZIP,
        suffix="-archivesspace.zip",
        files=write_archivesspace,
        addresses=Addresses.FOLLOWED,
        settings=ArchivesSpaceSettings,
        rules=RULES,
    ),
)
