"""ArchivesSpace: the bulk template of digital objects."""

from __future__ import annotations

from clustering.exports.archivesspace.rules import RULES
from clustering.exports.archivesspace.settings import ArchivesSpaceSettings
from clustering.exports.archivesspace.writer import write_archivesspace
from clustering.exports.format import ZIP, Addresses, ExportFormat, Purpose

FORMATS = (
    ExportFormat(
        name="archivesspace",
        label="ArchivesSpace digital objects",
        description="The bulk template, a row a document, with the address of its manifest.",
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
