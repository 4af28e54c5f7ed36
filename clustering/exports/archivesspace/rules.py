"""What ArchivesSpace's importer refuses."""

from __future__ import annotations

from clustering.exports.archivesspace.settings import ArchivesSpaceSettings
from clustering.exports.archivesspace.writer import EXTENT_TYPES, RESOURCE
from clustering.exports.common_rules import formula_rule
from clustering.exports.contract import Material
from clustering.exports.format import CollectionRule


def _told(material: Material) -> ArchivesSpaceSettings:
    return material.settings.of(ArchivesSpaceSettings)


RULES = (
    formula_rule("warning"),
    CollectionRule(
        code="archivesspace-place",
        level="error",
        broken=lambda material, groups, pages: (
            not (_told(material).archivesspace_ead or _told(material).archivesspace_resource)
        ),
        message="Neither the EAD id nor the resource is set, and the importer takes no row without one.",
        remedy="Set one of them in the export settings, or fill the column ead or res_uri in.",
    ),
    CollectionRule(
        code="archivesspace-object",
        level="error",
        broken=lambda material, groups, pages: not _told(material).archivesspace_object,
        message="The archival object that the digital objects belong to is not set, and the importer takes no row "
        "without it.",
        remedy="Set it in the export settings, or fill the column ao_ref_id in for each row.",
    ),
    CollectionRule(
        code="archivesspace-resource",
        level="error",
        broken=lambda material, groups, pages: bool(
            _told(material).archivesspace_resource and not RESOURCE.fullmatch(_told(material).archivesspace_resource)
        ),
        message="The resource is not written the way the importer compares it, so it refuses every row.",
        remedy="Write its URI, such as /repositories/2/resources/12, in the export settings.",
    ),
    CollectionRule(
        code="archivesspace-extent",
        level="warning",
        broken=lambda material, groups, pages: _told(material).archivesspace_extent not in EXTENT_TYPES,
        message="The extent type is not in ArchivesSpace's own list, and the importer drops an extent whose type it "
        "does not know.",
        remedy="Add the type to the controlled value list Extent Type there first, or choose leaves in the export "
        "settings.",
    ),
)
