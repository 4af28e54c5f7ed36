"""Names that all targets share: the stable id of a group, its title if nobody entered one, and addresses."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from clustering.engine import titles
from clustering.engine.description import NamedTerm
from clustering.engine.drafting import KIND_TERMS
from clustering.engine.media_types import SHOWN_BY_BROWSERS, web_type
from clustering.engine.titles import clean as clean
from clustering.engine.titles import one_line as one_line
from clustering.engine.titles import ranges as ranges
from clustering.exports.contract import CollectionRecord, ExportedPage, GroupRecord, Material
from clustering.exports.drafts import drafted
from clustering.exports.settings import ExportSettings

_NOT_IN_FILES = re.compile(r"[^A-Za-z0-9._-]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]|_(?=x[0-9A-F]+_)")
_COMPANY = re.compile(r"(?i),\s*(?:inc|incorporated|ltd|limited|llc|l\.l\.c|llp|co|corp|gmbh|s\.?a|n\.?v|plc)\.?$")
"""Endings of names that have a comma but aren't a person's."""
_DEFAULTS = ExportSettings()
THUMBNAIL = 320
"""Long edge of a thumbnail from here, width of one from an image service."""


def local_id(collection: CollectionRecord, group: GroupRecord) -> str:
    """Return the group's external id. It is never used again, and stays with the first part when a group is split."""
    return f"{collection.slug}-{group.number}"


def title_of(group: GroupRecord, settings: ExportSettings = _DEFAULTS) -> str:
    """Return the title in one line, or "Untitled flyer, pages 12–14" if there is none."""
    return titles.title_of(
        group.title,
        kind=group.kind,
        positions=(page.position for page in group.pages),
        untitled=settings.untitled,
        number=group.number,
    )


def extent_of(group: GroupRecord) -> str:
    """Return the extent: "3 pages", or "2 of 3 pages" if the others are restricted."""
    count, whole = len(group.pages), len(group.pages) + group.pages_left_out
    pages = "1 page" if whole == 1 else f"{whole} pages"
    return f"{count} of {pages}" if group.pages_left_out else pages


def left_out_of(group: GroupRecord) -> str:
    """Return what an incomplete document lacks: "1 page is restricted and left out."; empty if it is whole."""
    if not group.pages_left_out:
        return ""
    pages = "1 page is" if group.pages_left_out == 1 else f"{group.pages_left_out} pages are"
    return f"{pages} restricted and left out."


def label_of(page: ExportedPage, *, otherwise: object) -> str:
    """Return the source's name of a page, in one line; `otherwise`, its counted place, if it has none."""
    return one_line(page.label) or str(otherwise)


def genre_uri(group: GroupRecord) -> str:
    """Return the kind's address in its own vocabulary, or else in the Art & Architecture Thesaurus; or empty."""
    return group.details.kind_uri or KIND_TERMS.get(group.kind, "")


_VOCABULARIES = (
    ("id.loc.gov/authorities/subjects/", "lcsh"),
    ("id.loc.gov/authorities/names/", "naf"),
    ("viaf.org/viaf/", "viaf"),
    ("vocab.getty.edu/aat/", "aat"),
    ("vocab.getty.edu/tgn/", "tgn"),
    ("vocab.getty.edu/ulan/", "ulan"),
    ("www.wikidata.org/entity/", "wikidata"),
)


def vocabulary_of(uri: str) -> str:
    """Return the Library of Congress's code of the vocabulary of an address; empty if there is none."""
    place = uri.partition("://")[2]
    return next((code for begins, code in _VOCABULARIES if place.startswith(begins)), "")


def is_person(name: str) -> bool:
    """Whether a name looks like a person's: it has a comma, but not only before an ending such as "Inc."."""
    return "," in name and not _COMPANY.search(name)


def rights_of(material: Material, group: GroupRecord) -> str:
    """Return the rights of the document, or else those of the whole collection."""
    return group.details.rights or material.settings.rights


def subjects_of(group: GroupRecord) -> tuple[NamedTerm, ...]:
    """Return subjects and names, for targets that have one place for both."""
    return (*group.details.subjects, *group.details.people)


def xml_name(text: str) -> str:
    """Encode a text as the later part of an NCName, uniquely: characters that aren't allowed become _x20_."""
    return _NOT_IN_NAMES.sub(lambda match: f"_x{ord(match[0]):X}_", text)


def file_stem(text: str) -> str:
    """Return a part of a path that every system accepts."""
    return _NOT_IN_FILES.sub("_", text).strip(".") or "_"


def file_suffix(page: ExportedPage) -> str:
    """Return the suffix of the original in lower case: jpg."""
    return file_stem(page.filename.rpartition(".")[2].lower() if "." in page.filename else "bin")


def image_name(page: ExportedPage) -> str:
    """Return the place in the group with the suffix of the original: 0001.jpg."""
    return f"{page.sequence:04}.{file_suffix(page)}"


def collection_url(material: Material) -> str:
    """Return the address of the collection over IIIF."""
    return f"{material.settings.base_url.rstrip('/')}/iiif/{material.collection.slug}/collection.json"


def manifest_url(material: Material, group: GroupRecord) -> str:
    """Return the address of a group's manifest, the same live and in files."""
    return f"{material.settings.base_url.rstrip('/')}/iiif/{material.collection.slug}/{group.number}/manifest.json"


def service_url(material: Material, page: ExportedPage) -> str:
    """Return the address of the page's image service, if there is one."""
    template = material.settings.image_service
    if not template or ("{pid}" in template and not page.pid):
        return ""
    name = quote(page.identifier, safe="")
    return template.rstrip("/").replace("{pid}", quote(page.pid, safe=":")).replace("{identifier}", name)


def is_shown_as_it_is(page: ExportedPage) -> bool:
    """Whether a browser shows the original, and shows it upright."""
    return page.rotation == 0 and page.media_type in SHOWN_BY_BROWSERS


def original_url(material: Material, page: ExportedPage) -> str:
    """Return the address of the unchanged original here."""
    base = material.settings.base_url.rstrip("/")
    return f"{base}/iiif/{material.collection.slug}/images/{quote(page.identifier, safe='')}"


def image_url(material: Material, page: ExportedPage) -> str:
    """Return the address of the page's image in full size, upright, as browsers show it."""
    service = service_url(material, page)
    if service:
        size = "max" if material.settings.image_service_version == "3" else "full"
        return f"{service}/full/{size}/{page.rotation}/default.jpg"
    original = original_url(material, page)
    return original if is_shown_as_it_is(page) else f"{original}/full/max/{page.rotation}/default.jpg"


def stored_url(material: Material, page: ExportedPage) -> str:
    """Return the address of the page's image as stored, for systems that rotate it themselves."""
    return (
        image_url(material, replace(page, rotation=0)) if service_url(material, page) else original_url(material, page)
    )


def image_type(material: Material, page: ExportedPage) -> str:
    """Return the media type of what `image_url` leads to."""
    as_it_is = is_shown_as_it_is(page) and not service_url(material, page)
    return web_type(page.media_type) if as_it_is else "image/jpeg"


def shown_size(page: ExportedPage) -> tuple[int, int]:
    """Return width and height of the page in pixels, upright."""
    return (page.height, page.width) if page.rotation % 180 else (page.width, page.height)


def thumbnail_url(material: Material, page: ExportedPage) -> str:
    """Return the address of a small JPEG or WebP of the page, upright."""
    service = service_url(material, page)
    if service:
        # The service rotates after it reduces: this side becomes the width.
        size = f",{THUMBNAIL}" if page.rotation % 180 else f"{THUMBNAIL},"
        return f"{service}/full/{size}/{page.rotation}/default.jpg"
    if page.rotation:
        return f"{original_url(material, page)}/full/!{THUMBNAIL},{THUMBNAIL}/{page.rotation}/default.webp"
    base = material.settings.base_url.rstrip("/")
    return f"{base}/iiif/{material.collection.slug}/thumbnails/{quote(page.identifier, safe='')}"


def origin(group: GroupRecord) -> str:
    """Return sentences that say who grouped the pages, what was drafted, duplicated, or left out."""
    machine = f"Grouped by machine (run {group.run}, {group.method})" if group.run else "Grouped by hand"
    more = drafted(group) + (f" Duplicate of document {group.copy_of}." if group.copy_of else "")
    more += f" {left_out_of(group)}" if group.pages_left_out else ""
    if group.is_machine_proposed:
        return f"{machine}; not confirmed by a person.{more}"
    by = group.confirmed_by or "an archivist"
    return f"{machine}; confirmed by {by} at {group.confirmed_at}.{more}"
