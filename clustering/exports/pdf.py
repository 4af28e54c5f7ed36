"""A searchable PDF a group: each scan as it is, turned upright, with what was read as invisible text over it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from clustering.exports.contract import File, GroupRecord, Material, PageRecord, TextLine
from clustering.exports.naming import file_stem, local_id, title_of
from clustering.exports.tables import write_arrangement

DPI = 150
"""Pixels an inch where the scan does not say: only the size on paper depends on it."""
INVISIBLE = 3
FONT = "Helvetica"


def write_pdf(material: Material) -> Iterator[File]:
    """pdf/<id>.pdf a group, and pages.csv."""
    for group in material.groups:
        yield f"pdf/{file_stem(local_id(material.collection, group))}.pdf", [pdf_of(material, group)]
    yield "pages.csv", (piece.encode() for piece in write_arrangement(material.collection, material.groups))


def pdf_of(material: Material, group: GroupRecord) -> bytes:
    """One document. JPEG bytes go in unchanged; other formats are packed without loss. Raises OSError."""
    from reportlab import rl_config
    from reportlab.pdfgen.canvas import Canvas

    rl_config.useA85 = 0
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setTitle(title_of(group))
    canvas.setSubject(material.collection.title)
    canvas.setCreator("hhreview")
    for page in group.pages:
        _draw(canvas, material, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _draw(canvas: Any, material: Material, page: PageRecord) -> None:
    path = material.image(page)
    stored, turned, dpi = _geometry(path)
    turn = (turned + page.rotation) % 360
    width, height = (stored[1], stored[0]) if turn % 180 else stored
    scale = 72 / dpi
    canvas.setPageSize((width * scale, height * scale))
    canvas.saveState()
    # The image is drawn with its own corners; the page is turned under it, clockwise.
    moves = {0: (0, 0), 90: (0, height), 180: (width, height), 270: (width, 0)}
    dx, dy = moves[turn]
    canvas.translate(dx * scale, dy * scale)
    canvas.rotate(-turn)
    canvas.drawImage(str(path), 0, 0, stored[0] * scale, stored[1] * scale)
    canvas.restoreState()
    _write(canvas, material.lines(page), scale=scale, page_height=height)


def _geometry(path: Any) -> tuple[tuple[int, int], int, float]:
    """Pixels as stored, degrees clockwise that EXIF asks for, and dots an inch."""
    from PIL import Image

    with Image.open(path) as image:
        turned = {3: 180, 6: 90, 8: 270}.get(image.getexif().get(0x0112, 1), 0)
        dpi = float(image.info.get("dpi", (0, 0))[0] or 0)
        return image.size, turned, dpi if 50 <= dpi <= 1200 else DPI


def _write(canvas: Any, lines: Any, *, scale: float, page_height: int) -> None:
    """Each line at its place, stretched to its width."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    line: TextLine
    for line in lines:
        text = line.text.encode("cp1252", "replace").decode("cp1252").strip()
        height = (line.bottom - line.top) * scale
        if not text or height <= 0 or line.right <= line.left:
            continue
        size = max(height * 0.8, 1)
        natural = stringWidth(text, FONT, size) or 1
        words = canvas.beginText()
        words.setTextRenderMode(INVISIBLE)
        words.setFont(FONT, size)
        words.setHorizScale(100 * (line.right - line.left) * scale / natural)
        words.setTextOrigin(line.left * scale, (page_height - line.bottom) * scale + height * 0.2)
        words.textOut(text)
        canvas.drawText(words)
