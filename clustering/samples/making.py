"""Write a sample: one JPEG per scan, and `truth.csv` beside them."""

from __future__ import annotations

import csv
import multiprocessing
from collections import Counter, deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

from clustering.samples.documents import Document
from clustering.samples.planning import Folder
from clustering.samples.scanning import scan, wear_of

ORGANIZATION = "HH900001"
"""A folder number that no real collection uses."""
PID_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
TRUTH = "truth.csv"
COLUMNS = ("identifier", "start", "document", "kind", "title", "date")
BLOCK = 8
"""Documents that one process draws at a time."""

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """What was written."""

    folder: Path
    documents: int
    pages: int
    kinds: dict[str, int]
    """Number of documents by kind, most frequent first."""
    upside_down: tuple[str, ...]
    """Identifiers of the pages that are upside down."""

    def as_json(self) -> dict[str, object]:
        """Return the summary for `--json`."""
        return {
            "folder": str(self.folder),
            "documents": self.documents,
            "pages": self.pages,
            "kinds": self.kinds,
            "upside_down": list(self.upside_down),
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document whose scans are on disk under names that don't contain their position yet."""

    kind: str
    title: str
    date: str
    loose: bool
    files: tuple[Path, ...]
    rotated: tuple[int, ...]
    """Sides that are upside down."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What every process needs to draw the same folder."""

    folder: Path
    seed: int
    scale: float
    quality: int


def _pid(rng: Random) -> str:
    """Return a made-up repository id that looks like real ones."""
    return "bdr_" + "".join(rng.choice(PID_LETTERS) for _ in range(8))


def _write(order: _Order, number: int, document: Document) -> Drawn:
    """Scan and save all sides of the document with this 0-based number."""
    chance = Random(f"{order.seed}:scan:{number}")
    wear = wear_of(document, chance)
    files = []
    for index, side in enumerate(document.sides):
        image = scan(side, index, wear, chance, scale=order.scale)
        files.append(order.folder / f".drawing-{number}-{index}__{_pid(chance)}.jpg")
        image.save(files[-1], "JPEG", quality=order.quality)
    rotated = tuple(i for i, side in enumerate(document.sides) if side.rotated == 180)
    return Drawn(document.kind, document.title, document.date, document.loose, tuple(files), rotated)


def _draw_block(order: _Order, first: int, last: int) -> list[Drawn]:
    """Draw documents `first` … `last - 1` in one process; planning those before them costs almost nothing."""
    plans = islice(Folder(order.seed, scale=order.scale).orders(), first, last)
    return [_write(order, first + i, draw()) for i, draw in enumerate(plans)]


def _drawn(order: _Order, workers: int, limit: int | None) -> Generator[Drawn]:
    """Yield documents in scan order, drawn by so many processes a little ahead; endless without a limit."""
    if workers == 1:
        for number, draw in enumerate(Folder(order.seed, scale=order.scale).orders()):
            yield _write(order, number, draw())
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting: deque[Future[list[Drawn]]] = deque()
        start = 0
        try:
            while True:
                while len(waiting) <= workers and (limit is None or start < limit):
                    end = start + BLOCK if limit is None else min(start + BLOCK, limit)
                    waiting.append(pool.submit(_draw_block, order, start, end))
                    start = end
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _check(folder: Path, documents: int | None, pages: int | None, scale: float, workers: int) -> int:
    """Return the number of documents or pages to draw. Raises ValueError for contradictory arguments."""
    if (documents is None) == (pages is None):
        raise ValueError("Say either how many documents or how many pages to draw.")
    wanted = documents if documents is not None else pages or 0
    if wanted < 1:
        raise ValueError("A sample needs at least one document or page: give a number above zero.")
    if not 0.05 <= scale <= 4:
        raise ValueError(f"The scale {scale:g} is out of range: give a number between 0.05 and 4.")
    if workers < 1:
        raise ValueError("A sample needs at least one worker.")
    if (folder / TRUTH).exists():
        raise FileExistsError(
            f"{folder} already holds a sample ({TRUTH} is there). Choose an empty folder, or delete this one first."
        )
    return wanted


def make_sample(
    folder: Path,
    *,
    documents: int | None = None,
    pages: int | None = None,
    seed: int = 1,
    scale: float = 1.0,
    quality: int = 80,
    workers: int = 1,
    report: Report | None = None,
) -> SampleSummary:
    """Draw so many documents, or as many as have at least so many pages, into `folder`.

    The same numbers and seed give the same bytes, whatever the number of workers; a sample of n + 1 documents begins
    with the one of n. Takes about 0.2 s per page and process at scale 1.

    Raises
    ------
    ValueError
        If neither or both of `documents` and `pages` are given, or a number makes no sense.
    FileExistsError
        If the folder already has a sample.
    MissingFont
        If a typeface isn't installed.
    """
    wanted = _check(folder, documents, pages, scale, workers)
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, str | int]] = []
    kinds: Counter[str] = Counter()
    rotated: list[str] = []
    stream = _drawn(_Order(folder, seed, scale, quality), workers, documents)
    for drawn in stream:
        number = kinds.total() + 1
        kinds[drawn.kind] += 1
        for index, file in enumerate(drawn.files):
            name = f"{ORGANIZATION}_{len(rows) + 1:04d}"
            file.rename(folder / f"{name}__{file.name.split('__')[1]}")
            rows.append(_row(drawn, number, index, name))
            if index in drawn.rotated:
                rotated.append(name)
        done = number if documents is not None else len(rows)
        if report is not None:
            report(min(done, wanted), wanted)
        if done >= wanted:
            break
    stream.close()
    for left in folder.glob(".drawing-*"):
        left.unlink()
    _write_truth(folder / TRUTH, rows)
    return SampleSummary(folder, kinds.total(), len(rows), dict(kinds.most_common()), tuple(rotated))


def _write_truth(path: Path, rows: list[dict[str, str | int]]) -> None:
    """Write the table of true documents, one row per page."""
    with path.open("w", newline="", encoding="utf-8") as handle:
        table = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _row(drawn: Drawn, number: int, index: int, name: str) -> dict[str, str | int]:
    """Return the row of one page in `truth.csv`."""
    first = index == 0
    start = "0" if not first else "?" if drawn.loose else "1"
    title, date = (drawn.title, drawn.date) if first else ("", "")
    return {"identifier": name, "start": start, "document": number, "kind": drawn.kind, "title": title, "date": date}
