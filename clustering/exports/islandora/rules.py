"""What Islandora does not take."""

from __future__ import annotations

from clustering.exports.common_rules import bar_rule, each_page, formula_rule, scan_is_gone
from clustering.exports.contract import GroupRecord, Material
from clustering.exports.format import CollectionRule, Rule
from clustering.exports.islandora.settings import DESCRIBED, IslandoraSettings
from clustering.exports.islandora.writer import facts_of
from clustering.exports.naming import title_of

LONGEST_DRUPAL_TITLE = 255


def _left_out(material: Material, group: GroupRecord) -> int:
    """1 where something was entered that has no field to go into, though others have."""
    fields = material.settings.of(IslandoraSettings).columns()
    facts = facts_of(material, group)
    return int(bool(fields) and any(facts[fact] for fact in DESCRIBED if fact not in fields))


RULES = (
    Rule(
        code="long-title",
        level="error",
        broken=lambda material, group: int(
            len(title_of(group, material.settings)) > LONGEST_DRUPAL_TITLE - len(", page 0000")
        ),
        message=f"{{n}} {{title is|titles are}} longer than Drupal’s limit of {LONGEST_DRUPAL_TITLE} characters.",
        remedy="Shorten long titles. You can move the rest to the note.",
        checks="every title is short enough for Drupal",
    ),
    Rule(
        code="scan-gone",
        level="error",
        broken=each_page(lambda material, page: bool(page.rotation) and scan_is_gone(material, page)),
        message="The {scan of one page|scans of {n} pages} that must be rotated {is|are} missing from the media store.",
        remedy="Import the folder again. Existing pages stay where they are; only the files are restored.",
        checks="every scan that must be rotated is in the media store",
        blocks=True,
    ),
    Rule(
        code="no-field",
        level="warning",
        broken=_left_out,
        message="{n} {document has|documents have} details that no Islandora field is set for. They are left out.",
        remedy="In the export settings, add a field for each to “Islandora: fields”, e.g. subjects=field_subject.",
        checks="every detail has a field",
    ),
    bar_rule("Islandora"),
    formula_rule("note"),
    CollectionRule(
        code="islandora-host",
        level="warning",
        broken=lambda material, groups, pages: (
            material.settings.of(IslandoraSettings).islandora_host == IslandoraSettings().islandora_host
        ),
        message="The configuration file still has the example address of Islandora.",
        remedy="Set the address in the export settings or in workbench.yml.",
    ),
    CollectionRule(
        code="islandora-collection",
        level="warning",
        broken=lambda material, groups, pages: not material.settings.of(IslandoraSettings).islandora_collection,
        message="No Islandora collection is set, so documents are not added to one.",
        remedy="Set the collection’s node ID in the export settings, or fill in field_member_of.",
    ),
)
