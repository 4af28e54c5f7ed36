"""Scans that come packed: ZIP, TAR and PDF become a folder of files, which is then a source like any other.

The folder is made beside its place and moved there when it is whole, so that a job that was killed begins this step
again and never sees half of it.
"""

from __future__ import annotations

import shutil
import stat
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from clustering.sources.contract import NoSource
from clustering.sources.contract import Tick as Tick
from clustering.sources.folder import printable

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
PACKED = (*ARCHIVES, ".pdf")
MOST_FILES = 200_000
MOST_RATIO = 200
"""Bytes out for a byte in, beyond which a file is a bomb and no scan: scans are packed already and shrink by little."""
RENDER_DPI = 200
"""For pages of a PDF that are more than one embedded scan."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may hold."""

    unpacked_bytes: int


def is_packed(path: Path) -> bool:
    """Whether the name says that it holds scans packed."""
    return path.name.lower().endswith(PACKED)


def unpack(path: Path, place: Path, limits: Limits, *, tick: Tick = lambda: None) -> Path:
    """Return the folder `place` with what was packed in `path`; where it is there already nothing is done.

    Names in the archive that lead out of it, links and devices are left out. Raises NoSource with a full sentence for
    what cannot be unpacked, OSError where the disk is full or not writable.
    """
    if place.is_dir():
        return place
    shown = printable(path.name)
    if not path.is_file():
        raise NoSource(f"There is no file {printable(str(path))}. Check the path and its spelling.")
    place.parent.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        if path.name.lower().endswith(".pdf"):
            _pdf(path, room, tick)
        elif path.name.lower().endswith(".zip"):
            _zip(path, room, limits, tick)
        else:
            _tar(path, room, limits, tick)
        room.rename(place)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise NoSource(f"{shown} is damaged and cannot be unpacked ({error}). Copy or upload it again.") from error
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return place


def _zip(path: Path, room: Path, limits: Limits, tick: Tick) -> None:
    with zipfile.ZipFile(path) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        _check_size(path, [entry.file_size for entry in entries], limits)
        for entry in entries:
            if entry.flag_bits & 1:
                raise NoSource(f"{printable(path.name)} is locked by a password. Pack the scans again without one.")
            target = _target(room, entry.filename)
            if target is not None and not stat.S_ISLNK(entry.external_attr >> 16):
                with archive.open(entry) as source:
                    _copy(source, target, entry.file_size, tick)


def _tar(path: Path, room: Path, limits: Limits, tick: Tick) -> None:
    with tarfile.open(path) as archive:
        seen: list[int] = []
        for entry in archive:
            if not entry.isfile():
                continue
            seen.append(entry.size)
            _check_size(path, seen, limits)
            target = _target(room, entry.name)
            source = archive.extractfile(entry)
            if target is not None and source is not None:
                _copy(source, target, entry.size, tick)


def _check_size(path: Path, sizes: list[int], limits: Limits) -> None:
    total, packed = sum(sizes), max(path.stat().st_size, 1)
    shown = printable(path.name)
    if len(sizes) > MOST_FILES:
        raise NoSource(f"{shown} holds more than {MOST_FILES:,} files. Split it into several.")
    if total > limits.unpacked_bytes:
        raise NoSource(
            f"{shown} would take {total / 1e9:,.1f} GB unpacked; {limits.unpacked_bytes / 1e9:,.1f} GB are allowed. "
            "Split it, or raise HHREVIEW_MAX_UNPACKED_BYTES."
        )
    if total > MOST_RATIO * packed and total > 100 * _CHUNK:
        raise NoSource(
            f"{shown} grows {total // packed}-fold when it is unpacked, which no scans do. It was not opened."
        )


def _target(room: Path, name: str) -> Path | None:
    """Where an entry goes; None where its name leads out of the folder."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or any(part in ("..", "/") or ":" in part or "\x00" in part for part in parts):
        return None
    return room.joinpath(*parts)


def _copy(source: IO[bytes], target: Path, size: int, tick: Tick) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            written += len(chunk)
            if written > size:
                raise zipfile.BadZipFile(f"{printable(target.name)} is longer than the archive says")
            out.write(chunk)
            tick()


def _pdf(path: Path, room: Path, tick: Tick) -> None:
    """A file a page: the embedded scan as it is where the page is one, else the page drawn."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        said = (
            "is locked by a password. Save it without one" if locked else "is no PDF that can be opened. Save it again"
        )
        raise NoSource(f"{printable(path.name)} {said}, then import it.") from error
    with document:
        digits = max(4, len(str(len(document))))
        for number in range(len(document)):
            page = document[number]
            stem = room / f"{path.stem}_{number + 1:0{digits}}"
            if not _take_scan(page, stem):
                image = page.render(scale=RENDER_DPI / 72).to_pil()
                image.convert("RGB").save(stem.with_name(f"{stem.name}.jpg"), "JPEG", quality=92, dpi=(RENDER_DPI,) * 2)
            page.close()
            tick()


def _take_scan(page: Any, stem: Path) -> bool:
    """Write the page's only image as it is embedded; False where the page is more, or less, or turned."""
    import pypdfium2.raw as pdfium

    images = list(_objects(page, pdfium.FPDF_PAGEOBJ_IMAGE))
    others = sum(1 for _ in _objects(page, pdfium.FPDF_PAGEOBJ_PATH, pdfium.FPDF_PAGEOBJ_SHADING))
    if len(images) != 1 or others or page.get_rotation():
        return False
    image = images[0]
    width, height = page.get_size()
    left, bottom, right, top = image.get_bounds()
    a, b, c, d, _, _ = image.get_matrix().get()
    if (right - left) * (top - bottom) < 0.9 * width * height or b or c or a < 0 or d < 0:
        return False
    if image.get_filters() != ["DCTDecode"]:
        return False
    stem.with_name(f"{stem.name}.jpg").write_bytes(bytes(image.get_data(decode_simple=False)))
    return True


def _objects(page: Any, *kinds: int) -> Iterator[Any]:
    return page.get_objects(filter=list(kinds), max_depth=3)  # type: ignore[no-any-return]
