"""What ArchivesSpace's importer refuses."""

from __future__ import annotations

from clustering.exports.archivesspace.settings import ArchivesSpaceSettings
from clustering.exports.archivesspace.writer import EXTENT_TYPES, RESOURCE, has_more
from clustering.exports.common_rules import formula_rule
from clustering.exports.contract import Material
from clustering.exports.format import CollectionRule, Rule


def _settings(material: Material) -> ArchivesSpaceSettings:
    return material.settings.of(ArchivesSpaceSettings)


RULES = (
    Rule(
        code="no-room",
        level="warning",
        broken=lambda material, group: int(has_more(group)),
        message="{n} {document has|documents have} details that the template has no room for: a second subject or "
        "place, more names, rights, or an identifier. They are left out.",
        remedy="Add them in ArchivesSpace after the import. The MODS export has all of them.",
        checks="every detail has room in the template",
    ),
    formula_rule("warning"),
    CollectionRule(
        code="archivesspace-place",
        level="error",
        broken=lambda material, groups, pages: (
            not (_settings(material).archivesspace_ead or _settings(material).archivesspace_resource)
        ),
        message="Neither the EAD ID nor the resource is set. The importer rejects rows without one.",
        remedy="Set one of them in the export settings, or fill in the ead or res_uri column.",
    ),
    CollectionRule(
        code="archivesspace-object",
        level="error",
        broken=lambda material, groups, pages: not _settings(material).archivesspace_object,
        message="The archival object is not set. The importer rejects rows without it.",
        remedy="Set it in the export settings, or fill in the ao_ref_id column in each row.",
    ),
    CollectionRule(
        code="archivesspace-resource",
        level="error",
        broken=lambda material, groups, pages: bool(
            _settings(material).archivesspace_resource
            and not RESOURCE.fullmatch(_settings(material).archivesspace_resource)
        ),
        message="The resource is not in the form that the importer expects, so it would reject every row.",
        remedy="In the export settings, enter its URI, such as /repositories/2/resources/12.",
    ),
    CollectionRule(
        code="archivesspace-extent",
        level="warning",
        broken=lambda material, groups, pages: _settings(material).archivesspace_extent not in EXTENT_TYPES,
        message="The extent type is not in ArchivesSpace’s default list. The importer drops extents with an unknown "
        "type.",
        remedy="Add it to the controlled value list Extent Type in ArchivesSpace, or use “leaves” in the export "
        "settings.",
    ),
)
