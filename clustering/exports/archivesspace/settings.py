"""What ArchivesSpace has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class ArchivesSpaceSettings(OwnSettings):
    """Where the digital objects belong."""

    archivesspace_ead: str = option(SYSTEMS, "ArchivesSpace: EAD id", "Of the finding aid.")
    archivesspace_resource: str = option(
        SYSTEMS, "ArchivesSpace: resource", "Its URI, e.g. /repositories/2/resources/12, in place of the EAD id."
    )
    archivesspace_object: str = option(
        SYSTEMS,
        "ArchivesSpace: archival object",
        "Its reference ID or URI; the digital objects are linked to it.",
    )
    archivesspace_extent: str = option(
        SYSTEMS,
        "ArchivesSpace: extent type",
        "A value of your controlled list Extent Type. “pages” must be added to it first.",
        default="leaves",
    )
