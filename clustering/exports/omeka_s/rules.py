"""What Omeka S misreads, and what it cannot fetch."""

from __future__ import annotations

from clustering.exports.common_rules import bar_rule, each_page, formula_rule, texts_of
from clustering.exports.contract import Material
from clustering.exports.delimited import Paragraphs, in_lines
from clustering.exports.format import CollectionRule, Rule
from clustering.exports.omeka_s.settings import OmekaSettings
from clustering.exports.omeka_s.writer import for_php


def _takes_info(material: Material) -> bool:
    return material.settings.of(OmekaSettings).omeka_media == "info"


RULES = (
    bar_rule("Omeka"),
    Rule(
        code="backslash",
        level="note",
        broken=lambda material, group: int(
            any(for_php(Paragraphs(text)) != in_lines(text) for text in texts_of(group))
        ),
        message="{n} {document has|documents have} a backslash before a quotation mark or at the end of a text. It is "
        "doubled so that Omeka reads the file correctly.",
        remedy="You don’t need to do anything.",
        checks="no text has a backslash that Omeka would misread",
    ),
    Rule(
        code="rotated",
        level="warning",
        broken=each_page(lambda material, page: _takes_info(material) and bool(page.rotation)),
        message="{n} {page was|pages were} scanned sideways or upside down, and info.json shows {it|them} that way.",
        remedy="In the export settings, choose image addresses or the manifest, which show pages upright.",
        checks="every page is shown upright",
    ),
    formula_rule("note"),
    CollectionRule(
        code="no-info",
        level="warning",
        broken=lambda material, groups, pages: _takes_info(material) and not material.settings.image_service,
        message="Omeka S should load info.json, but no image service is set. Image addresses are exported instead.",
        remedy="Set the image service, or choose another kind of media.",
    ),
)
