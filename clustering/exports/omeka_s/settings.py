"""What Omeka S has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from clustering.exports.settings import SYSTEMS, OwnSettings, option


@dataclass(frozen=True, slots=True)
class OmekaSettings(OwnSettings):
    """What it fetches."""

    omeka_media: str = option(
        SYSTEMS,
        "Omeka S: media",
        "What the media_url column contains.",
        default="images",
        choices={
            "images": "Image addresses, one per page (media source: URL)",
            "info": "Addresses of info.json, one per page (media source: IIIF image)",
            "manifest": "The address of the manifest (media source: IIIF presentation)",
        },
    )
