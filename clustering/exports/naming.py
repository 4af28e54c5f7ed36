"""Names that all targets share: the stable id of a group, its title where nobody gave one, addresses."""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import quote

from clustering.engine.drafting import KIND_TERMS
from clustering.exports.contract import CollectionRecord, GroupRecord, Material, PageRecord

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def local_id(collection: CollectionRecord, group: GroupRecord) -> str:
    """The group's id outside: it is never used for another, and stays on the first part when a group is split."""
    return f"{collection.slug}-{group.number}"


def title_of(group: GroupRecord) -> str:
    """The title in one line, or "Untitled flyer, pages 12-14" where nobody gave one."""
    title = " ".join(clean(group.title).split())
    if title:
        return title
    kind = group.kind if group.kind and group.kind != "other" else "document"
    positions = sorted(page.position for page in group.pages)
    return f"Untitled {kind}, {'page' if len(positions) == 1 else 'pages'} {ranges(positions)}"


def ranges(positions: list[int]) -> str:
    """1-3, 5 for 1, 2, 3, 5."""
    if not positions:
        return ""
    runs = [[positions[0], positions[0]]]
    for before, now in pairwise(positions):
        if now == before + 1:
            runs[-1][1] = now
        else:
            runs.append([now, now])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def clean(text: str) -> str:
    """Without the control characters that XML forbids and no catalogue wants."""
    return _CONTROL.sub("", text)


def genre_uri(group: GroupRecord) -> str:
    """Address of the kind in the Art & Architecture Thesaurus, or empty."""
    return KIND_TERMS.get(group.kind, "")


def xml_name(text: str) -> str:
    """An NCName: letters, digits, dots and dashes, not beginning with a digit."""
    return f"_{_NOT_IN_NAMES.sub('_', text)}" if not re.match(r"[A-Za-z_]", text) else _NOT_IN_NAMES.sub("_", text)


def file_stem(text: str) -> str:
    """A part of a path that every system takes."""
    return _NOT_IN_NAMES.sub("_", text).strip(".") or "_"


def image_name(page: PageRecord) -> str:
    """0001.jpg: the place in the group, with the suffix of the original."""
    suffix = page.filename.rpartition(".")[2].lower() if "." in page.filename else "bin"
    return f"{page.sequence:04}.{file_stem(suffix)}"


def collection_url(material: Material) -> str:
    """Address of the collection over IIIF."""
    return f"{material.settings.base_url.rstrip('/')}/iiif/{material.collection.slug}/collection.json"


def manifest_url(material: Material, group: GroupRecord) -> str:
    """Address of a group's manifest, the same live and in a file."""
    return f"{material.settings.base_url.rstrip('/')}/iiif/{material.collection.slug}/{group.number}/manifest.json"


def service_url(material: Material, page: PageRecord) -> str:
    """Address of the page's image service where there is one."""
    template = material.settings.image_service
    if not template or ("{pid}" in template and not page.pid):
        return ""
    return template.replace("{pid}", quote(page.pid, safe=":")).replace("{identifier}", quote(page.identifier))


def image_url(material: Material, page: PageRecord) -> str:
    """Address of the page's image in full size."""
    service = service_url(material, page)
    if service:
        return f"{service}/full/full/0/default.jpg"
    base = material.settings.base_url.rstrip("/")
    return f"{base}/iiif/{material.collection.slug}/images/{quote(page.identifier, safe='')}"
