"""What telephones, archives, and scanners write besides JPEG and TIFF: it opens, and damage is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from clustering.engine.images import BadScan, inspect_and_open
from tests.engine.test_opening_scans import INK, PAPER, page


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.heic", "image/heif"),
        ("a.heif", "image/heif"),
        ("a.jp2", "image/jp2"),
        ("a.avif", "image/avif"),
        ("a.ppm", "image/x-portable-anymap"),
    ],
)
def test_it_opens_with_its_colors_and_the_right_way_up(tmp_path: Path, name: str, media_type: str) -> None:
    page().save(tmp_path / name, quality=90)
    facts, image = inspect_and_open(tmp_path / name)
    assert (facts.width, facts.height, facts.media_type, facts.frames) == (300, 400, media_type, 1)
    for place, color in (((80, 100), INK), ((250, 350), PAPER)):
        seen = image.getpixel(place)
        assert isinstance(seen, tuple)
        assert max(abs(one - other) for one, other in zip(seen, color, strict=True)) < 12


@pytest.mark.parametrize("name", ["a.heic", "a.jp2", "a.avif", "a.ppm"])
def test_one_that_is_cut_short_is_named(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    Image.effect_noise((300, 400), 60).convert("RGB").save(path, quality=90)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(BadScan, match=f"{name} is damaged or cut short"):
        inspect_and_open(path)


def test_a_heic_larger_than_allowed_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    page().save(tmp_path / "a.heic")
    with pytest.raises(BadScan, match=r"a\.heic is too large to be opened safely \(300 x 400 pixels"):
        inspect_and_open(tmp_path / "a.heic", max_pixels=1000)
