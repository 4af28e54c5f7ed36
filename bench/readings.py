"""OCR readings of scans, cached on disk, because reading three hundred pages takes minutes.

One file per reading version, `.local/bench-cache/readings-<version>.jsonl`, one line per scan with its SHA-256, so that
all benches share readings and versions never mix. A missing scan is read and appended: an interrupted run continues.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from clustering.engine.reading import READING_VERSION, Reader
from clustering.engine.records import Line, PageReading

CACHE = Path(__file__).resolve().parent.parent / ".local" / "bench-cache"
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff"})


def scans_of(folder: Path) -> dict[str, Path]:
    """Return the folder's scans by identifier, which is the file name up to "__"."""
    images = folder / "images" if (folder / "images").is_dir() else folder
    return {path.stem.split("__")[0]: path for path in sorted(images.iterdir()) if path.suffix.lower() in SUFFIXES}


def readings_of(paths: Sequence[Path], *, cache: Path = CACHE, say: Callable[[str], None]) -> list[PageReading]:
    """Return the readings of the scans, in order; takes about a second for each scan that wasn't read before."""
    file = cache / f"readings-{re.sub(r'[^a-z0-9.-]+', '-', READING_VERSION)}.jsonl"
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    known = cached(file)
    missing = [(digest, path) for digest, path in zip(digests, paths, strict=True) if digest not in known]
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        with Reader() as reader, file.open("a", encoding="utf-8") as handle:
            for number, (digest, path) in enumerate(missing, start=1):
                known[digest] = stored_reading(reader.read(path))
                handle.write(json.dumps({"sha256": digest, "value": known[digest]}) + "\n")
                handle.flush()
                say(f"read {number} of {len(missing)} scans")
    return [reading_of(known[digest]) for digest in digests]


def cached(file: Path) -> dict[str, dict[str, Any]]:
    """Return the values in a cache file by SHA-256 of the scan."""
    if not file.exists():
        return {}
    with file.open(encoding="utf-8") as handle:
        return {row["sha256"]: row["value"] for row in map(json.loads, handle)}


def stored_reading(reading: PageReading) -> dict[str, Any]:
    """Return a reading as JSON."""
    return {**asdict(reading), "lines": [line._asdict() for line in reading.lines]}


def reading_of(stored: dict[str, Any]) -> PageReading:
    """Return the reading from its JSON."""
    return PageReading(**{**stored, "lines": tuple(Line(**line) for line in stored["lines"])})
