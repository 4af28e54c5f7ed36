"""A measured folder as another archive would deliver it, through the real measuring, kept in a cache.

Scans are transformed (`bench.deliveries`), written as files, opened again and measured and embedded like any scan.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.deliveries import Delivery, Placed, Setting, carried, drawn_target
from bench.measured import IMAGE_ENCODER, TEXT_ENCODER, Measured, Say, Truth, _reading, _vectors
from clustering.engine.images import open_scan
from clustering.engine.paper import PAPER_VERSION, measure_paper
from clustering.engine.reading import READING_VERSION, Reader
from clustering.engine.records import PageReading, PageRecord

VERSION = 1
"""Raised whenever a delivery draws otherwise."""
EVERY = 3
"""Documents between two separators of the interleaved delivery."""


def slug(name: str) -> str:
    """The name as a folder."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def settings_of(pages: Sequence[PageRecord]) -> list[Setting]:
    """What deliveries may know of each page."""
    edge = (max(page.width for page in pages), max(page.height for page in pages))
    return [Setting(page.identifier, edge, _ink(page)) for page in pages]


def _ink(page: PageRecord) -> tuple[float, float, float, float]:
    box = list((page.paper or {}).get("box") or (0.0, 0.0, 1.0, 1.0))
    for line in page.reading.lines if page.reading and page.reading.rotation == 0 else ():
        box = [min(box[0], line.left / page.width), min(box[1], line.top / page.height),
               max(box[2], line.right / page.width), max(box[3], line.bottom / page.height)]  # fmt: skip
    return box[0], box[1], box[2], box[3]


def deliver(
    original: Measured, paths: Sequence[Path], delivery: Delivery, cache: Path, *, say: Say, is_read: bool = False
) -> Measured:
    """The pages of `original` as delivered. `is_read`: read for real, some seconds a page, instead of carried along."""
    folder = cache / "deliveries" / slug(delivery.name)
    folder.mkdir(parents=True, exist_ok=True)
    rows = _facts(original, paths, delivery, folder, say=say, is_read=is_read)
    readings = [_reading(row["reading"]) for row in rows]
    texts = [reading.text for reading in readings]
    meanings = [page.text_vector for page in original.pages]
    if delivery.noise or is_read:
        keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
        meanings = list(_vectors(TEXT_ENCODER, texts, keys, folder, say))
    looks = np.load(folder / f"looks-{VERSION}.npy") if _draws(delivery) else [page.vector for page in original.pages]
    pages = []
    for page, row, reading, look, meaning in zip(original.pages, rows, readings, looks, meanings, strict=True):
        paper = row["paper"]
        record = PageRecord(page.identifier, paper["width"], paper["height"], paper, reading, look, meaning)
        gone: dict[str, Any] = dict.fromkeys(delivery.without)
        if "reading" in gone:
            gone["text_vector"] = None
        pages.append(replace(record, **gone))
    return Measured(tuple(pages), original.truth, delivery.name)


def _draws(delivery: Delivery) -> bool:
    return delivery.draw.__name__ != "_same"


def _facts(
    original: Measured, paths: Sequence[Path], delivery: Delivery, folder: Path, *, say: Say, is_read: bool
) -> list[dict[str, Any]]:
    """Paper and reading of each transformed scan; writes the vectors beside them."""
    how = "read" if is_read else "carried"
    file = folder / f"facts-{VERSION}-{PAPER_VERSION}-{how}-{slug(READING_VERSION)}.jsonl"
    if file.exists():
        with file.open(encoding="utf-8") as handle:
            rows = [json.loads(line) for line in handle]
        if len(rows) == len(paths):
            return rows
    settings = settings_of(original.pages)
    say(f"delivering {len(paths)} pages: {delivery.name}")
    rows = []
    with tempfile.TemporaryDirectory() as scratch, file.open("w", encoding="utf-8") as handle:
        drawn = []
        reader = Reader() if is_read else None
        if reader:
            reader.__enter__()
        for page, path, setting in zip(original.pages, paths, settings, strict=True):
            placed = delivery.draw(open_scan(path), setting)
            reading = page.reading or PageReading("", (), page.width, page.height)
            if _draws(delivery):
                scan = Path(scratch) / f"{setting.identifier}{delivery.suffix}"
                options: dict[str, Any] = {"quality": delivery.quality} if delivery.suffix == ".jpg" else {}
                placed.image.save(scan, **options)
                drawn.append(scan)
                paper = measure_paper(open_scan(scan))
                if reader:
                    reading = reader.read(scan)
            else:
                paper = dict(page.paper or {})
            if not reader:
                reading = carried(reading, placed, delivery, setting)
            rows.append({"paper": paper, "reading": asdict(reading)})
            handle.write(json.dumps(rows[-1]) + "\n")
        if reader:
            reader.__exit__(None, None, None)
        if drawn:
            from clustering.engine.encoders import get_encoder

            np.save(folder / f"looks-{VERSION}.npy", get_encoder(IMAGE_ENCODER).encode(drawn))
    return rows


def interleaved(original: Measured, cache: Path, *, say: Say) -> Measured:
    """The pages with an operator's target or an empty sheet between every few documents; targets stand alone."""
    from clustering.engine.encoders import get_encoder

    folder = cache / "deliveries"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "target.png"
    if not file.exists():
        drawn_target((930, 1200)).save(file)
    image = open_scan(file)
    paper, vector = measure_paper(image), get_encoder(IMAGE_ENCODER).encode([file])[0]
    empty = PageReading("", (), image.width, image.height)
    pages: list[PageRecord] = []
    truth: list[Truth] = []
    documents = 0
    for page, row in zip(original.pages, original.truth, strict=True):
        if row.start == "1":
            documents += 1
            if documents % EVERY == 0:
                name = f"target-{documents}"
                pages.append(PageRecord(name, image.width, image.height, paper, empty, vector, None))
                truth.append(Truth(name, "1", name, "other", ""))
        pages.append(page)
        truth.append(row)
    say(f"{len(pages) - len(original.pages)} targets between the pages")
    return Measured(tuple(pages), tuple(truth), "scanner targets")


__all__ = ["Placed", "deliver", "interleaved", "settings_of", "slug"]
