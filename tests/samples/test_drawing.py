"""What one page shows: legible type, the right way up or not, and the other side shining through."""

from __future__ import annotations

import datetime
import re
import sys
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest
import tesserocr
from PIL import Image

from clustering.samples import fonts
from clustering.samples.documents import LETTER, Commission, Document, Side, bound_sides, sides_of
from clustering.samples.face import Face, Printed, Style
from clustering.samples.kinds.flyers import draw_fact_sheet
from clustering.samples.kinds.letters import draw_letter
from clustering.samples.kinds.typed import draw_release
from clustering.samples.organizations import invent_organization
from clustering.samples.quirks import disturb
from clustering.samples.scanning import scan, wear_of
from clustering.samples.setting import Galley, set_text
from clustering.samples.stock import STOCKS
from clustering.samples.typewriter import Machine, TypedText, typed_paragraph


def read(image: Image.Image, *, psm: int = tesserocr.PSM.AUTO) -> str:
    """OCR at twice the size, as the desk reads quarter-size scans."""
    with tesserocr.PyTessBaseAPI(path=str(Path(sys.prefix) / "share" / "tessdata"), lang="eng", psm=psm) as api:
        api.SetImage(image.convert("L").resize((image.width * 2, image.height * 2)))
        text: str = api.GetUTF8Text()
    return text


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[A-Za-z]{3,}", text))


def commission(seed: int = 7, *, scale: float = 1.0) -> Commission:
    rng = Random(seed)
    return Commission(invent_organization(rng), rng, datetime.date(1965, 5, 6), scale)


def one_page(face: Face, stock: str) -> Document:
    return Document("letter", "A page", "", sides_of([face.finish()], STOCKS[stock], both=False))


def scanned(document: Document, side: int = 0, *, scale: float = 1.0) -> Image.Image:
    rng = Random(3)
    return scan(document.sides[side], side, wear_of(document, rng), rng, scale=scale)


@pytest.mark.parametrize("stock", ["bond", "mimeograph", "goldenrod"])
def test_a_typed_page_can_be_read(stock: str) -> None:
    order = commission()
    paragraphs = order.writer.paragraphs(5)
    face = Face(LETTER.width, LETTER.height)
    machine = Machine("pica", 10)
    lines = [line for text in paragraphs for line in typed_paragraph(text, 64)]
    TypedText(lines).pour(face, machine, order.rng, left=76, top=90, bottom=720)
    wanted = words(" ".join(paragraphs))
    assert sum((words(read(scanned(one_page(face, stock)))) & wanted).values()) > 0.95 * wanted.total()


def test_a_page_of_set_type_can_be_read() -> None:
    paragraphs = commission().writer.paragraphs(6)
    face = Face(LETTER.width, LETTER.height)
    galley = Galley(line for text in paragraphs for line in set_text(text, Style("roman", 11), 440, indent=12))
    galley.pour(face, 86, 80, 440, 720)
    wanted = words(" ".join(paragraphs))
    assert sum((words(read(scanned(one_page(face, "cream")))) & wanted).values()) > 0.95 * wanted.total()


def test_a_letter_is_930_by_1200_pixels_and_shows_its_date_and_addressee() -> None:
    letter = draw_letter(commission(), length=3)
    image = scanned(letter)
    assert abs(image.width - 930) < 25
    assert abs(image.height - 1203) < 25
    text = read(image)
    assert "May 6, 1965" in text
    assert letter.title.split(" to ")[-1].split(",")[0].split()[-1] in text


def test_a_release_says_more_on_every_sheet_but_the_last() -> None:
    release = draw_release(commission(5), length=14)
    assert len(release.sides) > 1
    marks = [
        re.search(r"more", read(scanned(release, i)).splitlines()[-2:].__str__()) for i in range(len(release.sides))
    ]
    assert all(marks[:-1])
    assert not marks[-1]


def test_an_upside_down_page_reads_when_it_is_turned() -> None:
    order = commission()
    face = Face(LETTER.width, LETTER.height)
    text = order.writer.paragraph(6)
    TypedText(typed_paragraph(text, 60)).pour(face, Machine("pica", 10), order.rng, left=80, top=100, bottom=700)
    upright = one_page(face, "bond")
    upside_down = Document("letter", "", "", (Side(upright.sides[0].panels, upright.sides[0].stock, rotated=180),))
    image = scanned(upside_down)
    wanted = words(text)
    assert sum((words(read(image)) & wanted).values()) < 0.3 * wanted.total()
    assert sum((words(read(image.rotate(180))) & wanted).values()) > 0.95 * wanted.total()


def test_the_other_side_shines_through_mirrored() -> None:
    blank = Printed((200, 300), ())
    black = Face(131.6, 197.4)
    black.fill(0, 0, 40, 197.4)
    back = black.finish()
    side = Side((blank,), STOCKS["newsprint"], behind=(back,))
    document = Document("flyer", "", "", (side,))
    gray = np.asarray(scanned(document).convert("L"), dtype=float)[60:-60]
    left, right = gray[:, 15:45].mean(), gray[:, -45:-15].mean()
    assert right < left - 8


def test_a_booklet_lies_as_cover_spreads_and_back() -> None:
    faces = [Face(200, 300, scale=0.5).finish() for _ in range(8)]
    sides = bound_sides(faces, STOCKS["bond"])
    assert [len(side.panels) for side in sides] == [1, 2, 2, 2, 1]
    assert [panel for side in sides for panel in side.panels] == faces


def test_quirks_keep_every_side_of_a_document() -> None:
    for seed in range(60):
        document = draw_letter(commission(seed, scale=0.1), length=2)
        after = disturb(document, Random(seed))
        before = {id(side.panels) for side in document.sides}
        assert before <= {id(side.panels) for side in after.sides}
        assert len(after.sides) - len(document.sides) in (0, 1)


def test_a_missing_typeface_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fonts.CUTS, "lost", fonts.Cut("no_such_package_here", "x.ttf", "some-font-package"))
    with pytest.raises(fonts.MissingFont, match="some-font-package, which is not installed"):
        fonts.font_path("lost")


def test_every_typeface_is_inside_an_installed_package() -> None:
    for face in fonts.CUTS:
        assert fonts.font_path(face).is_file()
        assert {Path(sys.prefix), Path(fonts.__file__).parent} & set(fonts.font_path(face).parents)


def test_loose_fact_sheets_have_numbers_of_their_own() -> None:
    org = invent_organization(Random(1))
    sheets = [draw_fact_sheet(Commission(org, Random(seed), datetime.date(1968, 8, 1))) for seed in range(6)]
    numbers = {re.findall(r"No\. (\d+)", sheet.title)[0] for sheet in sheets}
    assert len(numbers) > 2
