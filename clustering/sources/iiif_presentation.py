"""What a IIIF manifest or collection says, the same for Presentation API 2 and 3.

https://iiif.io/api/presentation/3.0/, https://iiif.io/api/presentation/2.1/. The document isn't trusted: what doesn't
have the expected shape is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from re import fullmatch, sub
from typing import Any

MOST_LETTERS = 300


@dataclass(frozen=True, slots=True)
class Canvas:
    """One page as a manifest has it."""

    id: str
    label: str
    """Its printed number, or other label."""
    service: str
    """Address of its image service, without a slash at the end; empty if it has none."""
    image: str
    """Address of its image; may be empty."""
    identifier: str
    """The "Identifier" in its metadata, as our own exports write it."""
    images: int
    """How many images are painted on it, without alternatives."""
    region: str = "full"
    """The part of the image that is meant, as the Image API writes it."""
    rotation: str = "0"
    """Degrees clockwise by which to rotate that part."""


def id_of(stored: Any) -> str:
    """Return the id of anything in a document."""
    return _text(stored.get("id") or stored.get("@id")) if isinstance(stored, dict) else ""


def type_of(stored: Any) -> str:
    """Return the type without the prefix of version 2: "Manifest"."""
    type_name = _text(stored.get("type") or stored.get("@type")) if isinstance(stored, dict) else ""
    return type_name.rpartition(":")[2]


def is_manifest(stored: Any) -> bool:
    """Whether it is a manifest."""
    return type_of(stored) == "Manifest"


def is_collection(stored: Any) -> bool:
    """Whether it is a collection."""
    return type_of(stored) == "Collection"


def title_of(stored: Any) -> str:
    """Return its label."""
    return words(stored.get("label")) if isinstance(stored, dict) else ""


def words(value: Any) -> str:
    """Return a label as one line: a language map of version 3, or text, values, and lists of them of version 2."""
    if isinstance(value, str):
        plain = unescape(sub(r"<[^>]{0,200}>", "", value))
        return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:MOST_LETTERS]
    if isinstance(value, list):
        return "; ".join(filter(None, map(words, value[:8])))[:MOST_LETTERS]
    if isinstance(value, dict):
        if "@value" in value:
            return words(value["@value"])
        order = [value.get("none"), value.get("en"), *value.values()]
        return next((text for entry in order if (text := words(entry))), "")
    return ""


def children_of(collection: Any) -> list[tuple[str, Any]]:
    """Return (address, document or None) of a collection's members, in order; version 3 may embed them."""
    children = []
    for key in ("items", "members", "collections", "manifests"):
        for child in _list(collection.get(key)):
            if isinstance(child, str):
                children.append((child, None))
            elif type_of(child) in {"Manifest", "Collection"} and id_of(child):
                within = child if _holds(child) else None
                children.append((id_of(child), within))
    return list(dict(children).items())


def _holds(child: Any) -> bool:
    keys = ("items", "sequences", "members", "collections", "manifests")
    return any(_list(child.get(key)) for key in keys)


def canvases_of(manifest: Any) -> Iterator[Canvas]:
    """Yield the canvases in reading order."""
    sequences = _list(manifest.get("sequences"))
    if sequences and isinstance(sequences[0], dict):
        for canvas in _list(sequences[0].get("canvases")):
            if isinstance(canvas, dict):
                images = [image.get("resource") for image in _list(canvas.get("images")) if isinstance(image, dict)]
                yield _canvas(canvas, images)
        return
    for canvas in _list(manifest.get("items")):
        if type_of(canvas) == "Canvas":
            yield _canvas(canvas, list(_painted(canvas)))


def _painted(canvas: Any) -> Iterator[Any]:
    """Yield the bodies of the annotations that paint a canvas of version 3."""
    for page in _list(canvas.get("items")):
        for annotation in _list(page.get("items") if isinstance(page, dict) else None):
            if isinstance(annotation, dict) and "painting" in (_list(annotation.get("motivation")) or ["painting"]):
                yield from _list(annotation.get("body"))[:1]


def _canvas(canvas: Any, bodies: list[Any]) -> Canvas:
    images = [(image, body) for body in bodies if (image := _preferred(body)) is not None]
    first, whole = images[0] if images else ({}, {})
    region, rotation = _selected(whole)
    identifier = next(
        (
            words(entry.get("value"))
            for entry in _list(canvas.get("metadata"))
            if isinstance(entry, dict) and words(entry.get("label")).casefold() == "identifier"
        ),
        "",
    )
    return Canvas(
        id_of(canvas), words(canvas.get("label")), _service(first), id_of(first), identifier[:200], len(images),
        region, rotation,
    )  # fmt: skip


def _selected(body: Any) -> tuple[str, str]:
    """Return the region and rotation of an image that are meant; by default all of it, unrotated."""
    region, rotation = "full", "0"
    for selector in _list(body.get("selector")) if isinstance(body, dict) else ():
        if type_of(selector) == "ImageApiSelector":
            region = _text(selector.get("region")) or region
            rotation = _text(selector.get("rotation")) or rotation
        elif type_of(selector) == "FragmentSelector" and _text(selector.get("value")).startswith("xywh="):
            region = _text(selector.get("value")).removeprefix("xywh=").removeprefix("pixel:")
    plain = fullmatch(r"full|square|(pct:)?[0-9.]+(,[0-9.]+){3}", region) and fullmatch(r"!?[0-9.]{1,9}", rotation)
    return (region, rotation) if plain else ("full", "0")


def _preferred(body: Any) -> Any | None:
    """Return the image of a body: of a choice the first, or the default of version 2."""
    for _ in range(4):
        if not isinstance(body, dict):
            return None
        if type_of(body) != "Choice":
            break
        alternatives = [*_list(body.get("default")), *_list(body.get("items")), *_list(body.get("item"))]
        body = alternatives[0] if alternatives else None
    if isinstance(body, dict) and type_of(body) == "SpecificResource":
        body = next(iter(_list(body.get("source"))), None) or next(iter(_list(body.get("full"))), None)
        body = {"id": body, "type": "Image"} if isinstance(body, str) else body
    return body if isinstance(body, dict) and type_of(body) in {"Image", ""} and (id_of(body) or body) else None


def _service(body: Any) -> str:
    """Return the address of an image service. Services without a type count, those of another type don't."""
    for service in _list(body.get("service")):
        if isinstance(service, str):
            continue
        declared = f"{service.get('@context')} {service.get('profile')} {type_of(service)}"
        named = "image" in declared.lower() and "auth" not in declared.lower()
        if id_of(service) and (named or set(service) <= {"id", "@id"}):
            return id_of(service).removesuffix("/info.json").rstrip("/")
    return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    """Return the items of a value that may be single or a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
