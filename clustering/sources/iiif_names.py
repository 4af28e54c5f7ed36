"""Identifiers for the pages of manifests: from the manifests, as long as they are unique."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import unquote, urlsplit

from clustering.sources.folder import names_of, printable
from clustering.sources.iiif_presentation import Canvas

MOST_LETTERS = 200
_SAYS_NOTHING = frozenset(
    {"", "manifest", "manifest.json", "iiif", "presentation", "info.json", "canvas", "default", "native", "full", "max"}
)


def short_name(address: str) -> str:
    """Return the most specific part of an address: `bdr:gbzad5mb` of https://…/iiif/presentation/bdr:gbzad5mb/."""
    parts = [unquote(part) for part in urlsplit(address).path.split("/")]
    names = [part for part in parts if part.lower() not in _SAYS_NOTHING]
    return _tidy(names[-1].removesuffix(".json")) if names else "manifest"


def identifiers_of(manifests: Sequence[tuple[str, Sequence[Canvas]]]) -> list[list[str]]:
    """Return an identifier for each canvas of each manifest, all different.

    In order of preference: the canvas's own "Identifier", the last part of its image's address, that of its own
    address, each only if all canvases have one and no two are equal; else the manifest's name and a number.
    """
    for named in ways_of_naming(manifests):
        flat = [name for names in named for name in names]
        if flat and all(flat) and len(set(flat)) == len(flat):
            break
    return named


def ways_of_naming(manifests: Sequence[tuple[str, Sequence[Canvas]]]) -> Iterator[list[list[str]]]:
    """Yield each way to name the canvases, in that order of preference; names may be empty or repeated."""
    ways: tuple[Callable[[Canvas], str], ...] = (
        lambda canvas: canvas.identifier,
        lambda canvas: last_part(canvas.service or canvas.image),
        lambda canvas: last_part(canvas.id),
    )
    for way in ways:
        yield [[_tidy(way(canvas)) for canvas in canvases] for _, canvases in manifests]
    yield _numbered(manifests)


def _numbered(manifests: Sequence[tuple[str, Sequence[Canvas]]]) -> list[list[str]]:
    """Return numbered names; manifests of the same name get a number too."""
    seen: dict[str, int] = {}
    named = []
    for name, canvases in manifests:
        seen[name] = seen.get(name, 0) + 1
        stem = name[: MOST_LETTERS - 20] if seen[name] == 1 else f"{name[: MOST_LETTERS - 20]}-{seen[name]}"
        digits = max(4, len(str(len(canvases))))
        named.append([f"{stem}_{number:0{digits}}" for number in range(1, len(canvases) + 1)])
    return named


def _without_size(image: str) -> str:
    """Return an image's address without what the Image API adds after the identifier."""
    return re.sub(r"/[^/]+/[^/]+/!?[0-9.]+/[a-z]+\.[a-z0-9]+$", "", image)


def last_part(address: str) -> str:
    """Return the last part of an address without an image suffix: "p12" of …/canvas/p12, "12" of …/12.jpg.

    What the Image API adds after the image's name is removed; empty for a part that means nothing.
    """
    path = urlsplit(_without_size(address)).path.rstrip("/")
    last = unquote(path.rpartition("/")[2]).rpartition("/")[2]
    if last.lower() in _SAYS_NOTHING:
        return ""
    return names_of(last)[0] if re.search(r"\.(jpe?g|png|tiff?|jp2|webp|gif)$", last, re.IGNORECASE) else last


def _tidy(name: str) -> str:
    """Return a name that works as an identifier and in a file name; empty if it is too long."""
    tidy = re.sub(r"[\s/\\]+", "_", printable(name).strip())
    return tidy if len(tidy) <= MOST_LETTERS else ""
