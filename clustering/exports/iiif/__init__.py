"""IIIF Presentation 3: one manifest per document, and a collection that lists them."""

from __future__ import annotations

from clustering.exports.format import ZIP, Addresses, ExportFormat, Purpose
from clustering.exports.iiif.rules import RIGHTS_NO_URI, ROTATED, manifest_judge
from clustering.exports.iiif.writer import write_iiif

FORMATS = (
    ExportFormat(
        name="iiif",
        label="IIIF manifests, one per document",
        description="For viewers such as Mirador: one manifest per document, and a collection that lists them.",
        purpose=Purpose.RECORDS,
        place=3,
        media_type=ZIP,
        suffix="-iiif.zip",
        files=write_iiif,
        shows_images=True,
        addresses=Addresses.FOLLOWED,
        states_rights=True,
        states_holder=True,
        rules=(ROTATED, RIGHTS_NO_URI),
        judges=(manifest_judge,),
    ),
)
