"""The texture of what is written on a page, measured on drawn strokes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clustering.engine.strokes import DIRECTIONS, LONG_EDGE, measure_strokes, rotated_strokes

SIZE = (850, LONG_EDGE)
PAPER = (240, 235, 220)
HISTOGRAMS = ("directions", "runs_down", "runs_across", "gaps_down", "gaps_across", "heights", "widths")


def written(
    lean: int = 0, *, width: int = 3, pitch: int = 16, tall: int = 24, ink: tuple[int, int, int] = (30, 30, 40)
) -> Image.Image:
    """Rows of strokes that lean by so many pixels."""
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    for y in range(100, 1000, 60):
        for x in range(80, 760, pitch):
            draw.line((x, y + tall, x + lean, y), fill=ink, width=width)
    return image


def strokes(image: Image.Image) -> dict[str, list[float]]:
    measured = measure_strokes(image)
    assert measured is not None
    return measured


def far(one: dict[str, list[float]], other: dict[str, list[float]], *names: str) -> float:
    """Largest difference of the shares, 0 … 2."""
    return max(float(np.abs(np.subtract(one[name], other[name])).sum()) for name in names)


def test_each_histogram_adds_up_to_1_and_all_is_json() -> None:
    measured = strokes(written(8))
    assert [len(measured[name]) for name in HISTOGRAMS] == [DIRECTIONS, 9, 9, 10, 10, 10, 10]
    assert all(sum(measured[name]) == pytest.approx(1.0, abs=2e-3) for name in HISTOGRAMS)
    assert json.loads(json.dumps(measured, allow_nan=False)) == measured


def test_slant_is_told_by_directions() -> None:
    upright, right, left = (strokes(written(lean)) for lean in (0, 16, -16))
    assert int(np.argmax(upright["directions"])) in {0, DIRECTIONS - 1}, "edges of upright strokes point across"
    assert far(upright, right, "directions") > 0.8
    mirrored = [right["directions"][-1 - place] for place in range(DIRECTIONS)]
    assert np.abs(np.subtract(mirrored, left["directions"])).sum() < 0.2


def test_thicker_wider_set_and_taller_strokes_are_told_by_their_own_histograms() -> None:
    plain = strokes(written(4))
    assert far(plain, strokes(written(4, width=6)), "runs_across") > 0.8
    assert far(plain, strokes(written(4, pitch=34)), "gaps_across") > 0.5
    taller = strokes(written(4, tall=44))
    assert far(plain, taller, "heights") > 0.8
    assert far(plain, taller, "runs_across", "widths") < 0.5


def test_the_size_of_the_scan_does_not_matter() -> None:
    image = written(8)
    large = image.resize((SIZE[0] * 2, SIZE[1] * 2), Image.Resampling.BICUBIC)
    assert far(strokes(image), strokes(large), *HISTOGRAMS) < 0.4


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_rotated_strokes_are_those_of_the_rotated_page(clockwise: int) -> None:
    ways = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    image = written(9)
    measured, rotated = strokes(image.transpose(ways[clockwise])), rotated_strokes(strokes(image), clockwise)
    assert far(measured, rotated, *HISTOGRAMS) < 0.1
    assert measured["ink"] == pytest.approx(rotated["ink"], abs=1.5)
    if clockwise != 180:
        assert far(measured, strokes(image), "directions", "heights", "gaps_down") > 0.5, "turning matters here"


def test_turning_around_comes_back_and_leaves_what_was_given_alone() -> None:
    measured = strokes(written(9))
    kept = json.loads(json.dumps(measured))
    assert rotated_strokes(rotated_strokes(measured, 90), 270) == measured
    assert rotated_strokes(measured, 0) == rotated_strokes(measured, 180) == measured == kept


def test_the_color_of_the_ink_is_measured_whatever_the_paper() -> None:
    blue, black = (strokes(written(4, width=5, ink=ink))["ink"] for ink in ((40, 50, 160), (30, 30, 30)))
    assert blue[2] < -30 < -5 < black[2] < 5
    assert black[0] < 20


def test_blank_dark_and_solid_pages_have_no_strokes() -> None:
    picture = Image.new("RGB", SIZE, PAPER)
    ImageDraw.Draw(picture).rectangle((200, 300, 600, 800), fill=(20, 20, 20))
    for image in (Image.new("RGB", SIZE, PAPER), Image.new("RGB", SIZE, (8, 8, 8)), picture):
        assert measure_strokes(image) is None


def test_a_picture_beside_the_writing_changes_little() -> None:
    image = written(8)
    ImageDraw.Draw(image).rectangle((300, 500, 500, 700), fill=(20, 20, 20))
    assert far(strokes(image), strokes(written(8)), *HISTOGRAMS) < 0.1


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (3, 5), (1, 3000), (3000, 1), (17, 9)])
@pytest.mark.parametrize("mode", ["1", "L", "RGBA", "P", "CMYK"])
def test_tiny_and_thin_images_of_any_kind_are_measured(size: tuple[int, int], mode: str) -> None:
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    measured = measure_strokes(noise.convert(mode))
    assert measured is None or np.isfinite(np.concatenate([measured[name] for name in (*HISTOGRAMS, "ink")])).all()
