"""Turn a folder of scans with `truth.csv` into the engine's page records.

Readings, paper facts, and vectors are cached by the SHA-256 of the scan and the version of the code, so that a second
run of a bench takes seconds and never mixes versions.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.readings import cached, readings_of, scans_of
from clustering.engine.images import open_scan, write_squashed
from clustering.engine.paper import PAPER_VERSION, measure_paper
from clustering.engine.records import PageRecord, Vector

IMAGE_ENCODER = "efficientnet-lite0@224"
TEXT_ENCODER = "minilm"
SQUASHED = "squashed"
"""Marks vectors of the copies that import makes for encoders."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Truth:
    """One row of truth.csv."""

    identifier: str
    start: str
    """1, 0, or ?, as in `clustering.engine.metrics`."""
    document: str
    kind: str
    title: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The pages of a folder, with their truth."""

    pages: tuple[PageRecord, ...]
    truth: tuple[Truth, ...]
    name: str

    @property
    def starts(self) -> tuple[str, ...]:
        """The mark of each page."""
        return tuple(row.start for row in self.truth)


def read_truth(path: Path) -> tuple[Truth, ...]:
    """Return all rows, in scan order."""
    with path.open(newline="", encoding="utf-8-sig") as handle:
        return tuple(
            Truth(row["identifier"], row["start"], row.get("document", ""), row.get("kind", ""), row.get("title", ""))
            for row in csv.DictReader(handle)
        )


def measure_folder(
    images: Path,
    truth: Path,
    cache: Path,
    *,
    encoder: str = IMAGE_ENCODER,
    text_encoder: str = TEXT_ENCODER,
    say: Say = lambda _: None,
) -> Measured:
    """Return page records of the scans in truth.csv. Takes a second per page the first time; later they are cached."""
    rows = read_truth(truth)
    files = scans_of(images)
    paths = [files[row.identifier] for row in rows]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    cache.mkdir(parents=True, exist_ok=True)
    papers = _paper(paths, digests, cache, say)
    readings = readings_of(paths, cache=cache, say=say)
    looks = _vectors(f"{encoder} {SQUASHED}", paths, digests, cache, say)
    texts = [reading.text for reading in readings]
    keys = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    meanings = _vectors(text_encoder, texts, keys, cache, say)
    pages = tuple(
        PageRecord(row.identifier, paper["width"], paper["height"], paper, reading, look, meaning)
        for row, paper, reading, look, meaning in zip(rows, papers, readings, looks, meanings, strict=True)
    )
    return Measured(pages, rows, truth.parent.name)


def _paper(paths: Sequence[Path], digests: Sequence[str], cache: Path, say: Say) -> list[dict[str, Any]]:
    file = cache / f"paper-{PAPER_VERSION}.jsonl"
    known = cached(file)
    with file.open("a", encoding="utf-8") as handle:
        for number, (path, digest) in enumerate(zip(paths, digests, strict=True)):
            if digest not in known:
                known[digest] = measure_paper(open_scan(path))
                handle.write(json.dumps({"sha256": digest, "value": known[digest]}) + "\n")
                say(f"measured {number + 1} of {len(paths)}")
    return [known[digest] for digest in digests]


def _vectors(key: str, items: Sequence[Any], digests: Sequence[str], cache: Path, say: Say) -> list[Vector]:
    from clustering.engine.encoders import get_encoder

    file = cache / f"vectors-{re.sub(r'[^A-Za-z0-9.-]+', '-', key)}.npz"
    known: dict[str, Vector] = dict(np.load(file)) if file.exists() else {}
    missing = [(digest, item) for digest, item in zip(digests, items, strict=True) if digest not in known]
    if missing:
        say(f"encoding {len(missing)} with {key}")
        name, _, kind = key.partition(" ")
        inputs = [item for _, item in missing]
        with tempfile.TemporaryDirectory() as folder:
            vectors = get_encoder(name).encode(_squashed(inputs, Path(folder)) if kind == SQUASHED else inputs)
        known |= {digest: vector for (digest, _), vector in zip(missing, vectors, strict=True)}
        np.savez(file, allow_pickle=False, **known)
    return [np.asarray(known[digest], dtype=np.float32) for digest in digests]


def _squashed(scans: Sequence[Path], folder: Path) -> list[Path]:
    """Write the copies of scans for encoders into a folder, and return their paths."""
    copies = [folder / f"{number}.webp" for number in range(len(scans))]
    for scan, copy in zip(scans, copies, strict=True):
        write_squashed(open_scan(scan), copy)
    return copies
