"""In which languages pages can be read: codes, data in several folders, and what to install."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from clustering.engine import tessdata
from clustering.engine.reading import READING_VERSION, Reader, reader_available, reading_version
from clustering.engine.tessdata import WrongLanguages, checked_languages, installed, missing_data, one_folder
from clustering.samples.fonts import font

WHEELS = Path(sys.prefix) / "share" / "tessdata"
GERMAN = ("Die Mitglieder des Vorstandes wünschen für das", "kommende Jahr größere Häuser und schöne Straßen.")


def german_page() -> Image.Image:
    image = Image.new("L", (900, 300), 235)
    draw, face = ImageDraw.Draw(image), font("grotesque", 30)
    for line, text in enumerate(GERMAN):
        draw.text((60, 80 + 60 * line), text, fill=20, font=face)
    return image


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (" deu ", "deu"),
        ("deu+eng", "deu+eng"),
        ("deu, eng", "deu+eng"),
        ("chi_sim", "chi_sim"),
        ("script/Fraktur", "script/Fraktur"),
    ],
)
def test_codes_are_taken_as_people_write_them(text: str, codes: str) -> None:
    assert checked_languages(text) == codes


@pytest.mark.parametrize("text", ["", "de", "../deu", "deu+", "deu/../../etc", "eng\0", "--lang"])
def test_what_is_no_code_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(WrongLanguages, match=r"names no language\. Write Tesseract's code, e\.g\. eng, deu or fra"):
        checked_languages(text)


def test_a_missing_language_says_what_to_install() -> None:
    sentence = missing_data("eng+chi_sim+tlh", WHEELS)
    assert sentence.startswith("OCR has no data for chi_sim and tlh. Install the Debian package ")
    assert "tesseract-ocr-chi-sim and the Debian package tesseract-ocr-tlh, or set TESSDATA_PREFIX" in sentence
    assert f"Installed in {WHEELS}: deu, eng" in sentence
    assert missing_data("deu+eng", WHEELS) == ""
    assert "tesseract-ocr-script-frak" in missing_data("script/Fraktur", WHEELS)
    assert reader_available(WHEELS, language="fra").startswith("OCR has no data for French (fra).")


def test_data_are_looked_for_where_pip_and_apt_put_them_unless_one_folder_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    debian = tmp_path / "usr" / "share" / "tesseract-ocr" / "5" / "tessdata"
    debian.mkdir(parents=True)
    monkeypatch.setattr(tessdata, "_SYSTEM", (f"{str(tmp_path).lstrip('/')}/usr/share/tesseract-ocr/*/tessdata",))
    monkeypatch.delenv("TESSDATA_PREFIX")
    assert tessdata.data_folders() == (WHEELS, debian)
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    assert tessdata.data_folders() == (tmp_path,)


def test_tesseracts_own_data_are_no_language() -> None:
    assert "osd" not in installed(WHEELS)


def test_a_german_page_keeps_its_umlauts_in_german_only() -> None:
    with Reader(language="deu") as reader:
        german = reader.read_image(german_page())
    assert [word for word in ("wünschen", "größere", "Häuser", "Straßen") if word not in german.text] == []
    assert german.language == "de"
    with Reader(second=False) as reader:
        assert "größere" not in reader.read_image(german_page()).text


def test_languages_from_several_folders_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """English came by pip, German by apt."""
    places = (tmp_path / "pip", tmp_path / "apt")
    for place, code in zip(places, ("eng", "deu"), strict=True):
        place.mkdir()
        shutil.copy(WHEELS / f"{code}.traineddata", place)
    monkeypatch.setattr(tessdata, "data_folders", lambda folder=None: places)
    with one_folder("eng") as one:
        assert one == places[0]
    with one_folder("deu+eng") as made:
        assert {path.name for path in made.iterdir()} == {"deu.traineddata", "eng.traineddata"}
    assert not made.exists()
    with Reader(language="deu+eng") as reader:
        assert "größere" in reader.read_image(german_page()).text


def test_readings_in_other_languages_can_be_told_apart() -> None:
    assert READING_VERSION == reading_version("eng") != reading_version("deu+eng")
