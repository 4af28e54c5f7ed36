"""BagIt 1.0 (RFC 8493): images and metadata with their checksums, ready to be kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from clustering.exports.contract import File, Material
from clustering.exports.iiif import write_iiif
from clustering.exports.mets import write_mets
from clustering.exports.mods import write_mods
from clustering.exports.naming import clean, file_stem, image_name, local_id
from clustering.exports.packing import file_pieces
from clustering.exports.tables import write_pages

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


class _Summed:
    """Passes a file's pieces on and keeps its checksum and size."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = pieces
        self._digest = hashlib.sha256()
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self._digest.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def sum(self) -> str:
        return self._digest.hexdigest()


def write_bag(material: Material) -> Iterator[File]:
    """data/<group>/0001.jpg …, data/metadata/…, and the tag files. The manifest comes last, when all is summed."""
    sums: list[tuple[str, str]] = []
    octets = 0
    for name, pieces in _payload(material):
        summed = _Summed(pieces)
        yield name, summed
        sums.append((summed.sum, name))
        octets += summed.size
    tags: list[tuple[str, str]] = []
    for name, content in (
        ("bagit.txt", DECLARATION),
        ("bag-info.txt", _info(material, octets, len(sums))),
        ("manifest-sha256.txt", _manifest(sums)),
    ):
        yield name, [content]
        tags.append((hashlib.sha256(content).hexdigest(), name))
    yield "tagmanifest-sha256.txt", [_manifest(tags)]


def _payload(material: Material) -> Iterator[File]:
    for group in material.groups:
        folder = file_stem(local_id(material.collection, group))
        for page in group.pages:
            yield f"data/{folder}/{image_name(page)}", file_pieces(material.image(page))
    yield "data/metadata/groups.csv", (p.encode() for p in write_pages(material.collection, material.groups))
    for write in (write_mets, write_mods, write_iiif):
        for name, pieces in write(material):
            if name != "pages.csv" or write is write_mets:
                place = f"iiif/{name}" if write is write_iiif else name
                yield f"data/metadata/{place}", pieces


def _manifest(sums: list[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {name}\n" for digest, name in sums).encode()


def _info(material: Material, octets: int, files: int) -> bytes:
    newest = max((group.confirmed_at for group in material.groups), default="")
    # The day of the newest confirmation, not of the export: the same records give the same bytes.
    day = newest[:10] or datetime(1970, 1, 1, tzinfo=UTC).date().isoformat()
    said = {
        "Source-Organization": material.settings.publisher,
        "External-Identifier": material.collection.identifier or material.collection.slug,
        "External-Description": material.collection.title,
        "Bag-Group-Identifier": material.collection.slug,
        "Bagging-Date": day,
        "Bag-Software-Agent": "hhreview",
        "Payload-Oxum": f"{octets}.{files}",
    }
    return "".join(f"{name}: {' '.join(clean(value).split())}\n" for name, value in said.items() if value).encode()
