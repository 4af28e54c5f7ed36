"""BagIt 1.0 (RFC 8493): images and metadata with their checksums, for preservation.

A scan's checksum in the manifest is that of its import, not a new one: validating the bag shows whether the file has
been damaged since.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from clustering.exports.bagit.settings import BagitSettings
from clustering.exports.contract import ExportedPage, File, GroupRecord, Material
from clustering.exports.iiif.writer import write_iiif
from clustering.exports.mets.writer import write_mets
from clustering.exports.mods.writer import write_mods
from clustering.exports.naming import clean, file_stem, image_name, local_id, original_url
from clustering.exports.packing import file_pieces
from clustering.exports.tables.writer import write_groups, write_pages

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class _Summed:
    """Passes on a file's pieces and computes its checksum and size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    def sum(self) -> str:
        """Return the pieces of the whole file, even if the writer already has it and skipped it."""
        for _ in self:
            pass
        return self._digest.hexdigest()


def write_bag(material: Material) -> Iterator[File]:
    """Yield data/<group>/0001.jpg … (or fetch.txt), data/metadata/…, and the tag files; the manifests come last."""
    sums: list[str] = []
    octets = 0
    fetched = material.settings.of(BagitSettings).bag_fetch
    for group, page in _pages(material):
        name = f"{_folder(material, group)}/{image_name(page)}"
        if not fetched:
            yield name, file_pieces(material.image(page))
        sums.append(f"{page.sha256}  {name}\n")
        octets += page.size_bytes
    for name, pieces in _metadata(material):
        summed = _Summed(pieces)
        yield name, summed
        sums.append(f"{summed.sum()}  {name}\n")
        octets += summed.size
    tags: list[str] = []
    files: list[File] = [
        ("bagit.txt", [DECLARATION]),
        ("bag-info.txt", [_info(material, octets, len(sums))]),
        ("manifest-sha256.txt", (line.encode() for line in sums)),
    ]
    if fetched:
        files.append(("fetch.txt", _fetch(material)))
    for name, content in files:
        summed = _Summed(content)
        yield name, summed
        tags.append(f"{summed.sum()}  {name}\n")
    yield "tagmanifest-sha256.txt", (line.encode() for line in tags)


def _pages(material: Material) -> Iterator[tuple[GroupRecord, ExportedPage]]:
    for group in material.groups:
        for page in group.pages:
            yield group, page


def _folder(material: Material, group: GroupRecord) -> str:
    return f"data/{file_stem(local_id(material.collection, group))}"


def _metadata(material: Material) -> Iterator[File]:
    yield "data/metadata/pages.csv", (piece.encode() for piece in write_pages(material))
    yield "data/metadata/groups.csv", (piece.encode() for piece in write_groups(material))
    for write, below in ((write_mets, ""), (write_mods, ""), (write_iiif, "iiif/")):
        for name, pieces in write(material):
            if name != "pages.csv":
                yield f"data/metadata/{below}{name}", pieces


def _fetch(material: Material) -> Iterator[bytes]:
    """Yield address, length, and path of each scan.

    The address is that of the original here: an image service makes new files, whose checksums differ.
    """
    for group, page in _pages(material):
        length = page.size_bytes or "-"
        yield f"{original_url(material, page)} {length} {_folder(material, group)}/{image_name(page)}\n".encode()


def _info(material: Material, octets: int, files: int) -> bytes:
    newest = max((group.confirmed_at for group in material.groups), default="")
    # The day of the newest confirmation, not of the export: the same records give the same bytes.
    day = newest[:10] or datetime(1970, 1, 1, tzinfo=UTC).date().isoformat()
    fields = {
        "Source-Organization": material.settings.publisher,
        "External-Identifier": material.collection.identifier or material.collection.slug,
        "External-Description": material.collection.title,
        "Bag-Group-Identifier": material.collection.slug,
        "Bagging-Date": day,
        "Bag-Software-Agent": "hhreview",
        "Payload-Oxum": f"{octets}.{files}",
    }
    return "".join(f"{name}: {' '.join(clean(value).split())}\n" for name, value in fields.items() if value).encode()
