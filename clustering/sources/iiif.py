"""A IIIF manifest or collection, Presentation API 2 or 3, by its URL: one page per canvas, in their order.

Collections are followed into their manifests and subcollections, each once, up to limits. An image comes from its image
service at the requested size, or from the address in the manifest if there is no service.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clustering.sentences import grouped, say
from clustering.sources.arranged import Arranged
from clustering.sources.contract import CannotFetch, Listing, NoSource, ScanFile, Skipped, why_first
from clustering.sources.fetched import ServerReader, only_once
from clustering.sources.folder import IMAGE_SUFFIXES
from clustering.sources.iiif_images import sized
from clustering.sources.iiif_names import identifiers_of, short_name
from clustering.sources.iiif_presentation import (
    Canvas,
    canvases_of,
    children_of,
    id_of,
    is_collection,
    is_manifest,
    title_of,
)
from clustering.sources.tools import SourceKind

MOST_MANIFESTS = 5_000
MOST_CANVASES = 200_000
MOST_DEEP = 8
"""Depth of collections within collections."""
_SERVICE = "service "
"""Prefix of the address of a page from an image service. If only a part is meant, or a rotation, "region#rotation"
follows after a #; the address of the plain image follows after a space."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A manifest, and its canvases."""

    title: str
    name: str
    canvases: tuple[Canvas, ...]


class _NoTime(Exception):
    """The slice is over; everything fetched so far is kept."""


class IiifReader(ServerReader):
    """A manifest or a collection."""

    _has_time: Callable[[], bool] | None = None

    def look(self) -> Listing:
        """Return a manifest's whole listing; of a collection, only its title. Raises NoSource."""
        top = self._top()
        if is_collection(top):
            if not children_of(top):
                raise NoSource(say("The collection %(text)s contains no manifests. Choose another.", text=self.text))
            return Listing((), (), title=title_of(top))
        return self.listing()

    def prepare(self, has_time: Callable[[], bool]) -> bool:
        """Fetch the manifests of a collection, one after the other. Raises NoSource."""
        self._has_time = has_time
        try:
            self.listing()
        except _NoTime:
            return True
        finally:
            self._has_time = None
        return False

    def make_listing(self) -> Listing:
        """Return the pages of the manifest, or of all manifests below the collection. Raises NoSource."""
        top = self._top()
        skipped: list[Skipped] = []
        manifests = list(self._manifests(self.text, top, skipped))
        if sum(len(manifest.canvases) for manifest in manifests) > MOST_CANVASES:
            raise NoSource(
                say(
                    "%(text)s holds more than %(most)s pages. Import its parts one by one.",
                    text=self.text,
                    most=grouped(MOST_CANVASES),
                )
            )
        pages = list(self._pages(manifests, skipped))
        kept, twice = only_once(pages)
        if not kept:
            raise NoSource(say("%(text)s names no images. Check the address.", text=self.text) + why_first(skipped))
        return Listing(kept, (*skipped, *twice), title=title_of(top), is_natural=False)

    def address_of(self, file: ScanFile) -> str:
        """Return the address from the image service; if it doesn't answer, that of the plain image, if any."""
        service, _, plain = file.address.removeprefix(_SERVICE).partition(" ")
        if not file.address.startswith(_SERVICE):
            return file.address
        service, _, part = service.partition("#")
        region, _, rotation = (part or "full#0").partition("#")
        try:
            info = self.tools.fetcher.document(f"{service}/info.json")
            return sized(service, info, self.tools.size, region=region, rotation=rotation)
        except CannotFetch:
            if not plain or part:
                raise
            return plain

    def documents(self) -> list[Arranged]:
        """Return its manifests as documents, with the names that an import of it gives. Raises NoSource."""
        manifests = list(self._manifests(self.text, self._top(), []))
        named = identifiers_of([(manifest.name, manifest.canvases) for manifest in manifests])
        return [
            Arranged(
                manifest.title,
                [name for canvas, name in zip(manifest.canvases, names, strict=True) if canvas.service or canvas.image],
            )
            for manifest, names in zip(manifests, named, strict=True)
        ]

    def _top(self) -> Any:
        top = self.document(self.text)
        if not is_manifest(top) and not is_collection(top):
            raise NoSource(
                say(
                    "%(text)s is not a IIIF manifest or collection. Look for the IIIF logo on the page of the "
                    "item: its link is the address of the manifest.",
                    text=self.text,
                )
            )
        return top

    def _manifests(self, address: str, top: Any, skipped: list[Skipped]) -> Iterator[_Found]:
        """Yield manifests in the collection's order; those that can't be fetched are noted and skipped."""
        seen = {address}
        waiting: list[tuple[str, Any, int]] = [(address, top, 0)]
        count, asked = 0, False
        while waiting:
            address, stored, depth = waiting.pop()
            self.tools.tick()
            if stored is None:
                if asked and self._has_time is not None and not self._has_time():
                    raise _NoTime
                asked = asked or not self.cache.has(address)
                try:
                    stored = self.document(address)
                except NoSource as error:
                    skipped.append(Skipped(address, str(error)))
                    continue
            if is_collection(stored) and depth < MOST_DEEP:
                children = [child for child in children_of(stored) if child[0] not in seen]
                seen.update(child for child, _ in children)
                waiting.extend((child, within, depth + 1) for child, within in reversed(children))
            elif is_manifest(stored):
                count += 1
                if count > MOST_MANIFESTS:
                    raise NoSource(
                        say(
                            "%(text)s holds more than %(most)s manifests. Import its parts.",
                            text=self.text,
                            most=grouped(MOST_MANIFESTS),
                        )
                    )
                yield _Found(title_of(stored), short_name(id_of(stored) or address), tuple(canvases_of(stored)))
            else:
                skipped.append(Skipped(address, say("It is not a manifest or collection that can be opened.")))

    def _pages(self, manifests: list[_Found], skipped: list[Skipped]) -> Iterator[ScanFile]:
        named = identifiers_of([(manifest.name, manifest.canvases) for manifest in manifests])
        for manifest, identifiers in zip(manifests, named, strict=True):
            for number, (canvas, identifier) in enumerate(zip(manifest.canvases, identifiers, strict=True), start=1):
                title = manifest.title or manifest.name
                where = say("Canvas %(number)s of “%(title)s”", number=number, title=title)
                if not canvas.service and not canvas.image:
                    skipped.append(Skipped(where, say("It has no image.")))
                    continue
                if canvas.images > 1:
                    more = say(
                        "It is painted with %(images)s images; the first was imported as %(identifier)s.",
                        images=canvas.images,
                        identifier=identifier,
                    )
                    part = say("A part of canvas %(number)s of “%(title)s”", number=number, title=title)
                    skipped.append(Skipped(part, more))
                if not canvas.service and (canvas.region, canvas.rotation) != ("full", "0"):
                    skipped.append(Skipped(where, _cannot_select(canvas, identifier)))
                yield self._page(canvas, identifier)

    def _page(self, canvas: Canvas, identifier: str) -> ScanFile:
        if canvas.service:
            part = "" if (canvas.region, canvas.rotation) == ("full", "0") else f"#{canvas.region}#{canvas.rotation}"
            address, suffix = f"{_SERVICE}{canvas.service}{part} {canvas.image}".rstrip(), ".jpg"
        else:
            address, suffix = canvas.image, Path(canvas.image.partition("?")[0]).suffix.lower()
        name = f"{identifier}{suffix if suffix in IMAGE_SUFFIXES else '.jpg'}"
        return self.page(name, identifier, address, label=canvas.label)


def _cannot_select(canvas: Canvas, identifier: str) -> str:
    values = {"region": canvas.region, "degrees": canvas.rotation, "identifier": identifier}
    if canvas.rotation == "0":
        return say(
            "It shows only the part %(region)s of its image, but has no image service that could crop it. "
            "%(identifier)s is the whole image.",
            **values,
        )
    if canvas.region == "full":
        return say(
            "It shows its image rotated by %(degrees)s degrees, but has no image service that could rotate it. "
            "%(identifier)s is the unrotated image.",
            **values,
        )
    return say(
        "It shows only the part %(region)s of its image, rotated by %(degrees)s degrees, but has no image service "
        "that could crop and rotate it. %(identifier)s is the whole, unrotated image.",
        **values,
    )


_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def _address(text: str, _: str) -> str | None:
    """Any URL; the server's answer shows what it is."""
    if not _SCHEME.match(text):
        return None
    try:
        scheme = urlsplit(text).scheme
    except ValueError as error:
        raise NoSource(
            say(
                "%(address)s is not a valid address (%(error)s). Copy it again from the browser.",
                address=text[:200],
                error=error,
            )
        ) from error
    if scheme.lower() not in {"http", "https"}:
        raise NoSource(say("%(address)s is not a web address. Use one that starts with https://.", address=text[:200]))
    return text


KINDS = (SourceKind("iiif", IiifReader, _address, place=50, takes_size=True),)
