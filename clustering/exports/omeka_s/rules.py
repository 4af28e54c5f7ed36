"""What Omeka S misreads, and what it cannot fetch."""

from __future__ import annotations

from clustering.exports.common_rules import each_page, formula_rule, texts_of
from clustering.exports.contract import Material
from clustering.exports.format import CollectionRule, Rule
from clustering.exports.naming import one_line
from clustering.exports.omeka_s.settings import OmekaSettings
from clustering.exports.omeka_s.writer import for_php


def _takes_info(material: Material) -> bool:
    return material.settings.of(OmekaSettings).omeka_media == "info"


RULES = (
    Rule(
        code="bar",
        level="note",
        broken=lambda material, group: int("|" in group.title or "|" in group.note),
        message="{n} {document has|documents have} a vertical bar in title or note, which divides cells there; it "
        "becomes a slash.",
        remedy="Nothing has to be done.",
        checks="no text has the bar that divides cells",
    ),
    Rule(
        code="backslash",
        level="note",
        broken=lambda material, group: int(any(for_php(text) != one_line(text) for text in texts_of(group))),
        message="{n} {document has|documents have} a backslash before a quotation mark or at the end of a text, which "
        "would swallow the rest of the file there; it is doubled.",
        remedy="Nothing has to be done.",
        checks="no text has a backslash that Omeka's reader would misread",
    ),
    Rule(
        code="turned",
        level="warning",
        broken=each_page(lambda material, page: _takes_info(material) and bool(page.rotation)),
        message="{n} {page lies|pages lie} the wrong way, and info.json shows {it|them} so.",
        remedy="Choose addresses of images or the manifest in the export settings: both show pages upright.",
        checks="every page stands upright",
    ),
    formula_rule("note"),
    CollectionRule(
        code="no-info",
        level="warning",
        broken=lambda material, groups, pages: _takes_info(material) and not material.settings.image_service,
        message="Omeka S is to load info.json, but no image service is set; addresses of images go out instead.",
        remedy="Name the image service, or choose another kind of media.",
    ),
)
