"""How many drafted titles are as a person would enter them, and how many more once some of a collection are entered.

    python bench/titles.py FOLDER           folder of archives, each with images/ and truth.csv
    python bench/titles.py FOLDER --json    the figures for a machine

`titles.csv` has titles of 219 documents of four archives, drawn at random (all 87 of afl-cio, 50 of jfk, 42 of mmra,
40 of testaments), written down by looking at the scans, before looking at any draft; empty where the pages name
nothing. They follow one house style, the one that drafts follow too. As other houses would write, they are also
measured without dates and with dates in other forms. A truth.csv whose titles are the months of issues (198305) gives
one more: the name of the serial and the month. A title is right if its letters and figures are: case and punctuation
don't count, and "Vol." is "Volume". `title_trust.py` learns from the same titles how sure drafts are.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.measured import read_truth
from bench.readings import CACHE, readings_of, scans_of
from clustering.engine.drafting import draft_group, is_read
from clustering.engine.drafting.date_forms import find_dates
from clustering.engine.drafting.date_words import date_in_words
from clustering.engine.drafting.forms import Described, DescribedTitles, form_of, is_same, title_here
from clustering.engine.drafting.kind import kind_by_pages
from clustering.engine.drafting.serial_names import SerialNames, is_issue
from clustering.engine.records import GroupDraft, PageReading, PageRecord

TITLES = Path(__file__).with_name("titles.csv")
ENTERED = (0, 3, 10)
"""Documents whose titles are entered."""
ORDERS = 20
ACCEPTED = 0.5
"""Confidence from which confirming accepts a title."""

Titled = tuple[GroupDraft, str]
"""The draft of a document, and the title that a person would enter."""


def without_date(title: str) -> str:
    """Return the title without the date at its end."""
    dates = find_dates(title)
    return title[: dates[-1].start].rstrip(" ,") if dates and dates[-1].end == len(title) else title


def with_edtf(title: str) -> str:
    """Return the title with its last date as EDTF."""
    dates = find_dates(title)
    return f"{title[: dates[-1].start]}{dates[-1].edtf}{title[dates[-1].end :]}" if dates else title


def day_first(title: str) -> str:
    """Return the title with "28 April 1965" for "April 28, 1965"."""
    return re.sub(r"\b([A-Z][a-z]+) (\d{1,2}), (\d{4})\b", r"\2 \1 \3", title)


STYLES: Mapping[str, Callable[[str], str]] = {
    "as written": lambda title: title, "without dates": without_date, "day first": day_first, "EDTF": with_edtf,
}  # fmt: skip


@functools.cache
def written_titles() -> dict[tuple[str, str], str]:
    """Return the titles that were written down, by archive and identifier of the first page."""
    with TITLES.open(encoding="utf-8", newline="") as handle:
        return {(row["archive"], row["identifier"]): row["title"] for row in csv.DictReader(handle)}


def documents_of(archive: Path, cache: Path) -> dict[str, list[PageRecord]]:
    """Return the pages of the true documents of an archive, by the identifier of the first, those read that drafting
    reads."""
    documents: dict[str, list[str]] = {}
    for row in read_truth(archive / "truth.csv"):
        documents.setdefault(row.document, []).append(row.identifier)
    wanted = [name for names in documents.values() for index, name in enumerate(names) if is_read(index, len(names))]
    scans = scans_of(archive)
    readings = readings_of([scans[name] for name in wanted], cache=cache, say=lambda text: print(text, file=sys.stderr))
    by_name = dict(zip(wanted, readings, strict=True))
    return {names[0]: [_record(name, by_name.get(name)) for name in names] for names in documents.values()}


def true_titles(archive: Path) -> dict[str, str]:
    """Return the titles in truth.csv, by the identifier of the first page."""
    titles: dict[str, str] = {}
    firsts: dict[str, str] = {}
    for row in read_truth(archive / "truth.csv"):
        titles.setdefault(firsts.setdefault(row.document, row.identifier), row.title)
    return titles


def _record(name: str, reading: PageReading | None) -> PageRecord:
    """Return the page; of those that drafting doesn't read, only the number counts."""
    return PageRecord(name, reading.width if reading else 0, reading.height if reading else 0, reading=reading)


def styles_of(
    archive: str, drafts: Mapping[str, GroupDraft], truth: Mapping[str, str]
) -> Iterator[tuple[str, list[Titled]]]:
    """Yield each house style with its documents, by the identifier of their first page."""
    written = {name: title for (place, name), title in written_titles().items() if place == archive}
    for style, change in STYLES.items():
        yield style, [(drafts[name], change(title)) for name, title in written.items() if name in drafts]
    months = months_of(archive, truth)
    if months:
        yield "serial and month", [(drafts[name], title) for name, title in months.items()]


def months_of(archive: str, truth: Mapping[str, str]) -> dict[str, str]:
    """Return the names of a serial with the months of its issues where truth.csv has these (198305), by first page."""
    months = {name: title for name, title in truth.items() if re.fullmatch(r"(?:19|20)\d{4}", title)}
    serial = next((title for (place, _), title in written_titles().items() if place == archive and title), "")
    name = serial.partition(",")[0]
    return {first: f"{name}, {date_in_words(f'{month[:4]}-{month[4:]}')}" for first, month in months.items()}


def measure(documents: Sequence[Titled]) -> dict[str, dict[str, float]]:
    """Return the figures of the documents whose titles are not entered, by how many are."""
    return {str(count): _measure(documents, count) for count in ENTERED if count < len(documents)}


def _measure(documents: Sequence[Titled], count: int) -> dict[str, float]:
    right: list[bool] = []
    errors: list[float] = []
    accepted: list[bool] = []
    for order in range(ORDERS):
        mixed = random.Random(order).sample(documents, len(documents))
        entered = [(draft.title.value, title) for draft, title in mixed[:count] if draft.title and is_issue(draft)]
        names = SerialNames([draft.title.value for draft, _ in documents if draft.title and is_issue(draft)], entered)
        some = [(names.draft(draft), title) for draft, title in mixed]
        described = DescribedTitles(
            Described(kind_by_pages(draft.kind), draft.title, title, form_of(title, draft.title.parts, corrected=True))
            for draft, title in some[:count]
            if draft.title and title
        )
        for draft, title in some[count:]:
            here = title_here(draft.title, kind_by_pages(draft.kind), described) if draft.title else None
            is_right = is_same(plain(here.value if here else ""), plain(title))
            right.append(is_right)
            if here:
                errors.append((here.confidence - is_right) ** 2)
            if here and here.confidence >= ACCEPTED:
                accepted.append(is_right)
    return {
        "right": round(mean(right), 2),
        "brier": round(mean(errors), 2) if errors else 0.0,
        "accepted": round(len(accepted) / len(right), 2),
        "right_of_accepted": round(mean(accepted), 2) if accepted else 0.0,
    }


def plain(title: str) -> str:
    """Return a title with "Vol." for "Volume", and the like."""
    return re.sub(r"(?i)\b(?:number|no|issue)\b", "no", re.sub(r"(?i)\bvol(?:ume)?\b", "vol", title))


def figures(folder: Path, cache: Path) -> dict[str, Any]:
    """Return the figures of all archives of a folder, by archive and house style."""
    archives: dict[str, Any] = {}
    for truth in sorted(folder.glob("*/truth.csv")):
        archive = truth.parent
        drafts = {name: draft_group(pages) for name, pages in documents_of(archive, cache).items()}
        archives[archive.name] = {
            style: measure(documents) for style, documents in styles_of(archive.name, drafts, true_titles(archive))
        }
    return archives


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of archives, each with images/ and truth.csv")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where measured pages are kept")
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    archives = figures(chosen.folder, chosen.cache)
    if chosen.json:
        print(json.dumps({"titles": archives}))
        return
    for archive, styles in archives.items():
        for style, counts in styles.items():
            for count, numbers in counts.items():
                shown = "   ".join(f"{name.replace('_', ' ')} {value:.2f}" for name, value in numbers.items())
                print(f"{archive:12} {style:18} {count:>3} entered   {shown}")


if __name__ == "__main__":
    main()
