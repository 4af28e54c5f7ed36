"""What must be so for every target of a kind, told from records and settings: each rule with its words and its remedy.

Which targets a rule is about is told by what holds for them, never by their names: what holds for one alone stands in
its folder.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from clustering.engine.description import labels
from clustering.engine.edtf import is_edtf
from clustering.exports.contract import ExportedPage, GroupRecord, Material
from clustering.exports.delimited import FORMULA_STARTS, SEPARATOR
from clustering.exports.format import Addresses, CollectionRule, ExportFormat, Level, Rule
from clustering.exports.naming import clean, genre_uri, one_line, service_url, title_of

_LOCAL = re.compile(r"https?://(?:127\.|localhost|\[::1\])")
_GIVE_EDTF = "In review, write dates such as 1959, 1959-03, or 1964~."


def each_page(broken: Callable[[Material, ExportedPage], bool]) -> Callable[[Material, GroupRecord], int]:
    """Return what counts the pages of a group that break a rule."""
    return lambda material, group: sum(broken(material, page) for page in group.pages)


def texts_of(group: GroupRecord) -> tuple[str, ...]:
    """Return what was typed of a document, each name of several by itself."""
    details = group.details
    terms = (*details.creators, *details.subjects, *details.people, *details.places)
    typed = (details.summary, details.rights, details.box, details.identifier)
    return (group.title, group.note, group.kind, group.date, *typed, *labels(terms))


def scan_is_gone(material: Material, page: ExportedPage) -> bool:
    """Whether the original of a page is not in the media store."""
    return not material.has_image(page)


def formula_rule(level: Level) -> Rule:
    """Return the rule for a table that a system loads cell by cell and people may open in a spreadsheet before."""

    def broken(material: Material, group: GroupRecord) -> int:
        texts = (title_of(group, material.settings), *texts_of(group))
        return int(any(one_line(text).startswith(FORMULA_STARTS) for text in texts))

    return Rule(
        code="formula",
        level=level,
        broken=broken,
        message="{n} {document has|documents have} a text that a spreadsheet program would treat as a formula.",
        remedy="Upload the file as it is. To edit it first, import all columns as text.",
        checks="no text looks like a formula",
    )


def bar_rule(system: str) -> Rule:
    """Return the rule for a table whose cells hold several values with a bar between them."""
    return Rule(
        code="bar",
        level="note",
        broken=lambda material, group: int(any(SEPARATOR in text for text in texts_of(group))),
        message="{n} {document has|documents have} a vertical bar in the description, which separates values in "
        f"{system}’s table. It becomes a slash.",
        remedy="You don’t need to do anything.",
        checks="no text contains a vertical bar",
    )


def _describes(chosen: ExportFormat) -> bool:
    return chosen.describes


def _no_edtf(material: Material, group: GroupRecord) -> int:
    return int(bool(group.date) and not is_edtf(group.date))


def _local_address(level: Level, addresses: Addresses) -> CollectionRule:
    return CollectionRule(
        code="local-address",
        level=level,
        broken=lambda material, groups, pages: bool(_LOCAL.match(material.settings.base_url)) and groups > 0,
        message="The address of this site works only on this computer, so others can’t open the addresses in the "
        "export.",
        remedy="In the export settings, set “Address of this site” to the address that others use.",
        applies=lambda chosen: chosen.addresses == addresses,
    )


GROUP_RULES: tuple[Rule, ...] = (
    Rule(
        code="no-pages",
        level="error",
        broken=lambda material, group: int(not group.pages),
        message="{n} {document has|documents have} no pages.",
        remedy="Report this: it should never happen.",
        checks="every document has pages",
        blocks=True,
    ),
    Rule(
        code="scan-gone",
        level="error",
        broken=each_page(scan_is_gone),
        message="The {scan of one page is|scans of {n} pages are} missing from the media store.",
        remedy="Import the folder again. Existing pages stay where they are; only the files are restored.",
        checks="every scan is in the media store",
        applies=lambda chosen: chosen.holds_scans,
        blocks=True,
    ),
    Rule(
        code="no-edtf",
        level="error",
        broken=_no_edtf,
        message="The date of {one document is|{n} documents is} not EDTF and will not be marked as EDTF.",
        remedy=_GIVE_EDTF,
        checks="every date is EDTF",
        applies=lambda chosen: chosen.describes and chosen.only_edtf,
    ),
    Rule(
        code="no-edtf",
        level="warning",
        broken=_no_edtf,
        message="The date of {one document is|{n} documents is} not EDTF.",
        remedy=_GIVE_EDTF,
        checks="every date is EDTF",
        applies=lambda chosen: chosen.describes and not chosen.only_edtf,
    ),
    Rule(
        code="no-title",
        level="warning",
        broken=lambda material, group: int(not one_line(group.title)),
        message="{n} {document has|documents have} no title and will be named by type and pages.",
        remedy="Add a title, or keep the generated one (“Untitled flyer, pages 12–14”).",
        checks="every document has a title",
        applies=_describes,
    ),
    Rule(
        code="drafts",
        level="note",
        broken=lambda material, group: int(bool(group.unchecked_drafts)),
        message="{n} {document is|documents are} exported with unchecked drafts, which are marked as such.",
        remedy="Confirm the documents to accept the drafts, or export without drafts.",
        checks="every title, type, and date was entered or accepted by a person",
        applies=_describes,
    ),
    Rule(
        code="no-term",
        level="note",
        broken=lambda material, group: int(bool(group.kind) and not genre_uri(group)),
        message="The type of {one document|{n} documents} has no term in the Art & Architecture Thesaurus.",
        remedy="The type is exported as text. Choose another type if one fits.",
        checks="every type has a term in the Art & Architecture Thesaurus",
        applies=lambda chosen: chosen.describes and chosen.names_kinds,
    ),
    Rule(
        code="control",
        level="note",
        broken=lambda material, group: int(any(clean(text) != text for text in texts_of(group))),
        message="{n} {document has|documents have} control characters in the description. They are left out.",
        remedy="You don’t need to do anything. To remove them, retype the text in review.",
        checks="no text has control characters",
        applies=lambda chosen: chosen.describes and not chosen.as_entered,
    ),
    Rule(
        code="no-service",
        level="warning",
        broken=each_page(
            lambda material, page: bool(material.settings.image_service) and not service_url(material, page)
        ),
        message="{n} {page has|pages have} no repository ID, so {its image comes|their images come} from this site "
        "instead of the image service.",
        remedy="Import the pages again to give them repository IDs, or use {identifier} in the service’s address.",
        checks="every page has an address in the image service",
        applies=lambda chosen: chosen.shows_images,
    ),
)

COLLECTION_RULES: tuple[CollectionRule, ...] = (
    CollectionRule(
        code="empty",
        level="warning",
        broken=lambda material, groups, pages: groups == 0 and not material.everything,
        message="The export is empty: there are no confirmed documents yet.",
        remedy="Confirm some documents, or include unconfirmed ones.",
        applies=lambda chosen: chosen.of_documents,
    ),
    CollectionRule(
        code="none-at-all",
        level="warning",
        broken=lambda material, groups, pages: groups == 0 and material.everything,
        message="The export is empty: there are no documents.",
        remedy="Create a proposal first.",
        applies=lambda chosen: chosen.of_documents,
    ),
    CollectionRule(
        code="proposals",
        level="note",
        broken=lambda material, groups, pages: material.everything and groups > 0,
        message="The export includes unconfirmed documents, marked as proposals if the format allows it.",
        remedy="For long-term storage, export only confirmed documents.",
        applies=lambda chosen: chosen.of_documents,
    ),
    _local_address("error", Addresses.FOLLOWED),
    _local_address("warning", Addresses.NAMED),
    CollectionRule(
        code="not-published",
        level="warning",
        broken=lambda material, groups, pages: not material.settings.published and groups > 0,
        message="The addresses in the export open only for people who are signed in here.",
        remedy="When anyone may see the confirmed documents, select “Published” in the export settings.",
        applies=lambda chosen: chosen.addresses == Addresses.FOLLOWED,
    ),
    CollectionRule(
        code="no-image-service",
        level="note",
        broken=lambda material, groups, pages: not material.settings.image_service and groups > 0,
        message="No image service is set. Viewers load whole scans from this site and can’t zoom in tile by tile.",
        remedy="If a repository serves the scans over IIIF, enter its address in the export settings.",
        applies=lambda chosen: chosen.shows_images,
    ),
    CollectionRule(
        code="no-rights",
        level="note",
        broken=lambda material, groups, pages: not material.settings.rights,
        message="No rights statement is set.",
        remedy="Enter the address of a rights statement in the export settings.",
        applies=lambda chosen: chosen.states_rights,
    ),
    CollectionRule(
        code="no-holder",
        level="note",
        broken=lambda material, groups, pages: not material.settings.publisher,
        message="The holder of the originals is not set.",
        remedy="Enter it under “Holder” in the export settings.",
        applies=lambda chosen: chosen.states_holder,
    ),
)
