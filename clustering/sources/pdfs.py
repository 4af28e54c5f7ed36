"""PDF: each page becomes the scan embedded in it if there is nothing else on it, or else a picture as in a viewer.

Notes, stamps, form fields, masks, crop boxes, and inverted colors are part of what a viewer shows. Whether an embedded
scan is the whole page is decided by the page's structure and by comparing both pictures, since PDFium does not report
everything that can change the picture.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from ctypes import c_ushort
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageOps

from clustering.sentences import grouped, say
from clustering.sources.contents import LIBRARY_ERRORS, Contents, reason_of
from clustering.sources.contract import NoSource, Tick
from clustering.sources.folder import printable

LEAST_DPI = 200
"""Pages are drawn at the resolution of the scans on them, and at least at this one."""
MOST_DPI = 600
MOST_PIXELS = 40_000_000
"""Pixels of a drawn page: a letter at 600 dpi has 34 million. Larger pages are drawn at a lower resolution."""
MOST_EMBEDDED = 400_000_000
"""Pixels of an image on a page above which drawing it would use up the memory."""
_LONGEST = 30_000
"""Pixels of an edge; the limit of JPEG is 65,535."""
_COVERED = 0.9
"""Share of the page that a scan covers if it is the page; the rest is its margin."""
_SHAPE = 0.02
"""How far a scan's proportions may differ from those it is shown in."""
_LOOK = 800
"""Pixels of the long edge of the pictures that are compared."""
_CELL = 8
"""Pixels per side of cells that are averaged first: sharpness and compression noise differ, content doesn't."""
_ALIKE = 48
"""Difference out of 255 up to which a cell is the same: scans of 110 and 200 dpi differ by 12, one of 50 dpi by 40."""
_SUFFIXES = {("DCTDecode",): ".jpg", ("JPXDecode",): ".jp2"}
_UNSEEN = 3
"""Text render mode of the words that OCR puts over a scan."""


def unpack_pdf(path: Path, contents: Contents, tick: Tick, *, most_bytes: int) -> int:
    """Extract all pages, one file per page, and return how many there are.

    Raises NoSource if it isn’t a PDF, or if the files of its pages together have more than `most_bytes`.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        why = (
            say("%(file)s is protected by a password. Save it without one, then import it.", file=contents.shown)
            if locked
            else say("%(file)s can’t be opened as a PDF. Save it again, then import it.", file=contents.shown)
        )
        raise NoSource(why) from error
    with document:
        if document.formenv is not None:
            pypdfium2.raw.FPDF_SetFormFieldHighlightAlpha(document.formenv.raw, 0)
        pages = len(document)
        digits = max(4, len(str(pages)))
        total = 0
        for number in range(1, pages + 1):
            scan = _take_page(document, number, f"{printable(path.stem)}_{number:0{digits}}", contents)
            total += scan.stat().st_size if scan and scan.exists() else 0
            if total > most_bytes:
                raise NoSource(
                    say(
                        "%(shown)s takes more than %(unpacked_bytes)s GB unpacked. Split it, or raise "
                        "HHREVIEW_MAX_UNPACKED_BYTES.",
                        shown=contents.shown,
                        unpacked_bytes=round(most_bytes / 1e9, 1),
                    )
                )
            tick()
        for index in range(document.count_attachments()):
            contents.note(
                say(
                    "%(file)s has an attached file that was not imported: %(name)s. If it contains scans, save it from "
                    "the PDF and import it separately.",
                    file=contents.shown,
                    name=printable(document.get_attachment(index).get_name()),
                )
            )
    return pages


def _take_page(document: Any, number: int, stem: str, contents: Contents) -> Path | None:
    """Extract one page and return its file; None if it is skipped."""
    page_name = say("Page %(number)s of %(file)s", number=number, file=contents.shown)
    try:
        page = document[number - 1]
    except LIBRARY_ERRORS as error:
        contents.leave_out(f"{stem}.jpg", _cannot_be_drawn(error))
        return None
    try:
        scan = _embedded(page)
    except LIBRARY_ERRORS:
        scan = None  # drawing the page shows what is wrong
    try:
        if scan is not None:
            suffix, data = scan
            return contents.take(f"{stem}{suffix}", lambda place: place.write_bytes(data))
        drawn = contents.take(
            f"{stem}.jpg", lambda place: _draw(page, place, page_name, contents), explain=_cannot_be_drawn
        )
        _note_unseen(page, page_name, contents)
        return drawn
    finally:
        page.close()


def _cannot_be_drawn(error: BaseException) -> str:
    return say(
        "This page can’t be rendered (%(reason)s). Open the PDF in another program, save the page "
        "as an image, and import that.",
        reason=reason_of(error),
    )


def _draw(page: Any, path: Path, warning: str, contents: Contents) -> None:
    """Write the page as a viewer shows it, as JPEG, and note if it had to be smaller than usual."""
    images = list(_objects(page, _kinds().FPDF_PAGEOBJ_IMAGE))
    if sum(math.prod(image.get_px_size()) for image in images) > MOST_EMBEDDED:
        raise ValueError(say("an image on it is too large"))
    width, height = page.get_size()
    wanted = min(MOST_DPI, max([LEAST_DPI, *filter(None, map(_dpi_of, images))]))
    dpi = min(wanted, 72 * math.sqrt(MOST_PIXELS / (width * height)), 72 * _LONGEST / max(width, height))
    scale = dpi / 72 - 1e-6  # sides are rounded up, but whole ones must stay
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True)
    picture = bitmap.to_pil()
    bitmap.close()
    if _is_one_color(picture) and any(map(_is_damaged, images)):
        raise ValueError(say("an image on it is damaged"))
    picture.save(path, "JPEG", quality=92, dpi=(round(dpi),) * 2)
    if dpi < LEAST_DPI:
        contents.note(
            say(
                "%(page)s measures %(width)s × %(height)s inches and was drawn at %(dpi)s dpi to fit into memory.",
                page=warning,
                width=grouped(round(width / 72)),
                height=grouped(round(height / 72)),
                dpi=round(dpi),
            )
        )


def _is_one_color(picture: Image.Image) -> bool:
    few = picture.resize((32, 32), Image.Resampling.NEAREST)  # which differ in nearly all pictures
    return _is_even(few) and _is_even(picture)


def _is_even(picture: Image.Image) -> bool:
    extremes: Any = picture.convert("RGB").getextrema()  # a pair for each channel
    return all(low == high for low, high in extremes)


def _is_damaged(image: Any) -> bool:
    """Whether an image has no pixels to show. PDFium draws nothing in its place, and does not say so."""
    try:
        image.get_bitmap().close()
    except LIBRARY_ERRORS:
        return True
    return False


def _dpi_of(image: Any) -> int:
    """Return the dots per inch at which an image is shown; 0 if unknown."""
    a, b, _, _, _, _ = image.get_matrix().get()
    inches = math.hypot(a, b) / 72
    return math.ceil(image.get_px_size()[0] / inches) if inches > 0.1 else 0


def _embedded(page: Any) -> tuple[str, bytes] | None:
    """Return (suffix, bytes) of the page's only image if a viewer shows nothing else; else None."""
    kinds = _kinds()
    objects = list(_objects(page))
    images = [item for item in objects if item.type == kinds.FPDF_PAGEOBJ_IMAGE]
    if len(images) != 1 or images[0].level or page.get_rotation() or any(_shows(page)):
        return None
    if any(item is not images[0] and not _is_unseen(item) for item in objects):
        return None
    image = images[0]
    suffix = _SUFFIXES.get(tuple(image.get_filters()))
    if math.prod(image.get_px_size()) > MOST_EMBEDDED:
        return None
    a, b, c, d, _, _ = image.get_matrix().get()
    if suffix is None or b or c or a <= 0 or d <= 0:
        return None
    data = bytes(image.get_data(decode_simple=False))
    return (suffix, data) if _is_the_page(page, image, data) else None


def _is_unseen(item: Any) -> bool:
    kinds = _kinds()
    return bool(item.type == kinds.FPDF_PAGEOBJ_TEXT and kinds.FPDFTextObj_GetTextRenderMode(item.raw) == _UNSEEN)


def _shows(page: Any) -> Iterator[bool]:
    """Return for each annotation on the page whether it is visible: all but links are, including form fields."""
    kinds = _kinds()
    for annotation in _annotations(page):
        yield kinds.FPDFAnnot_GetSubtype(annotation) not in (kinds.FPDF_ANNOT_LINK, kinds.FPDF_ANNOT_POPUP)


def _is_the_page(page: Any, image: Any, data: bytes) -> bool:
    """Whether a viewer shows the page exactly as these bytes look."""
    left, bottom, right, top = page.get_bbox()
    edges = [there - here for here, there in zip((left, bottom, right, top), image.get_bounds(), strict=True)]
    width, height = right - left, top - bottom
    slack = 0.01 * max(width, height)
    if edges[0] < -slack or edges[1] < -slack or edges[2] > slack or edges[3] > slack:
        return False
    shown_width, shown_height = width - edges[0] + edges[2], height - edges[1] + edges[3]
    if shown_width * shown_height < _COVERED * width * height:
        return False
    with Image.open(io.BytesIO(data), formats=("JPEG", "JPEG2000")) as opened:
        if abs(opened.width * shown_height / (opened.height * shown_width) - 1) > _SHAPE:
            return False
        opened.draft("RGB", (_LOOK, _LOOK))
        scan = ImageOps.exif_transpose(opened).convert("RGB")
    scale = _LOOK / max(width, height)
    # Without smoothing takes two thirds of the time, and a scan that looks the same then does so with smoothing, too.
    return any(_looks_like(page, scan, edges, scale, is_smooth=is_smooth) for is_smooth in (False, True))


def _looks_like(page: Any, scan: Image.Image, edges: list[float], scale: float, *, is_smooth: bool) -> bool:
    """Whether a viewer shows this scan and nothing else. `edges` are points from the page's edges to the scan's."""
    left, bottom, right, top = page.get_bbox()
    width, height = right - left, top - bottom
    bitmap = page.render(scale=scale, rev_byteorder=True, may_draw_forms=True, no_smoothimage=not is_smooth)
    seen = bitmap.to_pil()
    bitmap.close()
    box = (
        max(0, round(edges[0] * scale)), max(0, round(-edges[3] * scale)),
        min(seen.width, round((width + edges[2]) * scale)), min(seen.height, round((height - edges[1]) * scale)),
    )  # fmt: skip
    cells = (max(1, (box[2] - box[0]) // _CELL), max(1, (box[3] - box[1]) // _CELL))
    away = ImageChops.difference(
        seen.crop(box).resize(cells, Image.Resampling.BOX), scan.resize(cells, Image.Resampling.BOX)
    )
    inner = away.crop((1, 1, max(2, cells[0] - 1), max(2, cells[1] - 1)))  # edges fall between pixels
    extremes: Any = inner.getextrema()  # a pair for each channel
    return bool(max(high for _, high in extremes) <= _ALIKE)


def _note_unseen(page: Any, page_name: str, contents: Contents) -> None:
    """Report the text of notes that a viewer shows only when they are opened, or not at all."""
    kinds = _kinds()
    silent = (kinds.FPDF_ANNOT_LINK, kinds.FPDF_ANNOT_POPUP, kinds.FPDF_ANNOT_WIDGET)
    for annotation in _annotations(page):
        kind, words = kinds.FPDFAnnot_GetSubtype(annotation), _words(annotation, b"Contents")
        has_look = kinds.FPDFAnnot_GetAP(annotation, kinds.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0) > 2
        is_shown = has_look and kind != kinds.FPDF_ANNOT_TEXT  # of a sticky note, only its icon is visible
        if words and not is_shown and kind not in silent:
            contents.note(
                say("%(page)s has a note that is not in the image: “%(words)s”.", page=page_name, words=words[:300])
            )


def _annotations(page: Any) -> Iterator[Any]:
    kinds = _kinds()
    for index in range(kinds.FPDFPage_GetAnnotCount(page.raw)):
        annotation = kinds.FPDFPage_GetAnnot(page.raw, index)
        try:
            yield annotation
        finally:
            kinds.FPDFPage_CloseAnnot(annotation)


def _words(annotation: Any, key: bytes) -> str:
    kinds = _kinds()
    size = kinds.FPDFAnnot_GetStringValue(annotation, key, None, 0)
    if size <= 2:
        return ""
    buffer = (c_ushort * (size // 2))()
    kinds.FPDFAnnot_GetStringValue(annotation, key, buffer, size)
    return printable(bytes(buffer).decode("utf-16-le", "replace").rstrip("\0"))


def _objects(page: Any, *kinds: int) -> Iterator[Any]:
    return page.get_objects(filter=list(kinds) or None, max_depth=3)  # type: ignore[no-any-return]


def _kinds() -> Any:
    """PDFium's own names and calls, loaded with the first PDF."""
    import pypdfium2.raw

    return pypdfium2.raw
