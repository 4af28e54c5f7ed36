"""IIIF Image API: the address of an image at a requested size.

https://iiif.io/api/image/3.0/, https://iiif.io/api/image/2.1/; version 1.1 differs only in the name of the quality.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from clustering.sentences import say
from clustering.sources.contract import CannotFetch, Size


@dataclass(frozen=True, slots=True)
class ImageService:
    """The parts of an info.json that the address depends on."""

    version: int
    width: int
    height: int
    features: frozenset[str]
    sizes: tuple[tuple[int, int], ...]
    most_width: int | None
    most_height: int | None
    most_area: int | None


_LEVELS = {
    2: {0: set[str](), 1: {"sizeByW", "sizeByH", "sizeByPct"}, 2: {"sizeByW", "sizeByH", "sizeByPct", "sizeByWh"}},
    3: {0: set[str](), 1: {"sizeByW", "sizeByH"}, 2: {"sizeByW", "sizeByH", "sizeByPct", "sizeByWh"}},
}


def sized(service: str, info: Any, size: Size, *, region: str = "full", rotation: str = "0") -> str:
    """Return the address of an image, or a part of it, at this size, never enlarged. Raises CannotFetch.

    A part comes in full size if a size in pixels is requested, since its share of the whole is unknown.
    """
    answer = read_info(service, info)
    quality = "native" if answer.version == 1 else "default"
    wanted = size if region == "full" or size.percent is not None else Size()
    return f"{service}/{region}/{_size(answer, wanted)}/{rotation}/{quality}.jpg"


def read_info(service: str, info: Any) -> ImageService:
    """Parse an info.json of version 1, 2, or 3. Raises CannotFetch if it has no size."""
    try:
        width, height = int(info["width"]), int(info["height"])
    except (KeyError, TypeError, ValueError) as error:
        raise CannotFetch(
            say("%(service)s/info.json gives no width and height, so it does not describe an image.", service=service)
        ) from error
    if width < 1 or height < 1:
        raise CannotFetch(
            say(
                "%(service)s/info.json says %(width)s x %(height)s pixels, which is not an image.",
                service=service,
                width=width,
                height=height,
            )
        )
    version = _version(info)
    level, features = _profile(info)
    limits = _stated(info)
    return ImageService(
        version,
        width,
        height,
        frozenset(_LEVELS[3 if version == 3 else 2][level] | features),
        tuple(sorted(_sizes(info))),
        _whole(limits.get("maxWidth")),
        _whole(limits.get("maxHeight")),
        _whole(limits.get("maxArea")),
    )


def _version(info: Any) -> int:
    declared = f"{info.get('@context')} {info.get('type')} {info.get('protocol')}"
    if "image/3" in declared or "ImageService3" in declared:
        return 3
    return 1 if "image-api/1" in declared or "image/1/" in declared else 2


def _profile(info: Any) -> tuple[int, set[str]]:
    """Return the compliance level and the additional features."""
    profile = info.get("profile")
    entries = profile if isinstance(profile, list) else [profile]
    names = " ".join(entry for entry in entries if isinstance(entry, str))
    level = next((level for level in (2, 1) if f"level{level}" in names), 0)
    features = {name for entry in entries if isinstance(entry, dict) for name in _words(entry.get("supports"))}
    return level, features | set(_words(info.get("extraFeatures")))


def _words(value: Any) -> list[str]:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _stated(info: Any) -> dict[str, Any]:
    """Return the size limits: at the top level in version 3, within the profile in version 2."""
    profile = info.get("profile")
    sizes: dict[str, Any] = {}
    for entry in profile if isinstance(profile, list) else []:
        if isinstance(entry, dict):
            sizes.update(entry)
    return {**sizes, **info}


def _sizes(info: Any) -> list[tuple[int, int]]:
    sizes = []
    for entry in info.get("sizes") or []:
        if isinstance(entry, dict):
            width, height = _whole(entry.get("width")), _whole(entry.get("height"))
            if width and height:
                sizes.append((width, height))
    return sizes


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _size(service: ImageService, size: Size) -> str:
    largest = "max" if service.version == 3 or service.most_width or service.most_area else "full"
    allowed = _largest_width(service)
    if size.percent is not None and size.percent < 100:
        wanted = max(1, round(service.width * size.percent / 100))
    elif size.pixels is not None and size.pixels < max(service.width, service.height):
        wanted = max(1, round(service.width * size.pixels / max(service.width, service.height)))
    else:
        return largest
    if wanted >= allowed:
        return largest
    if size.percent is not None and "sizeByPct" in service.features:
        return f"pct:{size.percent}"
    return _by_width(service, wanted, largest)


def _largest_width(service: ImageService) -> int:
    """Return the width of the largest image that the server delivers."""
    scale = 1.0
    if service.most_width:
        scale = min(
            scale, service.most_width / service.width, (service.most_height or service.most_width) / service.height
        )
    if service.most_area:
        scale = min(scale, math.sqrt(service.most_area / (service.width * service.height)))
    return max(1, math.floor(service.width * scale))


def _by_width(service: ImageService, wanted: int, largest: str) -> str:
    """Request a width if the server supports that, or else the smallest of its sizes that is large enough."""
    if "sizeByW" in service.features:
        return f"{wanted},"
    enough = [(width, height) for width, height in service.sizes if width >= wanted]
    if not enough:
        return largest
    width, height = min(enough)
    if (width, height) == (service.width, service.height):
        return largest
    return f"{width},{height}" if service.version == 3 else f"{width},"
