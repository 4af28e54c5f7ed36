"""The address that an image service understands, for versions 2 and 3 and every level of compliance."""

from __future__ import annotations

from typing import Any

import pytest

from clustering.sources.contract import CannotFetch, Size
from clustering.sources.iiif_images import sized

SERVICE = "https://images.example.org/iiif/p1"
FULL = {"width": 3000, "height": 4000}
V2 = {"@context": "http://iiif.io/api/image/2/context.json", **FULL}
V3 = {"@context": "http://iiif.io/api/image/3/context.json", "type": "ImageService3", **FULL}
SIZES = {"sizes": [{"width": 750, "height": 1000}, {"width": 1500, "height": 2000}, {"width": 3000, "height": 4000}]}


def level2(number: int, **more: Any) -> dict[str, Any]:
    return {**V2, "profile": [f"http://iiif.io/api/image/2/level{number}.json", more]}


def level3(number: int, **more: Any) -> dict[str, Any]:
    return {**V3, "profile": f"level{number}", **more}


@pytest.mark.parametrize(
    ("info", "size", "asked"),
    [
        (level2(2), Size(), "full/full"),
        (level3(2), Size(), "full/max"),
        (level2(2), Size(percent=25), "full/pct:25"),
        (level3(2), Size(percent=25), "full/pct:25"),
        (level2(2), Size(percent=100), "full/full"),
        (level3(1), Size(percent=25), "full/750,"),
        (level2(2), Size(pixels=2000), "full/1500,"),
        (level3(2), Size(pixels=2000), "full/1500,"),
        (level2(2), Size(pixels=9000), "full/full"),
        (level3(1, extraFeatures=["sizeByPct"]), Size(percent=50), "full/pct:50"),
        (level2(0, supports=["sizeByPct"]), Size(percent=50), "full/pct:50"),
        (level2(0), Size(percent=25), "full/full"),
        ({**level2(0), **SIZES}, Size(percent=30), "full/1500,"),
        ({**level3(0), **SIZES}, Size(percent=30), "full/1500,2000"),
        ({**level3(0), **SIZES}, Size(pixels=3999), "full/max"),
        (level2(2, maxWidth=1000), Size(percent=50), "full/max"),
        (level3(2, maxWidth=1000), Size(percent=20), "full/pct:20"),
        (level3(2, maxArea=3000 * 4000 // 4), Size(percent=60), "full/max"),
        ({**FULL, "profile": "http://library.stanford.edu/iiif/image-api/1.1/#level1"}, Size(), "full/full"),
    ],
)  # fmt: skip
def test_the_size_is_asked_for_as_the_service_understands_it(info: Any, size: Size, asked: str) -> None:
    assert sized(SERVICE, info, size).startswith(f"{SERVICE}/{asked}/0/")


def test_the_quality_of_version_1_is_called_native() -> None:
    info = {"@context": "http://library.stanford.edu/iiif/image-api/1.1/context.json", **FULL}
    assert sized(SERVICE, info, Size()) == f"{SERVICE}/full/full/0/native.jpg"
    assert sized(SERVICE, level3(2), Size()) == f"{SERVICE}/full/max/0/default.jpg"


@pytest.mark.parametrize("info", [{}, [], None, {"width": "wide", "height": 1}, {"width": 0, "height": 5}, "text"])
def test_an_info_without_a_size_is_named(info: Any) -> None:
    with pytest.raises(CannotFetch, match=r"p1/info\.json (?:gives|says)"):
        sized(SERVICE, info, Size())
