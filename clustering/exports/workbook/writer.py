"""XLSX: groups and pages as two sheets, and the comparison of runs with thumbnails."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clustering.exports.contract import ComparedPage, File, Material, TooLong
from clustering.exports.naming import clean, image_url
from clustering.exports.packing import file_pieces
from clustering.exports.tables.writer import COLUMNS, GROUP_COLUMNS, also, group_row, page_row, remarks
from clustering.exports.workbook.rules import LONGEST_CELL, MOST_ROWS
from clustering.sentences import grouped, say

THUMBNAIL = 96
BANDS = ("#FFFFFF", "#EAF1F7")


def write_xlsx(material: Material) -> Iterator[File]:
    """Yield one workbook: groups, and pages as in the CSV. Cells are text or numbers, never formulas."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book = _workbook(path)
        bold = book.add_format({"bold": True})
        groups, pages = book.add_worksheet("Groups"), book.add_worksheet("Pages")
        for sheet, columns in ((groups, GROUP_COLUMNS), (pages, COLUMNS)):
            sheet.write_row(0, 0, (*columns, *also(material)), bold)
            sheet.freeze_panes(1, 0)
        for number, group in enumerate(material.groups, start=1):
            _row(groups, number, (*group_row(material, group), *remarks(group)))
        at = 0
        for group in material.groups:
            for page in group.pages:
                at += 1
                if at > MOST_ROWS:
                    raise TooLong(
                        say(
                            "The export has more pages than the %(most)s rows that a sheet can hold. Export CSV, "
                            "which has no limit.",
                            most=grouped(MOST_ROWS),
                        )
                    )
                _row(pages, at, (*page_row(group, page), *remarks(group)))
        book.close()
        yield "groups.xlsx", file_pieces(path)


def write_comparison(material: Material) -> Iterator[File]:
    """Yield one row per page with its thumbnail and address; a column for each run, the desk, and the confirmed groups.

    Bands change with each confirmed document (or the desk's, if nothing is confirmed), so that a run's mistakes stand
    out.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book = _workbook(path)
        bold = book.add_format({"bold": True})
        bands = [book.add_format({"bg_color": color, "valign": "vcenter"}) for color in BANDS]
        sheet = book.add_worksheet("Comparison")
        compared = material.compare()
        head = ("page", "identifier", "thumbnail", "address", *compared.runs, "desk", "confirmed")
        sheet.write_row(0, 0, head, bold)
        sheet.freeze_panes(1, 2)
        sheet.set_column(1, 1, 18)
        sheet.set_column(2, 2, 14)
        sheet.set_column(3, 3, 40)
        band, before = 0, object()
        for at, row in enumerate(compared.pages, start=1):
            document: object = row.confirmed if row.confirmed is not None else ("desk", row.desk)
            band, before = (band + (document != before)) % len(bands), document
            _compared(sheet, at, row, material, bands[band])
        book.close()
        yield "comparison.xlsx", file_pieces(path)


def _workbook(path: Path) -> Any:
    from datetime import UTC, datetime

    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
    return book


def _row(sheet: Any, at: int, cells: tuple[object, ...]) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, int | float):
            sheet.write_number(at, column, cell)
        elif cell not in (None, ""):
            sheet.write_string(at, column, clean(str(cell))[:LONGEST_CELL])


def _compared(sheet: Any, at: int, row: ComparedPage, material: Material, band: Any) -> None:
    sheet.set_row_pixels(at, THUMBNAIL + 8)
    address = image_url(material, row.page)
    sheet.write_number(at, 0, row.page.position, band)
    sheet.write_string(at, 1, row.page.identifier, band)
    sheet.write_blank(at, 2, None, band)
    if len(address) <= 2079:
        sheet.write_url(at, 3, address, band, string="open")
    for column, number in enumerate((*row.runs, row.desk, row.confirmed), start=4):
        if number is None:
            sheet.write_blank(at, column, None, band)
        else:
            sheet.write_number(at, column, number, band)
    if row.thumbnail is not None and row.thumbnail.exists():
        small = {"image_data": _small(row.thumbnail, row.page.rotation), "x_offset": 4, "y_offset": 4}
        sheet.insert_image(at, 2, f"{row.page.sha256}.jpg", small)


def _small(path: Path, degrees: int) -> io.BytesIO:
    """Return a thumbnail as JPEG, which every spreadsheet shows, rotated clockwise."""
    from PIL import Image

    from clustering.engine.upright import upright

    out = io.BytesIO()
    with Image.open(path) as image:
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        upright(image, degrees).convert("RGB").save(out, "JPEG", quality=75)
    return out
