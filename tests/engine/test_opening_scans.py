"""Every kind of file that a folder of scans has been seen to hold, good and bad."""

from __future__ import annotations

import base64
import errno
import hashlib
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from clustering.engine import images
from clustering.engine.images import BadScan, explain_os_error, inspect_and_open, open_scan
from clustering.engine.placeholders import placeholder
from clustering.engine.sheets import write_sheet
from clustering.engine.upright import write_rotated
from tests.image_files import WIDE, profile, tiff

INK = (30, 30, 40)
PAPER = (235, 228, 210)


def page(width: int = 300, height: int = 400) -> Image.Image:
    """A page with a dark block in its upper left quarter, so that it is plain which way is up."""
    image = Image.new("RGB", (width, height), PAPER)
    image.paste(INK, (20, 20, width // 2, height // 2))
    return image


def corners(image: Image.Image) -> tuple[bool, bool, bool, bool]:
    """Which quarters are dark: upper left, upper right, lower left, lower right."""
    gray = np.asarray(image.convert("L"))
    middle, center = gray.shape[0] // 2, gray.shape[1] // 2
    quarters = (gray[:middle, :center], gray[:middle, center:], gray[middle:, :center], gray[middle:, center:])
    upper_left, upper_right, lower_left, lower_right = (bool(quarter.mean() < 140) for quarter in quarters)
    return upper_left, upper_right, lower_left, lower_right


def refusal(path: Path) -> str:
    """The sentence with which the file is refused, by both ways in."""
    with pytest.raises(BadScan) as opened:
        open_scan(path)
    with pytest.raises(BadScan) as inspected:
        inspect_and_open(path)
    assert str(opened.value) == str(inspected.value)
    assert str(opened.value).endswith(".")
    return str(opened.value)


def test_a_jpeg_is_opened_in_color_and_described(tmp_path: Path) -> None:
    path = tmp_path / "HH000001_0001.jpg"
    page().save(path, quality=95)
    facts, image = inspect_and_open(path)
    assert (image.mode, image.size) == ("RGB", (300, 400))
    assert (facts.width, facts.height, facts.media_type, facts.mode) == (300, 400, "image/jpeg", "RGB")
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (facts.size_bytes, facts.frames) == (path.stat().st_size, 1)
    assert np.abs(np.asarray(image)[390, 290].astype(int) - PAPER).max() < 8


def test_an_empty_file_is_refused_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.jpg"
    path.touch()
    assert "empty.jpg is empty (0 bytes). Copy it" in refusal(path)


def test_a_truncated_jpeg_is_refused_as_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "half.jpg"
    page(1200, 1600).save(path, quality=95)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "half.jpg is damaged or cut short (the file ends too early)" in refusal(path)
    with pytest.raises(BadScan, match="cut short"):
        open_scan(path, draft_to=100)


def test_text_by_the_name_of_an_image_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.jpg"
    path.write_text("Dear Sir, the scans are in the other folder.\n" * 50)
    assert "letter.jpg is not an image that hhreview can read, whatever its name says" in refusal(path)


@pytest.mark.parametrize(("content", "suffix"), [(b"%PDF-1.7\n", ".pdf"), (b"PK\x03\x04\x14\x00", ".zip")])
def test_packed_scans_by_the_name_of_an_image_are_named_as_what_they_are(
    tmp_path: Path, content: bytes, suffix: str
) -> None:
    path = tmp_path / "letter.jpg"
    path.write_bytes(content + bytes(100))
    assert f"letter.jpg is not an image, whatever its name says. Give its name the extension {suffix}" in refusal(path)


def test_a_kind_that_starts_other_programs_is_refused(tmp_path: Path) -> None:
    """Pillow hands PostScript to Ghostscript."""
    path = tmp_path / "drawing.eps"
    path.write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\nshowpage\n")
    assert "not an image that hhreview can read" in refusal(path)


def bomb(side: int) -> bytes:
    """A PNG of a few hundred bytes that says it is `side` pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9999))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("side", [30_000, 17_400])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(
    side: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pillow has a limit of its own, which is another: 30,000 is far over ours, 17,400 just over it."""
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(side))

    def decode(*args: object) -> None:
        raise AssertionError("The bomb was decoded.")

    monkeypatch.setattr(images, "_decoded", decode)
    assert "bomb.png is too large to be opened safely" in refusal(path)


def test_a_page_over_the_limit_that_was_set_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    page().save(path)
    with pytest.raises(BadScan, match="300 x 400 pixels; at most 100,000 are allowed"):
        open_scan(path, max_pixels=100_000)
    assert open_scan(path, max_pixels=120_000).size == (300, 400)


def test_a_cmyk_jpeg_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "printer.jpg"
    page().convert("CMYK").save(path, quality=95)
    facts, image = inspect_and_open(path)
    assert (facts.mode, image.mode) == ("CMYK", "RGB")
    assert np.abs(np.asarray(image)[390, 290].astype(int) - PAPER).max() < 10


def test_sixteen_bits_keep_their_tones(tmp_path: Path) -> None:
    """Pillow's own conversion would make all of it white."""
    path = tmp_path / "deep.tif"
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)
    Image.fromarray(np.tile(ramp, (50, 1))).save(path)
    facts, image = inspect_and_open(path)
    assert (facts.mode, image.mode, facts.media_type) == ("I;16", "L", "image/tiff")
    assert np.asarray(image)[25].tolist() == list(range(256))


@pytest.mark.parametrize(("brightest", "mode"), [(1.0, "F"), (65535.0, "F"), (200.0, "F"), (65535, "I")])
def test_thirty_two_bits_keep_their_tones(brightest: float, mode: str, tmp_path: Path) -> None:
    path = tmp_path / "deeper.tif"
    kind = np.float32 if mode == "F" else np.int32
    Image.fromarray(np.tile(np.linspace(0, brightest, 101).astype(kind), (40, 1))).save(path)
    image = open_scan(path)
    middle = 50 * brightest / 100
    white = next(level for level in (1.0, 255.0, 65535.0) if brightest <= level)
    assert image.mode == "L"
    assert image.getpixel((50, 20)) == pytest.approx(255 * middle / white, abs=1)


def test_a_palette_becomes_rgb(tmp_path: Path) -> None:
    path = tmp_path / "few-colors.png"
    page().quantize(8).save(path)
    facts, image = inspect_and_open(path)
    assert (facts.mode, image.mode) == ("P", "RGB")
    assert corners(image) == (True, False, False, False)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white_paper(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "cut-out.png"
    if mode == "P":
        flat = Image.new("P", (60, 60), 0)
        flat.putpalette([0, 0, 0, 200, 0, 0])
        flat.save(path, transparency=0)
    else:
        Image.new(mode, (60, 60), (0,) * len(mode)).save(path)
    image = open_scan(path)
    assert image.mode == "RGB"
    assert image.getpixel((30, 30)) == (255, 255, 255)


def test_black_and_white_becomes_grey(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    page().convert("1").save(path, compression="group4")
    assert open_scan(path).mode == "L"


@pytest.mark.parametrize(
    ("orientation", "dark", "size"),
    [
        (1, (True, False, False, False), (300, 400)),
        (3, (False, False, False, True), (300, 400)),
        (6, (False, True, False, False), (400, 300)),
        (8, (False, False, True, False), (400, 300)),
    ],
)
def test_the_cameras_orientation_is_obeyed(
    orientation: int, dark: tuple[bool, bool, bool, bool], size: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "photographed.jpg"
    exif = Image.Exif()
    exif[0x0112] = orientation
    page().save(path, exif=exif, quality=95)
    facts, image = inspect_and_open(path)
    assert corners(image) == dark
    assert image.size == (facts.width, facts.height) == size


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_broken_exif_data_do_not_lose_the_page(tmp_path: Path) -> None:
    path = tmp_path / "camera.jpg"
    page().save(path, exif=b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x05\x01\x12\x00\x03", quality=95)
    assert open_scan(path).size == (300, 400)


def test_the_first_of_several_images_is_the_page_and_they_are_counted(tmp_path: Path) -> None:
    first, second = page(), Image.new("RGB", (300, 400), "black")
    many, moving = tmp_path / "many.tif", tmp_path / "moving.gif"
    first.save(many, save_all=True, append_images=[second, second])
    first.save(moving, save_all=True, append_images=[second])
    assert [inspect_and_open(path)[0].frames for path in (many, moving)] == [3, 2]
    assert [corners(open_scan(path)) for path in (many, moving)] == [(True, False, False, False)] * 2


def test_a_name_that_is_not_utf8_is_opened_and_told_in_print(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.png"
    path = Path(os.fsdecode(name))
    page().save(path)
    assert open_scan(path).size == (300, 400)
    path.write_bytes(b"")
    sentence = refusal(path)
    assert sentence.startswith("caf\\xe9.png is empty")
    assert sentence.encode("utf-8")


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    assert "gone.jpg is gone" in refusal(tmp_path / "gone.jpg")
    folder = tmp_path / "folder.jpg"
    folder.mkdir()
    assert "folder.jpg is a folder, not an image" in refusal(folder)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied"), "not allowed to open p.jpg. Give its account"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "p.jpg is gone. Put it back"),
        (OSError(errno.ENOSPC, "No space left on device"), "because the disk is full. Free up space"),
        (OSError(errno.EIO, "Input/output error"), "could not be opened (the disk reports an error). Check the disk"),
    ],
)
def test_each_failure_of_the_system_has_its_sentence(error: OSError, words: str) -> None:
    """A test that runs as root can take permissions from no file, so the wording is tested by itself."""
    assert words in explain_os_error("/somewhere/p.jpg", error)


def test_a_draft_is_smaller_but_large_enough(tmp_path: Path) -> None:
    path = tmp_path / "large.jpg"
    page(2400, 3200).save(path, quality=90)
    draft = open_scan(path, draft_to=500)
    assert 500 <= min(draft.size) < 1000
    assert corners(draft) == (True, False, False, False)


@pytest.mark.parametrize("suffix", [".webp", ".jpg"])
def test_thumbnails_are_drawn_in_both_sizes(suffix: str, tmp_path: Path) -> None:
    targets = {edge: tmp_path / "new" / f"{edge}{suffix}" for edge in (320, 1280)}
    images.write_thumbnails(page(1500, 2000), targets)
    for edge, target in targets.items():
        with Image.open(target) as small:
            assert small.size == (edge * 3 // 4, edge)
            assert small.format == {".webp": "WEBP", ".jpg": "JPEG"}[suffix]
            assert corners(small) == (True, False, False, False)
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(path.name for path in targets.values())


def test_a_small_scan_is_not_enlarged(tmp_path: Path) -> None:
    images.write_thumbnails(page(90, 120), {1280: tmp_path / "large.webp"})
    with Image.open(tmp_path / "large.webp") as small:
        assert small.size == (90, 120)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_placeholder_tells_where_it_is_light_and_dark(mode: str) -> None:
    image = Image.new("RGB", (640, 800), (240, 230, 210))
    image.paste((40, 30, 20), (0, 0, 640, 400))
    letters = placeholder(image.convert(mode))
    pixels = base64.b64decode(letters)
    assert (len(letters), len(pixels)) == (52, 38)
    ends = sorted((tuple(pixels[:3]), tuple(pixels[3:6])))
    if mode == "RGB":
        assert ends == [(40, 30, 20), (240, 230, 210)]
    assert set(pixels[6:22]) in ({0x00}, {0xFF})
    assert set(pixels[22:]) == {0xFF - pixels[6]}
    even = base64.b64decode(placeholder(Image.new(mode, (90, 30), 77 if mode == "L" else (77, 77, 77))))
    assert even == bytes([77] * 6 + [0] * 32)


def test_a_thumbnail_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.raises(OSError, match="No space"):
        images.write_thumbnails(page(), {320: tmp_path / "small.webp"})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("most", [65535, 4095])
def test_grey_that_counts_from_white_is_positive_also_where_it_is_written_again(most: int, tmp_path: Path) -> None:
    """Turned, or as one of several images of a file: Pillow writes 16 bits as if they counted from black."""
    ramp = [round(most * value / 63) for value in range(64)]
    (tmp_path / "ramp.tif").write_bytes(tiff((64, 4), ramp * 4, photometric=0))
    whole = np.asarray(open_scan(tmp_path / "ramp.tif"))
    assert (whole[0, 0], whole[0, -1]) == (255, 0)
    write_sheet(tmp_path / "ramp.tif", 0, tmp_path / "sheet.tif", max_pixels=10_000)
    assert np.abs(np.asarray(open_scan(tmp_path / "sheet.tif")).astype(int) - whole).max() <= 1
    with (tmp_path / "rotated.tif").open("wb") as target:
        write_rotated(tmp_path / "ramp.tif", target, 180)
    assert np.abs(np.asarray(open_scan(tmp_path / "rotated.tif")).astype(int) - whole[:, ::-1]).max() <= 1


def test_colors_of_twelve_bits_in_sixteen_are_shown_in_full_range(tmp_path: Path) -> None:
    """Pillow keeps the upper 8 of 16 bits, in which nothing is left of them but black."""
    (tmp_path / "deep.tif").write_bytes(tiff((8, 8), [4095, 2048, 0] * 64, photometric=2, samples=3))
    assert open_scan(tmp_path / "deep.tif").getpixel((4, 4)) == (255, 127, 0)


def test_lab_is_shown_in_its_colors(tmp_path: Path) -> None:
    Image.new("LAB", (20, 20), (200, 128, 128)).save(tmp_path / "lab.tif")
    shown = np.asarray(open_scan(tmp_path / "lab.tif"))[9, 9].astype(int)
    assert np.ptp(shown) < 6
    assert 180 < shown[1] < 215


@pytest.mark.parametrize(
    ("dpi", "shape"),
    [
        ((204, 98), (300, 833)),
        ((98, 204), (624, 400)),
        ((300, 299), (300, 400)),
        ((72, 1), (300, 400)),
        ((600, 100), (300, 400)),
    ],
)
def test_the_shape_goes_by_resolutions_that_can_be(
    dpi: tuple[int, int], shape: tuple[int, int], tmp_path: Path
) -> None:
    for name in ("a.jpg", "a.tif"):
        page().save(tmp_path / name, dpi=dpi)
        facts, image = inspect_and_open(tmp_path / name)
        assert (facts.width, facts.height) == image.size == shape


def test_a_fax_that_lies_on_its_side_is_stretched_along_its_own_rows(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("a.jpg", "a.tif"):
        page().save(tmp_path / name, dpi=(204, 98), exif=exif)
        assert open_scan(tmp_path / name).size == (833, 300), name


def test_a_broken_profile_is_passed_over(tmp_path: Path) -> None:
    page().save(tmp_path / "a.jpg", icc_profile=b"no profile at all", quality=95)
    assert open_scan(tmp_path / "a.jpg").mode == "RGB"
    page().convert("L").save(tmp_path / "b.jpg", icc_profile=profile(*WIDE, 2.2))
    assert open_scan(tmp_path / "b.jpg").mode == "L"
