"""What a schema can't check: whether a manifest is consistent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ADDRESS = re.compile(r"https?://[^\s/]+/\S*")


def manifest_problems(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a IIIF Presentation 3 manifest, in half sentences: pages, ids, targets, sizes."""
    canvases = manifest.get("items", [])
    if not canvases:
        yield "it has no pages"
    seen = {manifest["id"]}
    for canvas in canvases:
        painted = [annotation for page in canvas["items"] for annotation in page["items"]]
        yield from _repeated(seen, canvas, painted)
        if not painted:
            yield f"page {canvas['label']} shows no image"
        for annotation in painted:
            if annotation["target"] != canvas["id"]:
                yield f"the image of {canvas['id']} is on another page"
            if not _ADDRESS.fullmatch(annotation["body"]["id"]):
                yield f"the image of {canvas['id']} has no web address"
        if min(canvas.get("width", 0), canvas.get("height", 0)) < 1:
            yield f"{canvas['id']} has no size"
    if not _ADDRESS.fullmatch(manifest["id"]):
        yield f"its id {manifest['id']} is not a web address"


def _repeated(seen: set[str], canvas: Mapping[str, Any], painted: list[Mapping[str, Any]]) -> Iterator[str]:
    for named in (canvas, *canvas["items"], *painted):
        if named["id"] in seen:
            yield f"the id {named['id']} is used twice"
        seen.add(named["id"])
