"""Settings of ArchivesSpace."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class ArchivesSpaceSettings(OwnSettings):
    """Where the digital objects belong."""

    archivesspace_ead: str = option(SYSTEMS, "ArchivesSpace: EAD ID", "The EAD ID of the finding aid.")
    archivesspace_resource: str = option(
        SYSTEMS,
        "ArchivesSpace: resource",
        "The resource’s URI, e.g. /repositories/2/resources/12, instead of the EAD ID.",
    )
    archivesspace_object: str = option(
        SYSTEMS,
        "ArchivesSpace: archival object",
        "The reference ID or URI of the archival object that the digital objects are linked to.",
    )
    archivesspace_extent: str = option(
        SYSTEMS,
        "ArchivesSpace: extent type",
        "A value from your controlled value list Extent Type. To use “pages,” add it to the list first.",
        default="leaves",
    )
